"""Tips go out when their time has come: a step that finds its work in the calendars of the municipalities, and one that
proposes what fits after a burglary.

Each due time is decided in one transaction: its row (whose key makes two clocks one), and the alert with its frozen
words. From there it is an alert like any other, and `flow` takes it on.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from grannsamverkan import deciding, flow, notify
from grannsamverkan.deciding import Spending
from grannsamverkan.domain import advice, alerts, networks, places, targeting
from grannsamverkan.domain.advice import Card, EntryState, PlanEntry, RunState
from grannsamverkan.domain.alerts import AdviceDraft, Alert
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.domain.places import YES
from grannsamverkan.domain.receipts import SpendingMark
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import end_of_day, in_sweden
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("advice_round")


def issue_due(runtime: Runtime) -> int:
    """Every approved entry whose time has come; returns how many went out.

    What is late by more than `advice.LATE`, or is not what was approved any more, is missed, and so is what costs more
    than the municipality's budget for SMS has left: it is shown, and can be sent by hand. What a municipality has
    planned for the same day goes along with the first of it, in one message to whom several of them are for.
    """
    with runtime.database.read() as session:
        due = advice.due(session, now=runtime.clock.now())
    issued = 0
    for entry_id in due:
        try:
            issued += _issue(runtime, entry_id)
        except (Conflict, Refused) as refused:  # a network has just ended, say; the others go, and this one at the next
            log.warning("advice_refused", entry_id=entry_id, why=str(refused))
    return issued


def _issue(runtime: Runtime, entry_id: int) -> int:
    """All the due times of the entry that have come; more than one only after a long time away."""
    issued = 0
    while (gone := _issue_next(runtime, entry_id)) is not None:
        issued += gone
    return issued


def _issue_next(runtime: Runtime, entry_id: int) -> int | None:
    """The next due time of the entry, and what goes along with it; None when none has come."""
    try:
        return _issue_together(runtime, entry_id, most=targeting.MOST_IN_ONE)
    except (Conflict, Refused):  # one of them cannot go: that must not keep this one
        return _issue_together(runtime, entry_id, most=1)


def _issue_together(runtime: Runtime, entry_id: int, *, most: int) -> int | None:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        entry, *others = advice.due_together(session, entry_id, until=end_of_day(now), to_change=True)
        if entry.state is not EntryState.APPROVED or entry.next_at is None or entry.next_at > now:
            return None
        carrier = _decide(runtime, session, entry, now, carried_by=None)
        if carrier is None:
            return 0
        issued = 1
        for other in others:
            if issued < most:
                issued += _decide(runtime, session, other, now, carried_by=carrier.id) is not None
        return issued


def _decide(
    runtime: Runtime, session: Session, entry: PlanEntry, now: datetime, *, carried_by: int | None
) -> Alert | None:
    """What becomes of the next due time; the alert, when it goes out. Whatever it is, the entry is on to the one
    after."""
    assert entry.next_at is not None
    due_at, card = entry.next_at, _card(session, entry)
    is_whole = card is not None and advice.holds(entry, card)
    if card is not None and is_whole and advice.is_welcome(entry):
        return _welcome(runtime, session, entry, card, now, carried_by=carried_by)
    to = networks_for(session, entry)
    goes = card is not None and is_whole and bool(to) and now - due_at <= advice.LATE
    alert = None
    if goes and card is not None:
        alert = _issue_within_budget(runtime, session, entry, card, to, now, carried_by=carried_by)
    if alert is None:
        advice.decide(session, entry, RunState.MISSED, now=now)
    if is_whole:
        advice.advance(entry)
    else:
        _look_again(entry)
    return alert


def _welcome(
    runtime: Runtime, session: Session, entry: PlanEntry, card: Card, now: datetime, *, carried_by: int | None
) -> Alert | None:
    """To the homes whose turn has come since the last time; a day without any leaves no trace. However late it is, they
    get it: what says hello does not come out of the blue."""
    joined = advice.joiners(entry)
    to = sorted(networks.joined_between(session, networks_for(session, entry), *joined))
    alert = None
    if to:
        alert = _issue_within_budget(runtime, session, entry, card, to, now, carried_by=carried_by, joined=joined)
    if alert is not None or not to:
        advice.welcomed(entry, joined[1])
    advice.advance(entry)
    return alert


def _issue_within_budget(
    runtime: Runtime,
    session: Session,
    entry: PlanEntry,
    card: Card,
    to: list[int],
    now: datetime,
    *,
    carried_by: int | None,
    joined: tuple[datetime, datetime] | None = None,
) -> Alert | None:
    """The due time's alert; None when another clock has decided it, or when its SMS would cost more than the year has
    left. Nobody is there to say why it is to go all the same, so whoever sets the budget is told."""
    assert entry.next_at is not None
    due_at, by = entry.next_at, entry.approved_by or entry.created_by
    with session.begin_nested() as attempt:
        if not advice.decide(session, entry, RunState.ISSUED, now=now, joined=joined):
            return None
        alert = _made(runtime, session, entry, card, to, approved_by=by, carried_by=carried_by, now=now)
        advice.note_issued(session, entry.id or 0, due_at, alert.id or 0)
        over = _book(runtime, session, alert, now)
        if over is not None:
            attempt.rollback()
    if over is not None:
        deciding.tell_of_spending(runtime, session, over, SpendingMark.HELD, now=now)
        notify.nudge(runtime, session)
        return None
    _let_go(runtime, session, alert, by, now)
    return alert


def _book(runtime: Runtime, session: Session, alert: Alert, now: datetime) -> Spending | None:
    """Write down what the tip takes of the budget for SMS; returns that, when it takes more than is left."""
    code = alert.municipality_code
    if not places.rules(session, code).sms_kronor_a_year:
        return None
    parts = targeting.reach(session, alert, now=now).copies.get(ChannelKind.SMS, 0)  # a tip has one
    deciding.hold_money(session, [code])
    spent = deciding.spending_at(runtime, session, code, at=alert.release_at or now)
    alert.expected_parts = parts
    session.flush()
    return None if spent is None or spent.holds(parts * runtime.settings.sms.kronor_per_part) else spent


def _look_again(entry: PlanEntry) -> None:
    """The card has changed, or is not used any more."""
    advice.advance(entry)
    if entry.state is not EntryState.ENDED:
        advice.void(entry)


def send_missed(runtime: Runtime, entry_id: int, due_at: datetime, *, account_id: int, content: str) -> int | None:
    """Somebody sends what was missed, as they have looked at it (`content` as for an approval); the alert's id, None
    when somebody else has done it.

    Raises:
        Conflict: the words are others by now.
        Refused: nowhere_to_go.
    """
    now = runtime.clock.now()
    with runtime.database.write() as session:
        entry = advice.entry(session, entry_id, to_change=True)
        card, to = _card(session, entry), networks_for(session, entry)
        if card is None or advice.content_of(entry, card) != content:
            raise Conflict("changed_meanwhile")
        if not to:
            raise Refused("nowhere_to_go")
        if not advice.take_missed(session, entry_id, due_at, account_id=account_id, now=now):
            return None
        alert = _made(runtime, session, entry, card, to, approved_by=account_id, now=now)
        advice.note_issued(session, entry_id, due_at, alert.id or 0)
        over = _book(runtime, session, alert, now)
        _let_go(runtime, session, alert, account_id, now)
        if over is not None:
            deciding.note(session, alert, deciding.OVER_SMS_BUDGET, account_id, now)
        return alert.id


def networks_for(session: Session, entry: PlanEntry) -> list[int]:
    """Ids of the municipality's active networks that the entry goes to: of its kind only, and after a warning those
    where that went."""
    about = entry.about_alert_id
    warned = None if about is None else alerts.networks_of(session, about)
    return [
        card.id
        for card in networks.cards(session, [entry.municipality_code])
        if card.state is NetworkState.ACTIVE
        and entry.network_kind in (None, card.kind)
        and (warned is None or card.id in warned)
    ]


def propose_following(runtime: Runtime) -> int:
    """After each burglary that was warned of, the tip that fits it, in draft, where the municipality wants that.
    Returns how many there are now that were not there before."""
    now, made = runtime.clock.now(), 0
    with runtime.database.read() as session:
        codes = [row.code for row in places.served(session)]
    for code in codes:
        with runtime.database.write() as session:
            advice.end_old_proposals(session, code, now=now)
            rules = places.rules(session, code)
            if rules.advice_after_warning == YES:
                made += _propose(session, code, timedelta(days=rules.advice_after_warning_days), now)
    return made


def _propose(session: Session, code: str, after: timedelta, now: datetime) -> int:
    warnings = alerts.burglaries(session, code, since=now - after)
    done = advice.followed(session, [row.id or 0 for row in warnings])
    made = [
        advice.propose(
            session,
            code,
            row.id or 0,
            row.methods,
            on=in_sweden((row.release_at or now) + after).date(),
            account_id=row.approved_by or row.author_account_id,
            now=now,
        )
        for row in warnings
        if row.id not in done
    ]
    return sum(one is not None for one in made)


def draft_of(municipality_code: str, card: Card) -> AdviceDraft:
    """The card's words, as an alert needs them: Swedish, and the other languages that it has."""
    drafts = {
        language: AdviceDraft(municipality_code, card.key, said.title, said.sms, said.mail, language)
        for language, said in card.texts.items()
    }
    swedish = drafts.pop(SWEDISH)
    return replace(swedish, others=drafts)


def _made(
    runtime: Runtime,
    session: Session,
    entry: PlanEntry,
    card: Card,
    to: list[int],
    *,
    approved_by: int,
    now: datetime,
    carried_by: int | None = None,
) -> Alert:
    settings = runtime.settings
    return alerts.issue_advice(
        session,
        draft_of(entry.municipality_code, card),
        places.served_municipality(session, entry.municipality_code),
        network_ids=to,
        approved_by=approved_by,
        domain=settings.email.domain,
        base_url=settings.installation.base_url,
        now=now,
        carried_by=carried_by,
    )


def _let_go(runtime: Runtime, session: Session, alert: Alert, approved_by: int, now: datetime) -> None:
    deciding.note(session, alert, "alert.approved", approved_by, now)
    runtime.engine.enqueue(session, flow.fan_out, alert_id=alert.id or 0)


def _card(session: Session, entry: PlanEntry) -> Card | None:
    """As the municipality has it; None when it is not used there any more."""
    try:
        return advice.card(session, entry.municipality_code, entry.card_key)
    except NotFound:
        return None
