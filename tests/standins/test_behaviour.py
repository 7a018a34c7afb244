"""Switches laid over each other."""

import pytest

from grannsamverkan.standins.behaviour import Behaviour


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour({"latency_ms": 20}, "numbers", frozenset({"error", "hang"}), frozenset({"hang"}))


def test_changes_add_to_what_is_in_force(behaviour: Behaviour) -> None:
    behaviour.merge({"numbers": {"A": {"error": 1}}})
    behaviour.merge({"latency_ms": 50, "numbers": {"B": {"error": 2}}})
    assert behaviour.seconds("latency_ms") == 0.05
    assert behaviour.take("a", "error") == {"error": 1}
    assert behaviour.take("B", "hang") is None
    behaviour.merge({"numbers": {"A": None}})
    assert behaviour.take("A", "error") is None
    behaviour.reset()
    assert behaviour.seconds("latency_ms") == 0.02
    assert behaviour.take("B", "error") is None


def test_times_run_out(behaviour: Behaviour) -> None:
    behaviour.merge({"numbers": {"A": {"error": 1, "times": 2}}})
    assert [behaviour.take("A", "error") is not None for _ in range(4)] == [True, True, False, False]


def test_turns_come_each_kth_time(behaviour: Behaviour) -> None:
    assert not behaviour.is_turn("hang")
    behaviour.merge({"every": {"hang": 3}})
    assert [behaviour.is_turn("hang") for _ in range(6)] == [False, False, True] * 2


@pytest.mark.parametrize("changes", [{"delay": 1}, {"every": {"error": 2}}, {"numbers": {"A": {"eror": 1}}}])
def test_a_misspelt_switch_changes_nothing(behaviour: Behaviour, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="unknown switch"):
        behaviour.merge({"latency_ms": 1, **changes})
    assert behaviour.seconds("latency_ms") == 0.02
