"""The files that copies of an installation lie in: what they are called, and which there are."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

LATE = timedelta(days=1, hours=2)  # there is one each night, and no night is longer than that
SPOILT = ".trasig"  # behind the name of a copy that is no longer what was written
DIGEST = ".sha256"  # of a copy, in a file beside it, as `sha256sum -c` reads it
_NAME = re.compile(r"grannsamverkan-(\d{8}T\d{6})Z\.gskopia")


def copy_name(taken_at: datetime) -> str:
    """A file gets this name when it is whole and has been read back, never before."""
    return f"grannsamverkan-{taken_at.astimezone(UTC):%Y%m%dT%H%M%S}Z.gskopia"


def copies_in(folder: Path) -> list[tuple[Path, datetime]]:
    """The copies in the folder and when each was taken, oldest first."""
    named = [(file, _NAME.fullmatch(file.name)) for file in sorted(folder.glob("*.gskopia"))]
    return [(file, datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)) for file, name in named if name]


def spoilt_in(folder: Path) -> list[Path]:
    """The copies in the folder that were found to have gone bad."""
    return sorted(folder.glob(f"*.gskopia{SPOILT}"))
