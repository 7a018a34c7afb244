"""Meetings: planned, moved, held; and the action points that come of them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle.tables import (
    ActionPoint,
    Addressee,
    Meeting,
    MeetingKind,
    MeetingState,
    PointState,
)
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import NotFound, Refused

MOST_ATTENDED = 2000


@dataclass(frozen=True)
class MeetingDraft:
    """When and where; Refused: meeting_place_length (most), meeting_minutes (least, most)."""

    kind: MeetingKind
    starts_at: datetime
    minutes: int
    place: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.place) <= 120:
            raise Refused("meeting_place_length", most=120)
        if not 15 <= self.minutes <= 600:
            raise Refused("meeting_minutes", least=15, most=600)


def plan_meeting(session: Session, network: WatchNetwork, draft: MeetingDraft, *, now: datetime) -> Meeting:
    """A meeting that is to come; Refused: in_the_past."""
    assert network.id is not None
    if draft.starts_at <= now:
        raise Refused("in_the_past")
    row = Meeting(
        network_id=network.id,
        kind=draft.kind,
        starts_at=draft.starts_at,
        minutes=draft.minutes,
        place=draft.place,
        uid=secrets.token_urlsafe(18),
        made_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def move_meeting(row: Meeting, draft: MeetingDraft, *, now: datetime) -> None:
    """Another time or place; Refused: not_planned, in_the_past."""
    if row.state is not MeetingState.PLANNED:
        raise Refused("not_planned")
    if draft.starts_at <= now:
        raise Refused("in_the_past")
    row.starts_at, row.minutes, row.place = draft.starts_at, draft.minutes, draft.place
    row.sequence, row.changed_at = row.sequence + 1, now


def cancel_meeting(row: Meeting, *, now: datetime) -> None:
    """It will not be held; Refused: not_planned."""
    if row.state is not MeetingState.PLANNED:
        raise Refused("not_planned")
    row.state, row.sequence, row.changed_at = MeetingState.CANCELLED, row.sequence + 1, now


def note_invited(session: Session, meeting_id: int, *, now: datetime) -> None:
    """People have been invited to it; the first time counts."""
    row = session.get_one(Meeting, meeting_id)
    row.invited_at = row.invited_at or now


def planned_meetings(session: Session, network_id: int) -> list[Meeting]:
    """What the network has planned and not held."""
    rows = select(Meeting).where(Meeting.network_id == network_id, Meeting.state == MeetingState.PLANNED)
    return list(session.exec(rows))


def cancel_meetings(session: Session, network_id: int, *, now: datetime) -> list[Meeting]:
    """None of the network's planned meetings will be held; returns them."""
    rows = planned_meetings(session, network_id)
    for row in rows:
        cancel_meeting(row, now=now)
    session.flush()
    return rows


def hold_meeting(row: Meeting, *, attendance: int, protocol: str, now: datetime) -> None:
    """It has been held. Who came is a number and nothing more; the protocol may be mended afterwards.

    Raises:
        Refused: not_planned (it was cancelled), not_yet, attendance (most).
    """
    if row.state is MeetingState.CANCELLED:
        raise Refused("not_planned")
    if row.starts_at > now:
        raise Refused("not_yet")
    if not 0 <= attendance <= MOST_ATTENDED:
        raise Refused("attendance", most=MOST_ATTENDED)
    row.state, row.attendance, row.protocol, row.changed_at = MeetingState.HELD, attendance, protocol or None, now


def meeting(session: Session, network_id: int, meeting_id: int) -> Meeting:
    """One of the network's meetings; NotFound."""
    row = session.get(Meeting, meeting_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def meeting_of(session: Session, meeting_id: int) -> Meeting:
    """The meeting, whichever network's it is."""
    return session.get_one(Meeting, meeting_id)


def meeting_with_uid(session: Session, uid: str) -> Meeting:
    """The meeting whose calendar file this is; NotFound."""
    row = session.exec(select(Meeting).where(Meeting.uid == uid)).first()
    if row is None:
        raise NotFound
    return row


def meetings(session: Session, network_id: int) -> list[Meeting]:
    """The network's meetings, the latest first."""
    rows = select(Meeting).where(Meeting.network_id == network_id).order_by(col(Meeting.starts_at).desc())
    return list(session.exec(rows))


def coming_meetings(session: Session, network_ids: Iterable[int], *, after: datetime, until: datetime) -> list[Meeting]:
    """Meetings of these networks that are planned for a time, the first first."""
    rows = select(Meeting).where(
        Among(col(Meeting.network_id), network_ids),
        Meeting.state == MeetingState.PLANNED,
        col(Meeting.starts_at) > after,
        col(Meeting.starts_at) <= until,
    )
    return list(session.exec(rows.order_by(col(Meeting.starts_at), col(Meeting.id))))


def next_meeting(session: Session, network_id: int, *, now: datetime) -> Meeting | None:
    """The next planned meeting of the network."""
    rows = (
        select(Meeting)
        .where(Meeting.network_id == network_id, Meeting.state == MeetingState.PLANNED, col(Meeting.starts_at) > now)
        .order_by(col(Meeting.starts_at))
    )
    return session.exec(rows).first()


def add_point(
    session: Session, row: Meeting, addressee: Addressee, words: str, *, due_on: date | None, now: datetime
) -> ActionPoint:
    """What the meeting asks somebody to do; Refused: point_length (most)."""
    if not 1 <= len(words) <= 300:
        raise Refused("point_length", most=300)
    point = ActionPoint(
        network_id=row.network_id,
        meeting_id=row.id,
        addressee=addressee,
        words=words,
        due_on=due_on,
        made_at=now,
        changed_at=now,
    )
    session.add(point)
    session.flush()
    return point


def answer_point(point: ActionPoint, state: PointState, answer: str, *, now: datetime) -> None:
    """How far it has come; Refused: point_length (most)."""
    if len(answer) > 300:
        raise Refused("point_length", most=300)
    point.state, point.answer, point.changed_at = state, answer or None, now


def point(session: Session, network_id: int, point_id: int) -> ActionPoint:
    """One of the network's action points; NotFound."""
    row = session.get(ActionPoint, point_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def points(
    session: Session, network_ids: Iterable[int], *, addressee: Addressee | None = None, only_open: bool = False
) -> list[ActionPoint]:
    """Action points of these networks, those that are due first."""
    rows = select(ActionPoint).where(Among(col(ActionPoint.network_id), network_ids))
    if addressee is not None:
        rows = rows.where(ActionPoint.addressee == addressee)
    if only_open:
        rows = rows.where(col(ActionPoint.state).in_([PointState.OPEN, PointState.STARTED]))
    found = session.exec(rows.order_by(col(ActionPoint.id).desc())).all()
    return sorted(found, key=lambda one: (one.state in (PointState.DONE, PointState.DECLINED), one.due_on or date.max))
