"""Random histories of two branches, brought together by real git: what is called locked was validated as it stands, lines of
different blocks never conflict, and what does conflict is settled without a question wherever the source merged.

`INTAGLIO_TEST_HISTORIES=400` plays that many histories of each kind; by default a few tens.
"""

import os
import random
import re
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from intaglio.lock.check import check_file, read_lock_file
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Accepted, Entry, Inputs, Made, Present, StageRecord, State
from intaglio.lock.paths import lock_path
from intaglio.lock.resolution import MERGED_BY_GIT, Past, resolve
from intaglio.lock.write import commit_artifact, drop_entry, follow_entry, settle_entries
from intaglio.spec import read_specs
from intaglio.workspace import DiskTree

HISTORIES = int(os.environ.get("INTAGLIO_TEST_HISTORIES", "5"))
PATH = "claims.py"
FUNCTION = """

# spec: Decide what is paid in the case of {name}.
# example: {name}({number}) == {number}
def {name}(x: int) -> int:
    first = x + {number}
    second = first - LIMIT
    third = second + LIMIT
    return third - {number}
"""
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))}  # fmt: skip


@dataclass
class Team:
    """A repository, and the stand-in for the four stages: whatever is locked here counts as validated, and nothing else."""

    root: Path
    chance: random.Random
    validated: set[Inputs] = field(default_factory=set)
    clock: int = 0

    def git(self, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *arguments], cwd=self.root, capture_output=True, text=True,
            check=False, env={**os.environ, **IDENTITY, "GIT_EDITOR": "true"},
        )  # fmt: skip
        assert fails or done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done

    @property
    def text(self) -> str:
        return (self.root / PATH).read_text()

    def write(self, text: str) -> None:
        (self.root / PATH).write_text(text)

    def presents(self) -> dict[str, Present]:
        text, materials = self.text, Materials(self.root, DiskTree(self.root))
        return {spec.name: current_inputs(materials, PATH, text, spec) for spec in read_specs(text).specs}

    def validate_and_lock(self, name: str, made: Made | None = None) -> None:
        present, text = self.presents()[name], self.text
        self.validated.add(present.inputs)
        self.clock += 1
        stages = tuple(
            StageRecord(stage, "passed", f"{self.chance.getrandbits(64):x}", (("ruff", "0.17.1"),))
            for stage in ("security", "syntax", "execution", "accuracy")
        )
        accepted = Accepted("Ann <ann@example.org>", f"2026-11-24T02:{self.clock // 60:02}:{self.clock % 60:02}Z",
                            "compiled", f"reason {self.chance.randrange(3)}")  # fmt: skip
        entry = Entry(name, present.inputs, made or Made("rules", attempts=1), stages, accepted)
        commit_artifact(self.root, PATH, name, text, text, entry)

    def locked(self) -> dict[str, State]:
        states = check_file(Materials(self.root, DiskTree(self.root)), PATH).states
        presents = self.presents()
        for state in states:
            if state.state is State.LOCKED:
                assert presents[state.name].inputs in self.validated, f"{state.name} is green and was never validated"
        return {state.name: state.state for state in states}

    # What people do

    def names(self) -> list[str]:
        return list(self.presents())

    def respec(self, name: str) -> None:
        number = self.chance.randrange(1000)
        self.write(re.sub(rf"# example: {name}\(.*", f"# example: {name}({number}) == {number}", self.text))
        self.validate_and_lock(name)

    def recompile(self, name: str, line: str) -> None:
        start = self.text.index(f"def {name}(")
        number = self.chance.randrange(1000)
        head, body = self.text[:start], self.text[start:]
        body = re.sub(rf"    {line} .*", {"first": f"    first = x + {number}",
                      "return": f"    return third - {number}"}[line], body, count=1)  # fmt: skip
        self.write(head + body)

    def add(self, name: str, behind: str | None) -> None:
        block = FUNCTION.format(name=name, number=self.chance.randrange(1000))
        text = self.text
        start = text.index(f"def {behind}(") if behind else text.index("LIMIT = ")
        end = text.find("\n\n\n", start)
        end = len(text) if end < 0 else end + 1
        self.write(text[:end] + block + text[end:])
        self.validate_and_lock(name)

    def remove(self, name: str) -> None:
        pattern = rf"\n\n# spec: [^#]*# example: {name}\(.*\n(?:.+\n)+"
        self.write(re.sub(pattern, "", self.text, count=1))
        drop_entry(self.root, PATH, name)

    def rename(self, name: str, to: str) -> None:
        self.write(re.sub(rf"\b{name}\(", f"{to}(", self.text))
        accepted = Accepted("Ann <ann@example.org>", "2026-11-24T05:00:00Z", "followed", "renamed")
        follow_entry(self.root, PATH, name, PATH, to, accepted)
        self.validated.add(self.presents()[to].inputs)  # the same function: only its name is another

    def limit(self) -> None:
        self.write(re.sub(r"LIMIT = \d+", f"LIMIT = {self.chance.randrange(1000)}", self.text))
        for name in self.names():
            self.validate_and_lock(name)

    def hand_edit(self, name: str) -> None:
        self.recompile(name, "first")


@pytest.fixture
def team(tmp_path: Path, request: pytest.FixtureRequest) -> Team:
    team = Team(tmp_path / "repo", random.Random(request.node.name))
    team.root.mkdir()
    team.git("init", "-q")
    names = team.chance.sample(["alpha", "beta", "gamma", "delta", "epsilon", "zeta"], team.chance.randrange(2, 5))
    team.write('"""Claims."""\n\nLIMIT = 3\n' + "".join(FUNCTION.format(name=name, number=7) for name in names))
    (team.root / ".intaglio").mkdir()
    (team.root / ".intaglio" / ".gitignore").write_text("store/\ncache/\n")
    for name in names:
        team.validate_and_lock(name)
    team.git("add", "-A")
    team.git("commit", "-qm", "base")
    return team


def work(team: Team, names: list[str], fresh: list[str], kinds: list[str]) -> set[str]:
    """One commit of one person, who touches only these functions; which they changed."""
    changed: set[str] = set()
    for _ in range(team.chance.randrange(1, 3)):
        kind = team.chance.choice(kinds)
        mine = [name for name in names if name in team.names()]
        if not mine:
            break
        name = team.chance.choice(mine)
        changed.add(name)
        if kind == "respec":
            team.respec(name)
        elif kind == "recompile":
            team.recompile(name, team.chance.choice(["first", "return"]))
            team.validate_and_lock(name)
        elif kind == "add" and fresh:
            changed.add(fresh[-1])
            team.add(fresh.pop(), name)
        elif kind == "remove" and len(mine) > 1:
            team.remove(name)
        elif kind == "rename" and fresh and team.locked()[name] is State.LOCKED:
            changed.add(fresh[-1])
            team.rename(name, fresh.pop())
        elif kind == "limit":
            team.limit()
            changed |= set(team.names())
        elif kind == "hand":
            team.hand_edit(name)
        else:
            team.respec(name)
    team.git("add", "-A")
    team.git("commit", "-qm", "work", "--allow-empty")
    return changed


def bring_together(team: Team, how: str) -> bool:
    """Bring `theirs` in; whether git did it without a conflict."""
    team.git("checkout", "-q", "main")
    if how == "rebase":
        team.git("checkout", "-q", "theirs")
    command = {"merge": ["merge", "-q", "--no-edit", "theirs"], "rebase": ["rebase", "-q", "main"],
               "cherry-pick": ["cherry-pick", "theirs"], "squash": ["merge", "-q", "--squash", "theirs"],
               "revert": ["revert", "--no-edit", "main~1"]}[how]  # fmt: skip
    return team.git(*command, fails=True).returncode == 0


def unmerged(team: Team) -> set[str]:
    return set(team.git("diff", "--name-only", "--diff-filter=U").stdout.split())


def settle(team: Team) -> tuple[tuple[str, str], ...]:
    """What `intaglio lock --resolve` does, with the stand-in for the stages; what it leaves to people."""
    plan = resolve(team.root, PATH, Past.of(team.root))
    assert plan.blocked == ""
    settle_entries(team.root, PATH, plan.entries, plan.expected)
    team.locked()  # nothing is green before it was validated again
    for one in plan.again:
        team.validate_and_lock(one.name, one.made)
    return plan.left


@pytest.mark.parametrize("number", range(HISTORIES))
@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick", "squash"])
def test_different_blocks_never_conflict(team: Team, how: str, number: int) -> None:
    names = team.names()
    split = team.chance.randrange(1, len(names))
    team.chance.shuffle(names)
    team.git("checkout", "-qb", "theirs")
    kinds = ["respec", "recompile", team.chance.choice(["rename", "remove"])]
    work(team, names[:split], ["aaa", "mmm", "zzz"], kinds)
    team.git("checkout", "-q", "main")
    work(team, names[split:], ["bbb", "nnn", "yyy"], kinds)
    clean = bring_together(team, how)
    assert lock_path(PATH) not in unmerged(team), team.git("diff").stdout
    assert clean or PATH in unmerged(team)
    if clean:
        assert set(team.locked().values()) <= {State.LOCKED}


@pytest.mark.parametrize("number", range(HISTORIES))
def test_new_functions_at_different_places_never_conflict(team: Team, number: int) -> None:
    first, second = team.chance.sample([None, *team.names()], 2)
    team.git("checkout", "-qb", "theirs")
    team.add(team.chance.choice(["aaa", "zzz"]), first)
    team.git("add", "-A")
    team.git("commit", "-qm", "theirs")
    team.git("checkout", "-q", "main")
    team.add(team.chance.choice(["bbb", "yyy"]), second)
    team.git("add", "-A")
    team.git("commit", "-qm", "ours")
    clean = bring_together(team, "merge")
    assert lock_path(PATH) not in unmerged(team), team.git("diff").stdout
    if clean:
        assert set(team.locked().values()) == {State.LOCKED}


@pytest.mark.parametrize("number", range(HISTORIES))
@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick", "squash", "revert"])
def test_whatever_meets_is_never_silently_wrong_and_is_settled_where_the_source_merged(
    team: Team, how: str, number: int
) -> None:
    kinds = ["respec", "recompile", "add", "remove", "rename", "limit", "hand"]
    names = team.names()
    team.git("checkout", "-qb", "theirs")
    work(team, names, ["aaa", "mmm", "zzz"], kinds)
    team.git("checkout", "-q", "main")
    work(team, names, ["bbb", "nnn", "yyy"], kinds)
    if how == "revert":
        work(team, team.names(), ["ccc", "ooo"], kinds)
    clean = bring_together(team, how)
    conflicts = unmerged(team)
    if PATH in conflicts:
        team.git("checkout", "--ours", "--", PATH)  # a person decides about the source
        if not (team.root / PATH).exists():
            pytest.skip("the source is gone")
    team.locked()
    assert clean or conflicts
    left = settle(team)
    states = team.locked()
    assert "<<<<<<<" not in (team.root / lock_path(PATH)).read_text()
    if PATH in conflicts:
        return
    unsettled = {name for name, state in states.items() if state is not State.LOCKED}
    assert unsettled <= {name for name, _ in left}, (states, left)
    locks = read_lock_file(DiskTree(team.root), PATH)
    for name, _ in left:  # only what somebody edited by hand, and had not locked on their side
        assert states[name] in {State.DRIFTED, State.UNLOCKED}
    for name, state in states.items():
        if state is State.LOCKED:
            assert locks.find(name) is not None


def test_bodies_that_git_merged_line_by_line_are_said_to_be_merged(team: Team) -> None:
    name = team.names()[0]
    team.git("checkout", "-qb", "theirs")
    team.recompile(name, "first")
    team.validate_and_lock(name)
    team.git("commit", "-qam", "theirs")
    team.git("checkout", "-q", "main")
    team.recompile(name, "return")
    team.validate_and_lock(name)
    team.git("commit", "-qam", "ours")
    assert not bring_together(team, "merge")
    assert unmerged(team) == {lock_path(PATH)}
    assert team.locked()[name] is not State.LOCKED
    assert settle(team) == ()
    assert team.locked()[name] is State.LOCKED
    entry = read_lock_file(DiskTree(team.root), PATH).find(name)
    assert entry is not None
    assert entry.made.backend == MERGED_BY_GIT


def test_a_hand_edit_on_one_side_is_not_taken_for_a_merge(team: Team) -> None:
    name = team.names()[0]
    team.git("checkout", "-qb", "theirs")
    team.hand_edit(name)
    team.git("commit", "-qam", "by hand, and not locked")
    team.git("checkout", "-q", "main")
    team.recompile(name, "return")
    team.validate_and_lock(name)
    team.git("commit", "-qam", "ours")
    bring_together(team, "merge")
    (left,) = settle(team)
    assert left[0] == name
    assert "--adopt" in left[1]
    assert team.locked()[name] is State.DRIFTED


def test_taking_one_side_s_lines_blindly_is_seen_and_settled(team: Team) -> None:
    name = team.names()[0]
    team.git("checkout", "-qb", "theirs")
    team.respec(name)
    team.git("commit", "-qam", "theirs")
    team.git("checkout", "-q", "main")
    team.recompile(name, "return")
    team.validate_and_lock(name)
    team.git("commit", "-qam", "ours")
    team.git("merge", "-q", "--no-edit", "-Xours", "theirs")
    assert team.locked()[name] is not State.LOCKED
    assert settle(team) == ()
    assert team.locked()[name] is State.LOCKED


def test_a_lock_that_a_person_put_together_by_hand_is_no_lock(team: Team) -> None:
    name = team.names()[0]
    before = (team.root / lock_path(PATH)).read_text()
    team.respec(name)
    after = (team.root / lock_path(PATH)).read_text()
    seal = re.compile(r'seal = ".*"')
    (team.root / lock_path(PATH)).write_text(after.replace(seal.findall(after)[0], seal.findall(before)[0], 1))
    assert team.locked()[name] is State.UNLOCKED
    team.validated.clear()
    assert replace(team.presents()[name].inputs) not in team.validated
