"""Temporary files of a run in memory, where the system has a folder there with room enough.

A commit that waits for the disk takes milliseconds, one in memory microseconds, and most of what a test did was wait.
No test cuts the power: what a killed process leaves behind is the same in memory.
"""

import os
import shutil
import tempfile
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # bytes; a whole run has been seen to take less than half of it


def put_temporary_files_in_memory() -> None:
    """Call it once in a process, before the first temporary file; whoever has set TMPDIR keeps it."""
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(_SHARED_MEMORY)  # for the processes that tests start, too
        tempfile.tempdir = None


def _has_room() -> bool:
    may_write = _SHARED_MEMORY.is_dir() and os.access(_SHARED_MEMORY, os.W_OK | os.X_OK)
    return may_write and shutil.disk_usage(_SHARED_MEMORY).free >= _ROOM
