"""Notices on their way: messages to single persons, handed over one by one, codes before everything else.

    queue (with the act) → mark as calling → call → note what came of it
                              └ no answer: a code fails; the rest is asked about where it can be, else goes again

Each step is safe to run twice, and finds its work in the rows.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from grannsamverkan.domain import deliveries, membership, notices, people, places
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeSender, NoticeState
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.ports import (
    About,
    Accepted,
    ChannelKind,
    Copy,
    Here,
    NotHere,
    ProviderReceipt,
    Rejected,
    Result,
    Said,
    TryAgain,
    Unsure,
    Wording,
)
from grannsamverkan.runtime import Runtime

_AT_ONCE = 50
_LAST_ASK = 3
_LAST_WORDS = frozenset({NoticeKind.CHANGED, NoticeKind.JOIN_ANSWER})


@dataclass(frozen=True)
class _Going:
    """A notice that is about to be called: what, where to, and by which channel."""

    copy: Copy
    wording: Wording
    channel: ChannelKind
    kind: NoticeKind
    attempts: int
    called_at: datetime
    person_id: int


def nudge(runtime: Runtime, session: Session) -> None:
    """Have notices sent as soon as the session's transaction has committed."""
    runtime.engine.enqueue(session, send_notices)


def send_notices(runtime: Runtime, *, limit: int = _AT_ONCE) -> int:
    """Hand over what is due; returns how many were tried."""
    with runtime.database.read() as session:
        due = notices.due(session, now=runtime.clock.now(), limit=limit)
    tried = 0
    for notice_id in due:
        going = _begin(runtime, notice_id)
        if going is not None:
            tried += 1
            _note(runtime, going, runtime.channels[going.channel].send(going.wording, [going.copy])[0])
    return tried


def ask_about_notices(runtime: Runtime) -> int:
    """Settle the calls whose result nobody knows, after a crash or an answer that never came; returns how many."""
    sms = runtime.settings.sms
    before = runtime.clock.now() - timedelta(seconds=sms.ask_after_s + sms.timeout_s)
    if not runtime.may_ask():
        return 0
    with runtime.database.read() as session:
        open_calls = [_going(runtime, session, row) for row in notices.calling_since(session, before=before, limit=200)]
    for going in open_calls:
        _ask(runtime, going)
    return len(open_calls)


def take_receipt(runtime: Runtime, receipt: ProviderReceipt) -> bool:
    """A provider says what became of a notice. What is final and known stays as it is."""
    if receipt.said is Said.ON_ITS_WAY:
        return False
    state = NoticeState.DELIVERED if receipt.said is Said.DELIVERED else NoticeState.FAILED
    now = runtime.clock.now()
    with runtime.database.write(durable=False) as session:
        row = session.get(Notice, receipt.delivery_id)
        if row is None or row.state is NoticeState.DELIVERED or (row.state in notices.FINAL and state is row.state):
            return False
        notices.settle(session, receipt.delivery_id, state, now=now, code=receipt.code)
        if state is NoticeState.FAILED and receipt.code:
            _heed(session, row.address_id, receipt.code, now)
    return True


def _begin(runtime: Runtime, notice_id: int) -> _Going | None:
    """Commit that the notice is about to be called; None when somebody else has it, or nothing may go there now."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        row = session.get(Notice, notice_id, with_for_update=True)
        if row is None or row.state is not NoticeState.QUEUED or ChannelKind(row.channel) not in runtime.channels:
            return None
        address = session.get(ContactAddress, row.address_id)
        if address is None or not notices.may_get(session, address, row.kind, now=now):
            notices.settle(session, notice_id, NoticeState.STOPPED, now=now)
            return None
        if row.valid_until <= now:
            notices.settle(session, notice_id, NoticeState.EXPIRED, now=now, code="validity_passed")
            return None
        quiet_until = notices.waits_until(session, address, row.kind, now=now)
        if quiet_until is not None:
            row.next_at = quiet_until
            return None
        row.state, row.called_at, row.attempts = NoticeState.CALLING, now, row.attempts + 1
        return _going(runtime, session, row)


def _going(runtime: Runtime, session: Session, row: Notice) -> _Going:
    address = session.get(ContactAddress, row.address_id)
    assert address is not None
    assert row.id is not None
    channel = ChannelKind(row.channel)
    return _Going(
        copy=Copy(row.id, address.value, f"{About.NOTICE}{row.id}"),
        wording=_wording(runtime, session, row, address),
        channel=channel,
        kind=row.kind,
        attempts=row.attempts,
        called_at=row.called_at or runtime.clock.now(),
        person_id=address.person_id,
    )


def _wording(runtime: Runtime, session: Session, row: Notice, address: ContactAddress) -> Wording:
    now = runtime.clock.now()
    if row.channel == ChannelKind.SMS:
        valid_for_s = max(60, int((row.valid_until - now).total_seconds()))
        return Wording(0, text=row.body, valid_for_s=valid_for_s, about=About.NOTICE)
    served = places.served_municipality(session, row.municipality_code)
    settings = runtime.settings
    token = people.stop_token(runtime.database.vault, address.lookup)
    stop_url = "" if row.kind is NoticeKind.CODE else f"{settings.installation.base_url}/avsluta/{token}"
    sender = NoticeSender(served.sender_name, served.mail_name, settings.email.domain, stop_url)
    mail = notices.render(
        sender,
        key=f"{About.NOTICE}{row.id}",
        to=address.value,
        subject=row.subject,
        text=row.body,
        sent_at=row.made_at,
        language=row.language,
    )
    return Wording(0, mail=mail, about=About.NOTICE)


def _note(runtime: Runtime, going: _Going, result: Result) -> None:
    """Write down what the provider answered."""
    now, notice_id = runtime.clock.now(), going.copy.delivery_id
    with runtime.database.write() as session:
        if isinstance(result, Accepted):
            _handed_over(session, notice_id, result.provider_id, now)
        elif isinstance(result, Rejected):
            _rejected(session, going, result.code, now)
        elif isinstance(result, TryAgain):
            wait = deliveries.wait_before(going.attempts, spread=random.random(), asked_for_s=result.after_s)  # noqa: S311
            _wait(session, notice_id, now + wait, result.code)
        elif going.kind is NoticeKind.CODE:  # whoever wants it has asked anew long before we would know
            notices.settle(session, notice_id, NoticeState.FAILED, now=now, code=_code(result))
        if going.kind in _LAST_WORDS:  # a farewell, perhaps: then the address has done its last service
            membership.forget_leavers(session, [going.person_id])


def _ask(runtime: Runtime, going: _Going) -> None:
    """What became of a call without a result. A relay cannot be asked: its mail goes again, under the same name."""
    now, notice_id, channel = runtime.clock.now(), going.copy.delivery_id, runtime.channels.get(going.channel)
    if channel is None:
        return
    is_code = going.kind is NoticeKind.CODE
    answer = None if is_code or not channel.can_ask else channel.ask(going.wording, [going.copy], going.called_at)[0]
    with runtime.database.write() as session:
        if is_code:
            notices.settle(session, notice_id, NoticeState.FAILED, now=now, code="no_reply")
        elif isinstance(answer, Here):
            _handed_over(session, notice_id, answer.provider_id, now)
        elif isinstance(answer, NotHere) or not channel.can_ask:
            _wait(session, notice_id, now, "not_taken")
        elif going.attempts >= _LAST_ASK:
            notices.settle(session, notice_id, NoticeState.UNKNOWN, now=now, code="no_reply")
        else:
            _change(session, notice_id, {"attempts": going.attempts + 1, "called_at": now})


def _handed_over(session: Session, notice_id: int, provider_id: str, now: datetime) -> None:
    """The receipt may have come before this: then it knows better."""
    values = {"state": NoticeState.HANDED_OVER, "settled_at": now, "subject": "", "body": "", "code": None}
    _change(session, notice_id, {**values, "provider_id": provider_id or None})


def _rejected(session: Session, going: _Going, code: str, now: datetime) -> None:
    notices.settle(session, going.copy.delivery_id, NoticeState.FAILED, now=now, code=code)
    row = session.get(Notice, going.copy.delivery_id)
    if row is not None:
        _heed(session, row.address_id, code, now)


def _heed(session: Session, address_id: int, code: str, now: datetime) -> None:
    """What a provider's code says about the address itself, by the same rules as for a warning's copy."""
    if code in deliveries.DEAD_CODES:
        people.mark_dead(session, [address_id], code=code, now=now)
    address = session.get(ContactAddress, address_id) if code in deliveries.STOPPED_CODES else None
    if address is not None:
        people.stop(session, ChannelKind(address.channel), address.lookup, source="provider", now=now)


def _wait(session: Session, notice_id: int, until: datetime, code: str) -> None:
    _change(session, notice_id, {"state": NoticeState.QUEUED, "next_at": until, "code": code})


def _change(session: Session, notice_id: int, values: dict[str, object]) -> None:
    """Only while it is being called: a receipt that came first, or another sender, is not undone."""
    mine = update(Notice).where(col(Notice.id) == notice_id, col(Notice.state) == NoticeState.CALLING)
    session.execute(mine.values(values))


def _code(result: Result) -> str | None:
    return result.code if isinstance(result, Unsure) else None
