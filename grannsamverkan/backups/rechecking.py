"""Copies that lie there are read again: a disk may spoil what was whole when it was written.

The key that opens a copy is not on this machine, so a copy is held against the digest of its file, which lies beside
it. One that has gone bad gets another name: it is not offered any more, and `status` raises an alarm while it is there.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from grannsamverkan.foundation.copy_files import DIGEST, SPOILT, copies_in

_TOLD = re.compile(r"([0-9a-f]{64}) [ *](\S+)\n")


@dataclass(frozen=True)
class Rechecked:
    """How many copies were read again, and which of them are no longer what was written, under their new names."""

    read: int
    spoilt: list[Path]


def note_digest(written: Path, name: str) -> None:
    """Leave the digest of a file beside it, for when it will be called `name`."""
    _beside(written.with_name(name)).write_text(f"{_digest(written)}  {name}\n", "utf-8")


def recheck(folder: Path) -> Rechecked:
    """Read every copy in the folder and compare. A copy from before there were digests is given its own: from then on
    it is held against that."""
    spoilt = []
    copies = [file for file, _taken_at in copies_in(folder)]
    for file in copies:
        beside = _beside(file)
        if not beside.exists():
            note_digest(file, file.name)
        elif not _is_as_told(file, beside):
            spoilt.append(file.rename(file.with_name(file.name + SPOILT)))
    return Rechecked(len(copies), spoilt)


def forget_digest(file: Path) -> None:
    """The copy is deleted, and what lies beside it is too."""
    _beside(file).unlink(missing_ok=True)


def _is_as_told(file: Path, beside: Path) -> bool:
    """Also not when it cannot be read, or when the digest itself has gone bad: then nobody can say that it is whole."""
    try:
        told = _TOLD.fullmatch(beside.read_text("utf-8"))
        return told is not None and told[2] == file.name and told[1] == _digest(file)
    except (OSError, UnicodeDecodeError):
        return False


def _beside(file: Path) -> Path:
    return file.with_name(file.name + DIGEST)


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()
