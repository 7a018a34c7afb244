"""Taking a list back, within a day: everything is as it was before, but for those who have decided something since."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain import audit, networks
from grannsamverkan.domain.membership.erasing import erase_person
from grannsamverkan.domain.membership.lists.fingerprints import fingerprints
from grannsamverkan.domain.membership.lists.staging import locked
from grannsamverkan.domain.membership.tables import ImportedRow, ImportState, MemberImport, SlipBatch
from grannsamverkan.domain.networks import Household, HouseholdMember
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.errors import Refused

UNDO_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Undone:
    """How many households are gone, how many stay since they have changed something themselves, and the addresses
    that no warning may be handed over to any more (deliveries.stop_waiting)."""

    gone: int
    kept: int
    addresses: list[ContactAddress]


def may_be_undone(brought: MemberImport, *, now: datetime) -> bool:
    """Whether the list can still be taken back."""
    applied_at = brought.applied_at
    return brought.state is ImportState.APPLIED and applied_at is not None and now < applied_at + UNDO_WITHIN


def made_households(session: Session, brought: MemberImport) -> dict[int, bytes]:
    """The households that the list has brought, and how each looked then; none once it can no longer be undone."""
    rows = select(ImportedRow.household_id, ImportedRow.fingerprint).where(
        ImportedRow.import_id == brought.id, col(ImportedRow.household_id).is_not(None)
    )
    return {household_id: bytes(told or b"") for household_id, told in session.exec(rows) if household_id is not None}


def undo(session: Session, network_id: int, import_id: int, *, warned: frozenset[int], now: datetime) -> Undone | None:
    """Take the list back. Done once: again, it changes nothing and returns None.

    `warned` are households that a warning has been meant for: those leave as anybody does, and their row stays, so that
    the warning's count stays true. Letters' codes end.

    Raises:
        Refused: import_not_applied, import_undo_late.
    """
    brought = locked(session, network_id, import_id)
    if brought.state is ImportState.UNDONE:
        return None
    if brought.state is not ImportState.APPLIED:
        raise Refused("import_not_applied")
    if not may_be_undone(brought, now=now):
        raise Refused("import_undo_late")
    made = made_households(session, brought)
    present = fingerprints(session, made)
    untouched = {household_id for household_id, told in made.items() if present.get(household_id) == told}
    addresses = _leave(session, untouched & warned, now)
    _remove(session, untouched - warned, network_id, since=brought.applied_at or now)
    _end_letters(session, brought, now)
    session.execute(delete(ImportedRow).where(col(ImportedRow.import_id) == brought.id))
    brought.state, brought.undone_at, brought.source = ImportState.UNDONE, now, None
    undone = Undone(len(untouched), len(made) - len(untouched), addresses)
    brought.facts = {**brought.facts, "gone": undone.gone, "kept": undone.kept}
    session.flush()
    return undone


def _people_of(session: Session, household_ids: set[int]) -> dict[int, list[int]]:
    rows = select(HouseholdMember.household_id, HouseholdMember.person_id).where(
        col(HouseholdMember.household_id).in_(household_ids)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for household_id, person_id in session.exec(rows):
        found[household_id].append(person_id)
    return found


def _leave(session: Session, household_ids: set[int], now: datetime) -> list[ContactAddress]:
    addresses: list[ContactAddress] = []
    for household_id, people in _people_of(session, household_ids).items():
        household = session.get(Household, household_id)
        assert household is not None
        networks.leave(session, household, now=now)
        for person_id in people:
            addresses += erase_person(session, person_id, now=now)
    return addresses


def _remove(session: Session, household_ids: set[int], network_id: int, *, since: datetime) -> None:
    """As if they had never been; also where it says who has looked at them, for their numbers may be given anew."""
    people = [person_id for ids in _people_of(session, household_ids).values() for person_id in ids]
    session.execute(delete(Household).where(col(Household.id).in_(household_ids)))
    session.execute(delete(Person).where(col(Person.id).in_(people)))
    audit.forget_views_of(session, network_id, household_ids, since=since)
    session.expire_all()


def _end_letters(session: Session, brought: MemberImport, now: datetime) -> None:
    """A code that nobody has used is gone, one that somebody has used lets nobody else in."""
    batch_ids = select(ImportedRow.batch_id).where(
        ImportedRow.import_id == brought.id, col(ImportedRow.batch_id).is_not(None)
    )
    for batch in session.exec(select(SlipBatch).where(col(SlipBatch.id).in_(batch_ids))).all():
        if batch.uses:
            batch.revoked_at = batch.revoked_at or now
        else:
            session.delete(batch)
    session.flush()
