"""A body's fingerprint: unmoved by formatters, comments and blank lines, moved by everything else.

Held against more than two thousand functions of the standard library.
"""

import ast
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intaglio.lock.fingerprint import suite_fingerprint

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
WANTED = 2000
LEFT_OUT = {"test", "tests", "lib2to3", "site-packages", "idlelib", "__phello__", "pydoc_data"}


def functions_of(tree: ast.Module) -> list[AnyFunction]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def fingerprints(text: str) -> list[tuple[str, str]]:
    return [(node.name, suite_fingerprint(node.body)) for node in functions_of(ast.parse(text))]


@pytest.fixture(scope="module")
def library() -> dict[str, str]:
    """Standard-library files, those with the shortest functions first, until there are enough functions."""
    root = Path(sysconfig.get_paths()["stdlib"])
    found: list[tuple[float, int, str, str]] = []
    for path in sorted([*root.glob("*.py"), *root.glob("*/*.py")]):
        if LEFT_OUT.intersection(path.relative_to(root).parts):
            continue
        try:
            text = path.read_text(encoding="utf-8")
            count = len(functions_of(ast.parse(text)))
        except (UnicodeDecodeError, SyntaxError):
            continue
        if count and len(text) < 60000:
            found.append((len(text) / count, count, str(path.relative_to(root)), text))
    found.sort()
    chosen: dict[str, str] = {}
    total = 0
    for _, count, name, text in found:
        if total >= WANTED + 100:
            break
        chosen[name] = text
        total += count
    assert total >= WANTED
    return chosen


@pytest.fixture(scope="module")
def locked(library: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    return {name: fingerprints(text) for name, text in library.items()}


def assert_unmoved(locked: dict[str, list[tuple[str, str]]], edited: dict[str, str]) -> None:
    count = 0
    for name, text in edited.items():
        assert fingerprints(text) == locked[name], name
        count += len(locked[name])
    assert count >= WANTED


@pytest.mark.parametrize("options", [("--line-length=60",), ("--line-length=130", "--config=indent-width=2")])
def test_unmoved_by_ruff_format(
    library: dict[str, str], locked: dict[str, list[tuple[str, str]]], tmp_path: Path, options: tuple[str, ...]
) -> None:
    names = {name: tmp_path / f"m{number}.py" for number, name in enumerate(library)}
    for name, path in names.items():
        path.write_text(library[name], encoding="utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "format", "--isolated", "--no-cache", "-q", *options, tmp_path], check=True)
    edited = {name: path.read_text(encoding="utf-8") for name, path in names.items()}
    assert sum(edited[name] != library[name] for name in library) > len(library) // 2
    assert_unmoved(locked, edited)


def test_unmoved_by_black(library: dict[str, str], locked: dict[str, list[tuple[str, str]]]) -> None:
    import black

    mode = black.Mode(line_length=60)
    edited = {name: black.format_str(text, mode=mode) for name, text in library.items()}
    assert sum(edited[name] != library[name] for name in library) > len(library) // 2
    assert_unmoved(locked, edited)


def test_unmoved_by_comments_and_blank_lines(library: dict[str, str], locked: dict[str, list[tuple[str, str]]]) -> None:
    edited = {name: with_comments(text) for name, text in library.items()}
    assert all(edited[name] != text for name, text in library.items())
    assert_unmoved(locked, edited)


def with_comments(text: str) -> str:
    """A comment and a blank line before, and a comment behind, every statement that stands alone on its lines."""
    lines = text.split("\n")
    tree = ast.parse(text)
    first: Counter[int] = Counter()
    last: Counter[int] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", None)
            first[decorators[0].lineno if decorators else node.lineno] += 1
            last[node.end_lineno or node.lineno] += 1
    simple = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not isinstance(node, ast.Match)
        and first[node.lineno] == 1 and lines[node.lineno - 1][: node.col_offset].strip() == ""
    ]  # fmt: skip
    for node in sorted(simple, key=lambda node: -node.lineno):
        end = (node.end_lineno or node.lineno) - 1
        encoded = lines[end].encode()
        if encoded[node.end_col_offset :].strip() == b"":
            lines[end] = lines[end].rstrip() + "  # a remark"
        indent = lines[node.lineno - 1][: node.col_offset]
        if not (node.lineno >= 2 and lines[node.lineno - 2].endswith("\\")):
            lines[node.lineno - 1 : node.lineno - 1] = ["", f"{indent}# what comes next"]
    return "\n".join(lines)


# Mutations: each takes a function, changes it in place, and yields once where it did; then it takes the change back.
Mutation = Callable[[AnyFunction], Iterator[None]]


def suite_mutation(make: Callable[[list[ast.stmt]], list[ast.stmt]]) -> Mutation:
    def mutate(function: AnyFunction) -> Iterator[None]:
        old = function.body
        function.body = make(old)
        yield
        function.body = old

    return mutate


def statement(source: str) -> ast.stmt:
    return ast.parse(source).body[0]


def wrapped(source: str) -> Mutation:
    def make(body: list[ast.stmt]) -> list[ast.stmt]:
        outer = statement(source)
        outer.body = body  # type: ignore[attr-defined]  # every source here is a compound statement
        return [outer]

    return suite_mutation(make)


def node_mutation(kind: type[ast.AST], attribute: str, change: Callable[[object], object]) -> Mutation:
    """Change one attribute of the first node of a kind, where `change` gives something else."""

    def mutate(function: AnyFunction) -> Iterator[None]:
        for top in function.body:
            for node in ast.walk(top):
                if isinstance(node, kind):
                    old = getattr(node, attribute)
                    new = change(old)
                    if new is not old and new is not None:
                        setattr(node, attribute, new)
                        yield
                        setattr(node, attribute, old)
                        return

    return mutate


def other_constant(value: object) -> object:
    match value:
        case bool():
            return int(value)
        case int():
            return float(value) if value < 2**53 else value + 1
        case str():
            return value + "x"
        case bytes():
            return value.decode("latin-1")
    return "None" if value is None else None


ON_ALL: dict[str, Mutation] = {
    "a statement more at the end": suite_mutation(lambda body: [*body, statement("raise SystemExit")]),
    "a statement more at the start": suite_mutation(lambda body: [statement("x = 1"), *body]),
    "the last statement replaced": suite_mutation(lambda body: [*body[:-1], statement("return __debug__")]),
    "the first statement twice": suite_mutation(lambda body: [body[0], *body]),
    "the suite under a condition": wrapped("if True: pass"),
    "the suite in a loop": wrapped("while True: pass"),
    "the suite in a for": wrapped("for i in j: pass"),
    "the suite in a try": wrapped("try: pass\nfinally: pass"),
    "the suite in a with": wrapped("with a: pass"),
    "the suite in a function": wrapped("def inner(): pass"),
    "the suite in a class": wrapped("class Inner: pass"),
    "the last statement negated away": suite_mutation(lambda body: [*body[:-1], statement("assert not 1")]),
}
WHERE_THERE_IS_A_PLACE: dict[str, tuple[Mutation, int]] = {
    "a name": (node_mutation(ast.Name, "id", lambda name: f"{name}_"), 1000),
    "an attribute": (node_mutation(ast.Attribute, "attr", lambda name: f"{name}_"), 1000),
    "a constant": (node_mutation(ast.Constant, "value", other_constant), 700),
    "a comparison": (node_mutation(ast.Compare, "ops", lambda ops: [ast.Gt() if isinstance(ops[0], ast.GtE) else ast.GtE(), *ops[1:]]), 200),  # type: ignore[index, misc]
    "an operator": (node_mutation(ast.BinOp, "op", lambda op: ast.Mod() if isinstance(op, ast.Add) else ast.Add()), 100),
    "and for or": (node_mutation(ast.BoolOp, "op", lambda op: ast.Or() if isinstance(op, ast.And) else ast.And()), 50),
    "an argument dropped": (node_mutation(ast.Call, "args", lambda args: args[1:] or None), 400),  # type: ignore[index]
    "a keyword argument dropped": (node_mutation(ast.Call, "keywords", lambda words: words[1:] or None), 20),  # type: ignore[index]
    "an else branch dropped": (node_mutation(ast.If, "orelse", lambda branch: [] if branch else None), 50),
    "a condition turned": (node_mutation(ast.If, "test", lambda test: ast.UnaryOp(ast.Not(), test)), 300),  # type: ignore[arg-type]
    "what is returned": (node_mutation(ast.Return, "value", lambda value: ast.Tuple([value], ast.Load()) if value else None), 600),  # type: ignore[list-item]
    "what is caught": (node_mutation(ast.ExceptHandler, "type", lambda _: ast.Name("Unheard", ast.Load())), 100),
    "what is assigned to": (node_mutation(ast.Assign, "targets", lambda targets: [*targets, ast.Name("y", ast.Store())]), 500),  # type: ignore[misc]
}  # fmt: skip


@pytest.mark.parametrize("kind", ON_ALL)
def test_moved_by_a_mutation_of_every_function(library: dict[str, str], kind: str) -> None:
    moved = count_moved(library, ON_ALL[kind])
    assert moved == sum(len(functions_of(ast.parse(text))) for text in library.values())
    assert moved >= WANTED


@pytest.mark.parametrize("kind", WHERE_THERE_IS_A_PLACE)
def test_moved_by_a_mutation_wherever_it_has_a_place(library: dict[str, str], kind: str) -> None:
    mutation, least = WHERE_THERE_IS_A_PLACE[kind]
    assert count_moved(library, mutation) >= least


def count_moved(library: dict[str, str], mutation: Mutation) -> int:
    """How many functions the mutation changed; each must have another fingerprint, and its own again afterwards."""
    count = 0
    for name, text in library.items():
        for function in functions_of(ast.parse(text)):
            before = suite_fingerprint(function.body)
            for _ in mutation(function):
                assert suite_fingerprint(function.body) != before, f"{name}: {function.name}"
                count += 1
            assert suite_fingerprint(function.body) == before
    return count
