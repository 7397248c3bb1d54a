"""Every attempt is written down before it leaves, with what came of it; nothing is lost to a crash or a second writer."""

import sqlite3
import subprocess
import sys

import pytest

from intaglio.ledger import Ledger, LedgerError


def begin(ledger, **more):
    return ledger.begin(
        **{
            "path": "a.py",
            "name": "f",
            "number": 1,
            "candidate": 0,
            "backend": "litellm",
            "model": "m",
            "parameters": {"seed": "1"},
            "prompt_fingerprint": "ab",
            "prompt": None,
            **more,
        }
    )


def test_an_attempt_from_sent_to_judged(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    number = begin(ledger)
    (sent,) = ledger.attempts()
    assert (sent.outcome, sent.input_tokens, sent.cost, sent.prompt, sent.parameters) == (
        "sent",
        None,
        None,
        None,
        {"seed": "1"},
    )
    ledger.answered(number, input_tokens=66, output_tokens=36, estimated=True, cost=0.5, millis=12.0, answer=None)
    ledger.judged(number, "passed", (("security", "passed"),))
    (done,) = Ledger(tmp_path / "ledger.sqlite").attempts("a.py", "f")
    assert (done.outcome, done.input_tokens, done.output_tokens, done.estimated, done.cost, done.answer) == (
        "passed",
        66,
        36,
        True,
        0.5,
        None,
    )
    assert done.verdicts == (("security", "passed"),)
    assert ledger.totals() == (1, 66, 36, 0.5)
    assert ledger.attempts("b.py") == ()


def test_writers_in_several_processes_lose_nothing(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom intaglio.ledger import Ledger\nledger = Ledger(Path(sys.argv[1]))\n"
        "for number in range(25):\n    one = ledger.begin(path='a.py', name=sys.argv[2], number=number, candidate=0, backend='b', model='m',"
        " parameters={}, prompt_fingerprint='x', prompt=None)\n    ledger.judged(one, 'passed')\n"
    )
    path = tmp_path / "ledger.sqlite"
    running = [subprocess.Popen([sys.executable, "-c", code, path, f"f{number}"]) for number in range(4)]
    assert [one.wait(60) for one in running] == [0] * 4
    assert [row.outcome for row in Ledger(path).attempts()] == ["passed"] * 100


def test_what_cannot_be_written_down_is_not_sent(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="nothing was sent"):
        Ledger(tmp_path / "file" / "ledger.sqlite")
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("DROP TABLE attempt")
    with pytest.raises(LedgerError, match="nothing was sent"):
        begin(ledger)


def test_a_damaged_ledger_is_put_aside(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is no database" * 100)
    assert begin(Ledger(path)) == 1
    (aside,) = tmp_path.glob("ledger.damaged-*")
    assert aside.read_bytes().startswith(b"this is no database")
