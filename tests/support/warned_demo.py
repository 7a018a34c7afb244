"""A running demo in which one network has been warned, reached as visitors reach it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from grannsamverkan import flow
from grannsamverkan.demo.run import on_stage
from grannsamverkan.demo.wall import Wall
from grannsamverkan.domain import accounts, alerts, networks
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from grannsamverkan.web.demo_phones import Device, Standing

Stage = tuple[Runtime, Standins, str]
PLACE = "Nyby"


@contextmanager
def running_demo(folder: Path) -> Iterator[Stage]:
    """A demo in this process; it sets up the process's logs, which are put back for the tests that come after."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        with on_stage(folder, 0) as stage:
            yield stage
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)


@contextmanager
def warned_demo(folder: Path) -> Iterator[Stage]:
    """(runtime, stand-ins, address), with every copy of the warning settled."""
    with running_demo(folder) as (runtime, standins, url):
        alert_id = warn(runtime, PLACE)
        ends_at = time.monotonic() + 30
        while _state(runtime, alert_id) is not alerts.AlertState.CLOSED and time.monotonic() < ends_at:
            time.sleep(0.2)
            flow.close_alerts(runtime)
        yield runtime, standins, url


def warn(runtime: Runtime, place: str) -> int:
    """The id of a police warning to this network, approved now."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        author = accounts.account_named(session, "polis")
        found = next(card for card in networks.cards(session, ["1267"]) if card.name == place)
        draft = alerts.AlertDraft(
            kind=alerts.AlertKind.BURGLARY_HOME,
            dwelling=alerts.Dwelling.VILLA,
            happened_on=in_sweden(now).date(),
            day_part=alerts.DayPart.NIGHT_TO,
            advice=(alerts.Advice.LOCK, alerts.Advice.LIGHT_OUTSIDE),
            targets=(alerts.Target(network_id=found.id),),
        )
        assert author is not None
        author_id = author.id or 0
        alert = alerts.start(session, draft, author_account_id=author_id, source=alerts.Source.POLICE, now=now)
        alert_id = alert.id or 0
    checked = flow.check_alert(runtime, alert_id=alert_id)
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author_id, content=checked.content)
    return alert_id


def _state(runtime: Runtime, alert_id: int) -> alerts.AlertState:
    with runtime.database.read() as session:
        return alerts.alert(session, alert_id).state


def device(wall: Wall, key: int) -> Device:
    """The phone or mailbox with this key, as it is now."""
    return next(device for device in wall.devices() if device.key == key)


def open_phone(wall: Wall, number: int) -> Device:
    """The n-th phone in Nyby that has been warned and has not answered."""
    phones = [one for one in wall.devices() if one.kind is ChannelKind.SMS and one.standing is Standing.OPEN]
    return [one for one in phones if one.network == PLACE and len(one.bubbles) == 1][number]
