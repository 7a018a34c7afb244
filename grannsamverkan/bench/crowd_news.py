"""What is told of the networks, and what was promised: warnings of years, the police's open events, the figures."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from grannsamverkan import flow
from grannsamverkan.bench.crowd import SERVED, Life, Spot, write
from grannsamverkan.domain import alerts, receipts
from grannsamverkan.domain.alerts import (
    Advice,
    Alert,
    AlertDraft,
    AlertKind,
    AlertState,
    AlertTarget,
    DayPart,
    Dwelling,
    Source,
    Target,
)
from grannsamverkan.domain.deliveries import Batch, Delivery, DeliveryState
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.domain.police import PlaceCertainty, PoliceEvent, PoliceEventVersion
from grannsamverkan.domain.promise import Measure, PromiseSnapshot, PromiseTarget
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

_WARNINGS_EACH = 3  # to a network, on average
_EVENTS = 300
_DAYS = 730
_TOOK_S = tuple(float(step) for step in range(1, receipts.STEPS + 1))
_WARNED_AT_ONCE = 60  # networks of the newest warning


def fill_news(runtime: Runtime, life: Life) -> None:
    """All of it but the warning of today."""
    write(runtime, PoliceEvent, _events(life))
    write(runtime, PoliceEventVersion, _versions(life))
    write(runtime, PromiseTarget, _targets(life))
    write(runtime, PromiseSnapshot, _snapshots(life))
    write(runtime, Alert, _warnings(life))
    write(runtime, AlertTarget, _warned(life))


def warn_now(runtime: Runtime, found: list[Spot], police_id: int) -> int:
    """One warning of today to many networks, with every copy settled; its id. Written by the verbs of the product."""
    now = runtime.clock.now()
    targets = [one.id for one in found if one.code == next(iter(SERVED)) and one.size][:_WARNED_AT_ONCE]
    draft = AlertDraft(
        kind=AlertKind.BURGLARY_HOME,
        dwelling=Dwelling.VILLA,
        happened_on=now.astimezone(STOCKHOLM).date(),
        day_part=DayPart.NIGHT_TO,
        advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE),
        targets=tuple(Target(network_id=network_id) for network_id in targets[:3]),
    )
    with runtime.database.write() as session:
        alert = alerts.start(session, draft, author_account_id=police_id, source=Source.POLICE, now=now)
        alert_id = alert.id or 0
    checked = flow.check_alert(runtime, alert_id=alert_id)
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=police_id, content=checked.content)
    with runtime.database.write() as session:
        # The words name three of them, as an SMS can; it goes to all.
        session.add_all(AlertTarget(alert_id=alert_id, network_id=network_id) for network_id in targets[3:])
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        of_alert = col(Delivery.alert_id) == alert_id
        values = {"attempts": 1, "called_at": now, "handed_over_at": now, "final_at": now}
        session.execute(update(Delivery).where(of_alert).values(state=DeliveryState.DELIVERED, **values))
        is_sms, parts = col(Delivery.channel) == ChannelKind.SMS, checked.worded.sms.parts
        session.execute(update(Delivery).where(of_alert, is_sms).values(parts=parts))
        # The same in every run, and somebody in the first network too, however small it is.
        is_silent = (col(ContactAddress.person_id) % 9 == 0) | (col(ContactAddress.person_id) == 3)
        silent = select(col(ContactAddress.lookup)).where(is_silent)
        lost = (of_alert, col(Delivery.lookup).in_(silent))
        session.execute(update(Delivery).where(*lost).values(state=DeliveryState.FAILED, code="30005"))
        session.execute(update(Batch).where(col(Batch.alert_id) == alert_id).values(done_at=now))
        price = runtime.settings.sms.kronor_per_part
        receipts.close(session, alerts.alert(session, alert_id), now=now, settle_by=now, kronor_per_part=price)
    return alert_id


def _events(life: Life) -> Iterator[dict[str, Any]]:
    """Some of them edited."""
    for number in range(_EVENTS * life.busy):
        code = list(SERVED)[number % len(SERVED)]
        published = life.now - timedelta(hours=8 * number / life.busy)
        yield {
            "id": 900_000 + number,
            "published_at": published,
            "first_seen": published,
            "last_seen": life.now,
            "type": "Inbrott",
            "title": f"{number}, Inbrott, kommunen",
            "summary": "Ett inbrott anmäls.",
            "cut": False,
            "url": "",
            "place_name": "",
            "municipality_code": code,
            "county_code": "12",
            "place_certainty": PlaceCertainty.MUNICIPALITY,
            "version": 2 if number % 5 == 0 else 1,
            "version_seen_at": published,
            "reused_count": 0,
            "missed_in": 0,
        }


def _versions(life: Life) -> Iterator[dict[str, Any]]:
    for number in range(0, _EVENTS * life.busy, 5):
        for version in (1, 2):
            yield {
                "event_id": 900_000 + number,
                "version": version,
                "seen_at": life.now - timedelta(days=3 - version),
                "title": f"{number}, Inbrott, kommunen",
                "summary": f"Lydelse {version}.",
                "type": "Inbrott",
                "place_name": "",
                "reused": False,
            }


def _targets(life: Life) -> Iterator[dict[str, Any]]:
    for code in SERVED:
        for measure in [*Measure] * life.busy:
            yield {
                "municipality_code": code,
                "measure": measure,
                "kind": None if measure is Measure.TRAININGS else NetworkKind.VILLA,
                "number": 100,
                "from_on": (life.now - timedelta(days=500)).date(),
                "until_on": (life.now + timedelta(days=200)).date(),
                "made_at": life.now - timedelta(days=500),
            }


def _snapshots(life: Life) -> Iterator[dict[str, Any]]:
    counted = ("interests", "starting", "dormant", "ended", "vacant", "start_meetings", "yearly_meetings", "trainings")
    for code in SERVED:
        for kind in NetworkKind:
            of_kind = [one for one in life.found if one.code == code and one.kind is kind]
            for days in range(1, _DAYS):
                yield {
                    "municipality_code": code,
                    "taken_on": (life.now - timedelta(days=days)).date(),
                    "kind": kind,
                    "active": len(of_kind) * (_DAYS - days) // _DAYS,
                    "households": sum(one.size for one in of_kind) * (_DAYS - days) // _DAYS,
                    "dwellings": sum(one.size for one in of_kind) * 3 // 2,
                    "contact_persons": sum(one.contacts for one in of_kind),
                    "trained": sum(one.contacts for one in of_kind),
                    **dict.fromkeys(counted, 3),
                    "taken_at": life.now,
                }


def _warnings(life: Life) -> Iterator[dict[str, Any]]:
    living = life.living
    number_of = _WARNINGS_EACH * life.busy * len(living)
    for number in range(number_of):
        one, at = living[number % len(living)], life.now - timedelta(days=1 + _DAYS * number / number_of)
        counts = {outcome: one.size if outcome == "delivered" else 0 for outcome in receipts.OUTCOMES}
        took = {channel: receipts.Ladder(max(one.size, 1), _TOOK_S) for channel in ChannelKind}
        yield {
            "id": number + 1,
            "municipality_code": one.code,
            "author_account_id": life.police_id,
            "source": Source.POLICE,
            "state": AlertState.CLOSED,
            "version": 3,
            "kind": AlertKind.BURGLARY_HOME,
            "attempted": False,
            "dwelling": Dwelling.VILLA,
            "happened_on": at.date(),
            "day_part": DayPart.NIGHT_TO,
            "methods": [],
            "advice": [Advice.LOCK],
            "free_text": "",
            "created_at": at,
            "updated_at": at,
            "number": 9_000_000 + number,
            "approved_at": at,
            "approved_by": life.police_id,
            "approval_hash": "bench",
            "release_at": at,
            "valid_until": at + timedelta(hours=4),
            "headline": "Inbrott i villa",
            "sms_text": "Grannsamverkan: Inbrott i villa.",
            "cursor_id": 0,
            "fanned_out_at": at,
            "closed_at": at,
            "tally": {
                "households": counts,
                "networks": {str(one.id): counts},
                "copies": {channel.name.lower(): counts for channel in ChannelKind},
                "again": {channel.name.lower(): 0 for channel in ChannelKind},
                "times": receipts.Times(took, took).as_json(),
            },
        }


def _warned(life: Life) -> Iterator[dict[str, Any]]:
    for number in range(_WARNINGS_EACH * life.busy * len(life.living)):
        yield {"alert_id": number + 1, "network_id": life.living[number % len(life.living)].id}
