"""Other systems are called about what has happened: beside the way of an alert, and never in it.

    tell (with the event) → begin a try → call → note what was answered

Each step is safe to run twice, and finds its work in the rows. A receiver gets each thing at least once, always under
the same name.
"""

import time

from grannsamverkan import tidings
from grannsamverkan.domain import webhooks
from grannsamverkan.foundation.ports import CallAnswer
from grannsamverkan.runtime import Runtime

_AT_ONCE = 50
_CALLS_FOR_S = 10.0  # at most, in one run, and what the last call takes


def call_webhooks(runtime: Runtime) -> int:
    """Make the calls that are due; returns how many. The rest are when it runs next."""
    caller = runtime.webhook_caller
    if caller is None:
        return 0
    with runtime.database.read() as session:
        due = webhooks.due(session, now=runtime.clock.now(), limit=_AT_ONCE)
    called, enough_s = 0, time.monotonic() + _CALLS_FOR_S
    for call_id in due:
        if time.monotonic() >= enough_s:
            break
        with runtime.database.write() as session:
            going = webhooks.begin(session, call_id, now=runtime.clock.now())
        if going is None:
            continue
        called += 1
        _note(runtime, going, caller.call(going.url, going.headers, going.body))
    return called


def _note(runtime: Runtime, going: webhooks.Going, answer: CallAnswer) -> None:
    """Write down what was answered; whoever answers for the municipality hears of it when its address is paused."""
    with runtime.database.write() as session:
        paused = webhooks.note(session, going, answer, now=runtime.clock.now())
        if paused is not None:
            tidings.webhook_paused(runtime, session, paused)
