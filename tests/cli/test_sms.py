"""Counting the parts of a text, as it would be sent."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import told

KEYS = {"encoding", "parts", "length", "replaced", "text"}


@pytest.mark.parametrize(
    ("typed", "encoding", "parts", "text"),
    [
        ("Inbrott på Nybyvägen. Åke såg en skåpbil.\n", "GSM-7", 1, "Inbrott på Nybyvägen. Åke såg en skåpbil."),
        ("a" * 161, "GSM-7", 2, "a" * 161),
        ("Så här – ”exakt”", "GSM-7", 1, 'Så här - "exakt"'),
        ("", "GSM-7", 1, ""),
    ],
)
def test_parts(door: Callable[..., Result], typed: str, encoding: str, parts: int, text: str) -> None:
    result = door("sms", "parts", "--json", stdin=typed)
    assert result.exit_code == 0
    answer = told(result)
    assert set(answer) == KEYS
    assert (answer["encoding"], answer["text"]) == (encoding, text)
    assert answer["parts"] == parts or not typed


def test_people_get_lines(door: Callable[..., Result]) -> None:
    lines = door("sms", "parts", stdin="hej").stdout.splitlines()
    assert [line.split() for line in lines][:2] == [["encoding", "GSM-7"], ["parts", "1"]]


def test_the_addresses_for_the_providers(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(told(door("sms", "entrances", "--json"))) == {"twilio"}
    for name in ("USERNAME", "SENDER"):
        monkeypatch.setenv(f"GRANNSAMVERKAN_SMS_SECOND_{name}", "x")
    found = told(door("sms", "entrances", "--json"))
    assert found["twilio"].endswith("/ingang/twilio/svar")
    assert "/ingang/46elks/svar?k=" in found["46elks"]


def sms_parts(typed: bytes, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """In a process whose own encoding is ASCII, as under cron."""
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "grannsamverkan", "sms", "parts", "--json"]
    return subprocess.run(command, input=typed, capture_output=True, check=False, cwd=folder, env=env, timeout=60)


def test_utf_8_whatever_the_environment(folder: Path) -> None:
    done = sms_parts("räksmörgås".encode(), folder)
    assert done.returncode == 0, done.stderr
    assert "räksmörgås".encode() in done.stdout
    assert done.stderr == b""


def test_other_bytes_are_a_clear_error(folder: Path) -> None:
    done = sms_parts("räksmörgås".encode("latin-1"), folder)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr == b"Error: the text on standard input is not UTF-8\n"
