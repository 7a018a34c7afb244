"""The process that opens one workbook: bytes in on standard input, one JSON object out. See `process`."""

import json
import sys

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets import workbook

_MEMORY_BYTES = 768 * 2**20
_CPU_S = 20


def main() -> None:
    """Read, answer, end. Whatever happens inside, the answer is rows or a code."""
    _limit()
    try:
        sheet = workbook.read(sys.stdin.buffer.read())
        answer: dict[str, object] = {
            "kind": sheet.kind.value,
            "rows": [(row.number, row.cells) for row in sheet.rows],
            "other_sheets": sheet.other_sheets,
        }
    except Refused as refused:
        answer = {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        answer = {"refused": "sheet_too_large", "facts": {}}
    except BaseException:  # noqa: BLE001 - a panic of the reader is no Exception
        answer = {"refused": "sheet_unreadable", "facts": {}}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def _limit() -> None:
    """Little memory and time, and no file is ever written. Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, allowed = resource.getrlimit(what)
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)  # who started us may have less
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
