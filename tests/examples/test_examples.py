"""The examples: specs without findings, golden files that are fresh, and that tell right bodies from wrong ones."""

import subprocess
import sys

import pytest

from intaglio.finding import Severity
from intaglio.spec import read_specs
from intaglio.spec.references import check_references

REFERENCES = {
    "prior_authorization.py": """
if age < 18:
    return "DENY"
if has_t2d and a1c >= 6.5:
    return "APPROVE"
if bmi >= 30 or (bmi >= 27 and comorbidity):
    return "APPROVE" if step_therapy_failed else "REVIEW"
return "DENY"
""",
    "claim_line.py": """
from decimal import ROUND_HALF_UP
covered = min(line.billed, line.allowed)
rest = covered - min(line.deductible_left, covered)
share = (rest * line.coinsurance_percent / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
return (rest - share).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
""",
    "invoice_total.py": """
from decimal import ROUND_HALF_UP
cent = Decimal("0.01")
total = Decimal("0.00")
for line in lines:
    net = line.quantity * line.unit_price
    total += net + (net * line.tax_percent / 100).quantize(cent, rounding=ROUND_HALF_UP)
return total.quantize(cent, rounding=ROUND_HALF_UP)
""",
    "address.py": """
short = {
    "STREET": "ST", "AVENUE": "AVE", "ROAD": "RD", "BOULEVARD": "BLVD", "APARTMENT": "APT",
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
}
words = line.upper().replace(".", "").replace(",", "").split()
return " ".join(short.get(word, word) for word in words)
""",
    "field_extraction.py": """
invoice = re.search(r"INV-[0-9]{6}(?![0-9])", text)
amount = re.search(r"[$]([0-9]+)[.]([0-9]{2})(?![0-9])", text)
return {
    "invoice": invoice.group() if invoice else None,
    "amount_cents": int(amount.group(1)) * 100 + int(amount.group(2)) if amount else None,
}
""",
    "reshape_order.py": """
rows: list[dict[str, str | int]] = []
for item in order["items"]:
    quantity = item.get("quantity", 1)
    if quantity != 0:
        cents = item["price_cents"] * quantity
        rows.append({"order": order["id"], "line": len(rows) + 1, "sku": item["sku"].upper(), "cents": cents})
return rows
""",
}
WRONG = {
    "prior_authorization.py": [("a1c >= 6.5", "a1c > 6.5"), ("bmi >= 27", "bmi > 27"), ("age < 18", "age <= 18")],
    "claim_line.py": [("ROUND_HALF_UP", "ROUND_HALF_EVEN"), ("min(line.billed, line.allowed)", "line.allowed")],
    "invoice_total.py": [("ROUND_HALF_UP", "ROUND_DOWN"), ("lines:", "lines[:2]:")],
    "address.py": [('.replace(",", "")', ""), ('"WEST": "W"', '"WEST": "WE"')],
    "field_extraction.py": [("{6}(?![0-9])", "{6}"), ("{2})(?![0-9])", "{2})")],
    "reshape_order.py": [("len(rows) + 1", "len(rows)"), ("if quantity != 0:", "if True:")],
}
FILES = (
    "prior_authorization.py", "ticket_routing.py", "date_window.py", "shipping_rate.py", "claim_line.py",
    "invoice_total.py", "address.py", "field_extraction.py", "reshape_order.py",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_spec_reads_clean(repository, name):
    path = repository / "docs" / "examples" / name
    (spec,) = read_specs(path.read_text()).specs
    findings = (*spec.findings, *check_references(spec, path, repository))
    assert not [finding for finding in findings if finding.severity is not Severity.HINT]
    assert spec.function.is_stub
    rows = (path.parent / spec.golden[0].path.value).read_text().splitlines()
    assert len(rows) >= 50


def test_golden_files_are_fresh(repository):
    script = repository / "docs" / "examples" / "golden" / "generate.py"
    subprocess.run([sys.executable, str(script), "--check"], check=True)


@pytest.fixture(scope="module")
def toolbox():
    from intaglio.validate.tools import Toolbox

    with Toolbox() as opened:
        yield opened


def verdicts_of(repository, name, body, toolbox):
    from intaglio.config import Settings
    from intaglio.snapshot import Snapshot
    from intaglio.subject import gather
    from intaglio.template import assemble, load_template
    from intaglio.template.model import FormatSettings
    from intaglio.validate.pipeline import run_stages
    from intaglio.validate.verdict import Verdict

    folder = repository / "docs" / "examples"
    text = (folder / name).read_text()
    spec = read_specs(text).specs[0]
    filled = assemble(text, spec, load_template("function", None), body.strip("\n"), FormatSettings())
    assert not filled.findings
    again = read_specs(filled.text).specs[0]
    subject = gather(
        Snapshot.of_disk(folder), Settings(call_seconds=5, stage_seconds=120), name, filled.text, again
    ).subject
    return {step.stage.value: step for step in run_stages(subject, toolbox) if isinstance(step, Verdict)}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_right_body_passes_every_stage(repository, name, toolbox):
    verdicts = verdicts_of(repository, name, REFERENCES[name], toolbox)
    said = [finding.message for verdict in verdicts.values() for finding in verdict.findings]
    assert [verdict.outcome.value for verdict in verdicts.values()] == ["passed"] * 4, said


@pytest.mark.parametrize(("name", "change"), [(name, change) for name, changes in WRONG.items() for change in changes])
def test_a_wrong_body_is_refused_by_accuracy_and_by_nothing_before(repository, name, change, toolbox):
    assert change[0] in REFERENCES[name]
    verdicts = verdicts_of(repository, name, REFERENCES[name].replace(*change), toolbox)
    assert [verdict.outcome.value for verdict in verdicts.values()] == ["passed", "passed", "passed", "failed"]
