"""A small simulated year on both databases: exactly the plan goes out; and its reckoning sees what went wrong."""

import pytest

from grannsamverkan import advice_round
from grannsamverkan.bench import year
from grannsamverkan.bench.crowd import spots
from grannsamverkan.domain.networks import NetworkKind

CLEAN = {"missing": 0, "doubled": 0, "unplanned": 0, "budget_broken": 0, "repeated_within_year": 0}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_year_sends_exactly_the_plan(request: pytest.FixtureRequest, kind: str) -> None:
    result = year.simulate(households=150, networks=15, database=request.getfixturevalue(f"{kind}_url"))
    assert {name: result[name] for name in CLEAN} == CLEAN
    assert result["sent"] == result["planned"] > 500
    assert result["tips"] == 51
    assert result["messages"] < result["sent"]


def test_the_reckoning_knows_the_week_the_year_and_the_kind() -> None:
    found = spots(600, usual=20)
    tips = year.should_go(found)
    first, *again = [tip.to for tip in tips if tip.card_key == "las-cykeln" and tip.code == "1267"]
    assert first
    assert again == [set(), set()]
    kinds = {one.id: one.kind for one in found}
    assert {kinds[one] for tip in tips if tip.card_key == "tom-forradet" for one in tip.to} == {NetworkKind.APARTMENT}
    warned = {one.id for one in found if one.id % 5 == 0}
    assert warned.isdisjoint(one for tip in tips if tip.card_key == "hostlov" for one in tip.to)
    in_time = {one for tip in tips if tip.card_key == "tom-forradet" for one in tip.to}
    assert warned & in_time  # it came with another five days later


@pytest.mark.slow
def test_a_clock_that_does_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is what came to the provider, not what the rows say."""
    monkeypatch.setattr(advice_round, "issue_due", lambda runtime: 0)
    monkeypatch.setattr(year, "_DAYS", 20)
    monkeypatch.setattr(year, "_WARNED", ())
    result = year.simulate(households=60, networks=3)
    assert result["sent"] == 0
    assert result["missing"] == result["planned"] > 0
