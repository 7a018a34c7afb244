"""Email that comes back, read and taken in from the operator's door."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

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
