"""`status` for people and for monitors."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.cli.conftest import told


def test_it_fails_while_no_clock_ticks_and_says_so(door: Callable[..., Result], installed: Path) -> None:
    result = door("status", "--json")
    assert result.exit_code == 1
    assert told(result)["alarms"] == ["clock_stopped"]
    assert "grannsamverkan_ok 0" in door("status", "--metrics").stdout
