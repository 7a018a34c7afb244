"""Keys of other systems, made, listed and ended by the operator."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result


def test_a_key_is_shown_once_and_ends_when_it_is_told_to(door: Callable[..., Result], installed: Path) -> None:
    made = door("api-key", "make", "Kartan", "--municipality", "1267", "--scope", "alerts", "--days", "30")
    key = made.stdout.strip()
    assert (made.exit_code, key[:3], len(key) > 40) == (0, "gs_", True)
    listed = door("api-key", "list").stdout
    assert key not in listed
    assert ("1267  alerts  to 20" in listed, "never used  Kartan" in listed) == (True, True)
    assert door("api-key", "revoke", "1").exit_code == 0
    assert "revoked" in door("api-key", "list").stdout
    assert door("api-key", "revoke", "99").exit_code == 1


def test_what_cannot_be(door: Callable[..., Result], installed: Path) -> None:
    make = ("api-key", "make", "Kartan", "--scope", "alerts")
    assert door(*make, "--municipality", "9999").exit_code == 1
    assert "api_key_days" in door(*make, "--municipality", "1267", "--days", "366").stderr
    assert door("api-key", "make", "Kartan", "--municipality", "1267").exit_code == 2
