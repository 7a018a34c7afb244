"""Acts on the police's events: a person places one, old ones are forgotten, the feed's state is kept."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from grannsamverkan.domain import audit, places
from grannsamverkan.domain.police.queries import event as event_of
from grannsamverkan.domain.police.queries import feed_state
from grannsamverkan.domain.police.tables import PlaceCertainty, PoliceEvent, PoliceFeedState

_CALLS_KEPT_FOR = timedelta(hours=24)  # the API counts calls per hour and per day


def decide_place(
    session: Session, event_id: int, municipality_code: str, *, account_id: int, now: datetime
) -> PoliceEvent:
    """A person says which municipality an event concerns; holds until the police change its place. NotFound."""
    event, municipality = event_of(session, event_id), places.municipality(session, municipality_code)
    event.municipality_code, event.county_code = municipality.code, municipality.county_code
    event.place_certainty = PlaceCertainty.PERSON
    audit.record(
        session,
        now=now,
        account_id=account_id,
        act="police_event.place_decided",
        thing="police_event",
        thing_id=event_id,
        municipality_code=municipality.code,
    )
    return event


def forget_older(session: Session, before: datetime) -> int:
    """Delete the events last listed before `before`, with their versions; returns how many events."""
    return session.exec(delete(PoliceEvent).where(col(PoliceEvent.last_seen) < before)).rowcount


def note_call(session: Session, now: datetime) -> None:
    """Write down a call before it is made: a process that dies in it has still used it up."""
    state = _state_to_change(session)
    kept = [call for call in state.calls if datetime.fromisoformat(call) > now - _CALLS_KEPT_FOR]
    state.calls = [*kept, now.isoformat()]


def note_answer(
    session: Session,
    *,
    now: datetime,
    status: int,
    not_before: datetime | None,
    final: bool,
    failures: int,
    etag: str | None,
    last_modified: str | None,
) -> PoliceFeedState:
    """Write down how the call ended, for the next one. `status` is 0 when nothing was answered."""
    state = _state_to_change(session)
    state.last_status, state.not_before, state.failures = status, not_before, failures
    state.etag, state.last_modified = etag, last_modified
    state.last_answer_at = now if status else state.last_answer_at
    if final and state.final_since is None:
        state.final_since = now
    return state


def resume_feed(session: Session) -> bool:
    """Let the feed call again after a final answer; True when it had stopped. The count of calls stays."""
    state = _state_to_change(session)
    had_stopped = state.final_since is not None
    state.final_since, state.not_before, state.failures = None, None, 0
    state.etag = state.last_modified = None
    return had_stopped


def _state_to_change(session: Session) -> PoliceFeedState:
    state = feed_state(session, to_change=True)
    session.add(state)
    return state
