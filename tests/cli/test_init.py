"""A first installation: whole, secret, and nothing at all when something is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import Role
from grannsamverkan.settings import load
from grannsamverkan.wiring import open_runtime

PASSWORD = "en lampa i varje fönster"
GOOD = {
    "--municipality": "1267",
    "--administrator": "Drift",
    "--base-url": "https://gs.hoor.example/",
    "--password": PASSWORD,
}


def words(**changes: str) -> list[str]:
    chosen = {**GOOD, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    return [word for pair in chosen.items() for word in pair]


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_it_writes_config_database_municipality_and_administrator(door: Callable[..., Result], folder: Path) -> None:
    result = door("init", *words())
    assert result.exit_code == 0, result.output
    assert sorted(file.name for file in folder.iterdir()) == ["config.toml", "grannsamverkan.db"]
    assert {file.name: mode(file) for file in folder.iterdir()} == {"config.toml": 0o600, "grannsamverkan.db": 0o600}
    settings = load()
    assert settings.installation.base_url == "https://gs.hoor.example"
    assert len({settings.keys.data, settings.keys.lookup, settings.keys.web}) == 3
    assert PASSWORD not in (folder / "config.toml").read_text("utf-8") + result.output
    with open_runtime() as runtime, runtime.database.read() as session:
        assert [row.code for row in places.served(session)] == ["1267"]
        assert places.served_municipality(session, "1267").mail_name == "hoor"
        administrator = accounts.account_named(session, "drift")
        assert administrator is not None
        assert administrator.role is Role.ADMINISTRATOR


def test_it_asks_for_what_was_not_said(door: Callable[..., Result], folder: Path) -> None:
    answers = ["1267", "drift", "https://gs.hoor.example", PASSWORD, PASSWORD]
    result = door("init", stdin="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output


def test_a_config_that_is_there_is_left_alone(door: Callable[..., Result], installed: Path) -> None:
    before = {file.name: file.read_bytes() for file in installed.iterdir()}
    result = door("init", *words())
    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert {file.name: file.read_bytes() for file in installed.iterdir()} == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"municipality": "9999"}, "no municipality has the code 9999"),
        ({"password": "för kort"}, "password_length"),
        ({"administrator": " "}, "sign_in_name_length"),
        ({"base_url": 'https://gs.hoor.example"\nx = "'}, "write it as https://name"),
        ({"base_url": "gs.hoor.example"}, "write it as https://name"),
        ({"database": 'x"y'}, "without quotation marks"),
        ({"database": "postgresql://nobody@127.0.0.1:1/nothing"}, "the database cannot be used"),
    ],
)
def test_nothing_is_left_half_done(
    door: Callable[..., Result], folder: Path, changes: dict[str, str], says: str
) -> None:
    result = door("init", *words(**changes))
    assert result.exit_code in (1, 2)
    assert says in result.stderr
    assert list(folder.iterdir()) == []


def test_a_database_in_use_keeps_its_own_config(door: Callable[..., Result], installed: Path) -> None:
    (installed / "config.toml").rename(installed / "first.toml")
    result = door("init", *words(administrator="annan"))
    assert result.exit_code == 1
    assert "in use already" in result.stderr
    assert not (installed / "config.toml").exists()
    with open_runtime(load(installed / "first.toml")) as runtime, runtime.database.read() as session:
        assert accounts.account_named(session, "drift") is not None
        assert accounts.account_named(session, "annan") is None


@pytest.mark.postgres
def test_it_makes_the_tables_in_postgresql_too(door: Callable[..., Result], folder: Path, postgres_url: str) -> None:
    assert door("init", *words(database=postgres_url)).exit_code == 0
    assert [file.name for file in folder.iterdir()] == ["config.toml"]
    assert load().database.url == postgres_url
    with open_runtime() as runtime, runtime.database.read() as session:
        assert [row.code for row in places.served(session)] == ["1267"]
