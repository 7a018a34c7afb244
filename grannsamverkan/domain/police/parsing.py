"""Reads what the police's API answers, and the JSON-lines archive of such answers, one event at a time.

Nothing here stops at a bad row: it is counted and the rest is read.
"""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

API_CUTS_AT = 110  # characters of `summary`, in mid-word
_MOST_BYTES = 64_000_000
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # anything before it is a slip, and strange years break sums
_GZIP = b"\x1f\x8b"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANK = re.compile("[\xa0\t\r\n]")
_PUBLISHED = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d{1,2}):(\d\d):(\d\d) ?([+-]\d\d):?(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """One event as listed, its texts cleaned."""

    id: int
    published_at: datetime
    title: str
    summary: str
    cut: bool
    type: str
    place_name: str
    url: str

    @property
    def says(self) -> tuple[str, str, str, str]:
        """What makes a new version when it changes; `url` and `gps` change without meaning anything."""
        return (self.title, self.summary, self.type, self.place_name)


@dataclass(frozen=True, slots=True)
class Sighting:
    """The event was listed like this at `seen_at`, and still at `until`."""

    event: ListedEvent
    seen_at: datetime
    until: datetime


@dataclass(slots=True)
class Reading:
    """What one file or answer held. `rejected` counts the answer itself when nothing in it can be used."""

    sightings: list[Sighting] = field(default_factory=list)
    read: int = 0
    rejected: int = 0
    whole_answer: bool = False


def read_answer(answer: bytes, seen_at: datetime) -> Reading:
    """Read an API answer (a JSON list, seen at `seen_at`) or an archive (JSON lines with `versions`), plain or gzip."""
    text = _text(answer)
    if text is None:
        return Reading(rejected=1)
    if text.startswith("{"):
        return _read_archive(text)
    rows = _json(text)
    if not isinstance(rows, list) or not rows:
        return Reading(rejected=1)
    reading = Reading(read=len(rows), whole_answer=True)
    events = [event for event in map(listed_event, rows) if event]
    reading.rejected = len(rows) - len(events)
    listed = {event.id: event for event in events}  # an id listed twice is taken once, as it stands last
    reading.sightings = [Sighting(event, seen_at, seen_at) for event in listed.values()]
    return reading


def listed_event(row: Any) -> ListedEvent | None:
    """The event in one row of an answer; None without a usable id, time or title. Unknown keys do not matter."""
    if not isinstance(row, dict):
        return None
    event_id, published_at, title = row.get("id"), published(row.get("datetime")), clean(row.get("name"))
    if type(event_id) is not int or not 0 < event_id < 2**63 or published_at is None or not title:
        return None
    summary, location = row.get("summary"), row.get("location")
    return ListedEvent(
        id=event_id,
        published_at=published_at,
        title=title,
        summary=clean(summary),
        cut=isinstance(summary, str) and len(summary) >= API_CUTS_AT,
        type=clean(row.get("type")),
        place_name=clean(location.get("name")) if isinstance(location, dict) else "",
        url=clean(row.get("url")),
    )


def published(text: Any) -> datetime | None:
    """`2023-04-25 9:25:07 +02:00` as UTC: the hour has one digit before ten, which ISO 8601 does not know."""
    read = _PUBLISHED.fullmatch(text.strip()) if isinstance(text, str) else None
    if read is None:
        return None
    return _moment(f"{read[1]}T{read[2]:>02}:{read[3]}:{read[4]}{read[5]}:{read[6]}")


def clean(text: Any) -> str:
    """The text with plain blanks, `&amp;` decoded once, and no blanks at its ends; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    return _BLANK.sub(" ", _UNSTORABLE.sub("", text)).replace("&amp;", "&").strip()


def _read_archive(text: str) -> Reading:
    reading = Reading()
    for line in text.split("\n"):  # not splitlines: U+2028 may stand inside a text
        if line.strip():
            reading.read += 1
            sightings = list(_archived(_json(line)))
            reading.sightings += sightings
            reading.rejected += not sightings
    if not reading.sightings:
        return Reading(rejected=1)
    return reading


def _archived(row: Any) -> Iterator[Sighting]:
    versions = row.get("versions") if isinstance(row, dict) else None
    if not isinstance(versions, list):
        return
    told = [(_moment(v.get("seen")), listed_event(v.get("event"))) for v in versions if isinstance(v, dict)]
    usable = sorted(((seen, event) for seen, event in told if seen and event), key=lambda pair: pair[0])
    last_seen = _moment(row.get("last_seen"))
    for number, (seen_at, event) in enumerate(usable, start=1):
        until = max(seen_at, last_seen) if last_seen and number == len(usable) else seen_at
        yield Sighting(event, seen_at, until)


def _text(answer: bytes) -> str | None:
    try:
        plain = _unzipped(answer) if answer.startswith(_GZIP) else answer
        return plain.decode("utf-8-sig").strip() or None
    except (ValueError, zlib.error):  # a broken gzip, or no UTF-8
        return None


def _unzipped(answer: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    plain = reader.decompress(answer, _MOST_BYTES)
    if not reader.eof:
        raise ValueError("cut short, or more than anybody publishes")
    return plain


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo and moment > _EARLIEST else None
    except (TypeError, ValueError, OverflowError):
        return None
