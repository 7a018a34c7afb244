"""A network's parts: streets, buildings and stairwells are added, renamed, counted, emptied and taken out of use.

A part is never deleted: warnings have gone to it, slips were printed for it, people lived there.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks import queries
from grannsamverkan.domain.networks.actions import close_assignments
from grannsamverkan.domain.networks.contact_persons import assign_by_unit
from grannsamverkan.domain.networks.tables import ContactPerson, Household, NetworkKind, Unit, UnitKind, WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import sort_key

# what a unit may stand in: a stairwell in a building, streets and buildings directly in their network
_PARENT = {UnitKind.STREET: None, UnitKind.BUILDING: None, UnitKind.STAIRWELL: UnitKind.BUILDING}
_UNITS_OF = {
    NetworkKind.VILLA: {UnitKind.STREET},
    NetworkKind.APARTMENT: {UnitKind.BUILDING, UnitKind.STAIRWELL},
}


def add_unit(session: Session, network: WatchNetwork, kind: UnitKind, name: str, *, parent: Unit | None = None) -> Unit:
    """A street, a building, or a stairwell in a building. One that was taken out of use comes back under its name.

    Raises:
        Refused: unit_does_not_fit: the network's kind has no such unit; unit_name_taken.
    """
    if kind not in _UNITS_OF[network.kind] or (parent.kind if parent else None) != _PARENT[kind]:
        raise Refused("unit_does_not_fit", unit=kind, network=network.kind)
    assert network.id is not None
    parent_id = parent.id if parent else None
    found = _named(session, network.id, parent_id, name)
    if found is not None and found.retired_at is None:
        raise Refused("unit_name_taken")
    if found is None:
        found = Unit(network_id=network.id, parent_id=parent_id, kind=kind, name=name, sort_name=sort_key(name))
        session.add(found)
    found.retired_at = None
    session.flush()
    return found


def rename_unit(session: Session, unit: Unit, name: str, dwellings: int | None) -> None:
    """Another name and count of dwellings; Refused: unit_name_taken."""
    same = _named(session, unit.network_id, unit.parent_id, name)
    if same is not None and same.id != unit.id:
        raise Refused("unit_name_taken")
    unit.name, unit.sort_name, unit.dwellings = name, sort_key(name), dwellings
    session.flush()


def _named(session: Session, network_id: int, parent_id: int | None, name: str) -> Unit | None:
    """The part with this name beside the others, in use or not. Parts are named one after the other."""
    queries.network(session, network_id, to_change=True)
    rows = select(Unit).where(Unit.network_id == network_id, Unit.parent_id == parent_id, Unit.name == name)
    return session.exec(rows.order_by(col(Unit.retired_at).is_not(None), col(Unit.id))).first()


def retire_unit(session: Session, unit: Unit, *, now: datetime) -> None:
    """Take a part that nobody lives in out of use. Safe to repeat.

    Raises:
        Refused: unit_in_use (households, parts, contact_persons).
    """
    queries.network(session, unit.network_id, to_change=True)
    counts = [
        session.exec(select(func.count()).select_from(table).where(*which)).one()
        for table, which in (
            (Household, (col(Household.unit_id) == unit.id, col(Household.left_at).is_(None))),
            (Unit, (col(Unit.parent_id) == unit.id, col(Unit.retired_at).is_(None))),
            (ContactPerson, (col(ContactPerson.unit_id) == unit.id, col(ContactPerson.until).is_(None))),
        )
    ]
    if any(counts):
        raise Refused("unit_in_use", households=counts[0], parts=counts[1], contact_persons=counts[2])
    unit.retired_at = unit.retired_at or now
    session.flush()


def move_households(session: Session, unit: Unit, into: Unit | None, *, now: datetime) -> int:
    """Everybody who lives in one part is counted in another of the same network (None: in none), and is there to inform
    for whoever looks after that; returns how many."""
    if into is not None and into.network_id != unit.network_id:
        raise NotFound
    rows = session.exec(select(Household).where(Household.unit_id == unit.id, col(Household.left_at).is_(None))).all()
    close_assignments(session, [row.id or 0 for row in rows], now=now)
    for row in rows:
        row.unit_id = into.id if into is not None else None
        session.flush()
        assign_by_unit(session, row, now=now)
    return len(rows)


def living_in(session: Session, unit_id: int) -> int:
    """Joined households of this very part."""
    rows = select(func.count(col(Household.id))).where(Household.unit_id == unit_id, col(Household.left_at).is_(None))
    return session.exec(rows).one()


def current_unit(session: Session, network_id: int, unit_id: int | None) -> Unit | None:
    """The network's unit with this id, or where it stood when it is out of use; None for none, NotFound for another
    network's."""
    unit = queries.unit_of(session, network_id, unit_id)
    while unit is not None and unit.retired_at is not None:
        unit = session.get(Unit, unit.parent_id) if unit.parent_id is not None else None
    return unit


def dwellings_of(units: Iterable[Unit]) -> int | None:
    """The dwellings of these parts, each counted once: a building counts what is said of it, or of its stairwells
    together, whichever is more. None: some of them are not counted."""
    found = list(units)
    ids = {unit.id for unit in found}
    counts = [_dwellings(unit, found) for unit in found if unit.parent_id not in ids]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _dwellings(unit: Unit, units: list[Unit]) -> int | None:
    parts = [part.dwellings for part in units if part.parent_id == unit.id]
    together = sum(part for part in parts if part is not None) if parts and None not in parts else None
    return max((one for one in (unit.dwellings, together) if one is not None), default=None)
