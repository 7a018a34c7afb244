"""No call of a group begins when others may ask about it already.

Whoever is frozen between marking a copy and calling, as a paused machine is, would else wake and send what somebody has
asked about, found missing and sent anew.
"""

import time
from collections.abc import Callable


def in_time_for(ask_after_s: float) -> Callable[[], bool]:
    """Says whether less than that (and less than a second never) has passed since now, by either clock: one stands
    still while a machine sleeps, the other may be set."""
    steady_s, wall_s, longest_s = time.monotonic(), time.time(), max(1.0, ask_after_s)
    return lambda: max(time.monotonic() - steady_s, time.time() - wall_s) < longest_s
