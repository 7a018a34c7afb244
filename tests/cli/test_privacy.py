"""Papers of the data protection law, as an operator prints them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import told


@pytest.mark.parametrize(
    ("paper", "begins"),
    [
        ("register", "# Register över"),
        ("retention", "# Gallringsplan"),
        ("processors", "# Biträden"),
        ("notice", "# Så hanterar vi"),
        ("assessment", "# Konsekvensbedömning"),
    ],
)
def test_each_is_printed(door: Callable[..., Result], installed: Path, paper: str, begins: str) -> None:
    printed = door("privacy", paper)
    assert printed.exit_code == 0
    assert printed.stdout.startswith(begins)
    assert paper not in ("register", "notice", "assessment") or "- Höör" in printed.stdout


def test_a_hold_is_placed_shown_and_released(door: Callable[..., Result], installed: Path) -> None:
    place = ("privacy", "hold", "place", "copies", "views", "--reason", "Ärende 7")
    until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    placed = door(*place, "--until", until, "--by", "drift")
    assert (placed.exit_code, placed.stdout) == (0, "hold 1: copies\nhold 2: views\n"), placed.output
    assert f"1  copies  holds  to {until}  drift  Ärende 7" in door("privacy", "hold", "list").stdout
    due = told(door("privacy", "due", "--json"))
    assert (due["held"], due["due"]["copies"]) == (["copies", "views"], 0)
    assert "0  held" in door("privacy", "due").stdout
    assert door("privacy", "hold", "release", "1", "--by", "drift").exit_code == 0
    assert "1  copies  released" in door("privacy", "hold", "list").stdout
    assert told(door("privacy", "due", "--json"))["held"] == ["views"]


def test_a_hold_that_cannot_be(door: Callable[..., Result], installed: Path) -> None:
    place = ("privacy", "hold", "place", "copies", "--reason", "Ärende 7")
    assert "--by must name" in door(*place, "--until", "2099-01-01", "--by", "nobody").stderr
    assert "hold_until" in door(*place, "--until", "2099-01-01", "--by", "drift").stderr
    assert door("privacy", "hold", "place", "everything", "--reason", "x", "--until", "2026-01-01").exit_code == 2
    assert door("privacy", "hold", "release", "9", "--by", "drift").exit_code == 1
