"""A file that is only ever added to: one line for each entry, each with a keyed seal so that none can be made up."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from grannsamverkan.foundation.vault import Vault


class JournalDamaged(Exception):
    """A line is not one that was written; the message says which."""


def append(file: Path, vault: Vault, entries: Iterable[Mapping[str, object]]) -> None:
    """Add the entries, on disk when this returns."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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


def rewrite(file: Path, vault: Vault, entries: Iterable[Mapping[str, object]]) -> None:
    """The file with these entries only, put in place whole."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    append(fresh, vault, entries)
    fresh.replace(file)


_SEAL_LENGTH = 32


def _sealed(vault: Vault, said: str) -> str:
    return f"{said} {_seal(vault, said)}"


def _seal(vault: Vault, said: str) -> str:
    return vault.lookup("journal", said).hex()


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as journal:
        journal.seek(-1, os.SEEK_END)
        return journal.read(1) == b"\n"
