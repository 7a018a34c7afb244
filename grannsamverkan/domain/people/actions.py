"""People join, choose channels, and stop."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, update
from sqlmodel import Session, col, select

from grannsamverkan.domain import keeping
from grannsamverkan.domain.keeping import GoneKind
from grannsamverkan.domain.people.tables import Consent, ContactAddress, GivenBy, Level, Person, StopEntry
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import vault_of

CONSENT_TEXT_VERSION = "2026-11"


def add_person(session: Session, municipality_code: str, *, now: datetime, name: str | None = None) -> Person:
    """A new person; the name is optional."""
    person = Person(municipality_code=municipality_code, name=name, created_at=now)
    session.add(person)
    session.flush()
    return person


def add_address(
    session: Session, person: Person, channel: ChannelKind, value: str, *, now: datetime, is_confirmed: bool = True
) -> ContactAddress:
    """Give the person an address: E.164 for SMS, already validated. Given again, it is tried again if it was dead.

    Not confirmed, it gets nothing but the code that asks for it; see `confirm_address`.
    """
    assert person.id is not None
    lookup = lookup_of(session, channel, value)
    same = select(ContactAddress).where(
        ContactAddress.person_id == person.id, ContactAddress.channel == channel, ContactAddress.lookup == lookup
    )
    found = session.exec(same).first()
    if found is None:
        found = ContactAddress(person_id=person.id, channel=channel, value=value, lookup=lookup, created_at=now)
        session.add(found)
    found.dead_since, found.dead_code = None, None
    if is_confirmed:
        confirm_address(found, now=now)
    session.flush()
    return found


def confirm_address(address: ContactAddress, *, now: datetime) -> None:
    """The address has been shown to be its person's, or was handed over on paper."""
    address.confirmed_at = address.confirmed_at or now


def prove_address(address: ContactAddress, *, now: datetime) -> None:
    """A code that was sent to the address came back from its person."""
    confirm_address(address, now=now)
    address.proven_at = now


def retire_address(address: ContactAddress, *, now: datetime) -> None:
    """Another address has taken its place: it gets nothing more, and may be proved anew."""
    address.confirmed_at, address.proven_at = None, None
    address.dead_since, address.dead_code = now, "replaced"


def lookup_of(session: Session, channel: ChannelKind, value: str) -> bytes:
    """The keyed hash by which an address is found; email addresses differ by case only on paper."""
    value = value.casefold() if channel is ChannelKind.EMAIL else value
    return vault_of(session.get_bind().dialect).lookup(channel.name, value)


def consent(
    session: Session,
    person: Person,
    channel: ChannelKind,
    *,
    given_by: GivenBy,
    now: datetime,
    source: str | None = None,
) -> None:
    """The person chooses to be reached by this channel; a choice already in force stays as it is.

    `now` is when the choice was made (on paper that may be earlier); `source` is a code, see Consent.
    """
    assert person.id is not None
    made = session.exec(select(Consent).where(Consent.person_id == person.id, Consent.channel == channel)).all()
    if all(row.withdrawn_at is not None for row in made):
        if made:
            keeping.note_choice(session, GoneKind.CHOSEN, person.id, person.created_at, channel, now=now)
        row = Consent(
            person_id=person.id,
            channel=channel,
            text_version=CONSENT_TEXT_VERSION,
            given_at=now,
            given_by=given_by,
            source=source,
        )
        session.add(row)
        session.flush()


def withdraw(session: Session, person_id: int, channel: ChannelKind, *, now: datetime) -> None:
    """The person no longer wants this channel. Takes effect at the next hand-over; safe to repeat."""
    for row in session.exec(_in_force(person_id, channel)):
        row.withdrawn_at = now
        created_at = _person(session, person_id).created_at
        keeping.note_choice(session, GoneKind.WITHDRAWN, person_id, created_at, channel, now=now)


def stop(session: Session, channel: ChannelKind, lookup: bytes, *, source: str, now: datetime) -> None:
    """Nothing more goes to this address, and the choices of those who gave it are closed. Safe to repeat."""
    if session.get(StopEntry, (channel, lookup)) is None:
        session.add(StopEntry(channel=channel, lookup=lookup, since=now, source=source))
        keeping.note_address(session, GoneKind.STOPPED, channel, lookup, now=now)
    close_address(session, channel, lookup, now=now)
    session.flush()


def stop_took_effect(session: Session, channel: ChannelKind, lookup: bytes, *, at: datetime) -> None:
    """The stop that was just made holds from this moment on."""
    session.get_one(StopEntry, (channel, lookup)).since = at
    session.flush()


def close_address(session: Session, channel: ChannelKind, lookup: bytes, *, now: datetime) -> None:
    """Whoever has this address wants nothing there any more, wherever it is written down. One statement, whether it is
    known or not. Safe to repeat."""
    theirs = select(ContactAddress.person_id).where(*_confirmed(channel, lookup))
    open_choices = update(Consent).where(
        col(Consent.person_id).in_(theirs), col(Consent.channel) == channel, col(Consent.withdrawn_at).is_(None)
    )
    session.execute(open_choices.values(withdrawn_at=now))
    keeping.note_address(session, GoneKind.CLOSED, channel, lookup, now=now)


def allow_again(session: Session, channel: ChannelKind, lookup: bytes, *, now: datetime) -> bool:
    """The address said START: it leaves the stop list, lives again, and its owners' choices are in force again.

    False when nobody here has that address (any more): there is nothing to start.
    """
    entry = session.get(StopEntry, (channel, lookup))
    if entry is not None:
        session.delete(entry)
    keeping.note_address(session, GoneKind.STARTED, channel, lookup, now=now)
    people = session.exec(select(Person).join(ContactAddress).where(*_confirmed(channel, lookup))).all()
    for person in people:
        consent(session, person, channel, given_by=GivenBy.SELF, now=now)
    alive = update(ContactAddress).where(col(ContactAddress.channel) == channel, col(ContactAddress.lookup) == lookup)
    session.execute(alive.values(dead_since=None, dead_code=None))
    return bool(people)


def pause(session: Session, channel: ChannelKind, lookup: bytes, *, until: datetime | None) -> None:
    """Those who have this address get nothing until `until`; None ends the pause."""
    for person in session.exec(select(Person).join(ContactAddress).where(*_confirmed(channel, lookup))):
        person.paused_until = until


def choose_level(session: Session, person_id: int, level: Level) -> None:
    """What the person wants to get from now on."""
    _person(session, person_id).level = level


def choose_quiet_hours(session: Session, person_id: int, hours: tuple[int, int] | None) -> None:
    """From one whole hour to another, Swedish time, the phone is left in peace; None: never.

    Raises:
        Refused: quiet_hours, when they are no two different hours of a day.
    """
    if hours is not None and (hours[0] == hours[1] or not all(0 <= hour <= 23 for hour in hours)):
        raise Refused("quiet_hours")
    person = _person(session, person_id)
    person.quiet_from, person.quiet_to = hours if hours is not None else (None, None)


def choose_language(session: Session, person_id: int, language: str) -> None:
    """The language of the person's own page, and of warnings and advice to them."""
    _person(session, person_id).language = language


def pause_person(session: Session, person_id: int, *, until: datetime | None) -> None:
    """The person gets nothing until then; None ends the pause."""
    _person(session, person_id).paused_until = until


def share_pause(session: Session, person: Person, *, now: datetime) -> None:
    """Whoever is written down once more, with an address that is in a pause, is in that pause too."""
    own = select(ContactAddress.lookup).where(ContactAddress.person_id == person.id)
    paused = (
        select(func.max(Person.paused_until))
        .join(ContactAddress, col(ContactAddress.person_id) == col(Person.id))
        .where(
            col(ContactAddress.lookup).in_(own),
            col(ContactAddress.confirmed_at).is_not(None),
            col(Person.paused_until) > now,
        )
    )
    until = session.exec(paused).one()
    if until is not None:
        person.paused_until = until


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def mark_dead(session: Session, address_ids: list[int], *, code: str, now: datetime) -> None:
    """A provider said for good that nobody is at these addresses."""
    dead = update(ContactAddress).where(
        col(ContactAddress.id).in_(address_ids), col(ContactAddress.dead_since).is_(None)
    )
    session.execute(dead.values(dead_since=now, dead_code=code))


def _confirmed(channel: ChannelKind, lookup: bytes) -> tuple[ColumnElement[bool], ...]:
    """The address with those who have confirmed it. Who has only typed it into a form has no say in it, and no harm
    from it."""
    return (
        col(ContactAddress.channel) == channel,
        col(ContactAddress.lookup) == lookup,
        col(ContactAddress.confirmed_at).is_not(None),
    )


def _in_force(person_id: int, channel: ChannelKind):  # type: ignore[no-untyped-def]
    return select(Consent).where(
        Consent.person_id == person_id, Consent.channel == channel, col(Consent.withdrawn_at).is_(None)
    )


def forget_unproved(session: Session, *, before: datetime) -> int:
    """Delete addresses that were replaced before then, or given before then and never shown to be their owner's.

    Whoever they belonged to has been told by now. Returns how many.
    """
    unproved = (
        col(ContactAddress.confirmed_at).is_(None),
        col(ContactAddress.created_at) < before,
        col(ContactAddress.dead_since).is_(None) | (col(ContactAddress.dead_since) < before),
    )
    return session.execute(delete(ContactAddress).where(*unproved)).rowcount  # type: ignore[attr-defined, no-any-return]


def forget_stopped(session: Session, *, stopped_before: datetime) -> int:
    """Delete the addresses that said STOPP before then; the keyed hash stays on the stop list. Returns how many."""
    long_stopped = exists().where(
        col(StopEntry.channel) == col(ContactAddress.channel),
        col(StopEntry.lookup) == col(ContactAddress.lookup),
        col(StopEntry.since) < stopped_before,
    )
    return session.execute(delete(ContactAddress).where(long_stopped)).rowcount  # type: ignore[attr-defined, no-any-return]
