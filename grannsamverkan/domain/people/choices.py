"""What people have chosen to be called, and by which channels they are reached."""

from sqlmodel import Session, col, select

from grannsamverkan.domain.people.tables import Consent, ContactAddress, Person
from grannsamverkan.foundation.ports import ChannelKind


def open_channels(session: Session, person_ids: list[int]) -> dict[int, set[ChannelKind]]:
    """The channels each person has chosen and has a confirmed, living address for; without those who have none."""
    rows = (
        select(ContactAddress.person_id, ContactAddress.channel)
        .join(
            Consent,
            (col(Consent.person_id) == col(ContactAddress.person_id))
            & (col(Consent.channel) == col(ContactAddress.channel)),
        )
        .where(
            col(ContactAddress.person_id).in_(person_ids),
            col(ContactAddress.dead_since).is_(None),
            col(ContactAddress.confirmed_at).is_not(None),
            col(Consent.withdrawn_at).is_(None),
        )
    )
    found: dict[int, set[ChannelKind]] = {}
    for person_id, channel in session.exec(rows):
        found.setdefault(person_id, set()).add(ChannelKind(channel))
    return found


def names(session: Session, person_ids: list[int]) -> dict[int, str]:
    """The names of those who have given one."""
    rows = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(person_ids)))
    return {person_id: name for person_id, name in rows if person_id is not None and name}
