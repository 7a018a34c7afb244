"""The demo town behind the pages of a warning, as a fixture of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grannsamverkan.foundation.clock import SetClock
from tests.support.alert_town import AlertTown, build_alert_town


@pytest.fixture
def alert_town(sqlite_template: Path, tmp_path: Path, keys: dict[str, str], clock: SetClock) -> Iterator[AlertTown]:
    town = build_alert_town(sqlite_template, tmp_path, keys, clock)
    yield town
    town.runtime.close()
