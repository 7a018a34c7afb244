"""A file that is only ever added to: one line for each entry, each with a keyed seal so that none can be made up."""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from grannsamverkan.foundation.vault import Vault


class JournalDamaged(Exception):
    """A line is not one that was written; the message says which."""


def append(file: Path, vault: Vault, entries: Iterable[Mapping[str, object]]) -> None:
    """Add the entries, on disk when this returns."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(file):
        _append(file, vault, entries)


def _append(file: Path, vault: Vault, entries: Iterable[Mapping[str, object]]) -> None:
    lines = [_sealed(vault, json.dumps(entry, sort_keys=True)) for entry in entries]
    # A line that a power cut has left half is ended first.
    begins = "\n" if file.exists() and file.stat().st_size and not _ends_whole(file) else ""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as journal:
        journal.write((begins + "".join(f"{line}\n" for line in lines)).encode())
        journal.flush()
        os.fsync(journal.fileno())


def read(file: Path, vault: Vault) -> list[dict[str, object]]:
    """Every entry, oldest first. A half line that a power cut has left is passed over; JournalDamaged at any other."""
    entries = []
    for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
        if not line:
            continue
        said, _, seal = line.rpartition(" ")
        if _seal(vault, said) == seal:
            entries.append(json.loads(said))
        elif said and len(seal) == _SEAL_LENGTH:
            raise JournalDamaged(f"line {number} of {file} is not one that this installation has written")
    return entries


def keep(file: Path, vault: Vault, is_wanted: Callable[[dict[str, object]], bool]) -> int:
    """Take out what is not wanted any more, the file put in place whole; returns how many entries went."""
    if not file.exists():
        return 0
    with _alone(file):
        entries = read(file, vault)
        kept = [entry for entry in entries if is_wanted(entry)]
        if len(kept) < len(entries):
            fresh = file.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _append(fresh, vault, kept)
            fresh.replace(file)
    return len(entries) - len(kept)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """No other process adds to the file meanwhile: what it added to a file that is being replaced would be lost."""
    lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


_SEAL_LENGTH = 32


def _sealed(vault: Vault, said: str) -> str:
    return f"{said} {_seal(vault, said)}"


def _seal(vault: Vault, said: str) -> str:
    return vault.lookup("journal", said).hex()


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as journal:
        journal.seek(-1, os.SEEK_END)
        return journal.read(1) == b"\n"
