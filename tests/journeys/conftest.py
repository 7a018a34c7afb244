"""A stage of its own for each journey, and the browser the page tests use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.stage import Stage, running
from tests.support.browser import browser, open_page

__all__ = ["browser", "open_page", "stage"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with running(tmp_path) as stage:
        yield stage
