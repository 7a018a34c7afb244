"""Households that an address used to reach and none does any more: whoever informs them is asked to ask them.

The task says that an address is dead, never which. What may be seen of the household stands on the page of households.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.duties.tasks import close_task, open_task
from grannsamverkan.domain.networks import ContactPerson, Household, HouseholdAssignment, HouseholdMember
from grannsamverkan.domain.people import Consent, ContactAddress

LOST_ROUND = "lost-"  # and the id of the address that was the last one to die
_REPLACED = "replaced"  # the owner has given another
_MOST = 500  # households looked at in one transaction


def ask_the_lost(session: Session, *, due_on: date, now: datetime) -> int:
    """Open a task for each household that has lost its last address, and close those whose household is reached again.

    Returns how many were opened and closed. Safe to repeat: the same dead address is asked about once.
    """
    mended = session.exec(_tasks().where(col(Task.closed_at).is_(None), col(Task.round).not_in(_lost(_round())))).all()
    for row in mended:
        close_task(row, account_id=None, now=now, because="reached")
    asked = select(Task.round).where(Task.kind == TaskKind.ASK_AGAIN)
    theirs = (col(Household.network_id), col(Household.unit_id), col(HouseholdAssignment.contact_person_id))
    lost = _lost(*theirs, _round()).having(_round().not_in(asked)).order_by(_last()).limit(_MOST)
    found = session.execute(lost).all()
    for network_id, unit_id, contact_person_id, round in found:
        open_task(
            session,
            network_id,
            TaskKind.ASK_AGAIN,
            round=round,
            due_on=due_on,
            now=now,
            contact_person_id=contact_person_id,
            unit_id=unit_id,
        )
    return len(found) + len(mended)


def _tasks() -> SelectOfScalar[Task]:
    return select(Task).where(Task.kind == TaskKind.ASK_AGAIN, col(Task.round).startswith(LOST_ROUND))


def _last() -> ColumnElement[Any]:
    return func.max(col(ContactAddress.id))


def _round() -> ColumnElement[str]:
    return literal(LOST_ROUND) + cast(_last(), String)


def _lost(*columns: Any) -> Select[Any]:
    """A row for each household with a contact person that is to be asked about."""
    return (
        sql_select(*columns)
        .select_from(Household)
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .join(ContactAddress, col(ContactAddress.person_id) == col(HouseholdMember.person_id))
        .join(HouseholdAssignment, col(HouseholdAssignment.household_id) == col(Household.id))
        .join(ContactPerson, col(ContactPerson.id) == col(HouseholdAssignment.contact_person_id))
        .where(
            col(Household.left_at).is_(None),
            col(HouseholdMember.until).is_(None),
            col(HouseholdAssignment.until).is_(None),
            col(ContactPerson.until).is_(None),
            col(ContactAddress.dead_since).is_not(None),
            col(ContactAddress.dead_code) != _REPLACED,
            _chosen(),
            ~_reached(),
        )
        .group_by(
            col(Household.id),
            col(Household.network_id),
            col(Household.unit_id),
            col(HouseholdAssignment.contact_person_id),
        )
    )


def _chosen() -> ColumnElement[bool]:
    """The owner still wants that channel: who has said stop is not asked."""
    return exists().where(
        col(Consent.person_id) == col(ContactAddress.person_id),
        col(Consent.channel) == col(ContactAddress.channel),
        col(Consent.withdrawn_at).is_(None),
    )


def _reached() -> ColumnElement[bool]:
    """Anybody in the household has a living address for a channel that they have chosen."""
    member, living, wanted = aliased(HouseholdMember), aliased(ContactAddress), aliased(Consent)
    return exists().where(
        col(member.household_id) == col(Household.id),
        col(member.until).is_(None),
        col(living.person_id) == col(member.person_id),
        col(living.confirmed_at).is_not(None),
        col(living.dead_since).is_(None),
        col(wanted.person_id) == col(living.person_id),
        col(wanted.channel) == col(living.channel),
        col(wanted.withdrawn_at).is_(None),
    )
