"""Interests: people who want a watch where they live, from the form to the network that comes of it."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle.tables import Interest
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.errors import NotFound, Refused

LONGEST_PLACE = 120


def tell_interest(
    session: Session,
    municipality_code: str,
    person_id: int,
    kind: NetworkKind,
    place: str,
    *,
    wants_to_help: bool,
    now: datetime,
) -> Interest:
    """Somebody wants a watch; nobody sees it until the address is shown to be theirs. Refused: place_length."""
    if not 1 <= len(place) <= LONGEST_PLACE:
        raise Refused("place_length", most=LONGEST_PLACE)
    row = Interest(
        municipality_code=municipality_code,
        person_id=person_id,
        kind=kind,
        place=place,
        wants_to_help=wants_to_help,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def confirm_interest(session: Session, person_id: int, *, now: datetime) -> Interest:
    """The address was theirs: the municipality sees the interest from now on. NotFound."""
    rows = select(Interest).where(Interest.person_id == person_id).order_by(col(Interest.id).desc())
    row = session.exec(rows).first()
    if row is None:
        raise NotFound
    row.confirmed_at = row.confirmed_at or now
    return row


def interests(session: Session, municipality_codes: Iterable[str], *, only_waiting: bool = False) -> list[Interest]:
    """Confirmed interests that are open, the newest first; `only_waiting`: those not yet put to a network."""
    rows = select(Interest).where(
        col(Interest.municipality_code).in_(list(municipality_codes)),
        col(Interest.confirmed_at).is_not(None),
        col(Interest.closed_at).is_(None),
    )
    if only_waiting:
        rows = rows.where(col(Interest.network_id).is_(None))
    return list(session.exec(rows.order_by(col(Interest.id).desc())))


def interested_in(session: Session, network_id: int) -> list[Interest]:
    """The open interests that were put to a network."""
    rows = select(Interest).where(
        Interest.network_id == network_id, col(Interest.confirmed_at).is_not(None), col(Interest.closed_at).is_(None)
    )
    return list(session.exec(rows.order_by(col(Interest.id))))


def helpers(session: Session, network_id: int) -> list[Interest]:
    """Those of them who have offered to help."""
    return [row for row in interested_in(session, network_id) if row.wants_to_help]


def put_to_network(rows: Iterable[Interest], network_id: int) -> None:
    """These interests belong to the network from now on."""
    for row in rows:
        row.network_id = network_id


def close_interest(row: Interest, *, now: datetime) -> None:
    """Nothing came of it, or a household came of it. Safe to repeat."""
    row.closed_at = row.closed_at or now


def close_interests_of(session: Session, person_id: int, network_id: int, *, now: datetime) -> None:
    """Whoever has joined the network is no longer only interested in it."""
    rows = select(Interest).where(Interest.person_id == person_id, Interest.network_id == network_id)
    for row in session.exec(rows):
        close_interest(row, now=now)


def old_interests(session: Session, municipality_code: str, *, made_before: datetime) -> list[Interest]:
    """Interests that led to nothing in their time."""
    rows = select(Interest).where(
        Interest.municipality_code == municipality_code,
        col(Interest.made_at) < made_before,
        col(Interest.closed_at).is_(None),
    )
    return list(session.exec(rows))


def release_interests(session: Session, network_id: int) -> list[Interest]:
    """A network has ended: whoever was interested in it waits again to be put to one. Returns their open interests."""
    rows = interested_in(session, network_id)
    for row in rows:
        row.network_id = None
    session.flush()
    return rows
