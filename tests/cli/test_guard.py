"""The command that measures the guard on free text."""

import json

import pytest
from click.testing import CliRunner

from grannsamverkan.cli.guard import guard_group
from grannsamverkan.domain.alerts.guard.measure import sentences


@pytest.mark.goal("P8")
@pytest.mark.slow
def test_the_goals_hold_on_the_sealed_half_and_no_sentence_of_it_is_told() -> None:
    done = CliRunner().invoke(guard_group, ["measure", "--json"])
    told = json.loads(done.stdout)
    sealed = told["sealed"]
    assert sealed["identifiers"]["recall"] >= 0.99
    assert sealed["looks"]["recall"] >= 0.95
    assert sealed["false_alarms"]["share"] <= 0.03
    assert sealed["sentences"] + told["open"]["sentences"] >= 600
    assert sealed["identifiers"]["of"] >= 150
    assert all(told["reached"].values())
    assert (told["ok"], done.exit_code) == (True, 0)
    assert not any(one.text in done.stdout for one in sentences() if len(one.text) > 12)


@pytest.mark.slow
def test_it_tells_people_too() -> None:
    lines = CliRunner().invoke(guard_group, ["measure"]).stdout.splitlines()
    assert lines[0].split() == ["sealed", "open", "goal"]
    assert any(line.startswith("false alarms") and line.endswith("0.03") for line in lines)
    assert lines[-1] == "every goal is reached"
