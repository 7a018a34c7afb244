"""The whole way once: a fresh town, one police warning, and every count taken from what the outside world received."""

import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from grannsamverkan import flow
from grannsamverkan.demo.run import on_stage
from grannsamverkan.domain import accounts, alerts, networks, receipts
from grannsamverkan.domain.alerts import Advice, AlertDraft, AlertKind, DayPart, Dwelling, Source, Target
from grannsamverkan.domain.networks import HouseholdMember, WatchNetwork
from grannsamverkan.domain.people import Consent, ContactAddress, Person
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins, count, lost

VILLA, APARTMENT = "Nyby", "Kvarteret Linden"
LONGEST_S = 55.0


def run_once() -> tuple[dict[str, Any], bool]:
    """Build, warn, wait for every row to be final, count, and leave nothing running.

    Returns the counts, and whether every row was final in time.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder:
        with on_stage(Path(folder), 0) as (runtime, standins, _):
            alert_id = warn(runtime, (VILLA, APARTMENT))
            settled = _wait_until_final(runtime, alert_id, began + LONGEST_S)
            result = _counted(runtime, standins, alert_id)
        return {**result, "seconds": round(time.monotonic() - began, 2)}, settled


def warn(runtime: Runtime, network_names: tuple[str, ...]) -> int:
    """Post one police warning to the networks, as the web pages do; returns the alert's id."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        police = accounts.account_named(session, "polis")
        assert police is not None
        assert police.id is not None
        ids = session.exec(select(WatchNetwork.id).where(col(WatchNetwork.name).in_(network_names))).all()
        draft = AlertDraft(
            kind=AlertKind.BURGLARY_HOME,
            dwelling=Dwelling.VILLA,
            happened_on=(now.astimezone(STOCKHOLM) - timedelta(hours=1)).date(),
            day_part=DayPart.NIGHT_TO,
            advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS),
            targets=tuple(Target(network_id=network_id) for network_id in ids if network_id is not None),
        ).checked_on(now.astimezone(STOCKHOLM).date())
        alert = alerts.start(session, draft, author_account_id=police.id, source=Source.POLICE, now=now)
    assert alert.id is not None
    checked = flow.check_alert(runtime, alert_id=alert.id)
    flow.approve_alert(runtime, alert_id=alert.id, approver_account_id=police.id, content=checked.content)
    return alert.id


def _wait_until_final(runtime: Runtime, alert_id: int, deadline: float) -> bool:
    while time.monotonic() < deadline:
        with runtime.database.read() as session:
            alert = alerts.alert(session, alert_id)
            households = receipts.ledger(session, alert_id).copies
        waiting = sum(states["queued"] + states["handed_over"] for states in households.values())
        if alert.fanned_out_at is not None and waiting == 0:
            return True
        time.sleep(0.05)
    return False


def _counted(runtime: Runtime, standins: Standins, alert_id: int) -> dict[str, Any]:
    with runtime.database.read() as session:
        alert = alerts.alert(session, alert_id)
        ledger = receipts.ledger(session, alert_id)
        touched = len(alerts.networks_of(session, alert_id))
        people = session.exec(
            select(func.count(func.distinct(HouseholdMember.person_id)))
            .join(Audience, col(Audience.household_id) == col(HouseholdMember.household_id))
            .where(Audience.alert_id == alert_id, col(HouseholdMember.until).is_(None))
        ).one()
        expected = _expected(runtime, alert.number or 0)
    copies = ledger.copies
    sms, mail = count(standins.sms_log), count(standins.mail_log)
    return {
        "networks": touched,
        "households": ledger.addressed,
        "people": people,
        "sms_handed_over": sms.distinct_keys,
        "email_handed_over": mail.distinct_keys,
        "delivered": sum(states["delivered"] for states in copies.values()),
        "failed": sum(states["failed"] for states in copies.values()),
        "unknown": sum(states["unknown"] for states in copies.values()),
        "paper_only": ledger.households["paper"],
        "lost": len(lost(standins.sms_log, expected[ChannelKind.SMS]))
        + len(expected[ChannelKind.EMAIL] - _mailboxes_in(standins.mail_log)),
        "doubled": sms.doubled + mail.doubled,
    }


def _mailboxes_in(log: Path) -> set[str]:
    return {json.loads(line)["to"] for line in log.read_text("utf-8").splitlines()}


def _expected(runtime: Runtime, number: int) -> dict[ChannelKind, set[str]]:
    """Whom the two networks' neighbours asked to be reached by: worked out from the people, not from the deliveries."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        rows = session.exec(
            select(ContactAddress.channel, ContactAddress.value)
            .join(Person, col(Person.id) == col(ContactAddress.person_id))
            .join(Consent, col(Consent.person_id) == col(Person.id))
            .join(HouseholdMember, col(HouseholdMember.person_id) == col(Person.id))
            .join(networks.Household, col(networks.Household.id) == col(HouseholdMember.household_id))
            .join(WatchNetwork, col(WatchNetwork.id) == col(networks.Household.network_id))
            .where(
                col(WatchNetwork.name).in_((VILLA, APARTMENT)),
                col(Consent.channel) == col(ContactAddress.channel),
                col(Consent.withdrawn_at).is_(None),
                (col(Person.paused_until).is_(None)) | (col(Person.paused_until) <= now),
            )
        ).all()
    return {
        ChannelKind.SMS: {f"{value} {number}" for channel, value in rows if channel == ChannelKind.SMS},
        ChannelKind.EMAIL: {value for channel, value in rows if channel == ChannelKind.EMAIL},
    }
