"""`serve` as processes of their own: it answers, it ends when asked to, and of several on one database one sends."""

import re
import socket
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Running

pytestmark = pytest.mark.slow


def port_of(serving: Running) -> int:
    serving.wait_until(lambda running: '"event": "serving"' in running.stderr)
    found = re.search(r'"port": (\d+)[^\n]*"serving"|"serving"[^\n]*"port": (\d+)', serving.stderr)
    assert found is not None, serving.stderr
    return int(found[1] or found[2])


def is_sender(serving: Running) -> bool:
    return '"event": "sender_started"' in serving.stderr


def answer(port: int, path: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "gs.hoor.example"})
    with urllib.request.urlopen(request, timeout=10) as answered:
        return int(answered.status)


def check_two_servers(start: Callable[..., Running], **env: str) -> None:
    first = start("serve", "--port", "0", **env)
    first.wait_until(is_sender)
    second = start("serve", "--port", "0", **env)
    assert [answer(port_of(serving), "/halsa/live") for serving in (first, second)] == [200, 200]
    assert not is_sender(second)
    assert first.end() == 0
    second.wait_until(is_sender)
    assert second.end() == 0
    assert first.stdout == second.stdout == ""


def test_it_answers_and_ends_when_asked_to(start: Callable[..., Running], installed: Path) -> None:
    serving = start("serve", "--port", "0")
    port = port_of(serving)
    assert answer(port, "/halsa/live") == 200
    assert answer(port, "/halsa/redo") == 200
    assert serving.end() == 0
    assert serving.stdout == ""
    assert "Traceback" not in serving.stderr


def test_who_opens_connections_and_says_nothing_keeps_nobody_out(
    start: Callable[..., Running], installed: Path
) -> None:
    serving = start("serve", "--port", "0")
    port = port_of(serving)
    with ExitStack() as silent:
        for _ in range(300):
            half = silent.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            half.sendall(b"GET / HTTP/1.1\r\nHost: gs.hoor.example\r\nX-Slow: ")
        assert answer(port, "/halsa/live") == 200
    assert serving.end() == 0


def test_of_two_on_one_sqlite_file_one_sends(start: Callable[..., Running], installed: Path) -> None:
    check_two_servers(start)


@pytest.mark.postgres
def test_of_two_on_one_postgresql_one_sends(
    start: Callable[..., Running], installed: Path, postgres_url: str, keys: dict[str, str]
) -> None:
    check_two_servers(start, GRANNSAMVERKAN_DATABASE_URL=postgres_url)


def test_a_taken_port_is_told_in_one_line(door: Callable[..., Result], installed: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = door("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "cannot listen on 127.0.0.1:" in result.stderr
    assert "Traceback" not in result.output
