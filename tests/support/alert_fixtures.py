"""The demo town behind the pages of a warning, as a fixture of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grannsamverkan.foundation.clock import SetClock
from tests.support.alert_town import AlertTown, BuiltTown, open_alert_town


@pytest.fixture
def alert_town(built_town: BuiltTown, tmp_path: Path, keys: dict[str, str], clock: SetClock) -> Iterator[AlertTown]:
    town = open_alert_town(built_town, tmp_path, keys, clock)
    yield town
    town.runtime.close()
