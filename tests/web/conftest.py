"""The made-up town behind the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grannsamverkan.foundation.clock import SetClock, SystemClock
from tests.support.alert_town import BuiltTown, build_template
from tests.support.web_town import NOW, Town, build


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = build(tmp_path)
    yield town
    town.runtime.close()


@pytest.fixture(scope="session")
def shared_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town for tests that only look."""
    town = build(tmp_path_factory.mktemp("shared-town"))
    yield town
    town.runtime.close()


@pytest.fixture(scope="session")
def built_town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]) -> BuiltTown:
    """The demo town as it is in March, in a file to be copied: it takes longer to build than most tests to run."""
    return build_template(sqlite_template, tmp_path_factory.mktemp("demo-town"), keys, SetClock(NOW))


@pytest.fixture(scope="session")
def town_of_today(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]) -> BuiltTown:
    """The same on today's date, for tests on the machine's own clock."""
    return build_template(sqlite_template, tmp_path_factory.mktemp("demo-town-today"), keys, SystemClock())
