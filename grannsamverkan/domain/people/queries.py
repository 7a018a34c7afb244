"""Reads of people: who is behind an address, and whether it has said stop."""

from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.people.tables import Consent, ContactAddress, Person, StopEntry
from grannsamverkan.foundation.ports import ChannelKind


def owners(session: Session, channel: ChannelKind, lookup: bytes) -> list[Person]:
    """Those who have given this address, oldest first; nobody for an address that we do not know."""
    rows = (
        select(Person)
        .join(ContactAddress)
        .where(ContactAddress.channel == channel, ContactAddress.lookup == lookup)
        .order_by(col(Person.id))
    )
    return list(session.exec(rows))


def confirmed_address(session: Session, channel: ChannelKind, lookup: bytes) -> ContactAddress | None:
    """The address, when somebody has shown it to be theirs; the oldest where several have."""
    rows = (
        select(ContactAddress)
        .where(
            ContactAddress.channel == channel,
            ContactAddress.lookup == lookup,
            col(ContactAddress.confirmed_at).is_not(None),
        )
        .order_by(col(ContactAddress.id))
    )
    return session.exec(rows).first()


def confirmed_of(session: Session, person_id: int) -> list[ContactAddress]:
    """Every confirmed address of one person, whatever they want sent there."""
    rows = select(ContactAddress).where(
        ContactAddress.person_id == person_id, col(ContactAddress.confirmed_at).is_not(None)
    )
    return list(session.exec(rows.order_by(col(ContactAddress.id))))


def confirmed_addresses(session: Session, person_ids: list[int]) -> list[ContactAddress]:
    """The confirmed addresses of these people that they want to be reached at."""
    rows = (
        select(ContactAddress)
        .join(
            Consent,
            (col(Consent.person_id) == col(ContactAddress.person_id))
            & (col(Consent.channel) == col(ContactAddress.channel)),
        )
        .where(
            col(ContactAddress.person_id).in_(person_ids),
            col(ContactAddress.confirmed_at).is_not(None),
            col(Consent.withdrawn_at).is_(None),
        )
        .order_by(col(ContactAddress.id))
    )
    return list(session.exec(rows))


def stopped_since(session: Session, channel: ChannelKind, lookup: bytes) -> datetime | None:
    """When this address said STOPP; None when it has not, or has taken it back."""
    entry = session.get(StopEntry, (channel, lookup))
    return entry.since if entry is not None else None


def is_wanted(session: Session, channel: ChannelKind, lookup: bytes) -> bool:
    """Whether somebody with this address has chosen to be reached there, and has not stopped it. A pause is no stop."""
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
    return session.exec(chosen.limit(1)).first() is not None


def try_keys(session: Session) -> None:
    """Open one sealed address, if there is any; VaultError when the keys are not those it was sealed with."""
    session.exec(select(ContactAddress).limit(1)).first()
