"""What raises no alarm, what does and since when, tools that change, and who accepted what."""

import re

TOOLS = re.compile(r'"ruff [^"]+"')


def test_formatting_comments_imports_and_line_endings_move_nothing(ann):
    ann.write("claims.py", ann.read().replace('"""Claims."""', '"""Claims."""\n\nimport math\nimport json\n'))
    ann.run("verify")
    ann.edit("import math\nimport json\n", "import json\nimport math\n")
    ann.edit(
        '        return "A"\n    return "B"',
        "        return (\n            'A'\n        )  # the larger class\n\n    return 'B'",
    )
    ann.edit("# rule: x > LIMIT", "# rule:   x>LIMIT ")
    ann.write("claims.py", ann.read().replace("\n", "\r\n"))
    assert "3 locked" in ann.run("verify", "--no-cache")


def test_a_tool_upgrade_is_no_alarm_and_is_accepted_at_once(ann):
    import tomllib

    from intaglio.lock.file import read_lock, write_lock

    lock = read_lock(ann.lock.read_text())
    older = [entry_with_ruff(entry, "0.1.0") for entry in lock.entries]
    ann.lock.write_text(write_lock(older))
    ann.edit("# rule: x > 100 ->", "# rule: x > 200 ->")  # what it is stale for is not the tools' doing
    ann.git("commit", "-qam", "As an older ruff had it")
    assert "drifted" not in ann.run("verify", code=1)
    assert "ruff" not in ann.run("status")
    text = ann.lock.read_text()
    said = ann.run("lock", "--tools", "--dry-run")
    assert re.search(r"2 locked with other tools: ruff 0\.1\.0 -> \d", said)
    assert "2 pass; nothing was written" in said
    assert ann.lock.read_text() == text
    ann.run("lock", "--tools", "--reason", "the new ruff")
    entries = tomllib.loads(ann.lock.read_text())["artifact"]
    assert all("ruff 0.1.0" not in entries[name]["syntax"]["tools"] for name in ("small", "middle"))
    assert entries["small"]["accepted"]["reason"].startswith("the new ruff; tools: ruff 0.1.0 -> ")
    assert "ruff 0.1.0" in entries["large"]["syntax"]["tools"]
    assert "every lock was given by the tools that are here" in ann.run("lock", "--tools")


def test_what_would_not_pass_with_the_new_tools_is_listed_and_keeps_its_lock(ann):
    from intaglio.lock.file import read_lock, write_lock

    lock = read_lock(ann.lock.read_text())
    ann.lock.write_text(write_lock(entry_with_ruff(entry, "0.1.0") for entry in lock.entries))
    text = ann.lock.read_text()
    # a stricter setting stands for a stricter tool: the verdict is another, and no fingerprint moved
    slow = {"INTAGLIO_STAGE_SECONDS": "0.1", "INTAGLIO_GENERATED_INPUTS": "10000"}
    said = ann.run("lock", "--tools", "claims.py", code=1, **slow)
    assert "these would not pass any more, and keep the locks that they have: claims.py::small" in said
    assert ann.lock.read_text() == text
    assert "3 locked" in ann.run("verify")


def entry_with_ruff(entry, version: str):
    from dataclasses import replace

    def older(stage):
        tools = tuple((name, version if name == "ruff" else was) for name, was in stage.tools)
        return replace(stage, tools=tools)

    return replace(entry, stages=tuple(older(stage) for stage in entry.stages))


def test_explain_says_what_moved_from_what_to_what_and_since_when(ann):
    ann.edit("LIMIT = 3", "LIMIT = 4")
    moved = ann.commit("Raise the limit")
    ann.write("notes.txt", "another commit")
    ann.commit("Unrelated")
    ann.rule("middle", 10, 12)
    said = ann.run("status", "--explain")
    (limit,) = (line for line in said.splitlines() if "reach LIMIT:" in line)
    assert re.search(r"reach LIMIT: [0-9a-f]{12} -> [0-9a-f]{12}, since commit " + moved[:12], limit)
    assert "(Ann <ann@example.org>, " in limit
    assert limit.endswith(": Raise the limit")
    (spec,) = (line for line in said.splitlines() if " spec: " in line and "->" in line)
    assert spec.endswith("not committed yet")


def test_explain_tells_of_a_lock_in_words(ann):
    ann.edit("    if x > 10:", "    limit = 10\n    if x > limit:")
    ann.run("lock", "--adopt", "--reason", "a name for the limit", "claims.py::middle")
    said = ann.run("status", "--explain", "claims.py::small", "claims.py::middle")
    assert "made from its rules, without a model" in said
    assert "written by hand" in said
    assert re.search(r"adopted and accepted by Ann \S+, \S+Z: a name for the limit\n", said)
    assert "stages: security passed, syntax passed, execution passed, accuracy passed" in said
    assert not re.search(r"\w_\w+:|stages\.", said), "no keys of a document"


def test_every_lock_says_why_though_nobody_gave_a_reason(ann):
    ann.rule("middle", 10, 12)
    ann.run("compile")
    assert "why: compiled again: the spec changed since it was locked" in ann.run("log", "claims.py::middle")
    ann.edit("LIMIT = 3", "LIMIT = 2")
    ann.run("lock", "claims.py::small")
    assert "why: validated again: the definition LIMIT changed" in ann.run("log", "claims.py::small")


def test_log_follows_renames_and_moves_and_says_when_there_is_nothing(ann):
    ann.write("claims.py", ann.read().replace("middle(", "medium("))
    ann.run("lock", "--follow")
    ann.commit("A better name")
    ann.git("mv", "claims.py", "sizes.py")
    ann.run("lock", "--follow")
    ann.commit("A better place")
    said = ann.run("log", "sizes.py::medium")
    assert "changed: name claims.py::medium" in said
    assert "changed: name claims.py::middle" in said
    assert "First claims" in said
    assert "3 locked" in ann.run("verify")
    assert "never had a lock" in ann.run("log", "sizes.py::nothing", code=1)


def test_a_function_that_calls_itself_is_told_what_to_do_when_it_is_renamed(ann):
    ann.write(
        "sums.py",
        "# spec: Return the sum of all whole numbers up to n.\n# require: 0 <= n <= 50\n# example: total(3) == 6\n"
        'def total(n: int) -> int:\n    if not 0 <= n <= 50:\n        raise ValueError("require: 0 <= n <= 50")\n'
        "    return n + total(n - 1) if n else 0\n",
    )
    ann.run("lock", "--adopt", "--reason", "by hand", "sums.py")
    ann.write("sums.py", ann.read("sums.py").replace("total(", "summed("))
    said = ann.run("verify", code=1)
    assert (
        'as it calls itself, its body is a new one: `intaglio lock --adopt --reason "renamed" sums.py::summed`' in said
    )
    ann.run("lock", "--adopt", "--reason", "renamed", "sums.py::summed")
    ann.run("lock", "--drop")
    ann.run("verify")


def test_a_second_person_accepts_what_the_first_committed(ann):
    ann.write("intaglio.toml", "second-person = true\n")
    said = ann.run("verify", code=1)
    assert said.count("LK014") == 3
    assert "somebody else is to read it" in said
    ben = {"GIT_AUTHOR_NAME": "Ben", "GIT_AUTHOR_EMAIL": "ben@example.org"}
    ann.run("lock", "claims.py::small", "claims.py::middle", "claims.py::large", "--reason", "read", **ben)
    ann.git("commit", "-qam", "Read by Ben", "--author", "Ben <ben@example.org>")
    assert "3 locked" in ann.run("verify")
    ann.rule("middle", 10, 12)
    ann.run("compile")
    ann.run("verify")  # not committed: there is no author to compare with
    ann.commit("Twelve")
    assert ann.run("verify", code=1).count("LK014") == 1


def test_without_an_identity_the_login_is_named(ann):
    bare = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"), "")
    ann.run("lock", "claims.py::small", LOGNAME="somebody", **bare)
    assert "accepted by somebody" in ann.run("log", "claims.py::small")
