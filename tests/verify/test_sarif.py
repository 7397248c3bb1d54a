"""`--sarif`: SARIF 2.1.0 by strict models of its schema, with rules, ranges, and fingerprints that stay when code moves."""

import json

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif


def sarif(locked, *arguments, code, folder=None):
    document = json.loads(locked.intaglio(*arguments, "--sarif", code=code).out)
    Sarif.model_validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": code}]
    return run


def lines_of(locked, result):
    region = result["locations"][0]["physicalLocation"]["region"]
    line = locked.read("claims.py").splitlines()[region["startLine"] - 1]
    return line[region["startColumn"] - 1 : region["endColumn"] - 1]


def test_the_models_are_strict():
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        Sarif.model_validate({"version": "2.1.0", "runs": [{"tool": {"driver": {"nme": "x"}}}]})


def test_all_well_is_an_empty_list(locked):
    run = sarif(locked, "verify", code=0)
    assert run["results"] == []
    assert run["automationDetails"]["id"] == "intaglio/verify/"


def test_each_state_has_its_rule_and_points_at_the_function(locked):
    locked.edit("claims.py", 'return "DENY"', 'return "APPROVE"')
    locked.edit("claims.py", "the larger number", "the larger of two numbers")
    results = {result["ruleId"]: result for result in sarif(locked, "verify", code=1)["results"]}
    assert set(results) == {"LK201", "LK202"}
    assert lines_of(locked, results["LK201"]) == "decide"
    assert results["LK201"]["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "decide", "kind": "function"}
    ]
    assert "changed by hand" in results["LK201"]["message"]["text"]
    assert results["LK202"]["level"] == "error"


def test_the_rules_are_the_pages_of_explain(locked):
    locked.edit("claims.py", 'return "DENY"', 'return "APPROVE"')
    (rule,) = sarif(locked, "verify", code=1)["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"], rule["defaultConfiguration"]) == ("LK201", "body-drifted", {"level": "error"})
    assert "intaglio restore FILE::NAME" in rule["help"]["markdown"]


def test_fingerprints_stay_when_code_moves_and_differ_between_alerts(locked):
    locked.edit("claims.py", 'return "DENY"', 'return "APPROVE"')
    locked.edit("claims.py", "the larger number", "the larger of two numbers")

    def fingerprints():
        results = sarif(locked, "verify", code=1)["results"]
        return {one["ruleId"]: one["partialFingerprints"]["primaryLocationLineHash"] for one in results}

    before = fingerprints()
    assert len(set(before.values())) == 2
    locked.edit("claims.py", '"""Coverage."""', '"""Coverage.\n\nMore words.\n"""')
    assert fingerprints() == before


def test_paths_are_those_of_the_repository(locked):
    folder = locked.root / "back end"
    names = [path.name for path in locked.root.iterdir() if path.name != ".git"]
    folder.mkdir()
    locked.git("mv", *names, "back end/")
    locked.edit("back end/claims.py", 'return "DENY"', 'return "APPROVE"')
    (at_top,) = sarif(locked, "verify", code=1)["results"]
    top, locked.root = locked.root, folder
    (inside,) = sarif(locked, "verify", code=1)["results"]
    assert inside["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "back%20end/claims.py"
    assert at_top == inside
    locked.root = top


def test_findings_of_stages_point_where_they_mean(locked):
    locked.edit("claims.py", 'return "DENY"', "return eval('1')")
    run = sarif(locked, "validate", code=1)
    assert run["automationDetails"]["id"] == "intaglio/validate/"
    security = [result for result in run["results"] if result["ruleId"].startswith("SE")]
    assert security
    assert any("eval" in lines_of(locked, result) for result in security)


def test_a_replay_and_a_change_without_reason_are_alerts(locked):
    locked.forge_stage("execution", digest="ab" * 32)
    found = {result["ruleId"] for result in sarif(locked, "verify", "--replay", "--since", "HEAD", code=1)["results"]}
    assert found == {"LK211", "LK222"}
