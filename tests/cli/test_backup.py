"""Copies as an operator takes them, and the day when one is needed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.cli import serve
from grannsamverkan.wiring import open_runtime
from tests.cli.conftest import told
from tests.support.builders import a_person, a_phone


@pytest.fixture
def key(door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The private key, with the public one and a folder in the settings."""
    file = installed.parent / "private.key"
    made = door("keys", "backup", "--to", file)
    assert made.exit_code == 0
    found = re.search(r'public_key = "(.+)"', made.output)
    assert found
    monkeypatch.setenv("GRANNSAMVERKAN_BACKUP_PUBLIC_KEY", found[1])
    monkeypatch.setenv("GRANNSAMVERKAN_BACKUP_FOLDER", str(installed.parent / "copies"))
    return file


def test_from_a_copy_to_an_installation_that_runs_again(
    door: Callable[..., Result], key: Path, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_text().strip() not in (installed / "config.toml").read_text()
    assert door("keys", "backup", "--to", key).exit_code == 1  # never over another
    taken = told(door("backup", "--json"))
    assert taken["ok"] is True
    file = Path(taken["file"])

    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", str(installed / "again.db"))
    alone = door("restore", file, "--key", key)
    assert alone.exit_code == 1
    assert "--without-journal" in alone.stderr
    done = door("restore", file, "--key", key, "--without-journal", "--json")
    assert done.exit_code == 0, done.output
    assert told(done)["rows"] == taken["rows"]
    monkeypatch.setattr(serve, "create_app", lambda _runtime: pytest.fail("it ran before it was let go"))
    for held in (door("serve"), door("web"), door("send-test", "--sms", "070-174 06 05")):
        assert held.exit_code == 1
        assert "grannsamverkan let-go" in held.stderr
    assert told(door("let-go", "--json"))["ok"] is True
    assert not any(count for name, count in told(door("check", "invariants", "--json")).items() if name != "ok")
    assert "not_restored" in door("let-go").stderr


def test_a_copy_that_has_gone_bad_is_told_by_exit_code(door: Callable[..., Result], key: Path) -> None:
    file = Path(told(door("backup", "--json"))["file"])
    file.write_bytes(file.read_bytes()[:-1])
    again = door("backup", "--recheck", "--json")
    assert again.exit_code == 1
    assert told(again) == {"ok": False, "rechecked": 1, "spoilt": [f"{file}.trasig"]}
    assert told(door("backup", "--recheck", "--json")) == {"ok": True, "rechecked": 0, "spoilt": []}


def test_the_key_of_the_data_is_changed(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_runtime() as runtime, runtime.database.write() as session:
        a_person(session, sms=a_phone(0))
        old = runtime.settings.keys.data
    fresh = door("keys", "new").stdout.strip()
    monkeypatch.setenv("GRANNSAMVERKAN_KEYS_DATA", fresh)
    monkeypatch.setenv("GRANNSAMVERKAN_KEYS_DATA_ALSO", old)
    assert told(door("keys", "status", "--json")) == {"ok": False, "sealed": 1, "old": 1}
    assert told(door("keys", "rotate", "--json")) == {"ok": True, "sealed": 1, "resealed": 1}
    monkeypatch.setenv("GRANNSAMVERKAN_KEYS_DATA_ALSO", "")
    assert told(door("keys", "status", "--json")) == {"ok": True, "sealed": 1, "old": 0}


def test_what_is_not_set_is_said(door: Callable[..., Result], installed: Path) -> None:
    refused = door("backup")
    assert refused.exit_code == 1
    assert "keys backup --to FILE" in refused.stderr


def test_a_drill_restores_this_installation_and_says_how_long_it_takes(
    door: Callable[..., Result], installed: Path
) -> None:
    found = told(door("drill", "--json"))
    assert found["ok"] is True
    assert list(found["seconds"]) == ["backup", "restore", "journal", "let_go", "verify"]
    assert not list(installed.glob("*.gskopia"))
