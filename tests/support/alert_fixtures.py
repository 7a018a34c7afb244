"""The demo town behind the pages of a warning, as a fixture of a test's own, and its address for a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grannsamverkan.foundation.clock import SetClock, SystemClock
from tests.support.alert_town import AlertTown, BuiltTown, open_alert_town
from tests.support.browser import served


@pytest.fixture
def alert_town(built_town: BuiltTown, tmp_path: Path, keys: dict[str, str], clock: SetClock) -> Iterator[AlertTown]:
    town = open_alert_town(built_town, tmp_path, keys, clock)
    yield town
    town.runtime.close()


@pytest.fixture
def alert_town_of_today(town_of_today: BuiltTown, tmp_path: Path, keys: dict[str, str]) -> Iterator[AlertTown]:
    """The same by the clock on the wall, as a browser has it: import it as `alert_town`."""
    town = open_alert_town(town_of_today, tmp_path, keys, SystemClock())
    yield town
    town.runtime.close()


@pytest.fixture
def address(alert_town: AlertTown) -> Iterator[str]:
    """Where the town is served: this one, or that of a test file with an `alert_town` of its own."""
    with served(alert_town.app) as address:
        yield address
