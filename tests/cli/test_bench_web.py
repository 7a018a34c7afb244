"""The benchmark of the pages: what it tells, on both databases, and that nothing is left of it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.bench.targets import EVERYBODY
from grannsamverkan.domain.accounts import Role
from tests.cli.test_demo import processes_about

pytestmark = pytest.mark.slow
KEYS = {"ok", "households", "networks", "requests", "roles", "workers", "left_out", "pages"}
PAGE_KEYS = {"route", "role", "database", "p50_ms", "p95_ms", "queries"}
# Routes that ask for a step before them, or lead on: nobody comes there straight away.
LED_ON = {
    *("/ga-med/var", "/ga-med/hur", "/ga-med/kod", "/ga-med/val", "/ga-med/klart"),
    *("/varningar/<int:alert_id>/ratta", "/varningar/<int:alert_id>/folj-upp", "/varningar/<int:alert_id>/faran-over"),
    *("/varningar/<int:alert_id>/stoppa", "/varningar/<int:alert_id>/prov", "/varningar/<int:alert_id>/tillsammans"),
    *("/varningar/<int:alert_id>/andra", "/varningar/<int:alert_id>/granska", "/varningar/<int:alert_id>/lage"),
    *("/varningar/<int:alert_id>/inbjudan", "/varningar/<int:alert_id>/provutskick"),
    "/varningar/<int:alert_id>/inbjudna",
    "/varningar/provutskick",  # not for contact persons, unless the municipality says so
    "/kvarten/lapp",  # from the paper that hangs
    *("/api/v1/networks", "/api/v1/alerts", "/api/v1/statistics"),  # with a key
    "/.well-known/security.txt",  # where the settings name somebody
    *("/logga-in/kod", "/logga-in/ny-app"),  # from the right password
}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_page_is_timed_and_counted(kind: str, folder: Path, request: pytest.FixtureRequest) -> None:
    database = "sqlite" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    # once as everybody, once as those alone whose pages are held to the limit
    roles = () if kind == "sqlite" else ("--role", "coordinator", "--role", "contact_person")
    words = ["--households", "120", "--requests", "2", "--limit-ms", "60000", "--database", database, *roles, "--json"]
    temporary = folder.parent / "temporary"
    temporary.mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "grannsamverkan", "bench", "web", *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert done.stdout.count(b"\n") == 1
    told = json.loads(done.stdout)
    assert set(told) == KEYS
    assert (told["ok"], told["households"], told["requests"], told["workers"]) == (True, 120, 2, 2)
    assert set(told["left_out"]) == LED_ON or (roles and set(told["left_out"]) < LED_ON)
    assert {page["database"] for page in told["pages"]} == {"sqlite" if kind == "sqlite" else "postgresql"}
    everybody = {EVERYBODY, *(r.value for r in Role if r != Role.ADMINISTRATOR)}
    assert {page["role"] for page in told["pages"]} == (set(roles[1::2]) or everybody)
    for page in told["pages"]:
        assert set(page) == PAGE_KEYS
        assert 0 < page["p50_ms"] <= page["p95_ms"]
        assert 0 < page["queries"] < 40 or page["role"] == EVERYBODY, page
    assert list(folder.iterdir()) == list(temporary.iterdir()) == []
    assert processes_about(temporary) == []


def test_told_to_end_it_ends_its_server_too(folder: Path) -> None:
    """SIGTERM in the middle of the rounds: nobody of those it has started is left, and nothing on the disk."""
    temporary = folder.parent / "temporary"
    temporary.mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "grannsamverkan", "bench", "web", "--households", "120", "--requests", "10000"]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None and sum("gunicorn" in line for line in started_in(temporary)) < 3:
                time.sleep(0.2)
            time.sleep(2)
            assert process.poll() is None
            process.terminate()
            assert process.wait(30) == 128 + signal.SIGTERM
        finally:
            process.kill()
    assert started_in(temporary) == []
    assert list(temporary.iterdir()) == []


def started_in(temporary: Path) -> list[str]:
    """The command lines of running processes that have this as their folder for what is temporary."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"TMPDIR={temporary}".encode() in (place / "environ").read_bytes().split(b"\0"):
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


def test_a_database_in_use_is_refused(door: Callable[..., Result], installed: Path) -> None:
    database = installed / "grannsamverkan.db"
    before = database.read_bytes()
    result = door("bench", "web", "--households", "60", "--database", f"sqlite:///{database}", "--json")
    assert result.exit_code == 1
    assert "database_in_use" in result.stderr
    assert result.stdout == ""
    assert database.read_bytes() == before


def test_without_a_postgresql_it_says_what_to_install(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grannsamverkan.bench.pg_server.DEBIAN", installed / "nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    result = door("bench", "web", "--households", "60", "--database", "postgresql", "--json")
    assert result.exit_code == 1
    assert "make setup" in result.stderr
    assert "postgresql://" in result.stderr


def test_another_word_for_a_database_is_refused(door: Callable[..., Result]) -> None:
    result = door("bench", "web", "--database", "mysql", "--json")
    assert result.exit_code == 2
    assert "sqlite, postgresql, both" in result.stderr
