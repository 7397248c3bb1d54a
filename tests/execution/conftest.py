"""A way to put a text through the stages."""

import pytest

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.validate.pipeline import run_stages
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Verdict
from intaglio.workspace import DiskTree


@pytest.fixture(scope="session")
def toolbox():
    with Toolbox() as opened:
        yield opened


@pytest.fixture
def judge(toolbox, tmp_path):
    """The verdicts on the first spec of a text, by stage."""

    def run(text, files=None, cache=None, only=None, **settings):
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        snapshot = Snapshot(tmp_path, DiskTree(tmp_path, {"a.py": text}))
        spec = read_specs(text).specs[0]
        options = {"generated_inputs": 60, "call_seconds": 2.0, "stage_seconds": 60.0, **settings}
        subject = gather(snapshot, Settings(**options), "a.py", text, spec).subject
        if only is not None:
            verdict = only.check(subject, toolbox, "alone")
            return {verdict.stage.value: verdict}
        return {step.stage.value: step for step in run_stages(subject, toolbox, cache) if isinstance(step, Verdict)}

    return run


def outcomes(verdicts):
    return [verdict.outcome.value for verdict in verdicts.values()]


def said(verdicts):
    return [(finding.code, finding.message) for verdict in verdicts.values() for finding in verdict.findings]
