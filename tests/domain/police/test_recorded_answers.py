"""Three years of real answers and archives: nothing false is new, nothing false is withdrawn."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from grannsamverkan.domain import police
from grannsamverkan.domain.police import PlaceCertainty, PoliceEvent, Taken
from grannsamverkan.foundation.database import Database

pytestmark = pytest.mark.slow
NO_MUNICIPALITY = {PlaceCertainty.COUNTY, PlaceCertainty.CONFLICT, PlaceCertainty.UNKNOWN}


def polled_at(file: Path) -> datetime:
    return datetime.strptime(file.name[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def take(database: Database, file: Path) -> Taken:
    with database.write(durable=False) as session:
        return police.take_in(session, file.read_bytes(), seen_at=polled_at(file))


def ids_in(file: Path) -> set[int]:
    text = gzip.decompress(file.read_bytes())
    return {row["id"] for row in json.loads(text)} if text else set()


def test_replaying_the_answers_finds_just_what_happened(database: Database, recorded: Path) -> None:
    files = sorted((recorded / "polls").iterdir())
    taken = {file.name[:18]: take(database, file) for file in files}
    assert sum(taken.values(), Taken()) == Taken(
        read=26_756, stored=2_869, fresh=852, edited=5, reused=1, withdrawn=0, rejected=1
    )
    known: set[int] = set()
    for file in files:  # an id that comes back after the short answer is not stored again
        assert taken[file.name[:18]].stored == len(ids_in(file) - known)
        known |= ids_in(file)
    assert taken["2023-03-26T055358Z"] == Taken(read=256, stored=245)  # half a year old: nothing is fresh
    assert taken["2023-03-26T062533Z"] == Taken(read=500, stored=9, fresh=9)
    assert taken["2023-05-01T154431Z"] == Taken(rejected=1)
    assert sum((take(database, file) for file in files), Taken()) == Taken(read=26_756, rejected=1)


def test_the_answers_hold_no_withdrawal_to_find(recorded: Path) -> None:
    """The truth behind the zero: of what lies within the newest five days, every full answer lists all it ever did."""
    published: dict[int, datetime] = {}
    for file in sorted((recorded / "polls").iterdir()):
        rows = json.loads(gzip.decompress(file.read_bytes()) or b"[]")
        if len(rows) == 500:
            listed = {row["id"] for row in rows}
            recent = {i for i, at in published.items() if polled_at(file) - timedelta(days=5) < at}
            assert recent <= listed
        for row in rows:
            day, clock, offset = row["datetime"].split()
            published[row["id"]] = datetime.fromisoformat(f"{day}T{clock:0>8}{offset}")


def test_the_known_moves_and_the_reused_id_are_in_the_history(database: Database, recorded: Path) -> None:
    for file in sorted((recorded / "polls").iterdir()):
        take(database, file)
    with database.read() as session:
        moved, reused, burglary = (police.event(session, i) for i in (421250, 481602, 503953))
        assert (moved.municipality_code, moved.version) == ("1266", 2)
        assert [v.place_name for v in police.versions(session, 421250)] == ["Eslöv", "Hörby"]
        assert (reused.reused_count, reused.municipality_code) == (1, "2505")
        assert police.burglary_like(burglary)
        assert burglary.version == 2
        only_county_now = police.event(session, 622109)
        assert (only_county_now.place_name, only_county_now.place_certainty) == ("Värmlands län", PlaceCertainty.TITLE)
        assert only_county_now.municipality_code == "1761"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("events-2022-09_2023-03", Taken(read=1_154, stored=1_154, fresh=559, edited=4)),
        ("events-2024-Q1", Taken(read=5_891, stored=5_891, fresh=5_891, edited=109, reused=1)),
        ("events-2026-01-15_2026-02-14", Taken(read=2_009, stored=2_009, fresh=2_009, edited=32, reused=1)),
    ],
)
def test_an_archive_is_taken_in_whole_and_once(database: Database, recorded: Path, name: str, expected: Taken) -> None:
    answer = (recorded / f"{name}.jsonl.gz").read_bytes()
    for result in (expected, Taken(read=expected.read)):
        with database.write(durable=False) as session:
            assert police.take_in(session, answer, seen_at=datetime(2026, 9, 1, tzinfo=UTC)) == result


def test_most_events_of_2026_find_their_municipality(database: Database, recorded: Path) -> None:
    answer = (recorded / "events-2026-01-15_2026-02-14.jsonl.gz").read_bytes()
    with database.write(durable=False) as session:
        police.take_in(session, answer, seen_at=datetime(2026, 9, 1, tzinfo=UTC))
        events = list(session.exec(select(PoliceEvent)))
    certain = Counter(event.place_certainty for event in events)
    assert certain[PlaceCertainty.UNKNOWN] == certain[PlaceCertainty.CONFLICT] == 0
    placed = {event.id for event in events if event.place_certainty not in NO_MUNICIPALITY}
    assert len(placed) == 1_395
    named = [event.title.rpartition(", ")[2] for event in events if event.id not in placed]
    assert [name for name in named if not name.endswith(" län")] == []  # the others name no more than a county
    burglaries = [event for event in events if police.burglary_like(event)]
    assert sum(event.id in placed for event in burglaries) / len(burglaries) > 0.95
