"""What two years leave behind in a network: meetings, training, tasks, signs, slips, interests, warnings and looks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from grannsamverkan import flow
from grannsamverkan.bench.crowd import SERVED, Spot, channels_of, since, write
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
from grannsamverkan.domain.audit import ViewEntry
from grannsamverkan.domain.deliveries import Batch, Delivery, DeliveryState
from grannsamverkan.domain.duties import Task, TaskKind, round_of
from grannsamverkan.domain.lifecycle import (
    ActionPoint,
    Addressee,
    Interest,
    Meeting,
    MeetingKind,
    MeetingState,
    PersonTraining,
    PointState,
    TrainingSeat,
    TrainingSession,
)
from grannsamverkan.domain.membership import JoinRequest, RequestState, SlipBatch
from grannsamverkan.domain.networks import JoinedBy, NetworkKind, Shows
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.people import Person
from grannsamverkan.domain.police import PlaceCertainty, PoliceEvent
from grannsamverkan.domain.promise import Measure, PromiseSnapshot, PromiseTarget
from grannsamverkan.domain.signs import (
    OrderReason,
    OrderState,
    OwnerKind,
    PropertyOwner,
    SignOrder,
    SignOrderPlace,
    SignPlace,
)
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

_MONTHS = 12
_TRAININGS, _SEATS = 40, 20  # of a municipality
_WARNINGS = 300
_LOOKS = 10  # at a network
_DAYS = 730
_EVENTS = 300
_WARNED_AT_ONCE = 60  # networks of the newest warning


def fill_life(runtime: Runtime, found: list[Spot], desks: dict[str, int], police_id: int) -> None:
    """All of it; `desks` are the coordinators' accounts by municipality."""
    now = runtime.clock.now()
    living = [one for one in found if one.size]
    write(runtime, Meeting, _meetings(living, now))
    write(runtime, ActionPoint, _points(living, now))
    write(runtime, TrainingSession, _trainings(now))
    write(runtime, TrainingSeat, _seats(living, now))
    write(runtime, PersonTraining, _trained(living, now))
    write(runtime, Task, _tasks(living, now))
    write(runtime, PropertyOwner, _owners(living, now))
    write(runtime, SignPlace, _sign_places(living, now))
    write(runtime, SignOrder, _orders(living, now, desks))
    write(runtime, SignOrderPlace, ({"order_id": one.id, "place_id": 3 * one.id} for one in living))
    write(runtime, SlipBatch, _slips(runtime, living, now, desks))
    newest = found[-1].first + found[-1].size
    write(runtime, Person, _strangers(found, newest, now))
    write(runtime, Interest, _interests(found, newest, now))
    write(runtime, JoinRequest, _requests(living, now))
    write(runtime, ViewEntry, _looks(living, now, desks))
    write(runtime, Notice, _notices(living, now))
    write(runtime, PoliceEvent, _events(now))
    write(runtime, PromiseTarget, _targets(now))
    write(runtime, PromiseSnapshot, _snapshots(found, now))
    write(runtime, Alert, _warnings(living, now, police_id))
    write(runtime, AlertTarget, _warned(living))


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
        lost = (of_alert, col(Delivery.id) % 25 == 0)
        session.execute(update(Delivery).where(*lost).values(state=DeliveryState.FAILED, code="30005"))
        session.execute(update(Batch).where(col(Batch.alert_id) == alert_id).values(done_at=now))
        receipts.close(session, alerts.alert(session, alert_id), now=now, settle_by=now)
    return alert_id


def _meetings(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in living:
        for place, kind in enumerate((MeetingKind.START, MeetingKind.YEARLY)):
            is_planned = kind is MeetingKind.YEARLY and one.id % 9 == 0
            held_at = now - timedelta(days=690 - 400 * place)
            yield {
                "id": 2 * one.id + place,
                "network_id": one.id,
                "kind": kind,
                "state": MeetingState.PLANNED if is_planned else MeetingState.HELD,
                "starts_at": now + timedelta(days=12) if is_planned else held_at,
                "minutes": 90,
                "place": "Församlingshemmet",
                "uid": f"bench-{one.id}-{place}",
                "sequence": 0,
                "attendance": None if is_planned else one.size // 2,
                "made_at": held_at - timedelta(days=30),
                "changed_at": held_at,
            }


def _points(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in living:
        for place, addressee in enumerate((Addressee.MUNICIPALITY, Addressee.POLICE, Addressee.NETWORK)):
            yield {
                "network_id": one.id,
                "meeting_id": 2 * one.id + 1,
                "addressee": addressee,
                "words": "Laga lampan vid gångvägen",
                "state": PointState.OPEN if (one.id + place) % 6 == 0 else PointState.DONE,
                "due_on": (now - timedelta(days=200)).date(),
                "made_at": now - timedelta(days=290),
                "changed_at": now - timedelta(days=250),
            }


def _trainings(now: datetime) -> Iterator[dict[str, Any]]:
    for place, code in enumerate(SERVED):
        for number in range(_TRAININGS):
            starts_at = (
                now + timedelta(days=20) if number == _TRAININGS - 1 else now - timedelta(days=690 - 17 * number)
            )
            yield {
                "id": place * _TRAININGS + number + 1,
                "municipality_code": code,
                "state": MeetingState.PLANNED if starts_at > now else MeetingState.HELD,
                "starts_at": starts_at,
                "minutes": 120,
                "place": "Kommunhuset",
                "is_online": False,
                "uid": f"bench-training-{place}-{number}",
                "sequence": 0,
                "made_at": starts_at - timedelta(days=40),
                "changed_at": starts_at,
            }


def _seats(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    """The leads of the municipality, in turn."""
    for place, code in enumerate(SERVED):
        leads = [one.first for one in living if one.code == code and one.is_led]
        for number in range(_TRAININGS):
            chosen = leads[number * _SEATS % max(1, len(leads)) :][:_SEATS]
            for person_id in chosen:
                yield {
                    "session_id": place * _TRAININGS + number + 1,
                    "person_id": person_id,
                    "came": None if number == _TRAININGS - 1 else True,
                    "invited_at": now - timedelta(days=5),
                }


def _trained(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in living:
        for person_id in list(one.households)[: one.roles]:
            yield {"person_id": person_id, "trained_on": (now - timedelta(days=660)).date(), "noted_at": now}


def _tasks(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    """Each contact person's of a year, those of this month open; and a newcomer here and there."""
    months = _months(now.astimezone(STOCKHOLM).date())
    for one in living:
        for role_id in range(one.first_role + 2, one.first_role + one.roles):
            for place, month in enumerate(months):
                for kind in (TaskKind.INFORM, TaskKind.LIST_CHECK):
                    yield {
                        "network_id": one.id,
                        "contact_person_id": role_id,
                        "kind": kind,
                        "round": round_of(month),
                        "whose": f"contact {role_id}",
                        "due_on": month + timedelta(days=27),
                        "made_at": now - timedelta(days=31 * place),
                        "closed_at": now - timedelta(days=31 * place - 9) if place else None,
                    }
        if one.id % 3 == 1:
            yield {
                "network_id": one.id,
                "contact_person_id": None,
                "kind": TaskKind.NEWCOMER,
                "round": f"ny-{one.id}",
                "whose": "office",
                "due_on": now.date(),
                "made_at": now,
                "closed_at": None,
            }


def _months(today: date) -> list[date]:
    """This month and those before it, the newest first."""
    found = [today.replace(day=1)]
    while len(found) < _MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def _owners(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in living:
        kind = OwnerKind.LANDLORD if one.kind is NetworkKind.APARTMENT else OwnerKind.COMMUNITY_ASSOCIATION
        approved_on = (now - timedelta(days=600)).date()
        yield {"id": one.id, "network_id": one.id, "name": "Ägaren", "kind": kind, "approved_on": approved_on}


def _sign_places(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in living:
        for place in range(3):
            yield {
                "id": 3 * one.id + place,
                "network_id": one.id,
                "owner_id": one.id,
                "words": f"Infart {place + 1}",
                "put_up_on": (now - timedelta(days=560)).date(),
            }


def _orders(living: list[Spot], now: datetime, desks: dict[str, int]) -> Iterator[dict[str, Any]]:
    for one in living:
        yield {
            "id": one.id,
            "network_id": one.id,
            "signs": 1,
            "stickers": one.size,
            "reason": OrderReason.NEW,
            "state": OrderState.ASKED if one.id % 25 == 3 else OrderState.DELIVERED,
            "is_off_public_road": True,
            "is_in_built_up_area": True,
            "ordered_from": "municipality",
            "asked_at": now - timedelta(days=580),
            "asked_by": desks[one.code],
        }


def _slips(runtime: Runtime, living: list[Spot], now: datetime, desks: dict[str, int]) -> Iterator[dict[str, Any]]:
    for one in living:
        for place in range(2):
            code = f"BENCH{one.id:06}{place}"
            yield {
                "network_id": one.id,
                "code": code,
                "code_lookup": runtime.database.vault.lookup("slip", code),
                "made_at": now - timedelta(days=80 * place + 5),
                "made_by": desks[one.code],
                "expires_at": now + timedelta(days=80 - 80 * place),
                "uses": 3,
                "most_uses": 17,
            }


def _interested(found: list[Spot]) -> list[tuple[str, int | None]]:
    """(municipality, network or none yet) of everybody who waits."""
    put = [(one.code, one.id) for one in found if not one.size for _ in range(5)]
    return [*put, *((one.code, None) for one in found if one.id % 12 == 5)]


def _strangers(found: list[Spot], first: int, now: datetime) -> Iterator[dict[str, Any]]:
    for number, (code, _) in enumerate(_interested(found)):
        yield {"id": first + number, "municipality_code": code, "language": "sv", "level": "all", "created_at": now}


def _interests(found: list[Spot], first: int, now: datetime) -> Iterator[dict[str, Any]]:
    for number, (code, network_id) in enumerate(_interested(found)):
        yield {
            "municipality_code": code,
            "network_id": network_id,
            "person_id": first + number,
            "kind": NetworkKind.VILLA,
            "place": f"Gatan {number}",
            "wants_to_help": number % 3 == 0,
            "made_at": since(now, number),
            "confirmed_at": since(now, number),
        }


def _requests(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    """Somebody of the next network would like to be in this one too."""
    for one in living:
        if one.id % 12 == 1:
            for person_id in (one.first + one.size - 1, one.first):
                yield {
                    "network_id": one.id,
                    "person_id": person_id,
                    "shows": Shows.NAME,
                    "joined_by": JoinedBy.WEB,
                    "asked_at": now - timedelta(hours=person_id % 70),
                    "state": RequestState.WAITING,
                }


def _looks(living: list[Spot], now: datetime, desks: dict[str, int]) -> Iterator[dict[str, Any]]:
    for one in living:
        for place in range(_LOOKS):
            yield {
                "at": now - timedelta(days=30 * place + 1),
                "account_id": desks[one.code],
                "role": "contact_person",
                "what": "list",
                "purpose": "",
                "municipality_code": one.code,
                "network_id": one.id,
                "household_ids": list(one.households),
            }


def _notices(living: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    """A welcome to each address; addresses are numbered as they were written."""
    address_id = 0
    for one in living:
        for number in one.households:
            for channel in channels_of(number):
                address_id += 1
                yield {
                    "address_id": address_id,
                    "channel": channel,
                    "kind": NoticeKind.WELCOME,
                    "municipality_code": one.code,
                    "about": f"household:{number}",
                    "key": f"welcome:{address_id}",
                    "subject": "",
                    "body": "",
                    "made_at": now - timedelta(days=20),
                    "next_at": now - timedelta(days=20),
                    "valid_until": now - timedelta(days=18),
                    "state": NoticeState.DELIVERED,
                    "attempts": 1,
                }


def _events(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(_EVENTS):
        code = list(SERVED)[number % len(SERVED)]
        published = now - timedelta(hours=8 * number)
        yield {
            "id": 900_000 + number,
            "published_at": published,
            "first_seen": published,
            "last_seen": now,
            "type": "Inbrott",
            "title": f"{number}, Inbrott, kommunen",
            "summary": "Ett inbrott anmäls.",
            "cut": False,
            "url": "",
            "place_name": "",
            "municipality_code": code,
            "county_code": "12",
            "place_certainty": PlaceCertainty.MUNICIPALITY,
            "version": 1,
            "version_seen_at": published,
            "reused_count": 0,
            "missed_in": 0,
        }


def _targets(now: datetime) -> Iterator[dict[str, Any]]:
    for code in SERVED:
        for measure in Measure:
            yield {
                "municipality_code": code,
                "measure": measure,
                "kind": None if measure is Measure.TRAININGS else NetworkKind.VILLA,
                "number": 100,
                "from_on": (now - timedelta(days=500)).date(),
                "until_on": (now + timedelta(days=200)).date(),
                "made_at": now - timedelta(days=500),
            }


def _snapshots(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    counted = ("interests", "starting", "dormant", "ended", "vacant", "start_meetings", "yearly_meetings", "trainings")
    for code in SERVED:
        for kind in NetworkKind:
            of_kind = [one for one in found if one.code == code and one.kind is kind]
            for days in range(1, _DAYS):
                yield {
                    "municipality_code": code,
                    "taken_on": (now - timedelta(days=days)).date(),
                    "kind": kind,
                    "active": len(of_kind) * (_DAYS - days) // _DAYS,
                    "households": sum(one.size for one in of_kind) * (_DAYS - days) // _DAYS,
                    "dwellings": sum(one.size for one in of_kind) * 3 // 2,
                    "contact_persons": sum(one.contacts for one in of_kind),
                    "trained": sum(one.contacts for one in of_kind),
                    **dict.fromkeys(counted, 3),
                    "taken_at": now,
                }


def _warnings(living: list[Spot], now: datetime, police_id: int) -> Iterator[dict[str, Any]]:
    for number in range(_WARNINGS):
        one, at = living[number % len(living)], now - timedelta(days=2 * number + 1)
        counts = {outcome: one.size if outcome == "delivered" else 0 for outcome in receipts.OUTCOMES}
        yield {
            "id": number + 1,
            "municipality_code": one.code,
            "author_account_id": police_id,
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
            "approved_by": police_id,
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
            },
        }


def _warned(living: list[Spot]) -> Iterator[dict[str, Any]]:
    for number in range(_WARNINGS):
        yield {"alert_id": number + 1, "network_id": living[number % len(living)].id}
