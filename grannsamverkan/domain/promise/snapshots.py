"""How it stood in a municipality at the end of a day: counted from spans that are closed and never overwritten, so that
a day can be counted later and gives the same figures; once stored, it is never changed."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle import (
    Interest,
    Meeting,
    MeetingKind,
    MeetingState,
    PersonTraining,
    TrainingSession,
)
from grannsamverkan.domain.networks import (
    ContactPerson,
    Household,
    NetworkKind,
    NetworkState,
    NetworkStateSpan,
    WatchNetwork,
)
from grannsamverkan.domain.promise.tables import PromiseSnapshot
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.database import Among

STARTING = (NetworkState.INTEREST, NetworkState.MAPPING, NetworkState.START_MEETING, NetworkState.TRAINING)


@dataclass(frozen=True)
class _Network:
    id: int
    kind: NetworkKind
    state: NetworkState
    dwellings: int


def end_of(day: date) -> datetime:
    """The moment when a Swedish day is over."""
    return datetime.combine(day + timedelta(days=1), time(), STOCKHOLM)


def take_snapshot(session: Session, municipality_code: str, day: date, *, now: datetime) -> list[PromiseSnapshot]:
    """Store how it stood at the end of the day, one row for each kind of housing. Taken before, it stays as it is."""
    taken = on_day(session, municipality_code, day)
    if taken:
        return taken
    at, networks = end_of(day), _networks_at(session, municipality_code, end_of(day))
    active = [network for network in networks if network.state is NetworkState.ACTIVE]
    households = _households(session, active, at)
    carriers = _contact_persons(session, active, at)
    trained = _trained(session, {person for people in carriers.values() for person in people}, day)
    held = held_between(session, municipality_code, date(day.year, 1, 1), day)
    interests = _interests(session, municipality_code, at)
    rows = []
    for kind in NetworkKind:
        of_kind = [network for network in networks if network.kind is kind]
        states = Counter(network.state for network in of_kind)
        active_ids = [network.id for network in active if network.kind is kind]
        people = {person for network_id in active_ids for person in carriers.get(network_id, ())}
        rows.append(
            PromiseSnapshot(
                municipality_code=municipality_code,
                taken_on=day,
                kind=kind,
                interests=interests[kind],
                starting=sum(states[state] for state in STARTING),
                active=states[NetworkState.ACTIVE],
                dormant=states[NetworkState.DORMANT],
                ended=states[NetworkState.ENDED],
                households=sum(households[network_id] for network_id in active_ids),
                dwellings=sum(network.dwellings for network in active if network.kind is kind),
                contact_persons=len(people),
                trained=len(people & trained),
                vacant=sum(network_id not in carriers for network_id in active_ids),
                start_meetings=held.meetings[kind, MeetingKind.START],
                yearly_meetings=held.meetings[kind, MeetingKind.YEARLY],
                trainings=held.trainings,
                taken_at=now,
            )
        )
    session.add_all(rows)
    session.flush()
    return rows


def on_day(session: Session, municipality_code: str, day: date) -> list[PromiseSnapshot]:
    """The stored rows of a day, villas first; empty when none was taken."""
    return on_days(session, municipality_code, [day])[day]


def on_days(session: Session, municipality_code: str, days: Collection[date]) -> dict[date, list[PromiseSnapshot]]:
    """The same of each of the days, in one query."""
    rows = session.exec(
        select(PromiseSnapshot).where(
            PromiseSnapshot.municipality_code == municipality_code, col(PromiseSnapshot.taken_on).in_(set(days))
        )
    ).all()
    found: dict[date, list[PromiseSnapshot]] = {day: [] for day in days}
    for row in sorted(rows, key=lambda row: list(NetworkKind).index(NetworkKind(row.kind))):
        found[row.taken_on].append(row)
    return found


def newest_on(session: Session, municipality_code: str, day: date) -> date | None:
    """The last day up to `day` that has been stored."""
    return session.exec(
        select(func.max(PromiseSnapshot.taken_on)).where(
            PromiseSnapshot.municipality_code == municipality_code, col(PromiseSnapshot.taken_on) <= day
        )
    ).one()


def newest_on_each(session: Session, municipality_code: str, days: Collection[date]) -> dict[date, date]:
    """By each of the days the last one up to it that has been stored, in one query; without those before the first."""
    stored = session.exec(
        select(col(PromiseSnapshot.taken_on))
        .where(PromiseSnapshot.municipality_code == municipality_code, col(PromiseSnapshot.taken_on) <= max(days))
        .distinct()
        .order_by(col(PromiseSnapshot.taken_on))
    ).all()
    return {day: stored[at - 1] for day in days if (at := bisect_right(stored, day))}


def stored_days(session: Session, municipality_code: str) -> tuple[date, date] | None:
    """The first and the last stored day."""
    first, last = session.exec(
        select(func.min(PromiseSnapshot.taken_on), func.max(PromiseSnapshot.taken_on)).where(
            PromiseSnapshot.municipality_code == municipality_code
        )
    ).one()
    return None if first is None else (first, last)


def series(session: Session, municipality_code: str, days: Iterable[date]) -> list[PromiseSnapshot]:
    """The stored rows of these days, oldest first, villas before apartments."""
    rows = session.exec(
        select(PromiseSnapshot)
        .where(PromiseSnapshot.municipality_code == municipality_code, col(PromiseSnapshot.taken_on).in_(list(days)))
        .order_by(col(PromiseSnapshot.taken_on), col(PromiseSnapshot.kind).desc())
    )
    return list(rows)


def _held(since: Mapped[datetime], until: Mapped[datetime | None], at: datetime) -> ColumnElement[bool]:
    return (since < at) & or_(until.is_(None), until >= at)


def _networks_at(session: Session, municipality_code: str, at: datetime) -> list[_Network]:
    rows = session.exec(
        select(WatchNetwork.id, WatchNetwork.kind, NetworkStateSpan.state, WatchNetwork.dwellings)
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(WatchNetwork.id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            _held(col(NetworkStateSpan.since), col(NetworkStateSpan.until), at),
        )
    )
    return [
        _Network(network_id or 0, NetworkKind(kind), NetworkState(state), dwellings or 0)
        for network_id, kind, state, dwellings in rows
    ]


def _households(session: Session, active: list[_Network], at: datetime) -> Counter[int]:
    rows = session.exec(
        select(Household.network_id, func.count(col(Household.id)))
        .where(
            Among(col(Household.network_id), [network.id for network in active]),
            _held(col(Household.joined_at), col(Household.left_at), at),
        )
        .group_by(col(Household.network_id))
    )
    return Counter(dict(rows.all()))


def _contact_persons(session: Session, active: list[_Network], at: datetime) -> dict[int, set[int]]:
    rows = session.exec(
        select(ContactPerson.network_id, ContactPerson.person_id).where(
            Among(col(ContactPerson.network_id), [network.id for network in active]),
            _held(col(ContactPerson.since), col(ContactPerson.until), at),
        )
    )
    found: dict[int, set[int]] = {}
    for network_id, person_id in rows:
        found.setdefault(network_id, set()).add(person_id)
    return found


def _trained(session: Session, person_ids: set[int], day: date) -> set[int]:
    rows = session.exec(
        select(PersonTraining.person_id)
        .where(col(PersonTraining.person_id).in_(person_ids), PersonTraining.trained_on <= day)
        .distinct()
    )
    return set(rows)


@dataclass(frozen=True)
class Held:
    """Meetings by kind of housing and of meeting, and trainings, which are for both."""

    meetings: Counter[tuple[NetworkKind, MeetingKind]]
    trainings: int


def held_between(session: Session, municipality_code: str, first: date, last: date) -> Held:
    """What was held from the first day to the last."""
    return Held(_meetings(session, municipality_code, first, last), _trainings(session, municipality_code, first, last))


def _meetings(
    session: Session, municipality_code: str, first: date, last: date
) -> Counter[tuple[NetworkKind, MeetingKind]]:
    rows = session.exec(
        select(WatchNetwork.kind, Meeting.kind, func.count(col(Meeting.id)))
        .join(Meeting, col(Meeting.network_id) == col(WatchNetwork.id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            Meeting.state == MeetingState.HELD,
            *_within(col(Meeting.starts_at), first, last),
        )
        .group_by(col(WatchNetwork.kind), col(Meeting.kind))
    )
    return Counter({(NetworkKind(kind), MeetingKind(meeting)): number for kind, meeting, number in rows})


def _interests(session: Session, municipality_code: str, at: datetime) -> Counter[NetworkKind]:
    rows = session.exec(
        select(Interest.kind, func.count(col(Interest.id)))
        .where(
            Interest.municipality_code == municipality_code,
            col(Interest.confirmed_at) < at,
            or_(col(Interest.closed_at).is_(None), col(Interest.closed_at) >= at),
        )
        .group_by(col(Interest.kind))
    )
    return Counter({NetworkKind(kind): number for kind, number in rows})


def _trainings(session: Session, municipality_code: str, first: date, last: date) -> int:
    return session.exec(
        select(func.count(col(TrainingSession.id))).where(
            TrainingSession.municipality_code == municipality_code,
            TrainingSession.state == MeetingState.HELD,
            *_within(col(TrainingSession.starts_at), first, last),
        )
    ).one()


def _within(moment: Mapped[datetime], first: date, last: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return moment >= end_of(first - timedelta(days=1)), moment < end_of(last)
