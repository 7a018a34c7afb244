"""Named places where a crash would hurt most, so that a test can crash there and nowhere else.

`GRANNSAMVERKAN_FAULT_POINT=after_provider_accepted:3` kills this process (SIGKILL: no clean-up, no flush) the third
time it reaches that place. Unset, as always in use, a place costs one comparison.
"""

import os
import signal

FAULT_POINTS = (
    "before_fan_out_commit",
    "after_fan_out_slice",
    "after_claim",
    "before_calling_commit",
    "after_calling_commit",
    "after_provider_accepted",
    "before_record_commit",
    "after_record_commit",
    "before_batch_done",
    "after_batch_done",
    "after_mail_taken",
    "after_mail_noted",
)

_name, _, _count = os.environ.get("GRANNSAMVERKAN_FAULT_POINT", "").partition(":")
_left = int(_count or 1)


def reach(point: str) -> None:
    """Say that `point` has been reached; dies here if a test asked for it."""
    global _left
    if point != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
