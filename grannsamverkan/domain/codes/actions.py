"""A code is asked for, and tried. Whoever asks about a stranger's address is answered as its owner would be."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from math import ceil

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from grannsamverkan.domain.codes.tables import CodePurpose, OneTimeCode
from grannsamverkan.domain.people import lookup_of
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import PhoneKind, read_phone
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import LOOKUP_BYTES, vault_of

_DIGITS = 6
_TICKET_BYTES = 32
_SHORT, _HOUR, _DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
_LAST_FOUR = 4


@dataclass(frozen=True)
class CodeLimits:
    """How long a code lives, how often it may be tried, and how many may be asked for."""

    life: timedelta = timedelta(minutes=10)
    tries: int = 5
    per_number_10min: int = 3
    per_number_day: int = 5
    per_visitor_hour: int = 10
    per_block_hour: int = 20
    per_day: int = 2000
    is_on: bool = True


class CodeOutcome(StrEnum):
    """What came of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"


@dataclass(frozen=True)
class CodeAnswer:
    """A try's outcome. `lookup` and `channel` say whose address it was, when it was right."""

    outcome: CodeOutcome
    tries_left: int = 0
    channel: ChannelKind | None = None
    lookup: bytes = b""


def new_ticket() -> str:
    """What a browser holds so that a code belongs to it: 256 bits."""
    return secrets.token_urlsafe(_TICKET_BYTES)


def ticket_lookup(session: Session, ticket: str) -> bytes:
    """The hash under which a ticket is known."""
    return vault_of(session.get_bind().dialect).lookup("ticket", ticket)


def ask(
    session: Session,
    *,
    purpose: CodePurpose,
    channel: ChannelKind,
    address: str,
    ticket: str,
    visitor: str,
    now: datetime,
    limits: CodeLimits,
    is_wanted: bool = True,
) -> str | None:
    """Six digits to be sent to the address, or None when they are not (`is_wanted` False: nobody we know asks; or a
    limit is passed). Either way a row is written and the browser's older code is dead: the work is the same.

    Raises:
        Refused: not_a_mobile; codes_wait (minutes), for limits that this browser or this visitor has used up.
    """
    _refuse_what_costs(channel, address)
    row = _row(session, purpose, channel, address, ticket, visitor, now, limits)
    counted = _counted(session, row, now)
    _refuse_visitor_beyond(session, row, counted, limits, now)
    row.is_sent = _is_within(counted, limits) and is_wanted and limits.is_on
    older = update(OneTimeCode).where(
        col(OneTimeCode.ticket_lookup) == row.ticket_lookup,
        col(OneTimeCode.purpose) == purpose,
        col(OneTimeCode.dead_at).is_(None),
    )
    session.execute(older.values(dead_at=now))
    digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    row.code_lookup = _code_lookup(session, purpose, ticket, digits)
    session.add(row)
    session.flush()
    return digits if row.is_sent else None


def note_nothing(session: Session, *, now: datetime) -> None:
    """As much work as to queue a message: a row of which nothing can come, and a look. It counts for nobody."""
    nothing = secrets.token_bytes(LOOKUP_BYTES)
    session.add(
        OneTimeCode(
            purpose=CodePurpose.OWN_PAGE,
            channel=ChannelKind.SMS,
            lookup=nothing,
            block_lookup=nothing,
            visitor_lookup=nothing,
            ticket_lookup=nothing,
            code_lookup=nothing,
            asked_at=now,
            expires_at=now,
            dead_at=now,
        )
    )
    session.flush()
    session.exec(select(OneTimeCode.id).where(OneTimeCode.code_lookup == b"")).first()


def check(
    session: Session, *, purpose: CodePurpose, ticket: str, code: str, now: datetime, limits: CodeLimits
) -> CodeAnswer:
    """Try a code in the browser that asked for it. The try is counted first; a right one is used up."""
    newest = (
        select(OneTimeCode)
        .where(OneTimeCode.ticket_lookup == ticket_lookup(session, ticket), OneTimeCode.purpose == purpose)
        .order_by(col(OneTimeCode.id).desc())
        .limit(1)
        .with_for_update()
    )
    row = session.exec(newest).first()
    if row is None or row.dead_at is not None or row.used_at is not None or row.expires_at <= now:
        return CodeAnswer(CodeOutcome.DEAD)
    row.tries += 1
    tried = _code_lookup(session, purpose, ticket, "".join(char for char in code if char.isdigit()))
    if compare_digest(tried, row.code_lookup) and row.is_sent:
        row.used_at = now
        return CodeAnswer(CodeOutcome.RIGHT, channel=ChannelKind(row.channel), lookup=row.lookup)
    left = limits.tries - row.tries
    if left <= 0:
        row.dead_at = now
        return CodeAnswer(CodeOutcome.DEAD)
    return CodeAnswer(CodeOutcome.WRONG, tries_left=left)


def forget(session: Session, *, asked_before: datetime) -> int:
    """Delete codes asked for before then; returns how many."""
    old = delete(OneTimeCode).where(col(OneTimeCode.asked_at) < asked_before)
    return session.execute(old).rowcount  # type: ignore[attr-defined, no-any-return]


def looks_misused(session: Session, *, now: datetime) -> bool:
    """Of at least twenty codes sent in a quarter of an hour, fewer than half were used: somebody may be earning money
    on them."""
    sent, used = session.exec(
        select(func.count(col(OneTimeCode.id)), func.count(col(OneTimeCode.used_at))).where(
            col(OneTimeCode.asked_at) > now - timedelta(minutes=15), col(OneTimeCode.is_sent).is_(True)
        )
    ).one()
    return sent >= 20 and 2 * used < sent


def _refuse_what_costs(channel: ChannelKind, address: str) -> None:
    """Only Swedish mobiles: a code to a paid number would be somebody's income."""
    if channel is ChannelKind.SMS and read_phone(address).kind is not PhoneKind.MOBILE:
        raise Refused("not_a_mobile")


def _row(
    session: Session,
    purpose: CodePurpose,
    channel: ChannelKind,
    address: str,
    ticket: str,
    visitor: str,
    now: datetime,
    limits: CodeLimits,
) -> OneTimeCode:
    vault = vault_of(session.get_bind().dialect)
    block = address[:-_LAST_FOUR] if channel is ChannelKind.SMS else address.casefold()
    return OneTimeCode(
        purpose=purpose,
        channel=channel,
        lookup=lookup_of(session, channel, address),
        block_lookup=vault.lookup("number_block", block),
        visitor_lookup=vault.lookup("visitor", visitor),
        ticket_lookup=vault.lookup("ticket", ticket),
        code_lookup=b"",
        asked_at=now,
        expires_at=now + limits.life,
    )


def _code_lookup(session: Session, purpose: CodePurpose, ticket: str, digits: str) -> bytes:
    return vault_of(session.get_bind().dialect).lookup("code", f"{purpose.value} {ticket} {digits}")


@dataclass(frozen=True)
class _Counted:
    """How many codes have been asked for: in this browser and by this visitor, for this address in ten minutes and a
    day, for its number block, and sent by the whole system in a day."""

    ticket: int
    visitor: int
    address_short: int
    address_day: int
    block: int
    sent_day: int


def _counted(session: Session, row: OneTimeCode, now: datetime) -> _Counted:
    """In one statement, and the same one whoever asks for whom."""

    def number(which: ColumnElement[bool], since: timedelta) -> ScalarSelect[int]:
        asked = select(func.count(col(OneTimeCode.id))).where(which, col(OneTimeCode.asked_at) > now - since)
        return asked.scalar_subquery()

    address = col(OneTimeCode.lookup) == row.lookup
    found = session.execute(
        sa_select(
            number(col(OneTimeCode.ticket_lookup) == row.ticket_lookup, _SHORT),
            number(col(OneTimeCode.visitor_lookup) == row.visitor_lookup, _HOUR),
            number(address, _SHORT),
            number(address, _DAY),
            number(col(OneTimeCode.block_lookup) == row.block_lookup, _HOUR),
            number(col(OneTimeCode.is_sent).is_(True), _DAY),
        )
    ).one()
    return _Counted(*found)


def _refuse_visitor_beyond(
    session: Session, row: OneTimeCode, counted: _Counted, limits: CodeLimits, now: datetime
) -> None:
    """The visitor's own limits are told: they say nothing about anybody's address."""
    for number, most, ours, since in (
        (counted.ticket, limits.per_number_10min, col(OneTimeCode.ticket_lookup) == row.ticket_lookup, _SHORT),
        (counted.visitor, limits.per_visitor_hour, col(OneTimeCode.visitor_lookup) == row.visitor_lookup, _HOUR),
    ):
        if number >= most:
            first = session.exec(
                select(func.min(OneTimeCode.asked_at)).where(ours, col(OneTimeCode.asked_at) > now - since)
            ).one()
            raise Refused("codes_wait", minutes=max(1, ceil((first + since - now) / timedelta(minutes=1))))


def _is_within(counted: _Counted, limits: CodeLimits) -> bool:
    """Whether the limits on the address, its number block and the whole system leave room. Told to nobody."""
    return (
        counted.address_short < limits.per_number_10min
        and counted.address_day < limits.per_number_day
        and counted.block < limits.per_block_hour
        and counted.sent_day < limits.per_day
    )
