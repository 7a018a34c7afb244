"""Email that comes back, read and taken in from the operator's door."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.imap_server import PASSWORD, USER, imap_server

REPORT = b"""From: MAILER-DAEMON@mx.example
Subject: failure notice

<anna@post.example>:
Sorry, no mailbox here by that name. (#5.1.1)
"""


def test_files_are_read_without_an_installation(door: Callable[..., Result], tmp_path: Path) -> None:
    bounce, other = tmp_path / "bounce.eml", tmp_path / "other.eml"
    bounce.write_bytes(REPORT)
    other.write_bytes(b"\xff\x00")
    result = door("bounces", "read", str(bounce), str(other), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["files"] == [
        {
            "file": str(bounce),
            "kind": "bounce",
            "recipients": [{"address": "anna@post.example", "status": "5.1.1", "hard": True}],
        },
        {"file": str(other), "kind": "none", "recipients": []},
    ]
    assert door("bounces", "read", str(bounce)).stdout == f"{bounce}: bounce\n  anna@post.example  5.1.1  gone\n"


def test_without_a_mailbox_there_is_nothing_to_fetch(door: Callable[..., Result], installed: Path) -> None:
    result = door("bounces", "fetch")
    assert result.exit_code == 1
    assert "bounces.host is not set" in result.output


def test_a_mailbox_is_fetched_and_a_wrong_password_is_said(
    door: Callable[..., Result], installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with imap_server(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        for name, value in {
            "BOUNCES_HOST": "localhost",
            "BOUNCES_PORT": str(server.tls_port),
            "BOUNCES_USERNAME": USER,
            "BOUNCES_PASSWORD": PASSWORD,
            "EMAIL_REPORT_KEY": "a" * 64,
            "EMAIL_OWN_RETURN_PATHS": "true",
        }.items():
            monkeypatch.setenv(f"GRANNSAMVERKAN_{name}", value)
        server.put(REPORT)
        assert json.loads(door("bounces", "fetch", "--json").stdout) == {"ok": True, "read": 1, "taken": 0}
        assert server.found("UNSEEN") == [REPORT.replace(b"\n", b"\r\n")]
        assert door("doctor", "--json").stdout.count('"bounces": "ok"') == 1
        monkeypatch.setenv("GRANNSAMVERKAN_BOUNCES_PASSWORD", "fel")
        refused = door("bounces", "fetch")
        assert refused.exit_code == 1
        assert "look at username and password" in refused.output
        assert "fel" not in refused.output
