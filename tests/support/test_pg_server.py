import subprocess

import psycopg
import pytest

from tests.support.pg_server import pg_server

pytestmark = pytest.mark.postgres


def test_a_server_answers_and_is_gone_afterwards() -> None:
    with pg_server() as server:
        with psycopg.connect(server.dsn()) as connection:
            row = connection.execute(
                "SELECT current_setting('server_encoding'), current_setting('TimeZone')"
            ).fetchone()
        assert row == ("UTF8", "UTC")
        assert server.url("other").endswith(f"/other?host={server.base}/sock")
        process = server.process
    assert process.poll() == 0
    assert not server.base.exists()


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grannsamverkan.bench.pg_server.QUICK", ("-c", "no_such_setting=1"))
    with pytest.raises(RuntimeError, match="no_such_setting"), pg_server():
        pass


def test_binaries_that_are_not_there_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", "/nonexistent")
    with pytest.raises((OSError, subprocess.CalledProcessError)), pg_server():
        pass
