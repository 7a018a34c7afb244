"""The benchmark's command: its figures, its exit code, and that it never touches a database in use."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

pytestmark = pytest.mark.slow
KEYS = {
    *("recipients", "handed_over", "lost", "doubled", "seconds", "messages_per_s", "fan_out_s", "p50_ms", "p99_ms"),
    *("first_ms", "cpu_s", "peak_rss_mb"),
}


@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_delivery(kind: str, channel: str, folder: Path, request: pytest.FixtureRequest) -> None:
    words = ["bench", "delivery", "--recipients", "200", "--channel", channel, "--json"]
    if kind == "postgres":
        words += ["--database", request.getfixturevalue("postgres_url")]
    temporary = folder.parent / "temporary"
    temporary.mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "grannsamverkan", *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert done.stdout.count(b"\n") == 1
    told = json.loads(done.stdout)
    assert set(told) == KEYS
    assert (told["recipients"], told["handed_over"], told["lost"], told["doubled"]) == (200, 200, 0, 0)
    assert 0 < told["p50_ms"] <= told["p99_ms"] <= told["seconds"] * 1000 + 1
    assert told["fan_out_s"] <= told["seconds"]
    assert min(told["messages_per_s"], told["cpu_s"], told["peak_rss_mb"]) > 0
    assert list(folder.iterdir()) == list(temporary.iterdir()) == []


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_database_in_use_is_refused(door: Callable[..., Result], installed: Path, channel: str) -> None:
    database = installed / "grannsamverkan.db"
    before = database.read_bytes()
    result = door("bench", "delivery", "--recipients", "10", "--channel", channel, "--database", database, "--json")
    assert result.exit_code == 1
    assert "database_in_use" in result.stderr
    assert result.stdout == ""
    assert database.read_bytes() == before


@pytest.mark.postgres
def test_workers_send_what_they_are_given(door: Callable[..., Result], folder: Path) -> None:
    words = ["--recipients", "60", "--channel", "sms", "--workers", "2", "--latency-ms", "1", "--provider-limit", "200"]
    told = json.loads(door("bench", "delivery", *words, "--json").stdout)
    assert set(told) == KEYS
    assert (told["handed_over"], told["lost"], told["doubled"]) == (60, 0, 0)
    assert told["cpu_s"] > 0
    assert told["peak_rss_mb"] > 20  # of a worker, not of this process


def test_workers_want_a_database_for_many(door: Callable[..., Result], folder: Path) -> None:
    result = door("bench", "delivery", "--channel", "sms", "--workers", "2", "--database", "x.db")
    assert result.exit_code == 2
    assert "workers need PostgreSQL" in result.stderr


@pytest.mark.parametrize("words", [("--smtp", "mail.example:25"), ("--smtp", "192.0.2.1:25")])
def test_a_server_elsewhere_is_refused(door: Callable[..., Result], words: tuple[str, ...]) -> None:
    result = door("bench", "delivery", "--recipients", "10", "--channel", "email", "--json", *words)
    assert result.exit_code == 1
    assert "on this machine" in result.stderr


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_rows_have_their_price(door: Callable[..., Result], kind: str) -> None:
    result = door("bench", "rows", "--recipients", "100", f"--{kind}", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["database"], told["recipients"]) == (kind, 100)
    rates = {f"{part}_rows_per_s" for part in ("fan_out", "hand_over", "receipt")}
    assert rates <= set(told)
    assert ("hand_over_wal_bytes_per_row" in told) is (kind == "postgresql")
    assert all(value for value in told.values())
