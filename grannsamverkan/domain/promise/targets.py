"""What has been promised, and how far it has come by a day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle import Meeting, MeetingKind, MeetingState, TrainingSession
from grannsamverkan.domain.networks import NetworkKind, NetworkState, NetworkStateSpan, WatchNetwork
from grannsamverkan.domain.promise.snapshots import end_of
from grannsamverkan.domain.promise.tables import Measure, PromiseSnapshot, PromiseTarget
from grannsamverkan.foundation.errors import NotFound, Refused

LONGEST_DAYS = 366 * 5


@dataclass(frozen=True)
class TargetDraft:
    """So many of something between two days, in one kind of housing or (None) in both.

    Raises:
        Refused: target_number, target_days (most), target_kind: trainings have no kind.
    """

    measure: Measure
    kind: NetworkKind | None
    number: int
    from_on: date
    until_on: date

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 100_000:
            raise Refused("target_number", most=100_000)
        if not self.from_on < self.until_on or (self.until_on - self.from_on).days > LONGEST_DAYS:
            raise Refused("target_days", most=LONGEST_DAYS)
        if self.measure is Measure.TRAININGS and self.kind is not None:
            raise Refused("target_kind")


@dataclass(frozen=True)
class Progress:
    """A target and what has been reached of it by a day."""

    target: PromiseTarget
    reached: int


def add_target(session: Session, municipality_code: str, draft: TargetDraft, *, now: datetime) -> PromiseTarget:
    """A new promise."""
    row = PromiseTarget(
        municipality_code=municipality_code,
        measure=draft.measure,
        kind=draft.kind,
        number=draft.number,
        from_on=draft.from_on,
        until_on=draft.until_on,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def end_target(session: Session, municipality_code: str, target_id: int, *, now: datetime) -> PromiseTarget:
    """The promise is no longer shown. Safe to repeat; NotFound."""
    row = session.get(PromiseTarget, target_id)
    if row is None or row.municipality_code != municipality_code:
        raise NotFound
    row.ended_at = row.ended_at or now
    return row


def municipality_of(session: Session, target_id: int) -> str:
    """Whose promise it is; NotFound."""
    row = session.get(PromiseTarget, target_id)
    if row is None:
        raise NotFound
    return row.municipality_code


def targets(session: Session, municipality_code: str) -> list[PromiseTarget]:
    """The promises that are shown, the next to fall due first."""
    rows = (
        select(PromiseTarget)
        .where(PromiseTarget.municipality_code == municipality_code, col(PromiseTarget.ended_at).is_(None))
        .order_by(col(PromiseTarget.until_on), col(PromiseTarget.id))
    )
    return list(session.exec(rows))


def progress(
    session: Session, shown: list[PromiseTarget], snapshots: list[PromiseSnapshot], day: date
) -> list[Progress]:
    """How far each target has come by the end of the day whose snapshots these are. Those not yet begun stand at 0."""
    return [Progress(target, _reached(session, target, snapshots, day)) for target in shown]


def _reached(session: Session, target: PromiseTarget, snapshots: list[PromiseSnapshot], day: date) -> int:
    if day < target.from_on:
        return 0
    until = min(day, target.until_on)
    of_kind = [row for row in snapshots if target.kind in (None, row.kind)]
    if target.measure is Measure.ACTIVE_NETWORKS:
        return sum(row.active for row in of_kind)
    if target.measure is Measure.JOINED_HOUSEHOLDS:
        return sum(row.households for row in of_kind)
    if target.measure is Measure.NEW_NETWORKS:
        return _new_networks(session, target, until)
    if target.measure is Measure.START_MEETINGS:
        return _start_meetings(session, target, until)
    return _trainings(session, target, until)


def _new_networks(session: Session, target: PromiseTarget, until: date) -> int:
    """Networks that became active in the time for the first time."""
    first = (
        select(NetworkStateSpan.network_id, func.min(NetworkStateSpan.since).label("since"))
        .join(WatchNetwork, col(WatchNetwork.id) == col(NetworkStateSpan.network_id))
        .where(
            NetworkStateSpan.state == NetworkState.ACTIVE,
            WatchNetwork.municipality_code == target.municipality_code,
            _of_kind(target),
        )
        .group_by(col(NetworkStateSpan.network_id))
        .subquery()
    )
    begin, end = _between(target, until)
    return session.exec(
        select(func.count()).select_from(first).where(first.c.since >= begin, first.c.since < end)
    ).one()


def _start_meetings(session: Session, target: PromiseTarget, until: date) -> int:
    begin, end = _between(target, until)
    return session.exec(
        select(func.count(col(Meeting.id)))
        .join(WatchNetwork, col(WatchNetwork.id) == col(Meeting.network_id))
        .where(
            WatchNetwork.municipality_code == target.municipality_code,
            _of_kind(target),
            Meeting.kind == MeetingKind.START,
            Meeting.state == MeetingState.HELD,
            col(Meeting.starts_at) >= begin,
            col(Meeting.starts_at) < end,
        )
    ).one()


def _trainings(session: Session, target: PromiseTarget, until: date) -> int:
    begin, end = _between(target, until)
    return session.exec(
        select(func.count(col(TrainingSession.id))).where(
            TrainingSession.municipality_code == target.municipality_code,
            TrainingSession.state == MeetingState.HELD,
            col(TrainingSession.starts_at) >= begin,
            col(TrainingSession.starts_at) < end,
        )
    ).one()


def _of_kind(target: PromiseTarget):  # type: ignore[no-untyped-def]
    kind = col(WatchNetwork.kind)
    return kind == target.kind if target.kind is not None else or_(*(kind == one for one in NetworkKind))


def _between(target: PromiseTarget, until: date) -> tuple[datetime, datetime]:
    """From the first day's beginning to the last one's end."""
    return end_of(date.fromordinal(target.from_on.toordinal() - 1)), end_of(until)
