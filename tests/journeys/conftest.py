"""A stage of its own for each journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.stage import Stage, running


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with running(tmp_path) as stage:
        yield stage
