"""A command that is told to end leaves by its own doors, so that what it has started ends with it."""

import signal
import threading
from types import FrameType

TOLD_TO_END = 128 + signal.SIGTERM  # what a shell says of a program that SIGTERM has ended


def leave_when_told(*, code: int = TOLD_TO_END, also: tuple[signal.Signals, ...] = ()) -> None:
    """From now on SIGTERM, and these signals, end the command as its own exit would. Only in the main thread: elsewhere
    signals are somebody else's."""
    if threading.current_thread() is not threading.main_thread():
        return

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(code)

    for number in (signal.SIGTERM, *also):
        signal.signal(number, leave)
