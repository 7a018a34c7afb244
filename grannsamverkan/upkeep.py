"""The steps that keep the house: reading the police's events, sealing the log, forgetting what is due.

Each is safe to repeat and to miss.
"""

from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from grannsamverkan.domain import (
    accounts,
    advice,
    alerts,
    audit,
    codes,
    duties,
    keeping,
    lifecycle,
    membership,
    networks,
    notices,
    people,
    places,
    police,
    promise,
    receipts,
)
from grannsamverkan.domain.police import PoliceFeedState, Taken
from grannsamverkan.foundation import journal_file
from grannsamverkan.foundation.ports import FeedMemory, Fetched, PoliceFeed
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("upkeep")
_MISSED_DAYS = timedelta(days=400)  # further back than that nobody asks
_SEAL_AFTER = timedelta(minutes=1)  # longer than any transaction lasts


def seal_audit(runtime: Runtime) -> int:
    """Chain the audit rows that have come since; returns how many."""
    with runtime.database.write() as session:
        return audit.seal(session, before=runtime.clock.now() - _SEAL_AFTER)


def keep_journal(runtime: Runtime) -> int:
    """Add what people have taken back to the journal beside the copies, so that it stays gone when one is restored;
    returns how many entries. A crash between file and rows writes the same entries twice, which changes nothing.
    """
    with runtime.database.read() as session:
        rows = keeping.unwritten(session)
    folder = runtime.settings.backup.folder
    if rows and folder:
        journal_file.append(
            Path(folder) / keeping.JOURNAL, runtime.database.vault, [keeping.entry(row) for row in rows]
        )
    if rows:
        with runtime.database.write() as session:
            keeping.forget_written(session, [row.id or 0 for row in rows])
    return len(rows)


def forget(runtime: Runtime) -> dict[str, int]:
    """Delete what has outlived its purpose (the lives are settings); returns how many rows of each kind.

    A closed alert's tally and its public page stay; its copies, addresses and audience go.
    """
    now = runtime.clock.now()
    lives = runtime.settings.retention

    def days(number: int) -> datetime:
        return now - timedelta(days=number)

    with runtime.database.write() as session:
        gone = {
            "copies": receipts.forget_copies(session, closed_before=days(lives.deliveries_days)),
            "receipts": receipts.forget_receipts(session, before=days(lives.receipts_days)),
            "fetched_mails": receipts.forget_fetched(session, before=days(lives.receipts_days)),
            "stopped_addresses": people.forget_stopped(session, stopped_before=days(lives.stopped_days)),
            "unproved_addresses": people.forget_unproved(session, before=days(2)),
            "notices": notices.forget(session, made_before=days(lives.notices_days)),
            "enrolments": membership.forget_unfinished(session, now=now),
            "imported_rows": membership.lists.forget(session, now=now),
            **_forget_by_rules(session, now),
            "leavers": membership.forget_leavers(session, _leavers(session)),
            "codes": codes.forget(session, asked_before=days(1)),
            "replies": receipts.forget_replies(session, before=days(lives.replies_days)),
            "police_events": police.forget_older(session, days(lives.police_events_days)),
            "tasks": duties.forget_closed(session, closed_before=days(lives.tasks_days)),
            "advice_given": advice.forget_given(session, before=days(lives.advice_given_days)),
            "drafts": alerts.forget_drafts(session, untouched_since=days(lives.drafts_days)),
        }
        accounts.forget_old(session, now, tries_days=lives.sign_in_tries_days)
        if any(gone.values()):
            audit.record(
                session,
                now=now,
                account_id=None,
                act="upkeep.forgot",
                thing="installation",
                thing_id=0,
                municipality_code=None,
                **gone,
            )
    return gone


def _leavers(session: Session) -> list[int]:
    """People who live nowhere and carry no role. Whoever works with this keeps an address as long as an account."""
    found = membership.left_with_addresses(session)
    at_work = accounts.people_with_accounts(session, found)
    return [person_id for person_id in found if person_id not in at_work]


def _forget_by_rules(session: Session, now: datetime) -> dict[str, int]:
    """What each municipality has decided the life of."""
    gone = {"newcomers": 0, "interests": 0, "resigned": 0}
    for municipality in places.served(session):
        rules = places.rules(session, municipality.code)
        gone["newcomers"] += duties.forget_newcomers(
            session, municipality.code, made_before=now - timedelta(days=rules.newcomer_days), now=now
        )
        made_before = now - timedelta(days=rules.interest_days)
        for row in lifecycle.old_interests(session, municipality.code, made_before=made_before):
            lifecycle.close_interest(row, now=now)
            session.flush()
            membership.erase_person(session, row.person_id, now=now, unless_needed=True)
            gone["interests"] += 1
        ended_before = now - timedelta(days=rules.contact_person_keep_days)
        for person_id in networks.resigned(session, municipality.code, ended_before=ended_before):
            gone["resigned"] += membership.forget_role(session, person_id, now=now)
    return gone


def take_snapshots(runtime: Runtime) -> int:
    """How it stood at the end of yesterday, and of days that were missed, in every municipality; returns how many days.

    History is kept by spans, so a day taken later has the same figures.
    """
    now, taken = runtime.clock.now(), 0
    yesterday = in_sweden(now).date() - timedelta(days=1)
    with runtime.database.read() as session:
        served = [
            (row.code, in_sweden(places.served_municipality(session, row.code).since).date())
            for row in places.served(session)
        ]
    for code, since in served:
        with runtime.database.write() as session:
            stored = promise.stored_days(session, code)
            begin = max(since, yesterday - _MISSED_DAYS) if stored is None else stored[1] + timedelta(days=1)
            for number in range((yesterday - begin).days + 1):
                promise.take_snapshot(session, code, begin + timedelta(days=number), now=now)
                taken += 1
    return taken


def read_police_events(runtime: Runtime) -> Taken | None:
    """Ask the police's API for its open events, if its rules and the settings allow it now, and take them in.

    The call is written down before it is made: a process that dies in it has used it up, and whoever is started next
    keeps the pace. Returns what was taken in; None when there was no call, or nothing new in the answer.
    """
    feed, now = runtime.police_feed, runtime.clock.now()
    if feed is None:
        return None
    memory = _call_noted(runtime, feed, now)
    if memory is None:
        return None
    fetched = feed.fetch_after(memory, now)
    return _answer_noted(runtime, fetched)


def _call_noted(runtime: Runtime, feed: PoliceFeed, now: datetime) -> FeedMemory | None:
    """What was known before the call, which is written down; None when none may be made now."""
    every = timedelta(minutes=runtime.settings.police.poll_every_min)
    with runtime.database.write() as session:
        memory = _memory(police.feed_state(session, to_change=True))
        if (memory.calls and max(memory.calls) + every > now) or not feed.may_call(memory, now):
            return None
        police.note_call(session, now)
    return memory


def _memory(state: PoliceFeedState) -> FeedMemory:
    return FeedMemory(
        calls=tuple(datetime.fromisoformat(call) for call in state.calls),
        not_before=state.not_before,
        final=state.final_since is not None,
        failures=state.failures,
        etag=state.etag,
        last_modified=state.last_modified,
    )


def _answer_noted(runtime: Runtime, fetched: Fetched) -> Taken | None:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        taken = None if fetched.body is None else police.take_in(session, fetched.body, seen_at=now)
        # An answer that could not be read must come again, so the next call may not ask for changes only.
        is_readable = taken is None or taken.read > 0
        police.note_answer(
            session,
            now=now,
            status=fetched.status,
            not_before=fetched.not_before,
            final=fetched.final,
            failures=fetched.failures,
            etag=fetched.etag if is_readable else None,
            last_modified=fetched.last_modified if is_readable else None,
        )
    if fetched.final or not is_readable or fetched.failures:
        log.warning("police_feed", status=fetched.status, failures=fetched.failures, final=fetched.final)
    return taken
