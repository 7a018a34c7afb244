"""Papers of the data protection law, as an operator prints them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result


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
