"""The door itself: every command is there, a short one is quick, and a fault is told in one line."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan import __version__
from grannsamverkan.cli import COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_can_be_loaded_and_explains_itself(door: Callable[..., Result], name: str) -> None:
    result = door(name, "--help")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"Usage: main {name}")


def test_the_list_names_every_command(door: Callable[..., Result]) -> None:
    lines = [line.split() for line in door("--help").stdout.partition("Commands:")[2].splitlines()]
    assert set(COMMANDS) <= {line[0] for line in lines if line}


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("sms", "parts")])
def test_a_short_command_loads_neither_database_nor_web(words: tuple[str, ...]) -> None:
    program = (
        "import sys\nfrom grannsamverkan.cli import main\n"
        f"main({list(words)!r}, standalone_mode=False)\n"
        "heavy = {'sqlalchemy', 'sqlmodel', 'flask', 'twilio', 'pydantic', 'structlog', 'alembic'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"hej", capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def test_the_version(door: Callable[..., Result]) -> None:
    assert __version__ in door("--version").stdout


def test_an_unknown_command_is_a_usage_error(door: Callable[..., Result]) -> None:
    assert door("sens-test").exit_code == 2


def test_wrong_settings_are_told_in_one_line(door: Callable[..., Result], folder: Path) -> None:
    (folder / "config.toml").write_text("[keys]\ndta = 'hemligt'\n", "utf-8")
    result = door("check", "invariants", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "keys.dta" in result.stderr
    assert "hemligt" not in result.stderr


def test_a_database_that_does_not_answer_is_told_without_a_trace(
    door: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/nothing")
    result = door("check", "invariants", "--json")
    assert result.exit_code == 1
    assert result.stderr == "Error: the database cannot be used (OperationalError)\n"
