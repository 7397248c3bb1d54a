"""The week of a team of three, step by step: `python tests/team/week.py` shows its transcript."""

import importlib.util
import io
from pathlib import Path


def test_the_week_goes_as_it_should(tmp_path):
    spec = importlib.util.spec_from_file_location("team_week", Path(__file__).with_name("week.py"))
    assert spec is not None
    assert spec.loader is not None
    week = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(week)
    transcript = io.StringIO()
    week.play(tmp_path, transcript)
    assert "Friday" in transcript.getvalue()
