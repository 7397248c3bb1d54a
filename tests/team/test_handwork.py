"""A hand edit is never overwritten and never lost: adopt it, restore the locked body, or turn the difference into an example."""

import json

import jsonschema

from intaglio.cli.log_command import SCHEMA


def edited(ann) -> str:
    ann.edit("    if x > 10:", "    if x > 117:")
    return ann.read()


def test_no_command_overwrites_a_hand_edit_unasked(ann):
    text = edited(ann)
    told = ann.run("compile")
    assert "left alone: claims.py::middle is not as it was locked" in told
    assert "`intaglio compile --replace claims.py::middle` writes another" in told
    assert "left alone" in ann.run("compile", "--replace")
    assert "`intaglio compile --replace` puts it into the store" in ann.run("compile", "claims.py::middle", code=1)
    ann.run("lock", "claims.py", code=1)
    ann.run("lock", "--resolve", code=1)
    ann.run("validate", "claims.py", code=1)
    assert ann.read() == text
    assert ann.state("middle") == "drifted"


def test_what_restore_and_compile_overwrite_can_be_had_again(ann):
    text = edited(ann)
    said = ann.run("restore", "claims.py::middle")
    assert "from the store" in said
    kept = said.split("--to ")[1].split()[0]
    assert ann.state("middle") == "locked"
    ann.run("restore", "claims.py::middle", "--to", kept)
    assert ann.read() == text
    for command in ("status", "verify"):
        said = ann.run(command, code=1 if command == "verify" else 0)
        assert f"the body is one that was here before ({kept}), not the one that was locked" in said
        assert "by hand" not in said
    ann.run("compile", "--replace", "claims.py::middle")
    ann.run("restore", "claims.py::middle", "--to", kept)
    assert ann.read() == text


def test_a_recompile_says_that_handwork_is_kept_and_how_to_have_it_again(ann):
    ann.edit("    if x > 10:", "    limit = 10\n    if x > limit:")
    ann.run("lock", "--adopt", "--reason", "a name for the limit", "claims.py")
    ann.rule("middle", 10, 12)
    assert ann.state("middle") == "stale"
    said = ann.run("compile")
    assert "LK016 the body that was there was written by hand, and is kept" in said
    kept = said.split("--to ")[1].split("`")[0]
    assert "limit" not in ann.read()
    ann.run("restore", "claims.py::middle", "--to", kept)
    assert "    if x > limit:" in ann.read()
    ann.run("restore", "claims.py::middle")
    ann.rule("middle", 12, 13)
    assert "LK016" not in ann.run("compile"), "a body that no person wrote can be made again"


def test_restore_works_from_history_alone_and_says_when_it_cannot(ann):
    ann.rule("middle", 10, 12)
    ann.run("compile")
    ann.commit("Twelve")
    for place in (ann.root / ".intaglio" / "store").iterdir():
        place.unlink()
    known = ann.run("restore", "claims.py::middle", "--list").splitlines()
    assert len(known) == 2
    older = known[1].split()[0]
    said = ann.run("restore", "claims.py::middle", "--to", older)
    assert "from git, commit" in said
    assert "if x > 10:" in ann.read()
    assert "validates and locks this one" in said
    assert "0 bodies begin with" in ann.run("restore", "claims.py::middle", "--to", "000000000000", code=1)


def test_adopting_needs_a_reason_and_is_marked(ann):
    ann.edit("    if x > 10:", "    limit = 10\n    if x > limit:")
    assert "--adopt needs --reason" in ann.run("lock", "--adopt", "claims.py", code=2)
    assert "written by hand" in ann.run("lock", "claims.py", code=1)
    ann.run("lock", "--adopt", "--reason", "a name for the limit", "claims.py")
    assert ann.state("middle") == "locked"
    document = json.loads(ann.run("log", "claims.py::middle", "--json"))
    jsonschema.validate(document, SCHEMA)
    newest, oldest = document["locks"]
    assert (newest["how"], newest["backend"], newest["reason"]) == ("adopted", "hand", "a name for the limit")
    assert newest["accepted_by"] == "Ann <ann@example.org>"
    assert newest["commit"] is None
    assert newest["changed"] == ["body"]
    assert oldest["reason"] == "compiled from a new spec"
    assert oldest["commit_subject"] == "First claims"


def test_a_body_that_lies_in_the_store_because_it_was_overwritten_still_needs_adoption(ann):
    ann.edit("    if x > 10:", "    limit = 10\n    if x > limit:")
    text = ann.read()
    ann.run("restore", "claims.py::middle")
    ann.write("claims.py", text)
    assert "written by hand" in ann.run("lock", "claims.py", code=1)


def test_the_difference_becomes_an_example_for_either_answer(ann):
    edited(ann)
    said = ann.run("diff", "claims.py::middle", "--example", code=1)
    assert "`middle(11)` returns 'A' as locked, and returns 'B' now" in said
    assert "# example: middle(11) == 'A'" in said
    assert "# example: middle(11) == 'B'" in said
    ann.run("diff", "claims.py::middle", "--example", "--write", "locked", code=1)
    assert "# example: middle(11) == 'A'\ndef middle(x: int)" in ann.read()
    assert "AC101" in ann.run("lock", "--adopt", "--reason", "try", "claims.py::middle", code=1)
    ann.run("restore", "claims.py::middle")
    ann.run("lock", "claims.py::middle")
    assert ann.state("middle") == "locked"


def test_an_edit_that_changes_no_answer_offers_none_and_claims_nothing(ann):
    ann.edit("    if x > 10:", "    if x >= 11:")
    said = ann.run("diff", "claims.py::middle", "--example", code=1)
    assert "no input was found on which the two differ, of " in said


def test_a_hand_edit_that_reaches_outside_is_not_run(ann):
    ann.edit("    if x > 10:", "    open('/tmp/seen', 'w')\n    if x > 10:")
    said = ann.run("diff", "claims.py::middle", "--example", code=1)
    assert "the present body was not run, as the security stage refuses it" in said


def test_an_exception_is_an_answer_too(ann):
    ann.edit("    if x > 10:", "    if x == 7:\n        raise ValueError('seven')\n    if x > 10:")
    said = ann.run("diff", "claims.py::middle", "--example", "--write", "present", code=1)
    assert "# example: middle(7) raises ValueError" in said
    assert "# example: middle(7) raises ValueError\ndef middle" in ann.read()
