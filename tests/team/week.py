"""A team of three through a week of branches, merges and mistakes, against real git; asserts at each step, prints what happens.

Run as `python tests/team/week.py` for the transcript, in a folder that is thrown away; `test_week.py` runs it too.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
_spec = importlib.util.spec_from_file_location("team_conftest", Path(__file__).with_name("conftest.py"))
assert _spec is not None
assert _spec.loader is not None
_conftest = importlib.util.module_from_spec(_spec)
sys.modules["team_conftest"] = _conftest
_spec.loader.exec_module(_conftest)
Clone, CLAIMS, environment_of = _conftest.Clone, _conftest.CLAIMS, _conftest.environment_of


class Teller:
    """Prints a transcript: who does what, and the lines of the answer that matter."""

    def __init__(self, out) -> None:
        self.out = out

    def day(self, name: str) -> None:
        print(f"\n{name}\n{'-' * len(name)}", file=self.out)

    def says(self, text: str) -> None:
        print(f"  {text}", file=self.out)


class Person:
    """One of the team: a clone, and what is done in it is told."""

    def __init__(self, clone, teller: Teller) -> None:
        self.clone, self.teller = clone, teller

    def __getattr__(self, name: str):
        return getattr(self.clone, name)

    def tell(self, command: str, said: str = "") -> None:
        print(f"{self.clone.person}$ {command}", file=self.teller.out)
        for line in said.splitlines():
            if line.strip():
                print(f"    {line.rstrip()}", file=self.teller.out)

    def intaglio(self, *arguments: str, code: int = 0, shows: str = "", **environment: str) -> str:
        said = self.clone.run(*arguments, code=code, **environment)
        assert shows in said, f"{shows!r} is not in:\n{said}"
        self.tell(f"intaglio {' '.join(arguments)}   # exit {code}", said)
        return said

    def git(self, *arguments: str, code: int | None = 0, quiet: bool = False) -> str:
        said = self.clone.git(*arguments, code=code)
        if not quiet:
            self.tell(f"git {' '.join(arguments)}", "\n".join(said.splitlines()[:6]))
        return said

    def commit(self, message: str) -> None:
        self.clone.commit(message)
        self.tell(f"git commit -am {message!r}")

    def push(self) -> None:
        self.git("push", "-q", "origin", "HEAD:main")

    def pull(self, *options: str, code: int | None = 0) -> str:
        return self.git("pull", "-q", *(options or ("--no-rebase", "--no-edit")), "origin", "main", code=code)

    def verified(self, count: int) -> None:
        assert f"{count} locked" in self.clone.run("verify", "--no-cache")
        self.tell("intaglio verify", f"{count} locked")


def play(folder: Path, out) -> None:
    """The week. Raises AssertionError at the first step that does not come out as it should."""
    teller = Teller(out)
    server = Clone(folder / "server", "Server", environment_of(folder / "home", "Server"))
    server.root.mkdir(parents=True)
    server.git("init", "-q", "--bare", "-b", "main")
    ann = Person(_first_clone(folder), teller)
    monday(ann, teller)
    ben, cleo = (Person(_clone(folder, name), teller) for name in ("Ben", "Cleo"))
    tuesday(ann, ben, teller)
    wednesday(ann, ben, cleo, teller)
    thursday(ann, ben, cleo, teller)
    friday(ann, ben, cleo, teller)


def monday(ann: Person, teller: Teller) -> None:
    teller.day("Monday: Ann starts")
    ann.write("claims.py", CLAIMS)
    ann.write("intaglio.toml", "")
    ann.intaglio("verify", code=1, shows="3 stub")
    ann.intaglio("compile", shows="3 locked")
    ann.verified(3)
    ann.commit("First claims")
    ann.push()


def tuesday(ann: Person, ben: Person, teller: Teller) -> None:
    teller.day("Tuesday: two people, one file; a hand edit in a hurry")
    teller.says("A fresh clone verifies without a store, a cache or a model.")
    ben.verified(3)
    ann.rule("middle", 10, 12)
    ann.intaglio("compile", "--reason", "twelve is the new ten", shows="3 locked")
    ann.commit("Middle claims begin at 12")
    ann.push()
    ben.rule("large", 100, 200)
    ben.intaglio("compile", shows="3 locked")
    ben.commit("Large claims begin at 200")
    teller.says("Neighbouring blocks of one lock file: git merges them by itself.")
    ben.pull()
    ben.verified(3)
    ben.push()
    ann.pull()
    teller.says("Ann edits a locked body by hand and wants to commit it.")
    ann.edit("    if x > 12:", "    if x > 11:")
    ann.git("add", "-A")
    ann.intaglio("verify", "--staged", code=1, shows="drifted")
    ann.intaglio(
        "diff",
        "claims.py::middle",
        "--example",
        code=1,
        shows="`middle(12)` returns 'B' as locked, and returns 'A' now",
    )
    teller.says("She keeps the locked answer as an example; now the edit cannot pass, and the locked body can.")
    ann.intaglio(
        "diff",
        "claims.py::middle",
        "--example",
        "--write",
        "locked",
        code=1,
        shows="wrote `example: middle(12) == 'B'`",
    )
    ann.intaglio("lock", "--adopt", "--reason", "eleven", "claims.py::middle", code=1, shows="AC101")
    ann.intaglio("restore", "claims.py::middle", shows="what was there is kept")
    ann.intaglio("lock", "claims.py::middle", shows="1 locked")
    ann.commit("What a hand edit would have changed is an example now")
    ann.verified(3)
    ann.push()


def wednesday(ann: Person, ben: Person, cleo: Person, teller: Teller) -> None:
    teller.day("Wednesday: the same function twice, a rebase, a rename")
    for person in (ann, cleo):
        person.pull()
    ann.edit('# example: middle(1) == "B"', '# example: middle(1) == "B"\n# example: middle(2) == "B"')
    ann.intaglio("compile", shows="3 locked")
    ann.commit("One more example")
    ann.push()
    cleo.rule("middle", 12, 14)
    cleo.intaglio("compile", shows="3 locked")
    cleo.commit("Middle claims begin at 14")
    teller.says("Both changed the spec of one function: the source merges, its lock does not.")
    said = cleo.pull(code=None)
    assert "CONFLICT (content): Merge conflict in .intaglio/locks/claims.py.toml" in said
    assert "in claims.py\n" not in said.replace("Auto-merging", "")
    cleo.intaglio("verify", code=1, shows="LK002")
    cleo.intaglio("lock", "--resolve", shows="to stage it: git add .intaglio/locks/claims.py.toml")
    assert "UU .intaglio/locks/claims.py.toml" in cleo.git("status", "--short")
    teller.says("Nothing was staged for her. She does it, and the merge is done.")
    cleo.git("add", ".intaglio/locks/claims.py.toml")
    cleo.git("commit", "-q", "--no-edit")
    cleo.verified(3)
    cleo.push()
    teller.says("Ben has renamed a function and moved a constant meanwhile, and rebases.")
    ben.write("claims.py", ben.read().replace("large(", "huge("))
    ben.intaglio("verify", code=1, shows="it looks like claims.py::huge now")
    ben.intaglio("lock", "--follow", shows="followed  claims.py::large to claims.py::huge")
    ben.commit("Say huge")
    ben.edit("LIMIT = 3", "LIMIT = 4")
    ben.intaglio("verify", code=1, shows="the definition LIMIT changed since it was locked")
    ben.intaglio("lock", "--reason", "four from now on", shows="3 locked")
    ben.commit("Raise the limit")
    ben.pull("--rebase")
    ben.verified(3)
    ben.push()
    ben.intaglio("log", "claims.py::huge", shows="changed: name claims.py::large")


def thursday(ann: Person, ben: Person, cleo: Person, teller: Teller) -> None:
    teller.day("Thursday: mistakes")
    for person in (ann, cleo):
        person.pull()
    teller.says("Cleo commits a recompile and forgets the lock.")
    cleo.rule("middle", 14, 15)
    cleo.intaglio("compile", shows="3 locked")
    cleo.git("add", "claims.py")
    cleo.intaglio("verify", "--staged", code=1, shows="drifted")
    cleo.git("add", "-A")
    cleo.intaglio("verify", "--staged", shows="locked")
    cleo.commit("Middle claims begin at 15")
    teller.says("Ann resolves a conflict by taking one side's lock for the other side's source.")
    ann.rule("middle", 14, 16)
    ann.intaglio("compile", shows="3 locked")
    ann.commit("Middle claims begin at 16")
    ann.push()
    said = cleo.pull(code=None)
    assert "Merge conflict in claims.py" in said
    cleo.git("checkout", "--ours", "claims.py")
    cleo.git("checkout", "--theirs", ".intaglio/locks/claims.py.toml")
    cleo.intaglio("verify", code=1, shows="drifted")
    cleo.intaglio("lock", "--resolve", shows="kept the lock that one side holds for exactly this")
    cleo.git("add", "-A")
    cleo.git("commit", "-q", "--no-edit")
    cleo.verified(3)
    cleo.push()
    teller.says("Ben reverts it, and the lock goes back with the body.")
    ben.pull()
    ben.git("revert", "--no-edit", "-m", "2", "HEAD")
    ben.verified(3)
    assert "x > 16" in ben.read()
    ben.push()
    teller.says("Somebody edits a lock file by hand.")
    text = ben.lock.read_text()
    ben.lock.write_text(text.replace('how = "compiled"', 'how = "adopted"', 1))
    ben.intaglio("verify", code=1, shows="LK005")
    ben.git("checkout", "-q", ".intaglio")
    ben.verified(3)


def friday(ann: Person, ben: Person, cleo: Person, teller: Teller) -> None:
    teller.day("Friday: a cherry-pick, a squash, a move, a second person, the look back")
    for person in (ann, cleo):
        person.pull()
    teller.says("Ann takes one commit of Cleo's branch.")
    cleo.git("checkout", "-q", "-b", "wishes")
    cleo.rule("middle", 16, 18)
    cleo.intaglio("compile", shows="3 locked")
    cleo.commit("Middle claims begin at 18")
    cleo.rule("huge", 200, 300)
    cleo.intaglio("compile", shows="3 locked")
    cleo.commit("Huge claims begin at 300")
    cleo.git("push", "-q", "origin", "wishes")
    ann.git("fetch", "-q", "origin")
    ann.git("cherry-pick", "origin/wishes")
    ann.verified(3)
    assert "x > 300" in ann.read()
    assert "x > 16" in ann.read()
    ann.push()
    teller.says("Ben takes the rest of it as one commit, over what Ann took.")
    ben.pull()
    ben.git("fetch", "-q", "origin", quiet=True)
    ben.git("merge", "--squash", "-q", "origin/wishes")
    ben.commit("What Cleo wished for")
    ben.verified(3)
    teller.says("The file moves; the locks follow.")
    ben.git("mv", "claims.py", "sizes.py")
    ben.intaglio("lock", "--follow", shows="followed  claims.py::middle to sizes.py::middle")
    ben.commit("Claims are sizes")
    ben.verified(3)
    ben.push()
    teller.says("From now on a second person accepts what the first committed.")
    ben.write("intaglio.toml", "second-person = true\n")
    ben.commit("Four eyes")
    ben.push()
    cleo.git("checkout", "-q", "main", quiet=True)
    cleo.pull()
    said = cleo.intaglio("verify", code=1, shows="LK014")
    alone = [line.split("LK014 ")[1].split(":")[0] for line in said.splitlines() if "LK014" in line]
    for name in alone:
        reader = ann if "cleo@" in next(line for line in said.splitlines() if f"LK014 {name}:" in line) else cleo
        reader.pull()
        reader.intaglio("lock", f"sizes.py::{name}", "--reason", "read it, it is right", shows="1 locked")
        reader.commit(f"Read {name}")
        reader.push()
    cleo.pull()
    cleo.verified(3)
    teller.says("What became of the one that Ann wrote on Monday?")
    story = cleo.intaglio("log", "sizes.py::middle", shows="First claims")
    assert "twelve is the new ten" in story
    assert "changed: name claims.py::middle" in story


def _first_clone(folder: Path):
    clone = Clone(folder / "ann", "Ann", environment_of(folder / "home", "Ann"))
    clone.root.mkdir()
    clone.git("init", "-q", "-b", "main")
    clone.git("remote", "add", "origin", str(folder / "server"))
    return clone


def _clone(folder: Path, name: str):
    clone = Clone(folder / name.lower(), name, environment_of(folder / "home", name))
    clone.root.mkdir()
    clone.git("clone", "-q", str(folder / "server"), ".")
    return clone


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp(prefix="intaglio-week-"))
    try:
        play(place, sys.stdout)
        print("\nThe week went as it should.")
    finally:
        shutil.rmtree(place)
