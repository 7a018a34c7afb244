"""Whatever writers, second persons, providers, crashes, neighbours and the clock do, in whatever order: the promises
about a message hold after each step, and in the end nobody was forgotten.

When it fails, run it with SHRINK=1 to be shown the shortest way there.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.way import Way

# A thousand runs of fifty steps in four parts, each with acts of its own: a part tells after a quarter of the time.
PARTS = [pytest.param(part, 250, 50, marks=pytest.mark.long) for part in range(1, 5)]


@pytest.mark.goal("S45")
@pytest.mark.parametrize(("part", "runs", "steps"), [pytest.param(0, 25, 30, marks=pytest.mark.slow), *PARTS])
def test_no_sequence_of_acts_breaks_a_promise_about_a_message(
    sqlite_template: Path, keys: dict[str, str], tmp_path: Path, part: int, runs: int, steps: int
) -> None:
    Way.template, Way.keys, Way.folder = sqlite_template, keys, tmp_path
    Way.steps = Way.sent = Way.carried = 0
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])],
        print_blob=False,
    )
    run_state_machine_as_test(seed(part)(Way), settings=chosen)
    assert Way.steps >= runs * steps / 2, Way.steps
    assert Way.sent >= runs, Way.sent  # it was about something
    assert Way.carried >= runs / 2, Way.carried
