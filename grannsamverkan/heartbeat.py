"""A sign of life to another party, who raises the alarm when it stays out: they notice what we could not tell.

    would we send? → note the try, on disk → press → note that it was taken

It stops when the machine, the acting clock or its timetable dies, when the database takes no writes, and when nobody
lives who sends. What the status sees by itself has alarms of its own, and stops nothing here.
"""

import structlog

from grannsamverkan.domain import deliveries
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("heartbeat")


def beat(runtime: Runtime) -> bool:
    """Press the switch, unless nothing would be sent now; whether it was taken. A database that takes no writes raises,
    and nothing is pressed."""
    switch = runtime.switch
    if switch is None:
        return False
    if not runtime.would_send():
        log.warning("heartbeat_held_back")
        return False
    with runtime.database.write() as session:
        deliveries.note_heartbeat(session, now=runtime.clock.now(), is_taken=False)
    answer = switch.press()
    if not answer.is_yes:
        log.warning("heartbeat_not_taken", status=answer.status)
        return False
    with runtime.database.write(durable=False) as session:
        deliveries.note_heartbeat(session, now=runtime.clock.now(), is_taken=True)
    return True
