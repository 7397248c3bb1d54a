"""`verify --replay`: what a lock records is observed again, everywhere; what was typed by hand is found out."""

import json
import shutil
import sys
from pathlib import Path

import jsonschema
import pytest

import intaglio
from intaglio.cli.report import SCHEMA

TYPED = "ab" * 32


def test_an_honest_lock_is_observed_again(locked):
    said = locked.intaglio("verify", "--replay").out
    assert "replayed 2 locks" in said
    document = json.loads(locked.intaglio("verify", "--replay", "--json").out)
    jsonschema.validate(document, SCHEMA)
    stages = {stage["stage"]: stage["outcome"] for stage in document["specs"][0]["stages"]}
    assert stages == {"security": "passed", "execution": "passed", "accuracy": "passed"}


def test_another_machine_observes_the_same(locked, tmp_path):
    """Installed as a package and not for development, with another home, folder, hash seed, clock zone and language."""
    site = tmp_path / "elsewhere" / "site-packages"
    package = Path(intaglio.__file__).parent
    shutil.copytree(package, site / "intaglio", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(package.parents[1] / "templates", site / "intaglio" / "templates")
    home = tmp_path / "another home"
    home.mkdir()
    there = {"PYTHONPATH": str(site), "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONHASHSEED": "77",
             "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    where = locked.run(sys.executable, "-c", "import intaglio; print(intaglio.__file__)", environment=there).out
    assert str(site) in where
    locked.run(sys.executable, "-m", "intaglio", "verify", "--replay", environment=there)


@pytest.mark.parametrize("stage", ["execution", "accuracy"])
def test_a_lock_that_was_typed_by_hand_is_found_out(locked, stage):
    locked.forge_stage(stage, digest=TYPED)
    locked.intaglio("verify")  # the seal holds, and so does every fingerprint
    said = locked.intaglio("verify", "--replay", code=1).out
    assert "LK211" in said
    assert f"the {stage} stage observed" in said
    assert f"the lock records {TYPED[:12]}, with the same tools" in said
    assert said.count("LK211") == 1, "the other function's lock is honest"


def test_a_body_that_no_stage_ever_saw_is_found_out(locked):
    """The whole lock of a wrong body, typed by someone who can compute fingerprints and seals."""
    locked.edit("claims.py", 'return "DENY"', 'return "APPROVE"')
    script = (
        "from pathlib import Path\nfrom intaglio.lock.inputs import *\nfrom intaglio.spec import read_specs\n"
        "from intaglio.workspace import DiskTree\ntext = Path('claims.py').read_text()\n"
        "print(current_inputs(Materials(Path(), DiskTree(Path())), 'claims.py', text, read_specs(text).find('decide')).inputs.body)"
    )
    body = locked.run(sys.executable, "-c", script).out.strip()
    from dataclasses import replace

    locked.forge(inputs=replace(locked.entry().inputs, body=body))
    locked.intaglio("verify")
    said = locked.intaglio("verify", "--replay", code=1).out
    assert "LK212" in said
    assert "the accuracy stage refuses the body that the lock says it passed" in said


def test_other_tools_are_told_apart_from_a_forgery(locked):
    tools = dict(next(one for one in locked.entry().stages if one.stage == "execution").tools)
    changed = tuple(sorted((tools | {"hypothesis": "6.1.0"}).items()))
    locked.forge_stage("execution", digest=TYPED, tools=changed)
    ran = locked.intaglio("verify", "--replay", code=3)
    assert "LK213" in ran.out
    assert "the lock was made with hypothesis 6.1.0 (here " in ran.out
    assert "could not be replayed on this machine" in ran.err
    patch = tuple(
        sorted((tools | {"python": tools["python"].rpartition(".")[0] + ".999", "sandbox": "other walls"}).items())
    )
    locked.forge_stage("execution", digest=TYPED, tools=patch)
    assert "LK211" in locked.intaglio("verify", "--replay", code=1).out, (
        "a patch release and other walls explain nothing"
    )


def test_a_forged_accuracy_cannot_hide_behind_other_tools_of_the_execution_stage(locked):
    tools = dict(next(one for one in locked.entry().stages if one.stage == "execution").tools)
    locked.forge_stage("execution", digest=TYPED, tools=tuple(sorted((tools | {"hypothesis": "6.1.0"}).items())))
    locked.forge_stage("accuracy", digest=TYPED)
    said = locked.intaglio("verify", "--replay", code=1).out
    assert "LK213" in said
    assert "LK211" in said


def test_without_a_sandbox_nothing_is_replayed_and_nothing_is_green(locked):
    script = "import sys, intaglio.compile, intaglio.cli.verify_deeper\nsys.platform = 'nowhere'\nfrom intaglio.cli import commands\ncommands(['verify', '--replay'], prog_name='intaglio')"
    ran = locked.run(sys.executable, "-c", script, code=3)
    assert "LK214" in ran.out
    assert "no sandbox on this machine" in ran.out
    assert "replayed" not in ran.out.replace("replayed on this machine", "")


def test_without_the_extra_it_says_what_to_install(locked):
    script = (
        "import sys\nclass Missing:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'hypothesis': raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Missing())\nimport importlib.util\nfind = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'hypothesis' else find(name, *more)\n"
        "from intaglio.cli import commands\ncommands(['verify', '--replay'], prog_name='intaglio')"
    )
    ran = locked.run(sys.executable, "-c", script, code=3)
    assert "pip install 'intaglio[validate]'" in ran.err


def test_what_is_refused_is_not_replayed(locked):
    locked.edit("claims.py", 'return "DENY"', 'return "APPROVE"')
    said = locked.intaglio("verify", "--replay", code=1).out
    assert "drifted" in said
    assert "LK212" not in said


def test_staged_contents_are_replayed(locked):
    locked.forge_stage("execution", digest=TYPED)
    locked.git("add", ".")
    locked.git("checkout", "-q", "HEAD", "--", ".")
    locked.intaglio("verify", "--replay")
    locked.forge_stage("execution", digest=TYPED)
    locked.git("add", ".")
    assert "LK211" in locked.intaglio("verify", "--staged", "--replay", code=1).out
