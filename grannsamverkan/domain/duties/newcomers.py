"""Newcomers: a dwelling where somebody has moved in, known to those who look after that part and to nobody else."""

import re
import secrets
from datetime import date, datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.duties.tasks import close_task, open_task
from grannsamverkan.domain.networks import (
    ContactPerson,
    ContactRole,
    Unit,
    WatchNetwork,
    contact_persons,
    units_within,
)
from grannsamverkan.foundation.errors import NotFound

_FORM_KEY = re.compile(r"[0-9a-f]{20}")


def form_key() -> str:
    """A key for one filled-in form: sent twice, it is one newcomer; sent by two people, it is two."""
    return secrets.token_hex(10)


def note_newcomer(
    session: Session, network_id: int, unit: Unit | None, label: str, *, key: str, due_on: date, now: datetime
) -> Task:
    """Somebody has moved in. `key` is the form's; one that is no key counts as a fresh one."""
    return open_task(
        session,
        network_id,
        TaskKind.NEWCOMER,
        round=key if _FORM_KEY.fullmatch(key) else form_key(),
        due_on=due_on,
        now=now,
        unit_id=unit.id if unit else None,
        label=label,
    )


def newcomers_for(session: Session, network_id: int, person_id: int | None) -> list[Task]:
    """Newcomers who have not been visited yet, in the parts that this contact person looks after.

    A lead, and whoever looks after the whole network, see all of them. A part that nobody looks after by name, and a
    newcomer without a part, are every contact person's: somebody has to go. A deputy sees those of a part of theirs
    that has no contact person.
    """
    roles = contact_persons(session, network_id)
    carriers = [role for role in roles if role.role is not ContactRole.DEPUTY]
    mine = [role for role in carriers if role.person_id == person_id]
    deputy_of = [role for role in roles if role.role is ContactRole.DEPUTY and role.person_id == person_id]
    if not mine and not deputy_of:
        return []
    rows = list(session.exec(_open(network_id)))
    if any(_sees_all(role) for role in mine):
        return rows
    covered, own = _parts_of(session, network_id, carriers), _parts_of(session, network_id, mine)
    if mine:
        by_deputies = _parts_of(session, network_id, [role for role in roles if role not in carriers])
        return [row for row in rows if row.unit_id in own or row.unit_id not in covered | by_deputies]
    if any(_sees_all(role) for role in carriers):
        return []
    stands_in = _parts_of(session, network_id, deputy_of)
    for_all = any(role.unit_id is None for role in deputy_of)
    return [row for row in rows if row.unit_id not in covered and (for_all or row.unit_id in stands_in)]


def _sees_all(role: ContactPerson) -> bool:
    return role.role is ContactRole.LEAD or role.unit_id is None


def newcomer_for(session: Session, network_id: int, task_id: int, person_id: int | None) -> Task:
    """One of them; NotFound, also for a part that is somebody else's to look after."""
    found = next((row for row in newcomers_for(session, network_id, person_id) if row.id == task_id), None)
    if found is None:
        raise NotFound
    return found


def forget_newcomers(session: Session, municipality_code: str, *, made_before: datetime, now: datetime) -> int:
    """Close newcomers' tasks that are too old, and forget what stood there; returns how many."""
    rows = session.exec(
        select(Task)
        .join(WatchNetwork, col(WatchNetwork.id) == col(Task.network_id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            Task.kind == TaskKind.NEWCOMER,
            col(Task.closed_at).is_(None),
            col(Task.made_at) < made_before,
        )
    ).all()
    for row in rows:
        close_task(row, account_id=None, now=now, because="too_old")
    return len(rows)


def _open(network_id: int):  # type: ignore[no-untyped-def]
    return (
        select(Task)
        .where(Task.network_id == network_id, Task.kind == TaskKind.NEWCOMER, col(Task.closed_at).is_(None))
        .order_by(col(Task.due_on), col(Task.id))
    )


def _parts_of(session: Session, network_id: int, roles: list[ContactPerson]) -> frozenset[int]:
    return units_within(session, network_id, {role.unit_id for role in roles if role.unit_id is not None})
