"""Background for a municipality, and the acts around it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from grannsamverkan.domain import audit, police
from grannsamverkan.domain.police import PlaceCertainty, Taken
from grannsamverkan.foundation.errors import NotFound

SEEN = datetime(2026, 2, 10, 9, tzinfo=UTC)
Row = Callable[..., dict[str, Any]]
Take = Callable[..., Taken]


def ids(events: list[police.PoliceEvent]) -> list[int]:
    return [event.id for event in events]


def test_recent_events_are_the_municipalitys_own_newest_first(session: Session, row: Row, take: Take) -> None:
    take(
        row(1, at=SEEN - timedelta(days=3), name="a, Inbrott, Höör"),
        row(2, at=SEEN, name="b, Inbrott, Höör"),
        row(3, at=SEEN, name="c, Inbrott, Lund"),
        row(4, at=SEEN, name="d, Inbrott, Skåne län"),
        row(5, at=SEEN, name="b, Inbrott, Höör"),
        row(6, at=SEEN - timedelta(days=40), name="e, Inbrott, Höör"),
        seen_at=SEEN,
    )
    since = SEEN - timedelta(days=30)
    assert ids(police.recent_in(session, "1267", since=since, limit=10)) == [2, 1]
    assert ids(police.recent_in(session, "1267", since=since, limit=1)) == [2]
    assert ids(police.recent_in(session, "1267", since=since, limit=9, whole_county=True)) == [4, 2, 1]
    police.event(session, 2).withdrawn_at = SEEN
    assert ids(police.recent_in(session, "1267", since=since, limit=10)) == [1]
    with pytest.raises(NotFound):
        police.recent_in(session, "9999", since=since, limit=10)


def test_a_conflict_waits_for_a_person_and_keeps_the_decision(session: Session, row: Row, take: Take) -> None:
    told = row(name="10 februari 03.10, Inbrott, Hörby", place="Eslöv")
    take(told, seen_at=SEEN)
    since = SEEN - timedelta(days=1)
    assert ids(police.undecided(session, "12", since=since, limit=10)) == [1]
    police.decide_place(session, 1, "1266", account_id=7, now=SEEN)
    session.flush()
    assert police.undecided(session, "12", since=since, limit=10) == []
    entry = audit.history(session, "police_event", 1)[0]
    assert (entry.act, entry.account_id) == ("police_event.place_decided", 7)

    take(told | {"summary": "Edited."}, seen_at=SEEN + timedelta(hours=1))
    assert police.event(session, 1).municipality_code == "1266"
    take(
        told | {"location": {"name": "Höör"}, "name": "10 februari 03.10, Inbrott, Höör"},
        seen_at=SEEN + timedelta(hours=2),
    )
    event = police.event(session, 1)
    assert (event.municipality_code, event.place_certainty) == ("1267", PlaceCertainty.MUNICIPALITY)


def test_old_events_are_forgotten_with_their_versions(session: Session, row: Row, take: Take) -> None:
    take(row(1), row(2, name="b, Inbrott, Höör"), seen_at=SEEN)
    take(row(2, name="c, Inbrott, Höör"), row(3), seen_at=SEEN + timedelta(days=2))
    session.flush()
    assert police.event(session, 3).same_as_id == 1
    assert police.forget_older(session, SEEN + timedelta(days=1)) == 1
    session.expire_all()
    with pytest.raises(NotFound):
        police.event(session, 1)
    assert police.versions(session, 1) == []
    assert police.event(session, 3).same_as_id is None
    assert len(police.versions(session, 2)) == 2


def test_the_feeds_state_outlives_the_process(session: Session) -> None:
    assert police.feed_state(session).calls == []
    for hours in (0, 1, 30):
        police.note_call(session, SEEN + timedelta(hours=hours))
    police.note_answer(
        session,
        now=SEEN,
        status=404,
        not_before=SEEN + timedelta(hours=2),
        final=True,
        failures=2,
        etag='"a"',
        last_modified=None,
    )
    session.flush()
    session.expire_all()
    state = police.feed_state(session)
    assert [datetime.fromisoformat(call) for call in state.calls] == [SEEN + timedelta(hours=30)]
    assert (state.last_status, state.failures, state.etag, state.final_since) == (404, 2, '"a"', SEEN)
    assert police.resume_feed(session)
    assert not police.resume_feed(session)
    state = police.feed_state(session)
    assert (state.final_since, state.not_before, len(state.calls)) == (None, None, 1)
