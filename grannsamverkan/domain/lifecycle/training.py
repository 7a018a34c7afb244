"""Training of contact persons: sessions, seats, and the date on each person."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle.tables import MeetingState, PersonTraining, TrainingSeat, TrainingSession
from grannsamverkan.domain.networks import ContactPerson, WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden


def plan_training(
    session: Session,
    municipality_code: str,
    *,
    starts_at: datetime,
    minutes: int,
    place: str,
    is_online: bool,
    now: datetime,
) -> TrainingSession:
    """A training that is to come; Refused: in_the_past."""
    if starts_at <= now:
        raise Refused("in_the_past")
    row = TrainingSession(
        municipality_code=municipality_code,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        is_online=is_online,
        uid=secrets.token_urlsafe(18),
        made_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def training(session: Session, training_id: int) -> TrainingSession:
    """The training; NotFound."""
    row = session.get(TrainingSession, training_id)
    if row is None:
        raise NotFound
    return row


def training_with_uid(session: Session, uid: str) -> TrainingSession:
    """The training whose calendar file this is; NotFound."""
    row = session.exec(select(TrainingSession).where(TrainingSession.uid == uid)).first()
    if row is None:
        raise NotFound
    return row


def trainings(session: Session, municipality_codes: Iterable[str]) -> list[TrainingSession]:
    """Every training of the municipalities, the latest first."""
    rows = (
        select(TrainingSession)
        .where(col(TrainingSession.municipality_code).in_(list(municipality_codes)))
        .order_by(col(TrainingSession.starts_at).desc())
    )
    return list(session.exec(rows))


def cancel_training(row: TrainingSession, *, now: datetime) -> None:
    """It will not be held; Refused: not_planned."""
    if row.state is not MeetingState.PLANNED:
        raise Refused("not_planned")
    row.state, row.sequence, row.changed_at = MeetingState.CANCELLED, row.sequence + 1, now


def to_invite(session: Session, row: TrainingSession) -> list[int]:
    """Contact persons of the municipality who have no seat yet: those without training first, by person."""
    seated = set(session.exec(select(TrainingSeat.person_id).where(TrainingSeat.session_id == row.id)))
    carriers = set(
        session.exec(
            select(ContactPerson.person_id)
            .join(WatchNetwork, col(WatchNetwork.id) == col(ContactPerson.network_id))
            .where(WatchNetwork.municipality_code == row.municipality_code, col(ContactPerson.until).is_(None))
        )
    )
    known = trained(session, carriers)
    return sorted(carriers - seated, key=lambda person_id: (person_id in known, person_id))


def seat(session: Session, row: TrainingSession, person_ids: Iterable[int], *, now: datetime) -> None:
    """These people have a seat; those who have one already keep it."""
    assert row.id is not None
    taken = set(session.exec(select(TrainingSeat.person_id).where(TrainingSeat.session_id == row.id)))
    session.add_all(
        TrainingSeat(session_id=row.id, person_id=person_id, invited_at=now)
        for person_id in person_ids
        if person_id not in taken
    )
    session.flush()


def seats(session: Session, row: TrainingSession) -> list[TrainingSeat]:
    """Everybody's seat at the training."""
    return list(session.exec(select(TrainingSeat).where(TrainingSeat.session_id == row.id)))


def give_up_seats(session: Session, person_id: int) -> list[TrainingSession]:
    """Whoever carries no contact role any more has no seat at what is still to come; returns those trainings."""
    carries = select(ContactPerson.id).where(ContactPerson.person_id == person_id, col(ContactPerson.until).is_(None))
    if session.exec(carries.limit(1)).first() is not None:
        return []
    rows = session.exec(
        select(TrainingSession, TrainingSeat)
        .join(TrainingSeat, col(TrainingSeat.session_id) == col(TrainingSession.id))
        .where(TrainingSeat.person_id == person_id, TrainingSession.state == MeetingState.PLANNED)
    ).all()
    for _, one in rows:
        session.delete(one)
    session.flush()
    return [row for row, _ in rows]


def hold_training(session: Session, row: TrainingSession, came: Iterable[int], *, now: datetime) -> None:
    """It has been held, and these people came: each is trained from that day. Said again, it is corrected.

    Raises:
        Refused: not_planned; not_yet: it has not begun.
    """
    if row.state is MeetingState.CANCELLED:
        raise Refused("not_planned")
    if row.starts_at > now:
        raise Refused("not_yet")
    present, day = set(came), in_sweden(row.starts_at).date()
    for one in seats(session, row):
        one.came = one.person_id in present
        if one.came:
            note_training(session, one.person_id, day, now=now, session_id=row.id)
    absent = [one.person_id for one in seats(session, row) if not one.came]
    session.execute(
        delete(PersonTraining).where(
            col(PersonTraining.session_id) == row.id, col(PersonTraining.person_id).in_(absent)
        )
    )
    row.state, row.changed_at = MeetingState.HELD, now
    session.flush()


def note_training(session: Session, person_id: int, day: date, *, now: datetime, session_id: int | None = None) -> None:
    """The person was trained that day, here or elsewhere; Refused: in_the_future. Safe to repeat."""
    if day > in_sweden(now).date():
        raise Refused("in_the_future")
    known = select(PersonTraining.id).where(PersonTraining.person_id == person_id, PersonTraining.trained_on == day)
    if session.exec(known).first() is None:
        session.add(PersonTraining(person_id=person_id, trained_on=day, session_id=session_id, noted_at=now))
        session.flush()


def trained(session: Session, person_ids: Iterable[int]) -> dict[int, date]:
    """When each of these people was last trained; without those who never were."""
    rows = session.exec(
        select(PersonTraining.person_id, func.max(PersonTraining.trained_on))
        .where(col(PersonTraining.person_id).in_(list(person_ids)))
        .group_by(col(PersonTraining.person_id))
    )
    return dict(rows.all())
