"""The main job from the outside: stub to locked through four real stages, then verify refuses what changed."""

from pathlib import Path


def test_from_stub_to_lock_and_back(workspace, spec_text):
    workspace.write("claims.py", spec_text)
    assert "stub" in workspace.run("status").out
    workspace.run("verify", code=1)

    compiled = workspace.run("compile").out
    for stage in ("security passed", "syntax passed", "execution passed", "accuracy passed"):
        assert stage in compiled
    workspace.run("verify")
    namespace = {}
    exec(workspace.read("claims.py"), namespace)
    assert namespace["decide"](False, 30.0) == "APPROVE"

    locked = workspace.read("claims.py")
    workspace.write("claims.py", locked.replace('return "DENY"', 'return "APPROVE"'))
    refused = workspace.run("verify", code=1)
    assert "drifted" in refused.out
    assert '-    return "DENY"' in workspace.run("diff", "claims.py::decide", code=1).out
    adopted = workspace.run("lock", "--adopt", "--reason", "deny nobody", "claims.py", code=1)
    assert "AC103" in adopted.out
    assert "from the store" in workspace.run("restore", "claims.py::decide").out
    assert workspace.read("claims.py") == locked
    workspace.run("verify")


def test_a_changed_spec_is_stale_in_words(workspace, spec_text):
    workspace.write("claims.py", spec_text)
    workspace.run("compile")
    workspace.write("claims.py", workspace.read("claims.py").replace("bmi >= 30 ->", "bmi >= 35 ->"))
    said = workspace.run("verify", code=1).out
    assert "stale" in said
    assert "spec" in said
    workspace.run("compile", code=1)  # an example contradicts the new rule
    workspace.write(
        "claims.py", workspace.read("claims.py").replace("decide(False, 31.0) ==", "decide(False, 36.0) ==")
    )
    workspace.run("compile")
    workspace.run("verify")


def test_formatting_and_comments_do_not_move_a_lock(workspace, spec_text):
    workspace.write("claims.py", spec_text)
    workspace.run("compile")
    text = workspace.read("claims.py")
    workspace.write(
        "claims.py", text.replace('    return "DENY"', "    # denied\n\n    return (\n        'DENY'\n    )")
    )
    workspace.run("verify")


def test_a_refused_candidate_leaves_the_file_as_it_was(workspace, spec_text):
    wrong = spec_text.replace('decide(False, 24.0) == "DENY"', 'decide(False, 24.0) == "PEND"')
    path = workspace.write("claims.py", wrong)
    before = path.read_bytes()
    said = workspace.run("compile", code=1).out
    assert "AC101" in said
    assert path.read_bytes() == before
    assert not (workspace.root / ".intaglio" / "locks").exists()


def test_a_hand_written_body_is_kept(workspace, spec_text):
    body = spec_text.replace(": ...", ":\n    return 'APPROVE'")
    workspace.write("claims.py", body)
    said = workspace.run("compile", code=1).out
    assert "--replace" in said
    assert workspace.read("claims.py") == body
    workspace.run("compile", "--replace")
    stored = [path.read_text() for path in Path(workspace.root, ".intaglio", "store").glob("*.txt")]
    assert any("return 'APPROVE'" in text for text in stored)


def test_no_lock_is_ready_and_a_fresh_clone_says_unlocked(workspace, spec_text):
    workspace.write("claims.py", spec_text)
    workspace.run("compile", "--no-lock")
    assert "ready" in workspace.run("status").out
    workspace.run("verify", code=1)
    workspace.run("lock")
    workspace.run("verify")


def test_dry_run_writes_nothing(workspace, spec_text):
    path = workspace.write("claims.py", spec_text)
    said = workspace.run("compile", "--dry-run").out
    assert '+        return "APPROVE"' in said
    assert path.read_text() == spec_text


def test_the_json_document_follows_its_schema(workspace, spec_text):
    import jsonschema

    from intaglio.cli.report import SCHEMA

    workspace.write("claims.py", spec_text + "\n\n# spec:\n# exmple: f(1)\ndef f(x): ...\n")
    for arguments, code in ((["status"], 1), (["compile"], 1), (["validate"], 0), (["verify"], 1), (["lock"], 1)):
        jsonschema.validate(workspace.run(*arguments, "--json", code=code).json, SCHEMA)
