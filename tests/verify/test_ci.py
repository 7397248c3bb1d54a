"""The GitHub Action and the GitLab template: their shell steps, run here as those services run them."""

import json
import sys
from pathlib import Path

import pytest
import yaml

EXECUTABLE = Path(sys.executable).with_name("intaglio")


@pytest.fixture(scope="session")
def action(repository):
    return yaml.safe_load((repository / "action.yml").read_text())


@pytest.fixture(scope="session")
def gitlab(repository):
    return yaml.safe_load((repository / "ci" / "gitlab.yml").read_text())


def step(action, name):
    return next(one for one in action["runs"]["steps"] if one["name"] == name)


@pytest.fixture
def runner(locked, tmp_path):
    """What a runner gives to steps; Intaglio is where the install step would have put it."""
    temporary = tmp_path / "runner"
    (temporary / "intaglio" / "bin").mkdir(parents=True)
    (temporary / "intaglio" / "bin" / "intaglio").symlink_to(EXECUTABLE)
    locked.environment = {
        **locked.environment,
        "RUNNER_TEMP": str(temporary),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "FOLDER": ".",
        "REPLAY": "false",
        "SINCE": "",
        "SARIF_FILE": "intaglio.sarif",
    }

    def run(script, code=0, **environment):
        (tmp_path / "outputs").write_text("")
        said = locked.run(
            "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, code=code, environment=environment
        )
        return said, dict(line.split("=", 1) for line in (tmp_path / "outputs").read_text().splitlines())

    return run


def test_the_action_is_one_that_github_takes(action):
    assert action["runs"]["using"] == "composite"
    for one in action["runs"]["steps"]:
        assert ("run" in one) != ("uses" in one)
        assert "run" not in one or one["shell"] == "bash"
        assert "${{" not in one.get("run", ""), "what others write must not become part of a script"
    assert set(action["outputs"]) == {"exit-code", "sarif-file"}


def test_all_well(action, runner, locked):
    said, outputs = runner(step(action, "Verify")["run"], REPLAY="true", SINCE=locked.git("rev-parse", "HEAD").strip())
    assert "replayed 2 locks" in said.out
    assert "no locks changed" in said.out
    assert outputs == {"exit-code": "0", "sarif-file": "./intaglio.sarif"}
    assert json.loads(locked.read("intaglio.sarif"))["runs"][0]["results"] == []
    runner(step(action, "Result")["run"], CODE=outputs["exit-code"])


def test_what_is_refused_is_uploaded_and_then_fails_the_job(action, runner, locked):
    locked.edit("claims.py", 'return "DENY"', 'return "APPROVE"')
    said, outputs = runner(step(action, "Verify")["run"])
    assert "drifted" in said.out
    assert outputs["exit-code"] == "1"
    (result,) = json.loads(locked.read("intaglio.sarif"))["runs"][0]["results"]
    assert result["ruleId"] == "LK201"
    runner(step(action, "Result")["run"], code=1, CODE=outputs["exit-code"])


def test_a_forged_lock_fails_the_job(action, runner, locked):
    locked.forge_stage("execution", digest="ab" * 32)
    _, outputs = runner(step(action, "Verify")["run"], REPLAY="true")
    assert outputs["exit-code"] == "1"


def test_a_step_that_did_not_come_to_its_end_is_no_pass(action, runner):
    runner(step(action, "Result")["run"], code=1, CODE="")
    _, outputs = runner(step(action, "Verify")["run"], SINCE="0" * 40)  # a commit that nobody has
    assert outputs == {"exit-code": "2"}
    _, outputs = runner(step(action, "Verify")["run"], RUNNER_TEMP="/nowhere")
    assert outputs == {"exit-code": "127"}


def test_the_install_step_installs_this_version(action, runner, locked, repository, tmp_path):
    there = tmp_path / "fresh"
    there.mkdir()
    python = f"{Path(sys.executable).parent}:{locked.environment['PATH']}"
    environment = {"RUNNER_TEMP": str(there), "ACTION_FOLDER": str(repository), "PATH": python}
    runner(step(action, "Install Intaglio")["run"], **environment)
    _, outputs = runner(step(action, "Verify")["run"], RUNNER_TEMP=str(there))
    assert outputs["exit-code"] == "0"
    _, outputs = runner(step(action, "Verify")["run"], RUNNER_TEMP=str(there), REPLAY="true")
    assert outputs["exit-code"] == "3", "without the validate extra nothing can be replayed, and that is no pass"


@pytest.mark.parametrize(("edit", "code"), [(None, 0), (('return "DENY"', 'return "APPROVE"'), 1)])
def test_the_gitlab_job(gitlab, runner, locked, tmp_path, edit, code):
    job = gitlab["intaglio-verify"]
    base = locked.git("rev-parse", "HEAD").strip()
    if edit:
        locked.edit("claims.py", *edit)
    variables = gitlab["variables"] | {
        "INTAGLIO_FOLDER": str(tmp_path / "runner" / "intaglio"),
        "INTAGLIO_REPLAY": "false",
    }
    said, _ = runner("\n".join(job["script"]), code=code, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, **variables)
    assert f"since {base}" in said.out
    assert json.loads(locked.read("intaglio.sarif"))["version"] == "2.1.0"
    assert job["artifacts"]["paths"] == ["intaglio.sarif"]
    assert job["artifacts"]["when"] == "always"
