"""Whatever people, contact persons, staff and the clock do, in whatever order: nobody reads somebody who has not
accepted that, and nobody is written to who has withdrawn, stopped, paused, or never confirmed.

When it fails, run it with SHRINK=1 to be shown the shortest way there.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.base import Acts
from tests.machine.choosing import Choosing
from tests.machine.holding import Holding
from tests.machine.joining import Joining
from tests.machine.living import Living
from tests.machine.looking import Looking
from tests.machine.passing import Passing


class Neighbourhood(Joining, Choosing, Living, Passing, Looking, Holding):
    """All acts, and what must hold after each."""


@pytest.mark.parametrize(
    ("acts", "examples"),
    [pytest.param(300, 9, marks=pytest.mark.slow), pytest.param(10_000, 280, marks=pytest.mark.long)],
)
def test_no_sequence_of_acts_lets_anybody_read_or_reach_who_does_not_want_it(
    sqlite_template: Path, keys: dict[str, str], tmp_path: Path, acts: int, examples: int
) -> None:
    Acts.template, Acts.keys, Acts.folder, Acts.acts = sqlite_template, keys, tmp_path, 0
    chosen = settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])],
        print_blob=False,
    )
    run_state_machine_as_test(Neighbourhood, settings=chosen)
    assert Acts.acts >= acts, Acts.acts
