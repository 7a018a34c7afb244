"""The log of what a stand-in accepted: one JSON line a message, written before the acceptance is answered.

Every count of lost and doubled messages is taken from here, by message key, never from the sender's own rows.
"""

import json
import os
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import NamedTuple


class AcceptanceLog:
    """An append-only file, unbuffered: a written line outlives this process, though not a power cut."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags, 0o600)

    def append(self, lines: bytes) -> None:
        """Write whole lines; OSError when the disk takes them not, and then nothing may be accepted."""
        while lines:
            lines = lines[os.write(self._descriptor, lines) :]

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def log_line(at_s: float, key: str, to: str, ident: str, parts: int = 0) -> bytes:
    """One accepted message: seconds since the epoch, message key, address, the identity it got here, and of an SMS the
    parts that are paid for."""
    line = f'{{"t": {at_s:.6f}, "key": {quoted(key)}, "to": {quoted(to)}, "id": {quoted(ident)}, "parts": {parts}}}\n'
    return line.encode("ascii")


class Counted(NamedTuple):
    """What a log holds: messages accepted, different keys among them, copies beyond the first of each key."""

    accepted: int
    distinct_keys: int
    doubled: int


def count(log: Path) -> Counted:
    """Count a log; a file that does not exist yet counts as empty."""
    keys = [str(line["key"]) for line in _lines(log)]
    distinct = len(set(keys))
    return Counted(len(keys), distinct, len(keys) - distinct)


def lost(log: Path, expected_keys: Iterable[str]) -> set[str]:
    """The expected keys that were never accepted."""
    return set(expected_keys) - {str(line["key"]) for line in _lines(log)}


def acceptance_times(log: Path) -> list[float]:
    """When each message was accepted, in seconds since the epoch, in the order of the log."""
    return [float(line["t"]) for line in _lines(log)]


def _lines(log: Path) -> Iterator[dict[str, str | float]]:
    if not log.exists():
        return
    with log.open("rb") as file:
        for line in file:
            # A last line cut short was never answered, so it was not accepted.
            if line.endswith(b"\n"):
                yield json.loads(line)
