"""Taking answers in: what is new once, what was edited, what is another event."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from grannsamverkan.domain import police
from grannsamverkan.domain.police import PlaceCertainty, Taken

SEEN = datetime(2026, 2, 10, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
Row = Callable[..., dict[str, Any]]
Take = Callable[..., Taken]


def test_an_event_is_stored_and_fresh_once(session: Session, row: Row, take: Take) -> None:
    assert take(row(), seen_at=SEEN) == Taken(read=1, stored=1, fresh=1)
    assert take(row(), seen_at=SEEN + QUARTER) == Taken(read=1)
    event = police.event(session, 1)
    assert (event.first_seen, event.last_seen) == (SEEN, SEEN + QUARTER)
    assert event.happened_at == datetime(2026, 2, 10, 2, 10, tzinfo=UTC)
    assert (event.municipality_code, event.place_certainty) == ("1267", PlaceCertainty.TITLE)


def test_only_what_was_published_within_two_days_is_fresh(row: Row, take: Take) -> None:
    hours = (0, 47.9, 48.1, 24 * 180)
    rows = [row(n, at=SEEN - timedelta(hours=h), name=f"{n}") for n, h in enumerate(hours, start=1)]
    from_the_future = row(9, at=SEEN + timedelta(days=3))
    assert take(*rows, from_the_future, seen_at=SEEN) == Taken(read=5, stored=5, fresh=2)


def test_an_edit_is_a_version_and_a_move_moves_the_event(session: Session, row: Row, take: Take) -> None:
    take(row(), seen_at=SEEN)
    moved = row(name="10 februari 03.10, Inbrott, Hörby")
    assert take(moved, seen_at=SEEN + QUARTER) == Taken(read=1, edited=1)
    event = police.event(session, 1)
    assert (event.version, event.municipality_code) == (2, "1266")
    assert [v.title for v in police.versions(session, 1)] == [
        "10 februari 03.10, Inbrott, Höör",
        "10 februari 03.10, Inbrott, Hörby",
    ]


def test_an_event_that_turns_into_a_burglary_is_seen_as_one(session: Session, row: Row, take: Take) -> None:
    take(row(name="10 februari 03.10, Trafikolycka, Höör", type="Trafikolycka"), seen_at=SEEN)
    assert not police.burglary_like(police.event(session, 1))
    assert take(row(), seen_at=SEEN + QUARTER).edited == 1
    assert police.burglary_like(police.event(session, 1))


def test_address_position_and_blanks_are_no_edit(row: Row, take: Take) -> None:
    take(row(), seen_at=SEEN)
    same = row(
        url="/b/2", summary="Inbrott i\xa0villa. ", location={"name": "Skåne län", "gps": "55.90000000000001,13.5"}
    )
    assert take(same, seen_at=SEEN + QUARTER) == Taken(read=1)


def test_an_id_given_to_another_event_marks_a_break(session: Session, row: Row, take: Take) -> None:
    take(row(), seen_at=SEEN)
    other = row(name="10 februari 09.20, Rattfylleri, Lund", type="Rattfylleri", summary="Full.")
    assert take(other, seen_at=SEEN + QUARTER) == Taken(read=1, reused=1)
    event = police.event(session, 1)
    assert (event.reused_count, event.municipality_code, event.version) == (1, "1281", 2)
    assert [v.reused for v in police.versions(session, 1)] == [False, True]


def test_two_of_the_three_changing_is_an_edit(row: Row, take: Take) -> None:
    take(row(), seen_at=SEEN)
    assert take(row(name="10 februari 03.20, Inbrott, Lund"), seen_at=SEEN + QUARTER).edited == 1
    half = row(name="10 februari 03.20, Stöld, Höör", type="Stöld")
    assert take(half, seen_at=SEEN + 2 * QUARTER) == Taken(read=1, edited=1)


def test_an_older_answer_fills_the_history_but_changes_nothing(session: Session, row: Row, take: Take) -> None:
    take(row(summary="B"), seen_at=SEEN)
    assert take(row(summary="A"), seen_at=SEEN - QUARTER) == Taken(read=1, edited=1)
    assert take(row(summary="A"), seen_at=SEEN - QUARTER) == Taken(read=1)
    event = police.event(session, 1)
    assert (event.summary, event.first_seen, event.last_seen) == ("B", SEEN - QUARTER, SEEN)
    assert [v.summary for v in police.versions(session, 1)] == ["A", "B"]
    assert take(row(summary="C"), seen_at=SEEN + QUARTER) == Taken(read=1, edited=1)
    assert [v.summary for v in police.versions(session, 1)] == ["A", "B", "C"]


def test_a_text_that_returns_is_a_version_again(session: Session, row: Row, take: Take) -> None:
    for number, summary in enumerate(("A", "B", "A")):
        take(row(summary=summary), seen_at=SEEN + number * QUARTER)
    assert [v.summary for v in police.versions(session, 1)] == ["A", "B", "A"]


def test_an_archive_and_the_answers_it_was_made_of_agree(session: Session, row: Row, take: Take) -> None:
    versions = [
        {"seen": SEEN.isoformat(), "event": row(summary="A")},
        {"seen": (SEEN + 2 * QUARTER).isoformat(), "event": row(summary="B")},
    ]
    line = {"id": 1, "last_seen": (SEEN + timedelta(days=7)).isoformat(), "versions": versions}
    taken = police.take_in(session, json.dumps(line).encode(), seen_at=SEEN + timedelta(days=100))
    assert taken == Taken(read=1, stored=1, fresh=1, edited=1)
    assert police.event(session, 1).last_seen == SEEN + timedelta(days=7)
    for number, summary in enumerate(("A", "A", "B", "B")):
        assert take(row(summary=summary), seen_at=SEEN + number * QUARTER) == Taken(read=1)


def test_the_same_title_under_a_new_id_is_linked(session: Session, row: Row, take: Take) -> None:
    at = SEEN - timedelta(hours=20)
    take(row(5, at=at), row(3, at=at + timedelta(hours=2)), row(4, at=at - timedelta(hours=25)), seen_at=SEEN)
    take(row(9, at=SEEN), seen_at=SEEN)
    links = {n: police.event(session, n).same_as_id for n in (3, 4, 5, 9)}
    assert links == {4: None, 5: None, 3: 5, 9: 5}


def test_a_link_ends_when_a_title_is_corrected(session: Session, row: Row, take: Take) -> None:
    take(row(1), row(2), row(3), seen_at=SEEN)
    assert [police.event(session, n).same_as_id for n in (1, 2, 3)] == [None, 1, 1]
    take(row(1, name="10 februari 03.10, Inbrott, Lund"), seen_at=SEEN + QUARTER)
    assert [police.event(session, n).same_as_id for n in (1, 2, 3)] == [None, None, 2]


def test_an_id_listed_twice_is_taken_as_it_stands_last(session: Session, row: Row, take: Take) -> None:
    assert take(row(summary="A"), row(summary="B"), seen_at=SEEN) == Taken(read=2, stored=1, fresh=1)
    assert [v.summary for v in police.versions(session, 1)] == ["B"]
