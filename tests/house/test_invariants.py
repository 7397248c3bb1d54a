"""The invariants of docs/architecture.md, held by reading the code itself."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

MAY_IMPORT = {
    "spec": {"spec"},
    "template": {"spec", "template"},
    "generate": {"spec", "template", "generate"},
    "sandbox": {"sandbox"},
    "validate": {"spec", "template", "sandbox", "validate"},
    "lock": {"spec", "template", "validate", "lock"},
}
AT_THE_BOTTOM = {
    "finding", "person", "sparse", "source", "candidate", "workspace", "placement", "config", "repository",
    "jedi_environment",
}  # fmt: skip
ONLY_IN = {"litellm": "generate", "pygls": "lsp", "lsprotocol": "lsp", "rich": "cli"}


def imports_of(path):
    """(top-level module, dotted name) of every import in a file, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "intaglio":
                yield from (f"intaglio.{alias.name}" for alias in node.names)


def modules(repository, package):
    return sorted((repository / "server" / "intaglio" / package).rglob("*.py"))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_down_the_flow(repository, package):
    wrong = []
    for path in modules(repository, package):
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] != "intaglio" or len(parts) == 1:
                continue
            if parts[1] in AT_THE_BOTTOM or (package in {"validate", "lock"} and parts[1] == "__version__"):
                continue
            if parts[1] not in MAY_IMPORT[package]:
                wrong.append(f"{path.name} imports {name}")
    assert not wrong


@pytest.mark.parametrize(("package", "others"), [("assist", {"lsp", "cli"}), ("lsp", {"cli"}), ("cli", {"lsp"})])
def test_surfaces_do_not_know_each_other(repository, package, others):
    known = {
        name.split(".")[1] for path in modules(repository, package) for name in imports_of(path) if name.count(".")
    }
    assert not known & others


def test_the_background_process_does_without_the_protocol(repository):
    """What it is asked to call is loaded there: the protocol's types alone would take it half a second."""
    program = "import sys\nimport intaglio.background_process, intaglio.cached_verdicts, intaglio.validate.pipeline, intaglio.subject\nsys.stderr.write(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {name for name in run.stderr.split() if name.split(".")[0] in ONLY_IN or name.startswith("intaglio.lsp")}
    texts = [path.read_text() for path in modules(repository, "lsp")]
    called = {name for text in texts for name in re.findall(r"\bjobs\.call\(\s*(\w+)", text)}
    assert called
    assert not {name for name in called for text in texts if re.search(rf"^def {name}\b", text, re.MULTILINE)}


@pytest.mark.parametrize("library", ONLY_IN)
def test_libraries_stay_in_their_room(repository, library):
    users = {
        path.relative_to(repository / "server" / "intaglio").parts[0]
        for path in modules(repository, ".")
        for name in imports_of(path)
        if name.split(".")[0] == library
    }
    assert users <= {ONLY_IN[library]}


def test_only_the_command_line_prints(repository):
    printing = re.compile(r"^\s*(print\(|click\.echo)", re.MULTILINE)
    users = {
        path.relative_to(repository / "server" / "intaglio").parts[0]
        for path in modules(repository, ".")
        if printing.search(path.read_text())
    }
    assert users <= {"cli"}


@pytest.mark.parametrize("arguments", [["verify"], ["status"]])
def test_the_gate_starts_with_the_command_line_library_and_the_parser_alone(tmp_path, arguments):
    (tmp_path / "intaglio.toml").write_text("")
    (tmp_path / "a.py").write_text(
        '# spec: Return the sign of x as one of the words "minus", "zero" or "plus".\n'
        '# rule: x < 0 -> "minus"\n# rule: x == 0 -> "zero"\n# rule: otherwise -> "plus"\n'
        "def sign(x: int) -> str: ...\n"
    )
    program = (
        "import sys\nfrom intaglio.cli import commands\n"
        f"try: commands({arguments!r}, prog_name='intaglio')\n"
        "except SystemExit: pass\n"
        "sys.stderr.write(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "a.py::sign" in run.stdout
    loaded = set(run.stderr.split("\n")[-1].split())
    foreign = {name for name in loaded if name not in sys.stdlib_module_names and not name.startswith("_")}
    assert foreign - {"sitecustomize", "usercustomize"} <= {"intaglio", "click", "tree_sitter", "tree_sitter_python"}


def test_every_dependency_has_its_reason(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    declared = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        declared += extra
    names = {re.match(r"[\w-]+", line).group() for line in declared} - {"intaglio"}
    page = (repository / "docs" / "architecture.md").read_text()
    assert not {name for name in names if f"| {name} |" not in page}


def test_nothing_names_a_machine(repository):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=False).stdout
    names = [name for name in listed.decode().split("\0") if name] or pytest.fail("not a git checkout")
    suspicious = re.compile(rb"/(home|root|Users)/\w|/work/(main|shared)|/opt/pypi")
    found = []
    for name in names:
        path = repository / name
        if path.is_file() and name != "tests/house/test_invariants.py" and suspicious.search(path.read_bytes()):
            found.append(name)
    assert not found
