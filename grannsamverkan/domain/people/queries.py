"""Reads of people: who is behind an address, and whether it has said stop."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from grannsamverkan.domain.people.tables import Consent, ContactAddress, Person, StopEntry
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden, is_between, next_hour


def owners(session: Session, channel: ChannelKind, lookup: bytes) -> list[Person]:
    """Those who have confirmed this address, oldest first; nobody for an address that we do not know."""
    rows = (
        select(Person)
        .join(ContactAddress)
        .where(
            ContactAddress.channel == channel,
            ContactAddress.lookup == lookup,
            col(ContactAddress.confirmed_at).is_not(None),
        )
        .order_by(col(Person.id))
    )
    return list(session.exec(rows))


def confirmed_address(session: Session, channel: ChannelKind, lookup: bytes) -> ContactAddress | None:
    """The address, when somebody has shown it to be theirs: whoever proved it by a code before whoever gave it on
    paper, and the oldest where several have."""
    rows = (
        select(ContactAddress)
        .where(
            ContactAddress.channel == channel,
            ContactAddress.lookup == lookup,
            col(ContactAddress.confirmed_at).is_not(None),
        )
        .order_by(col(ContactAddress.proven_at).is_(None), col(ContactAddress.id))
    )
    return session.exec(rows).first()


def addresses_of(session: Session, person_id: int) -> list[ContactAddress]:
    """Every address of one person, confirmed or not."""
    rows = select(ContactAddress).where(ContactAddress.person_id == person_id)
    return list(session.exec(rows.order_by(col(ContactAddress.id))))


def confirmed_of(session: Session, person_id: int) -> list[ContactAddress]:
    """Every confirmed address of one person, whatever they want sent there."""
    rows = select(ContactAddress).where(
        ContactAddress.person_id == person_id, col(ContactAddress.confirmed_at).is_not(None)
    )
    return list(session.exec(rows.order_by(col(ContactAddress.id))))


def confirmed_addresses(session: Session, person_ids: Iterable[int]) -> list[ContactAddress]:
    """The confirmed addresses of these people that they want to be reached at."""
    return list(session.exec(_wanted(select(ContactAddress), person_ids)))


def _wanted(rows: Any, person_ids: Iterable[int]) -> Any:
    """Of a query over ContactAddress: those that are confirmed, consented to and these people's, in order of id."""
    return (
        rows.join(
            Consent,
            (col(Consent.person_id) == col(ContactAddress.person_id))
            & (col(Consent.channel) == col(ContactAddress.channel)),
        )
        .where(
            Among(col(ContactAddress.person_id), person_ids),
            col(ContactAddress.confirmed_at).is_not(None),
            col(Consent.withdrawn_at).is_(None),
        )
        .order_by(col(ContactAddress.id))
    )


class ReachedAt(NamedTuple):
    """A living address that its owner wants to be reached at, without what it says."""

    id: int
    person_id: int
    channel: ChannelKind


def reachable_at(session: Session, person_ids: Iterable[int]) -> list[ReachedAt]:
    """Where these people can be reached now, in order of id: to count by, since nothing is deciphered."""
    rows = _wanted(select(ContactAddress.id, ContactAddress.person_id, ContactAddress.channel), person_ids)
    found = session.exec(rows.where(col(ContactAddress.dead_since).is_(None)))
    return [ReachedAt(id or 0, person_id, ChannelKind(channel)) for id, person_id, channel in found]


def addresses(session: Session, address_ids: Iterable[int]) -> list[ContactAddress]:
    """These addresses, in order of id."""
    rows = select(ContactAddress).where(Among(col(ContactAddress.id), address_ids))
    return list(session.exec(rows.order_by(col(ContactAddress.id))))


def stopped_since(session: Session, channel: ChannelKind, lookup: bytes) -> datetime | None:
    """When this address said STOPP; None when it has not, or has taken it back."""
    entry = session.get(StopEntry, (channel, lookup))
    return entry.since if entry is not None else None


def is_wanted(session: Session, channel: ChannelKind, lookup: bytes, *, unpaused_at: datetime | None = None) -> bool:
    """Whether somebody with this address has chosen to be reached there, and has not stopped it. A pause is no stop;
    with `unpaused_at`, somebody who has no pause then."""
    if stopped_since(session, channel, lookup) is not None:
        return False
    chosen = (
        select(Consent.id)
        .join(ContactAddress, col(ContactAddress.person_id) == col(Consent.person_id))
        .where(
            ContactAddress.channel == channel,
            ContactAddress.lookup == lookup,
            Consent.channel == channel,
            col(Consent.withdrawn_at).is_(None),
            col(ContactAddress.confirmed_at).is_not(None),
        )
    )
    if unpaused_at is not None:
        chosen = chosen.join(Person, col(Person.id) == col(Consent.person_id)).where(
            col(Person.paused_until).is_(None) | (col(Person.paused_until) <= unpaused_at)
        )
    return session.exec(chosen.limit(1)).first() is not None


def quiet_until(session: Session, channel: ChannelKind, lookup: bytes, *, now: datetime) -> datetime | None:
    """When the phone may ring again; None when it may now. Of several who share it, the last one's hours count."""
    if channel is not ChannelKind.SMS:
        return None
    hours = (
        select(Person.quiet_from, Person.quiet_to)
        .join(ContactAddress, col(ContactAddress.person_id) == col(Person.id))
        .join(Consent, col(Consent.person_id) == col(Person.id))
        .where(
            ContactAddress.channel == channel,
            ContactAddress.lookup == lookup,
            col(ContactAddress.confirmed_at).is_not(None),
            Consent.channel == channel,
            col(Consent.withdrawn_at).is_(None),
            col(Person.quiet_to).is_not(None),
        )
    )
    here = in_sweden(now)
    ends = [
        next_hour(here, to)
        for since, to in session.exec(hours)
        if since is not None and to is not None and is_between(here.hour, since, to)
    ]
    return max(ends, default=None)


def try_keys(session: Session) -> None:
    """Open one sealed address, if there is any; VaultError when the keys are not those it was sealed with."""
    session.exec(select(ContactAddress).limit(1)).first()


def language_at(session: Session, address: ContactAddress) -> str:
    """The language that is read at this phone or mailbox: whoever has proven that it is theirs decides, else all who
    have confirmed it; Swedish when they differ. Before anybody has, that of whoever gave it."""
    rows = session.exec(
        select(Person.language, ContactAddress.proven_at)
        .join(ContactAddress, col(ContactAddress.person_id) == col(Person.id))
        .where(
            ContactAddress.channel == address.channel,
            ContactAddress.lookup == address.lookup,
            col(ContactAddress.confirmed_at).is_not(None),
        )
    ).all()
    if not rows:
        return session.get_one(Person, address.person_id).language
    spoken, proven = {one for one, _at in rows}, {one for one, at in rows if at is not None}
    return next((one.pop() for one in (spoken, proven) if len(one) == 1), SWEDISH)


def language_of(people: Iterable[Person]) -> str:
    """The language of what is said to all of these; Swedish when they differ."""
    spoken = {person.language for person in people}
    return spoken.pop() if len(spoken) == 1 else SWEDISH
