"""The reader for Python: finds spec blocks and the functions below them. Never fails, imports nothing, runs nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from intaglio.finding import Code, Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.almost import ALMOST, finding_of, is_meant
from intaglio.spec.bindings import module_names
from intaglio.spec.block import MAY_HOLD, START, Block, Line, block_lines, parse_block
from intaglio.spec.broken import broken_function
from intaglio.spec.checks import check_spec
from intaglio.spec.function import normal_name, owners_of, read_function
from intaglio.spec.host import Draft, Memo, MemoKey, Section
from intaglio.spec.model import Function, Reading
from intaglio.spec.reading import at_spec, in_order, read_text
from intaglio.spec.section import cut
from intaglio.spec.shift import shift_spec
from intaglio.spec.values import read_values

LANGUAGE = Language(tree_sitter_python.language())
_DEFINITION = re.compile(rb"^[ \t\f]*(@|(async[ \t]+)?def\b)")
_DEFINED_NAME = re.compile(rb"\bdef[ \t]+([^\s(\[:]+)")
_BLANK_LINE = re.compile(rb"[ \t\f\v]*\r?(\n|\Z)")
_REST = re.compile(rb"(?:[ \t\f\r]*+(?:#[^\n]*+)?+\n)*+[ \t\f]*+#?")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_NO_DEFINITIONS = frozenset(["overload", "setter", "deleter", "getter", "register"])


def read_specs(text: str, *, check: bool = True) -> Reading:
    """The specs of a Python text and what is wrong with them. Takes any text; never raises.

    Without `check` the specs are read and not judged (expressions, rules, vagueness): for those who compare what is
    there with what was judged before. Lone surrogates are read as U+FFFD.
    """
    return read_text(PYTHON, text.encode("utf-8", "surrogatepass"), check=check)


class Python:
    """See `HostLanguage`."""

    name = "Python"
    suffixes = (".py", ".pyi")

    def may_hold_specs(self, data: bytes) -> bool:
        """A cheap check that only ever errs towards yes."""
        return MAY_HOLD.search(data) is not None

    def canonical(self, data: bytes) -> bytes:
        """The bytes as they are read: lone surrogates as U+FFFD, lone carriage returns as newlines."""
        if b"\xed" in data:
            data = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}".encode(), data)
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            data = _LONE_RETURN.sub(b"\n", data)
        return data

    def cut(self, data: bytes, begin: int = 0) -> Iterator[tuple[int, bool]]:
        """Section starts from `begin` on."""
        return cut(data, begin)

    def read_section(self, data: bytes, start: int, *, check: bool, memo: Memo | None = None) -> Section:
        """Read one section's bytes."""
        defined = tuple(normal_name(name.decode("utf-8", "replace")) for name in _DEFINED_NAME.findall(data))
        has_specs = MAY_HOLD.search(data) is not None
        if not has_specs and not check:
            return Section(start, data, defined=defined)
        root = Parser(LANGUAGE).parse(data).root_node
        names = module_names(root, data) if check else frozenset()
        if not has_specs:
            return Section(start, data, names=names, defined=defined)
        reader = _SectionReader(root, data, start, check=check, memo=memo or {})
        reader.read()
        return Section(start, data, tuple(reader.drafts), tuple(reader.findings), names, defined, reader.kept)

    def qualified_functions(self, data: bytes) -> tuple[str, ...]:
        """Qualified names of the functions that a section defines; overloads and property setters are none."""
        return _qualified_functions(data)


PYTHON = Python()


@functools.lru_cache(maxsize=1024)
def _qualified_functions(data: bytes) -> tuple[str, ...]:
    found = []
    pending = [Parser(LANGUAGE).parse(data).root_node]
    while pending:
        node = pending.pop()
        if node.type == "function_definition":
            function = read_function(node, data)
            last = {decorator.partition("(")[0].strip().rpartition(".")[2] for decorator in function.decorators}
            if last.isdisjoint(_NO_DEFINITIONS):
                found.append(function.qualified_name)
        if b"def" in data[node.start_byte : node.end_byte]:
            pending.extend(node.named_children)
    return tuple(found)


class _SectionReader:
    """Reads the specs of one section. `start` is where its bytes lie in the file; nodes count from the section."""

    def __init__(self, root: Node, data: bytes, start: int, *, check: bool, memo: Memo) -> None:
        self.root = root
        self.data = data
        self.start = start
        self.check = check
        self.memo = memo
        self.kept: dict[MemoKey, tuple[int, Draft]] = {}
        self.drafts: list[Draft] = []
        self.findings: list[Finding] = []

    def read(self) -> None:
        taken = 0
        ends: list[tuple[int, int]] = []
        for match in START.finditer(self.data):
            mark = self.data.index(b"#", match.start())
            if match.start() < taken or not self.is_comment(mark):
                continue
            lines, taken = block_lines(self.data, match.start(), self.start)
            self.read_spec(lines, taken)
            ends.append((match.start(), taken))
        for match in ALMOST.finditer(self.data):
            if not any(begin <= match.start() < end for begin, end in ends):
                ends.append((match.start(), self.read_almost(match)))

    def read_almost(self, match: re.Match[bytes]) -> int:
        """A comment that begins like a spec, directly above a function; where it ends."""
        if START.match(self.data, match.start()) or not self.is_comment(self.data.index(b"#", match.start())):
            return match.end()
        lines, below = block_lines(self.data, match.start(), self.start)
        stop = self.data.find(b"\n", below)
        line = self.data[below : stop if stop >= 0 else len(self.data)]
        if not _DEFINITION.match(line):
            return below
        node = function_at(self.root, below + len(line) - len(line.lstrip()))
        stub = node is not None and not node.has_error and read_function(node, self.data, self.start).is_stub
        if is_meant(match, parse_block(lines), stub=stub):
            self.findings.append(finding_of(match, self.start))
        return below

    def is_comment(self, mark: int) -> bool:
        node = self.root.descendant_for_byte_range(mark, mark + 1)
        return node is not None and node.type == "comment" and node.start_byte == mark

    def read_spec(self, lines: list[Line], end: int) -> None:
        below = end
        while match := _BLANK_LINE.match(self.data, below):
            if match.end() == len(self.data):
                below = match.end()
                break
            below = match.end()
        stop = self.data.find(b"\n", below)
        line = self.data[below : stop if stop >= 0 else len(self.data)]
        if not _DEFINITION.match(line):
            self.findings.append(self.without_function(lines, line))
            return
        definition = below + len(line) - len(line.lstrip())
        node = function_at(self.root, definition)
        if node is None:
            self.read_broken(lines, end, below, definition)
            return
        outer = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
        rest = _REST.match(self.data, outer.end_byte)
        begin = lines[0].start - self.start
        owners = owners_of(outer, self.data)
        key = (self.data[begin : rest.end() if rest else outer.end_byte], end - begin, owners, node.has_error)
        under = outer.start_byte < begin
        reusable = not (node.has_error or owners[1] or under)
        if reusable and key in self.memo:
            before, draft = self.memo[key]
            draft = _shift_draft(draft, self.start + begin - before)
        else:
            block = parse_block(lines)
            function = read_function(node, self.data, self.start)
            broken = node.has_error or not self.data[function.suite.start - self.start : outer.end_byte].strip()
            draft = self.draft(block, function, end, below, broken=broken)
            if under:
                draft = self.with_misplaced(draft, begin, end, outer.start_byte)
        if reusable:
            self.kept[key] = (self.start + begin, draft)
        self.drafts.append(draft)

    def read_broken(self, lines: list[Line], end: int, below: int, definition: int) -> None:
        block = parse_block(lines)
        function = broken_function(LANGUAGE, self.data, definition, self.start)
        if function is None:
            message = "the function below this spec is not complete Python yet"
            self.findings.append(_finding(codes.INCOMPLETE_FUNCTION, message, block.span))
            return
        self.drafts.append(self.draft(block, function, end, below, broken=True))

    def draft(self, block: Block, function: Function, end: int, below: int, *, broken: bool) -> Draft:
        spec = read_values(block, function)
        extra: list[Finding] = []
        if below > end:
            gap = Span(self.start + end - block.span.start, self.start + below - block.span.start)
            fix = Fix("Remove the blank lines", (Edit(Place("spec", gap), ""),))
            message = f"blank lines stand between the spec and `{function.name}`, to which it would belong"
            extra.append(at_spec(spec, codes.NO_FUNCTION, message, block.span, fix))
        if broken:
            message = f"`{function.name}` is not complete Python yet"
            extra.append(at_spec(spec, codes.INCOMPLETE_FUNCTION, message, block.span))
        judged, open_names = check_spec(spec) if self.check else ((), ())
        if self.check and function.is_nested:
            extra.append(self.nested(spec.block, function))
        return Draft(replace(spec, findings=in_order((*spec.findings, *extra, *judged))), open_names)

    def with_misplaced(self, draft: Draft, begin: int, end: int, target: int) -> Draft:
        """The draft of a spec that stands between a decorator and its function, with the edits that move it up."""
        first = self.data.rfind(b"\n", 0, begin) + 1
        lead = self.data[self.data.rfind(b"\n", 0, target) + 1 : target]
        text = self.data[begin:end].rstrip().decode("utf-8", "replace") + "\n" + lead.decode("utf-8", "replace")
        edits = (
            Edit(Place("spec", Span(target - begin, target - begin)), text),
            Edit(Place("spec", Span(first - begin, end - begin)), ""),
        )
        message = (
            f"the spec stands between `{draft.spec.function.name}` and its decorator; it belongs above the first one"
        )
        fix = Fix("Move it above the decorators", edits)
        finding = at_spec(draft.spec, codes.BELOW_DECORATOR, message, draft.spec.block, fix)
        return Draft(replace(draft.spec, findings=in_order((*draft.spec.findings, finding))), draft.open_names)

    def nested(self, block: Span, function: Function) -> Finding:
        """A function within a function, with the edits that move it and its spec above the outermost one."""
        code = codes.NESTED_FUNCTION
        message = f"`{function.name}` is defined inside another function; move it to module level"
        place = Place("function", function.name_span.shift(-function.span.start))
        first = self.data.rfind(b"\n", 0, block.start - self.start) + 1
        if self.data[:first].endswith((b"\n\n", b"\n\r\n")):
            first = self.data.rfind(b"\n", 0, first - 1) + 1
        last = self.data.find(b"\n", function.suite.end - self.start)
        last = len(self.data) if last < 0 else last + 1
        top = self.root.descendant_for_byte_range(
            function.name_span.start - self.start, function.name_span.start - self.start
        )
        while top is not None and top.parent is not None and top.parent.type != "module":
            top = top.parent
        if top is None or top.parent is None or top.type == "ERROR" or self.data[first:last].count(b"\\\n"):
            return Finding(code.id, code.severity, message, place)
        target = top.start_byte
        above = top.prev_sibling
        while above is not None and above.type == "comment" and self.data[above.end_byte : target].count(b"\n") == 1:
            target, above = above.start_byte, above.prev_sibling
        lead = function.indentation.encode()
        lines = self.data[first:last].strip(b"\r\n").split(b"\n")
        moved = b"\n".join(line.removeprefix(lead) for line in lines)
        offset = self.start - block.start
        edits = (
            Edit(Place("spec", Span(target + offset, target + offset)), moved.decode("utf-8", "replace") + "\n\n\n"),
            Edit(Place("spec", Span(first + offset, last + offset)), ""),
        )
        return Finding(code.id, code.severity, message, place, (Fix("Move it to module level", edits),))

    def without_function(self, lines: list[Line], line: bytes) -> Finding:
        block = parse_block(lines)
        if START.match(line):
            message = "another spec begins below this one, so no function belongs to it; join them, or delete one"
        elif line.strip():
            message = "a spec comment stands directly above a function, and something else stands below this one"
        else:
            message = "a spec comment stands directly above a function, and there is none below this one"
        return _finding(codes.NO_FUNCTION, message, block.span)


def function_at(root: Node, offset: int) -> Node | None:
    """The `function_definition` whose first byte, or whose first decorator's, is at `offset`."""
    node = root.descendant_for_byte_range(offset, offset)
    while node is not None and node.type not in {"function_definition", "decorated_definition"}:
        if node.start_byte < offset:
            return None
        node = node.parent
    if node is None or node.start_byte != offset:
        return None
    if node.type == "decorated_definition":
        node = node.child_by_field_name("definition")
    return node if node is not None and node.type == "function_definition" else None


def _shift_draft(draft: Draft, offset: int) -> Draft:
    if offset == 0:
        return draft
    names = tuple(replace(opened, span=opened.span.shift(offset)) for opened in draft.open_names)
    return Draft(shift_spec(draft.spec, offset), names)


def _finding(code: Code, message: str, span: Span) -> Finding:
    return Finding(code.id, code.severity, message, Place("file", span))
