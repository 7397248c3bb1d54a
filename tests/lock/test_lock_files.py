"""Lock files: what is written is read again; what is broken is told, and the rest stays usable."""

import random
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest
import tomli_w

from intaglio.lock.file import read_lock, seal_of, with_entry, write_lock
from intaglio.lock.model import Entry, Present
from intaglio.lock.paths import lock_path, source_path
from intaglio.lock.toml_blocks import read_plain


@pytest.fixture
def entries(workspace, make_entry: Callable[[Present], Entry]) -> tuple[Entry, Entry]:
    return make_entry(workspace.present("double")), make_entry(workspace.present("triple"))


def codes(text: str) -> list[str]:
    return sorted({finding.code for finding in read_lock(text).findings})


def test_what_is_written_is_read_again(entries: tuple[Entry, Entry]) -> None:
    lock = read_lock(write_lock(entries))
    assert lock.entries == entries
    assert lock.findings == ()
    assert lock.broken == ()


def test_a_second_entry_leaves_the_first_s_lines_alone(entries: tuple[Entry, Entry]) -> None:
    assert write_lock(entries).startswith(write_lock(entries[:1]))


@pytest.mark.parametrize(
    ("there", "source", "expected"),
    [
        ("a c", "a b c", "a b c"),
        ("c a", "a b c", "c a b"),
        ("a c", "b a c", "b a c"),
        ("a c", "a c b", "a c b"),
        ("a b c", "a b c", "a b c"),
        ("a c", "a x b y c", "a b c"),
        ("", "a b c", "b"),
        ("x y", "a b c", "x y b"),
    ],
)
def test_a_new_block_stands_behind_that_of_the_nearest_function_above_it(
    entries: tuple[Entry, Entry], there: str, source: str, expected: str
) -> None:
    kept = [replace(entries[0], name=name) for name in there.split()]
    placed = with_entry(kept, replace(entries[1], name="b"), source.split())
    assert [entry.name for entry in placed] == expected.split()
    assert next(entry for entry in placed if entry.name == "b").inputs == entries[1].inputs


def test_a_renamed_entry_stays_where_it_was(entries: tuple[Entry, Entry]) -> None:
    kept = [replace(entries[0], name=name) for name in "abc"]
    placed = with_entry(kept, replace(entries[0], name="z"), ("a", "c", "z"), instead_of="b")
    assert [entry.name for entry in placed] == ["a", "z", "c"]


def test_every_header_names_its_artifact_and_a_block_ends_in_a_line_of_its_own(entries: tuple[Entry, Entry]) -> None:
    lines = write_lock([replace(entries[0], name="Policy.decide"), entries[1]]).splitlines()
    headers = [line for line in lines if line.startswith("[")]
    assert all(line.startswith(('[artifact."Policy.decide"', "[artifact.triple")) for line in headers)
    assert len(set(headers)) == len(headers)
    assert '# end of artifact."Policy.decide"' in lines
    assert lines[-1] == "# end of artifact.triple"


def test_two_entries_of_one_name_are_not_written(entries: tuple[Entry, Entry]) -> None:
    with pytest.raises(ValueError, match="two locks for double"):
        write_lock([entries[0], entries[0]])


@pytest.mark.parametrize("name", ["Ünïcode.função", "a.b.c", 'quo"te', "back\\slash", "line\nbreak", "🦀"])
def test_any_text_survives(entries: tuple[Entry, Entry], name: str) -> None:
    accepted = replace(entries[0].accepted, reason=name, by=name)
    entry = replace(
        entries[0],
        name=name,
        accepted=accepted,
        inputs=replace(entries[0].inputs, golden=((name, "1:00"),), depends=(name,)),
    )
    assert read_lock(write_lock([entry])).entries == (entry,)


def test_the_quick_reader_takes_what_we_write_and_agrees_with_tomllib(entries: tuple[Entry, Entry]) -> None:
    text = write_lock(entries)
    assert read_plain(text) == tomllib.loads(text)


def test_the_quick_reader_agrees_with_tomllib_or_gives_up(entries: tuple[Entry, Entry]) -> None:
    text = write_lock(entries)
    chance = random.Random(4)
    pieces = [*text.splitlines(keepends=True), "[artifact]\n", "version = 1\n", "x = []\n", "[[x]]\n", "[x.y]\n", "]\n",
              '[artifact."a.b"]\n', '[artifact.""]\n', "[artifact.double]\n", "[artifact.double.made]\n",
              'y = "\\u0041"\n', "z = 1.5\n", "z = 01\n", "t = true\n", "[artifact.made]\n", '"a b" = "c"\n', "# note\n",
              "q = [\n", '    "item",\n', "n = 1_000\n", "e = 1.0e-5\n", "i = inf\n", '"" = "x"\n', "a.b = 1\n", "\t\n"]  # fmt: skip
    answered = 0
    for _ in range(4000):
        count = chance.randrange(1, 14)
        start = chance.randrange(len(pieces))
        lines = pieces[start : start + count]
        for _ in range(chance.randrange(3)):
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(pieces))
        sample = "".join(lines)
        plain = read_plain(sample)
        if plain is not None:
            answered += 1
            assert plain == tomllib.loads(sample), sample
    assert answered > 300


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('backend = "rules"', 'backend = "other"', "LK005"),
        ("cost = 0.25", "cost = 0.5", "LK005"),
        ("attempts = 1", "attempts = 2", "LK005"),
        ('reason = "it is right"', 'reason = ""', "LK005"),
        ('how = "compiled"', 'how = "adopted"', "LK005"),
        ('outcome = "passed"', 'outcome = "failed"', "LK005"),
        ('    "helpers.py",\n', "", "LK005"),
        ('"ruff 0.17.1"', '"ruff 0.17.2"', "LK005"),
        ("[artifact.double]", "[artifact.doubled]", "LK005"),
        ("[artifact.double]", "[artifact.triple]", "LK004"),
        ("version = 1", "version = 2", "LK003"),
        ("version = 1", "version = true", "LK003"),
        ("version = 1\n", "", "LK003"),
        ("[artifact.double.made]", "[artifact.double.made", "LK001"),
        ('backend = "rules"', 'backend = "rules', "LK001"),
        ("attempts = 1", "attempts = 1\nattempts = 1", "LK001"),
    ],
)
def test_an_edited_block_proves_nothing_and_leaves_the_other_alone(
    entries: tuple[Entry, Entry], old: str, new: str, code: str
) -> None:
    text = write_lock(entries)
    assert old in text
    lock = read_lock(text.replace(old, new, 1))
    assert [finding.code for finding in lock.findings if finding.code != "LK005"] == ([] if code == "LK005" else [code])
    assert lock.find("double") is None
    assert (lock.find("triple") == entries[1]) == (code not in {"LK003", "LK004"})


def test_every_single_field_is_under_the_seal(entries: tuple[Entry, Entry]) -> None:
    text = write_lock(entries[:1])
    lines = text.splitlines(keepends=True)
    changed = 0
    for number, line in enumerate(lines):
        if " = " in line and not line.startswith("version"):
            broken = "".join(lines[:number] + lines[number + 1 :])
        elif line.startswith("    "):
            broken = "".join([*lines[:number], line.replace('"', '"x', 1), *lines[number + 1 :]])
        else:
            continue
        changed += 1
        if line.rstrip().endswith("["):
            continue
        assert read_lock(broken).entries == (), line
    assert changed > 30


def test_a_block_without_four_passed_stages_is_refused_though_sealed(entries: tuple[Entry, Entry]) -> None:
    few = replace(entries[0], stages=entries[0].stages[:3])
    failed = replace(entries[1], stages=(replace(entries[1].stages[0], outcome="skipped"), *entries[1].stages[1:]))
    lock = read_lock(write_lock([few, failed]))
    assert codes(write_lock([few, failed])) == ["LK009"]
    assert lock.entries == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [("spec", 1), ("made", "x"), ("accepted", []), ("depends", "x"), ("depends", [1]), ("reach", {"a": 1})],
)
def test_a_sealed_block_of_the_wrong_shape_is_told(entries: tuple[Entry, Entry], key: str, value: object) -> None:
    block = tomllib.loads(write_lock(entries[:1]))["artifact"]["double"]
    block[key] = value
    block["seal"] = seal_of({**block, "name": "double"})
    lock = read_lock(tomli_w.dumps({"version": 1, "artifact": {"double": block}}))
    assert [finding.code for finding in lock.findings] == ["LK006"]
    assert lock.entries == ()


@pytest.mark.parametrize(
    "text", ["", "[[[", "artifact = 1\nversion = 1\n", "version = 1\n[artifact]\nx = 1\n", "\0", "x = 2020-01-01\n"]
)
def test_nonsense_is_a_finding(text: str) -> None:
    lock = read_lock(text)
    assert lock.entries == ()
    assert lock.findings


def test_a_date_in_a_block_breaks_the_seal(entries: tuple[Entry, Entry]) -> None:
    text = write_lock(entries[:1]).replace('at = "2026-11-24T02:00:00Z"', "at = 2026-11-24T02:00:00Z")
    assert codes(text) == ["LK005"]


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> branch\n"


def test_merge_conflict_in_one_block(entries: tuple[Entry, Entry]) -> None:
    text = write_lock(entries)
    line = 'reason = "it is right"\n'
    text = text.replace(line, conflict(line, 'reason = "no"\n'), 1)
    lock = read_lock(text)
    assert "LK002" in [finding.code for finding in lock.findings]
    assert lock.entries == (entries[1],)
    assert [name for name, _ in lock.broken] == ["double"]


def test_merge_conflict_around_whole_blocks(entries: tuple[Entry, Entry]) -> None:
    first = write_lock(entries[:1])
    both = write_lock(entries)
    second = both.removeprefix(first)
    other = second.replace("triple", "quadruple")
    lock = read_lock(first + conflict(second, other))
    assert lock.entries == (entries[0],)
    assert [name for name, _ in lock.broken] == ["quadruple", "triple"]


def test_merge_conflict_that_takes_every_header(entries: tuple[Entry, Entry]) -> None:
    text = write_lock(entries[:1])
    head, _, rest = text.partition("[artifact.double]\n")
    lock = read_lock(head + conflict("[artifact.double]\n", "[artifact.triple]\n") + rest)
    assert lock.entries == ()
    assert [name for name, _ in lock.broken] == ["double", "triple"]


def test_merge_conflict_inside_a_block_with_diff3_markers(entries: tuple[Entry, Entry]) -> None:
    line = 'backend = "rules"\n'
    marked = f'<<<<<<< a\n{line}||||||| base\nbackend = "x"\n=======\nbackend = "y"\n>>>>>>> b\n'
    lock = read_lock(write_lock(entries).replace(line, marked, 1))
    assert lock.find("double") is None
    assert lock.find("triple") == entries[1]


def test_a_clean_merge_of_two_halves_breaks_the_seal(entries: tuple[Entry, Entry]) -> None:
    one = replace(entries[0], inputs=replace(entries[0].inputs, body="1:" + "0" * 64))
    other = replace(entries[0], inputs=replace(entries[0].inputs, spec="1:" + "1" * 64))
    text = write_lock([one])
    merged = text.replace(one.inputs.spec, other.inputs.spec)
    lock = read_lock(merged)
    assert lock.broken == (("double", "merged or edited: these parts were never validated together"),)


@pytest.mark.parametrize(
    "path",
    ["a.py", "src/a.py", "ünï/ö.py", "a b/c.py", "con.py", "src/NUL/aux.py", 'q"uo<te>.py', "tab\tname.py", "line\nbreak.py",
     "100%.py", "dot./x.py", "space /x.py", "com1.thing.py", "back\\slash.py", "🦀.py", "colon:x.py", "\udcff.py"],
)  # fmt: skip
def test_lock_paths_are_reversible_and_safe_on_windows(path: str) -> None:
    lock = lock_path(path)
    assert source_path(lock) == path
    for part in lock.split("/")[2:]:
        assert not set(part) & set('<>:"|?*\\')
        assert all(ord(character) >= 32 for character in part)
        assert not part.endswith((" ", "."))
        assert part.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1"}
