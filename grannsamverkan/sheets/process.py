"""The process in which a workbook is opened. A few bytes can make a spreadsheet's reader ask for all memory there is,
or end its process: then it is that process, and not the web server."""

import json
import os
import signal
import subprocess
import sys
import threading

from grannsamverkan.foundation.errors import Refused, Unavailable
from grannsamverkan.sheets.rows import Sheet, SheetKind, SheetRow

_LONGEST_S = 30
_AT_ONCE = threading.BoundedSemaphore(2)
_COMMAND = (sys.executable, "-B", "-P", "-m", "grannsamverkan.sheets")
_KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "SYSTEMROOT", "LD_LIBRARY_PATH")
_OUT_OF_MEMORY = {-signal.SIGABRT, -signal.SIGKILL, 128 + signal.SIGABRT}
_OUT_OF_TIME = {-getattr(signal, "SIGXCPU", signal.SIGABRT)}


def read_workbook(content: bytes) -> Sheet:
    """The workbook's rows; see `reading.read` for what is refused. The other process gets no secret of this one."""
    if not _AT_ONCE.acquire(timeout=_LONGEST_S):
        raise Unavailable("sheets")
    try:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        done = subprocess.run(
            _COMMAND,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote cells
            timeout=_LONGEST_S,
            env=kept,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("sheet_too_large") from None
    finally:
        _AT_ONCE.release()
    if done.returncode in _OUT_OF_MEMORY | _OUT_OF_TIME:
        raise Refused("sheet_too_large")
    return _told(done.stdout)


def _told(answer: bytes) -> Sheet:
    try:
        said = json.loads(answer)
    except ValueError:
        raise Refused("sheet_unreadable") from None
    if "refused" in said:
        raise Refused(said["refused"], **said["facts"])
    rows = tuple(SheetRow(number, tuple(cells)) for number, cells in said["rows"])
    return Sheet(SheetKind(said["kind"]), rows, other_sheets=said["other_sheets"])
