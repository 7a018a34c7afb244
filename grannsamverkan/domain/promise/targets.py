"""What has been promised, and how far it has come by a day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle import Meeting, MeetingKind, MeetingState, TrainingSession
from grannsamverkan.domain.networks import NetworkKind, NetworkState, NetworkStateSpan, WatchNetwork
from grannsamverkan.domain.promise.snapshots import end_of
from grannsamverkan.domain.promise.tables import Measure, PromiseSnapshot, PromiseTarget
from grannsamverkan.foundation.database import UtcDateTime
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

    @property
    def percent(self) -> int:
        """Of the target, 100 at the most."""
        return min(100, 100 * self.reached // self.target.number)


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
    """How far each target has come by the end of the day whose snapshots these are. Those not yet begun stand at 0.

    The targets are one municipality's; what several of them count is read once.
    """
    happened = _Happened(session, shown[0].municipality_code) if shown else None
    return [Progress(target, _reached(happened, target, snapshots, day)) for target in shown if happened is not None]


class _Happened:
    """When each of what targets count happened in a municipality, and in what kind of housing; read when first asked
    for, once for all targets."""

    def __init__(self, session: Session, municipality_code: str) -> None:
        self._session, self._code = session, municipality_code
        self._read: dict[Measure, list[tuple[NetworkKind | None, datetime]]] = {}

    def count(self, target: PromiseTarget, until: date) -> int:
        """How often in the target's kind of housing, from its first day's beginning to the end of `until`."""
        if target.measure not in self._read:
            self._read[target.measure] = _MOMENTS[target.measure](self._session, self._code)
        moments = self._read[target.measure]
        begin, end = end_of(date.fromordinal(target.from_on.toordinal() - 1)), end_of(until)
        return sum(begin <= moment < end for kind, moment in moments if target.kind in (None, kind))


def _reached(happened: _Happened, target: PromiseTarget, snapshots: list[PromiseSnapshot], day: date) -> int:
    if day < target.from_on:
        return 0
    of_kind = [row for row in snapshots if target.kind in (None, row.kind)]
    if target.measure is Measure.ACTIVE_NETWORKS:
        return sum(row.active for row in of_kind)
    if target.measure is Measure.JOINED_HOUSEHOLDS:
        return sum(row.households for row in of_kind)
    return happened.count(target, min(day, target.until_on))


def _new_networks(session: Session, municipality_code: str) -> list[tuple[NetworkKind | None, datetime]]:
    """When networks became active for the first time."""
    rows = (
        select(WatchNetwork.kind, func.min(NetworkStateSpan.since, type_=UtcDateTime()))
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(WatchNetwork.id))
        .where(NetworkStateSpan.state == NetworkState.ACTIVE, WatchNetwork.municipality_code == municipality_code)
        .group_by(col(WatchNetwork.id), col(WatchNetwork.kind))
    )
    return [(NetworkKind(kind), since) for kind, since in session.exec(rows) if since is not None]


def _start_meetings(session: Session, municipality_code: str) -> list[tuple[NetworkKind | None, datetime]]:
    rows = (
        select(WatchNetwork.kind, Meeting.starts_at)
        .join(Meeting, col(Meeting.network_id) == col(WatchNetwork.id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            Meeting.kind == MeetingKind.START,
            Meeting.state == MeetingState.HELD,
        )
    )
    return [(NetworkKind(kind), starts_at) for kind, starts_at in session.exec(rows)]


def _trainings(session: Session, municipality_code: str) -> list[tuple[NetworkKind | None, datetime]]:
    """They have no kind."""
    rows = select(TrainingSession.starts_at).where(
        TrainingSession.municipality_code == municipality_code, TrainingSession.state == MeetingState.HELD
    )
    return [(None, starts_at) for starts_at in session.exec(rows)]


_MOMENTS = {
    Measure.NEW_NETWORKS: _new_networks,
    Measure.START_MEETINGS: _start_meetings,
    Measure.TRAININGS: _trainings,
}
