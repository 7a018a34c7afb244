"""The made-up town behind the pages, and a browser to look at them with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import browser, open_page
from tests.support.web_town import Town, build

__all__ = ["browser", "open_page", "shared_town", "town"]


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
