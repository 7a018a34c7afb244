"""`web`, `worker` and `clock` as processes of their own, and which engine each command is for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Running
from tests.cli.test_serve import answer, port_of

DISTRIBUTED = {"GRANNSAMVERKAN_ENGINE_KIND": "distributed"}


def test_many_on_sqlite_are_refused_with_what_to_do(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_ENGINE_KIND", "distributed")
    result = door("worker")
    assert result.exit_code == 1
    assert "needs PostgreSQL" in result.stderr
    assert "grannsamverkan db copy" in result.stderr


@pytest.mark.parametrize("command", ["worker", "clock"])
def test_the_embedded_engine_needs_neither(door: Callable[..., Result], installed: Path, command: str) -> None:
    result = door(command)
    assert result.exit_code == 1
    assert "engine.kind is embedded" in result.stderr


@pytest.mark.slow
@pytest.mark.postgres
def test_each_is_a_process_that_ends_when_asked_to(
    start: Callable[..., Running], installed: Path, postgres_url: str
) -> None:
    env = {**DISTRIBUTED, "GRANNSAMVERKAN_DATABASE_URL": postgres_url}
    clocks = [start("clock", **env)]
    clocks[0].wait_until(lambda running: '"event": "clock_started"' in running.stderr, 90)
    clocks.append(start("clock", **env))
    pages, worker, wrong = start("web", "--port", "0", **env), start("worker", **env), start("serve", **env)
    worker.wait_until(lambda running: '"event": "working"' in running.stderr, 90)
    assert answer(port_of(pages), "/halsa/live") == 200
    assert answer(port_of(pages), "/halsa/redo") == 200
    assert wrong.process.wait(90) == 1
    assert '"event": "clock_started"' not in clocks[1].stderr
    assert clocks[0].end() == 0
    clocks[1].wait_until(lambda running: '"event": "clock_started"' in running.stderr, 90)
    assert [running.end() for running in (clocks[1], worker, pages)] == [0, 0, 0]
    for running in (*clocks, worker, pages):
        assert "Traceback" not in running.stderr
        assert running.stdout == ""
