"""The steps that keep the house: reading the police's events, sealing the log, forgetting what is due.

Each is safe to repeat and to miss.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from grannsamverkan import deciding, notify
from grannsamverkan.domain import (
    accounts,
    advice,
    alerts,
    audit,
    codes,
    deliveries,
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
    webhooks,
)
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.police import PoliceFeedState, Taken
from grannsamverkan.foundation import journal_file
from grannsamverkan.foundation.ports import ChannelKind, Deleting, FeedMemory, Fetched, PoliceFeed
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Retention

log = structlog.get_logger("upkeep")
_MISSED_DAYS = timedelta(days=400)  # further back than that nobody asks
_OF_ADDRESSES = ("stopped_addresses", "unproved_addresses", "enrolments", "leavers")
# What is deleted with another kind's rows: held, it holds those too.
_TAKES_ALONG = {
    "receipts": ("copies",),
    "notices": _OF_ADDRESSES,
    **dict.fromkeys(_OF_ADDRESSES, _OF_ADDRESSES),
    "interests": ("resigned", "enrolments"),
}
_DELETED_AT_ONCE = 200
_SEAL_AFTER = timedelta(minutes=1)  # longer than any transaction lasts


def seal_audit(runtime: Runtime) -> int:
    """Chain the audit rows that have come since; returns how many."""
    with runtime.database.write() as session:
        return audit.seal(session, before=runtime.clock.now() - _SEAL_AFTER)


def watch_spending(runtime: Runtime) -> int:
    """Tell those who set a budget for SMS when four fifths of it are booked, and when it is spent, each once a year;
    returns of how many budgets it was told."""
    now, told = runtime.clock.now(), 0
    with runtime.database.read() as session:
        budgeted = places.set_apart(session, "sms_kronor_a_year")
    for code in budgeted:
        with runtime.database.read() as session:
            due = deciding.spending_to_tell(runtime, session, code, now=now)
        if due is None:
            continue
        with runtime.database.write() as session:
            told += deciding.tell_of_spending(runtime, session, *due, now=now)
            notify.nudge(runtime, session)
    return told


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
    """Delete what has outlived its purpose (the lives are settings) and is not held; returns how many rows of each of
    `KINDS`.

    A closed alert's tally and its public page stay; its copies, addresses and audience go.
    """
    now = runtime.clock.now()
    with runtime.database.write() as session:
        gone = _forget(session, runtime.settings.retention, now, held=_held(session, now))
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


def due(runtime: Runtime) -> tuple[dict[str, int], frozenset[str]]:
    """What `forget` would delete now if nothing were held, tried and undone; and the kinds that are held."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        held = _held(session, now)
        gone = _forget(session, runtime.settings.retention, now, held=frozenset())
        session.rollback()
    return gone, held


def _held(session: Session, now: datetime) -> frozenset[str]:
    """What is held, with what would take it along."""
    held = keeping.held_classes(session, now=now)
    return frozenset(held).union(*(_TAKES_ALONG.get(one, ()) for one in held))


def _forget(session: Session, lives: Retention, now: datetime, *, held: frozenset[str]) -> dict[str, int]:
    return {kind: 0 if kind in held else forgetting(session, lives, now) for kind, forgetting in _FORGETTING.items()}


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _leavers(session: Session) -> list[int]:
    """People who live nowhere and carry no role. Whoever works with this keeps an address as long as an account."""
    found = membership.left_with_addresses(session)
    at_work = accounts.people_with_accounts(session, found)
    return [person_id for person_id in found if person_id not in at_work]


def _in_each(session: Session, forget_there: Callable[[Session, str, Rules, datetime], int], now: datetime) -> int:
    """What each municipality has decided the life of."""
    codes_served = [row.code for row in places.served(session)]
    return sum(forget_there(session, code, places.rules(session, code), now) for code in codes_served)


def _forget_newcomers(session: Session, code: str, rules: Rules, now: datetime) -> int:
    made_before = _ago(now, rules.newcomer_days)
    return duties.forget_newcomers(session, code, made_before=made_before, now=now)


def _forget_interests(session: Session, code: str, rules: Rules, now: datetime) -> int:
    rows = lifecycle.old_interests(session, code, made_before=_ago(now, rules.interest_days))
    for row in rows:
        lifecycle.close_interest(row, now=now)
        session.flush()
        membership.erase_person(session, row.person_id, now=now, unless_needed=True)
    return len(rows)


def _forget_resigned(session: Session, code: str, rules: Rules, now: datetime) -> int:
    ended_before = _ago(now, rules.contact_person_keep_days)
    resigned = networks.resigned(session, code, ended_before=ended_before)
    return sum(membership.forget_role(session, person_id, now=now) for person_id in resigned)


# Each kind of what is forgotten, in this order: a way to do it, given the lives and the time.
_FORGETTING: dict[str, Callable[[Session, Retention, datetime], int]] = {
    "copies": lambda rows, lives, now: receipts.forget_copies(rows, closed_before=_ago(now, lives.deliveries_days)),
    "receipts": lambda rows, lives, now: receipts.forget_receipts(rows, before=_ago(now, lives.receipts_days)),
    "fetched_mails": lambda rows, lives, now: receipts.forget_fetched(rows, before=_ago(now, lives.receipts_days)),
    "stopped_addresses": lambda rows, lives, now: people.forget_stopped(
        rows, stopped_before=_ago(now, lives.stopped_days)
    ),
    "unproved_addresses": lambda rows, lives, now: people.forget_unproved(rows, before=_ago(now, 2)),
    "notices": lambda rows, lives, now: notices.forget(rows, made_before=_ago(now, lives.notices_days)),
    "enrolments": lambda rows, lives, now: membership.forget_unfinished(rows, now=now),
    "imported_rows": lambda rows, lives, now: membership.lists.forget(rows, now=now),
    "newcomers": lambda rows, lives, now: _in_each(rows, _forget_newcomers, now),
    "interests": lambda rows, lives, now: _in_each(rows, _forget_interests, now),
    "resigned": lambda rows, lives, now: _in_each(rows, _forget_resigned, now),
    "leavers": lambda rows, lives, now: membership.forget_leavers(rows, _leavers(rows)),
    "codes": lambda rows, lives, now: codes.forget(rows, asked_before=_ago(now, 1)),
    "replies": lambda rows, lives, now: receipts.forget_replies(rows, before=_ago(now, lives.replies_days)),
    "police_events": lambda rows, lives, now: police.forget_older(rows, _ago(now, lives.police_events_days)),
    "tasks": lambda rows, lives, now: duties.forget_closed(rows, closed_before=_ago(now, lives.tasks_days)),
    "advice_given": lambda rows, lives, now: advice.forget_given(rows, before=_ago(now, lives.advice_given_days)),
    "drafts": lambda rows, lives, now: alerts.forget_drafts(rows, untouched_since=_ago(now, lives.drafts_days)),
    "sign_ins": lambda rows, lives, now: accounts.forget_old(rows, now, tries_days=lives.sign_in_tries_days),
    "views": lambda rows, lives, now: audit.forget_views(rows, before=_ago(now, lives.views_days)),
    "webhook_calls": lambda rows, lives, now: webhooks.forget_calls(rows, before=_ago(now, lives.webhook_calls_days)),
    "minutes": lambda rows, lives, now: deliveries.forget_minutes(rows, now=now),
    "holds": lambda rows, lives, now: keeping.forget_holds(rows, ended_before=_ago(now, lives.acts_days)),
    "acts": lambda rows, lives, now: audit.forget_acts(rows, before=_ago(now, lives.acts_days), now=now),
}
KINDS = tuple(_FORGETTING)


def delete_at_provider(runtime: Runtime) -> int:
    """Delete numbers and texts at the SMS provider when they have had their time there; returns how many.

    A bounded number at a time; what cannot be deleted yet is tried again until it can.
    """
    channel, now = runtime.channels.get(ChannelKind.SMS), runtime.clock.now()
    before = _ago(now, runtime.settings.retention.at_provider_days)
    with runtime.database.read() as session:
        held = keeping.held_classes(session, now=now)
        limit = _DELETED_AT_ONCE if channel is not None else 0
        left = receipts.left_at_provider(session, before=before, held=held, limit=limit)
    went = channel.delete([one.provider_id for one in left]) if channel is not None and left else []
    gone = [one for one, how in zip(left, went, strict=True) if how is not Deleting.LATER]
    with runtime.database.write() as session:
        receipts.note_deleted(session, gone, before=before, now=now)
    return len(gone)


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
