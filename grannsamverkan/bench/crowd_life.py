"""What two years leave behind in the networks: meetings, training, tasks, signs, slips, interests, looks, notices."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from grannsamverkan.bench.crowd import SERVED, Life, channels_of, since, write
from grannsamverkan.domain.audit import ViewEntry
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
from grannsamverkan.runtime import Runtime

_MONTHS = 12
_TRAININGS, _SEATS = 40, 20  # of a municipality
_LOOKS = 10  # at a network
_WAITED_FOR = 3  # networks under way for which others wait too
_ADDRESSEES = (Addressee.MUNICIPALITY, Addressee.POLICE, Addressee.NETWORK)


def fill_life(runtime: Runtime, life: Life) -> None:
    """All of it."""
    write(runtime, Meeting, _meetings(life))
    write(runtime, ActionPoint, _points(life))
    write(runtime, TrainingSession, _trainings(life))
    write(runtime, TrainingSeat, _seats(life))
    write(runtime, PersonTraining, _trained(life))
    write(runtime, Task, _tasks(life))
    write(runtime, PropertyOwner, _owners(life))
    write(runtime, SignPlace, _sign_places(life))
    write(runtime, SignOrder, _orders(life))
    write(runtime, SignOrderPlace, _ordered(life))
    write(runtime, SlipBatch, _slips(runtime, life))
    newest = life.found[-1].first + life.found[-1].size
    write(runtime, Person, _strangers(life, newest))
    write(runtime, Interest, _interests(life, newest))
    write(runtime, JoinRequest, _requests(life, newest))
    write(runtime, ViewEntry, _looks(life))
    write(runtime, Notice, _notices(life))


def _meetings(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for place in range(life.meetings):
            kind = MeetingKind.YEARLY if place else MeetingKind.START
            is_planned = bool(place) and one.id % 9 == 0
            held_at = life.now - timedelta(days=690 - 400 * place // life.busy)
            yield {
                "id": life.first_meeting(one) + place,
                "network_id": one.id,
                "kind": kind,
                "state": MeetingState.PLANNED if is_planned else MeetingState.HELD,
                "starts_at": life.now + timedelta(days=12) if is_planned else held_at,
                "minutes": 90,
                "place": "Församlingshemmet",
                "uid": f"bench-{one.id}-{place}",
                "sequence": 0,
                "attendance": None if is_planned else one.size // 2,
                "made_at": held_at - timedelta(days=30),
                "changed_at": held_at,
            }


def _points(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for place in range(3 * life.busy):
            yield {
                "network_id": one.id,
                "meeting_id": life.first_meeting(one) + 1,
                "addressee": _ADDRESSEES[place % len(_ADDRESSEES)],
                "words": "Laga lampan vid gångvägen",
                "state": PointState.OPEN if (one.id + place) % 6 == 0 else PointState.DONE,
                "due_on": (life.now - timedelta(days=200)).date(),
                "made_at": life.now - timedelta(days=290),
                "changed_at": life.now - timedelta(days=250),
            }


def _trainings(life: Life) -> Iterator[dict[str, Any]]:
    """The last of each municipality is to come."""
    number = _TRAININGS * life.busy
    for place, code in enumerate(SERVED):
        for turn in range(number):
            is_to_come = turn == number - 1
            starts_at = life.now + timedelta(days=20 if is_to_come else -690 + 680 * turn // number)
            yield {
                "id": place * number + turn + 1,
                "municipality_code": code,
                "state": MeetingState.PLANNED if is_to_come else MeetingState.HELD,
                "starts_at": starts_at,
                "minutes": 120,
                "place": "Kommunhuset",
                "is_online": False,
                "uid": f"bench-training-{place}-{turn}",
                "sequence": 0,
                "made_at": starts_at - timedelta(days=40),
                "changed_at": starts_at,
            }


def _seats(life: Life) -> Iterator[dict[str, Any]]:
    """The leads of the municipality, in turn; at the first training the more, the busier."""
    number = _TRAININGS * life.busy
    for place, code in enumerate(SERVED):
        leads = [one.first for one in life.living if one.code == code and one.is_led]
        for turn in range(number):
            seats = _SEATS if turn else _SEATS * life.busy
            for person_id in leads[turn * _SEATS % max(1, len(leads)) :][:seats]:
                yield {
                    "session_id": place * number + turn + 1,
                    "person_id": person_id,
                    "came": None if turn == number - 1 else True,
                    "invited_at": life.now - timedelta(days=5),
                }


def _trained(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for person_id in list(one.households)[: one.roles]:
            yield {"person_id": person_id, "trained_on": (life.now - timedelta(days=660)).date(), "noted_at": life.now}


def _tasks(life: Life) -> Iterator[dict[str, Any]]:
    """Each contact person's of a year, those of this month open; and a newcomer here and there."""
    months = _months(life.now.astimezone(STOCKHOLM).date())
    for one in life.living:
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
                        "made_at": life.now - timedelta(days=31 * place),
                        "closed_at": life.now - timedelta(days=31 * place - 9) if place else None,
                    }
        for turn in range(life.busy if one.id % 3 == 1 else 0):
            yield {
                "network_id": one.id,
                "contact_person_id": None,
                "kind": TaskKind.NEWCOMER,
                "round": f"ny-{turn}",
                "whose": "office",
                "due_on": life.now.date(),
                "made_at": life.now,
                "closed_at": None,
            }


def _months(today: date) -> list[date]:
    """This month and those before it, the newest first."""
    found = [today.replace(day=1)]
    while len(found) < _MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def _owners(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        kind = OwnerKind.LANDLORD if one.kind is NetworkKind.APARTMENT else OwnerKind.COMMUNITY_ASSOCIATION
        approved_on = (life.now - timedelta(days=600)).date()
        for turn in range(life.busy):
            yield {
                "id": life.busy * one.id + turn,
                "network_id": one.id,
                "name": "Ägaren",
                "kind": kind,
                "approved_on": approved_on,
            }


def _sign_places(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for place in range(3 * life.busy):
            yield {
                "id": 3 * life.busy * one.id + place,
                "network_id": one.id,
                "owner_id": life.busy * one.id,
                "words": f"Infart {place + 1}",
                "put_up_on": (life.now - timedelta(days=560)).date(),
            }


def _orders(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for turn in range(life.busy):
            yield {
                "id": life.busy * one.id + turn,
                "network_id": one.id,
                "signs": 1,
                "stickers": one.size,
                "reason": OrderReason.NEW,
                "state": OrderState.ASKED if one.id % 25 == 3 else OrderState.DELIVERED,
                "is_off_public_road": True,
                "is_in_built_up_area": True,
                "ordered_from": "municipality",
                "asked_at": life.now - timedelta(days=580),
                "asked_by": life.desks[one.code],
                "put_up_at": None if one.id % 25 == 3 else life.now - timedelta(days=550),
            }


def _ordered(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for turn in range(life.busy):
            yield {"order_id": life.busy * one.id + turn, "place_id": 3 * life.busy * one.id}


def _slips(runtime: Runtime, life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for place in range(2 * life.busy):
            code = f"BENCH{one.id:06}{place:02}"
            yield {
                "network_id": one.id,
                "code": code,
                "code_lookup": runtime.database.vault.lookup("slip", code),
                "made_at": life.now - timedelta(days=80 * (place % 2) + 5),
                "made_by": life.desks[one.code],
                "expires_at": life.now + timedelta(days=80 - 80 * (place % 2)),
                "uses": 3,
                "most_uses": 17,
            }


def _interested(life: Life) -> list[tuple[str, int | None]]:
    """(municipality, network or none yet) of everybody who waits."""
    put = [
        (one.code, one.id) for one in life.found if not one.size or one.id <= _WAITED_FOR for _ in range(5 * life.busy)
    ]
    return [*put, *((one.code, None) for one in life.found if one.id % 12 == 5)]


def _strangers(life: Life, first: int) -> Iterator[dict[str, Any]]:
    for number, (code, _) in enumerate(_interested(life)):
        yield {
            "id": first + number,
            "municipality_code": code,
            "language": "sv",
            "level": "all",
            "created_at": life.now,
        }


def _interests(life: Life, first: int) -> Iterator[dict[str, Any]]:
    for number, (code, network_id) in enumerate(_interested(life)):
        yield {
            "municipality_code": code,
            "network_id": network_id,
            "person_id": first + number,
            "kind": NetworkKind.VILLA,
            "place": f"Gatan {number}",
            "wants_to_help": number % 3 == 0,
            "made_at": since(life.now, number),
            "confirmed_at": since(life.now, number),
        }


def _requests(life: Life, first: int) -> Iterator[dict[str, Any]]:
    """Some of the interested would like to be in a network that is under way."""
    for one in life.living:
        if one.id % 12 == 1:
            for person_id in range(first, first + 2 * life.busy):
                yield {
                    "network_id": one.id,
                    "person_id": person_id,
                    "shows": Shows.NAME,
                    "joined_by": JoinedBy.WEB,
                    "asked_at": life.now - timedelta(hours=person_id % 70),
                    "state": RequestState.WAITING,
                }


def _looks(life: Life) -> Iterator[dict[str, Any]]:
    for one in life.living:
        for place in range(_LOOKS * life.busy):
            yield {
                "at": life.now - timedelta(days=30 * place // life.busy + 1),
                "account_id": life.viewer(place),
                "role": "contact_person",
                "what": "list",
                "purpose": "",
                "municipality_code": one.code,
                "network_id": one.id,
                "household_ids": list(one.households),
            }


def _notices(life: Life) -> Iterator[dict[str, Any]]:
    """A welcome to each address; addresses are numbered as they were written."""
    address_id = 0
    for one in life.living:
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
                    "made_at": life.now - timedelta(days=20),
                    "next_at": life.now - timedelta(days=20),
                    "valid_until": life.now - timedelta(days=18),
                    "state": NoticeState.DELIVERED,
                    "attempts": 1,
                }
