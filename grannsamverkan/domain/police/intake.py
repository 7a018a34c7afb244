"""Taking events in, once: what is new, what was edited, what is another event under an old id."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain.police.parsing import ListedEvent, Reading, Sighting, read_answer
from grannsamverkan.domain.police.placing import Gazetteer
from grannsamverkan.domain.police.same_title import link_same
from grannsamverkan.domain.police.tables import PlaceCertainty, PoliceEvent, PoliceEventVersion
from grannsamverkan.domain.police.titles import happened_at, split_title
from grannsamverkan.domain.police.withdrawal import count_withdrawn

FRESH_FOR = timedelta(hours=48)
CLOCKS_DIFFER_BY = timedelta(minutes=10)  # a publication may lie this far ahead of our own clock
_IDS_A_QUERY = 1000

Says = tuple[str, str, str, str]


@dataclass(slots=True)
class Taken:
    """What one answer or archive came to, in rows; an edit or a reuse is one version added.

    `fresh` are the stored events published within 48 h before they were seen: nothing else is ever new. `rejected`
    counts rows that cannot be read, and an answer that holds nothing at all.
    """

    read: int = 0
    stored: int = 0
    fresh: int = 0
    edited: int = 0
    reused: int = 0
    withdrawn: int = 0
    rejected: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        mine, theirs = asdict(self), asdict(other)
        return Taken(**{name: mine[name] + theirs[name] for name in mine})


def take_in(session: Session, answer: bytes, *, seen_at: datetime) -> Taken:
    """Store what an API answer seen at `seen_at`, or an archive of answers, says. Safe to repeat, in any order.

    A broken or empty answer is counted and changes nothing: an id that it lacks is not withdrawn.
    """
    reading = read_answer(answer, seen_at)
    if not reading.sightings:
        return Taken(read=reading.read, rejected=reading.rejected)
    _one_at_a_time(session)
    intake = _Intake(session, reading)
    for sighting in reading.sightings:
        intake.take(sighting)
    intake.write()
    if reading.whole_answer:
        intake.taken.withdrawn = count_withdrawn(session, [s.event for s in reading.sightings], seen_at)
    return intake.taken


class _Intake:
    """One reading on its way into the rows: all reads first, then decisions in memory, then all writes."""

    def __init__(self, session: Session, reading: Reading) -> None:
        self.taken = Taken(read=reading.read, rejected=reading.rejected)
        self._session = session
        self._gazetteer = Gazetteer(session)
        self._events = {e.id: e for e in _in_slices(session, {s.event.id for s in reading.sightings})}
        self._said_before = self._versions_of_late(reading.sightings)
        self._versions: list[PoliceEventVersion] = []
        self._changed: dict[int, PoliceEvent] = {}

    def take(self, sighting: Sighting) -> None:
        event = self._events.get(sighting.event.id)
        if event is None:
            self._store(sighting)
            return
        if sighting.seen_at < event.version_seen_at:
            self._take_late(event, sighting)
        elif sighting.event.says != _says(event):
            self._renew(event, sighting)
        _note_seen(event, sighting)

    def write(self) -> None:
        self._session.add_all(self._changed.values())
        self._session.flush()  # events before the versions that point at them
        self._session.add_all(self._versions)
        link_same(self._session, self._changed.values())
        self._session.flush()

    def _store(self, sighting: Sighting) -> None:
        event = PoliceEvent(
            id=sighting.event.id,
            published_at=sighting.event.published_at,
            first_seen=sighting.seen_at,
            last_seen=sighting.until,
            version_seen_at=sighting.seen_at,
            place_certainty=PlaceCertainty.UNKNOWN,
            type="",
            title="",
            summary="",
        )
        self._events[event.id] = event
        self._write_down(event, sighting)
        self._add_version(event, sighting)
        self.taken.stored += 1
        self.taken.fresh += -CLOCKS_DIFFER_BY <= sighting.seen_at - event.published_at <= FRESH_FOR

    def _renew(self, event: PoliceEvent, sighting: Sighting) -> None:
        reused = _is_another(event, sighting.event)
        event.version += 1
        event.reused_count += reused
        self._write_down(event, sighting)
        self._add_version(event, sighting, reused=reused)
        self.taken.reused += reused
        self.taken.edited += not reused

    def _take_late(self, event: PoliceEvent, sighting: Sighting) -> None:
        """An older answer comes after a newer one: it can add to the history, never change what holds now."""
        said = self._said_before.setdefault(event.id, set())
        if sighting.event.says in said:
            return
        said.add(sighting.event.says)
        event.version += 1
        self._add_version(event, sighting)
        self.taken.edited += 1

    def _write_down(self, event: PoliceEvent, sighting: Sighting) -> None:
        told = sighting.event
        title = split_title(told.title)
        is_same_place = (event.place_name, split_title(event.title).place) == (told.place_name, title.place)
        event.title, event.summary, event.type, event.place_name = told.says
        event.cut, event.url, event.published_at = told.cut, told.url, told.published_at
        event.version_seen_at = sighting.seen_at
        event.happened_at = happened_at(title.when, told.published_at)
        if event.place_certainty is not PlaceCertainty.PERSON or not is_same_place:
            placing = self._gazetteer.place(told.place_name, title.place)
            event.municipality_code, event.county_code = placing.municipality_code, placing.county_code
            event.place_certainty = placing.certainty
        self._changed[event.id] = event

    def _add_version(self, event: PoliceEvent, sighting: Sighting, *, reused: bool = False) -> None:
        title, summary, type_, place_name = sighting.event.says
        self._versions.append(
            PoliceEventVersion(
                event_id=event.id,
                version=event.version,
                seen_at=sighting.seen_at,
                title=title,
                summary=summary,
                type=type_,
                place_name=place_name,
                reused=reused,
            )
        )

    def _versions_of_late(self, sightings: Iterable[Sighting]) -> dict[int, set[Says]]:
        late = {s.event.id for s in sightings if _is_late(self._events.get(s.event.id), s)}
        said: dict[int, set[Says]] = {}
        for ids in _slices(late):
            for row in self._session.exec(select(PoliceEventVersion).where(col(PoliceEventVersion.event_id).in_(ids))):
                said.setdefault(row.event_id, set()).add(_says(row))
        return said


def _is_late(event: PoliceEvent | None, sighting: Sighting) -> bool:
    return event is not None and sighting.seen_at < event.version_seen_at


def _note_seen(event: PoliceEvent, sighting: Sighting) -> None:
    """It was listed then, so whatever an earlier answer lacked meant nothing."""
    event.first_seen = min(event.first_seen, sighting.seen_at)
    event.last_seen = max(event.last_seen, sighting.until)
    if event.missed_at and sighting.until > event.missed_at:
        event.missed_in, event.missed_at, event.withdrawn_at = 0, None, None


def _is_another(event: PoliceEvent, told: ListedEvent) -> bool:
    """Time, type and place of the title all changed at once: the id has been given to another event."""
    before, after = split_title(event.title), split_title(told.title)
    place_before, place_after = before.place or event.place_name, after.place or told.place_name
    return (
        before.when != after.when
        and event.type.casefold() != told.type.casefold()
        and place_before.casefold() != place_after.casefold()
    )


def _says(row: PoliceEvent | PoliceEventVersion) -> Says:
    return (row.title, row.summary, row.type, row.place_name)


def _in_slices(session: Session, ids: set[int]) -> Iterable[PoliceEvent]:
    for some in _slices(ids):
        yield from session.exec(select(PoliceEvent).where(col(PoliceEvent.id).in_(some)))


def _slices(ids: set[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + _IDS_A_QUERY] for start in range(0, len(ordered), _IDS_A_QUERY))


def _one_at_a_time(session: Session) -> None:
    """Two answers at once would both find an id new. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("LOCK TABLE police_event IN SHARE ROW EXCLUSIVE MODE")
