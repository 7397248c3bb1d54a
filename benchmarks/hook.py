"""How long `pre-commit run` takes with our hook, beside an empty hook: `python benchmarks/hook.py [FILES [ROUNDS]]`.

Both are `language: python` hooks out of a repository, installed beforehand, and see the same commit: one staged file of a
workspace of locked functions. They run in turns; the figure is the median of the rounds' own ratios.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from workspace import build

CHECKOUT = Path(__file__).resolve().parents[1]
EMPTY = {
    ".pre-commit-hooks.yaml": "- id: empty\n  name: empty\n  entry: empty-hook\n  language: python\n"
    "  always_run: true\n  pass_filenames: false\n",
    "pyproject.toml": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    '[project]\nname = "empty-hook"\nversion = "1"\n[project.scripts]\nempty-hook = "empty_hook:main"\n',
    "empty_hook.py": "def main():\n    return 0\n",
}


def run(command: list[str], cwd: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def commit(place: Path, environment: dict[str, str]) -> str:
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        run(["git", *command], place, environment)
    return run(["git", "rev-parse", "HEAD"], place, environment).strip()


def hook_repositories(base: Path, environment: dict[str, str]) -> dict[str, tuple[Path, str]]:
    """The two repositories of hooks, each with its revision."""
    empty, ours = base / "empty", base / "intaglio"
    empty.mkdir()
    for name, text in EMPTY.items():
        (empty / name).write_text(text)
    listed = run(["git", "ls-files", "-co", "--exclude-standard"], CHECKOUT, environment).split("\n")
    for name in filter(None, listed):
        if (CHECKOUT / name).is_file():
            (ours / name).parent.mkdir(parents=True, exist_ok=True)
            (ours / name).write_bytes((CHECKOUT / name).read_bytes())
    return {"empty": (empty, commit(empty, environment)), "intaglio-verify": (ours, commit(ours, environment))}


def main(files: int = 20, rounds: int = 15) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {"PRE_COMMIT_HOME": str(base / "home"), "XDG_CACHE_HOME": str(base / "cache"),
                        "GIT_CONFIG_GLOBAL": str(base / "gitconfig")}  # fmt: skip
        (base / "gitconfig").write_text('[user]\nname = a\nemail = a@b\n[protocol "file"]\nallow = always\n')
        work = base / "work"
        count = build(work, files, 10)
        commit(work, environment)
        commands = {}
        for name, (place, revision) in hook_repositories(base, environment).items():
            settings = base / f"{name}.yaml"
            settings.write_text(f"repos:\n- repo: {place}\n  rev: {revision}\n  hooks:\n  - id: {name}\n")
            commands[name] = [str(Path(sys.executable).with_name("pre-commit")), "run", "-c", str(settings)]
        changed = work / "claims_0000.py"
        changed.write_text(changed.read_text() + "\n# changed\n")
        run(["git", "add", "."], work, environment)
        for command in commands.values():
            run(command, work, environment)  # installs, and warms
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                start = time.perf_counter()
                run(command, work, environment)
                seconds[name].append(time.perf_counter() - start)
        empty, ours = seconds["empty"], seconds["intaglio-verify"]
        ratio = statistics.median(one / other for one, other in zip(ours, empty, strict=True))
        print(f"workspace: {count} locked functions in {files} files, one file staged; {rounds} rounds in turns")
        print(f"pre-commit run, empty hook       {statistics.median(empty) * 1000:7.1f} ms")
        print(
            f"pre-commit run, intaglio-verify  {statistics.median(ours) * 1000:7.1f} ms  {ratio:5.2f}x  (target 1.6x)"
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
