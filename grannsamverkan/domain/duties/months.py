"""The month's fifteen minutes: which tasks each contact person has."""

from calendar import monthrange
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.duties.tasks import CHECK_ROUND, LAPSED, whose
from grannsamverkan.domain.networks import ContactPerson, ContactRole, NetworkState, NetworkStateSpan
from grannsamverkan.foundation.database import add_once

MONTHLY = (TaskKind.INFORM, TaskKind.LIST_CHECK)
SIGNS_MONTHS = (3, 9)  # after winter, and before the dark
MEETING_MONTH = 2


def round_of(day: date) -> str:
    """2026-05"""
    return f"{day:%Y-%m}"


def month_begins(day: date) -> date:
    """The first of that day's month."""
    return day.replace(day=1)


def kinds_of(day: date) -> tuple[TaskKind, ...]:
    """What is to be done in the month of that day."""
    signs = (TaskKind.SIGNS_CHECK,) if day.month in SIGNS_MONTHS else ()
    meeting = (TaskKind.YEARLY_MEETING,) if day.month == MEETING_MONTH else ()
    return (*MONTHLY, *signs, *meeting)


def plan_month(session: Session, day: date, *, now: datetime) -> list[ContactPerson]:
    """Give every contact person of an active network this month's tasks; returns the roles that got some now.

    Each person has them once in a network, whatever number of roles they carry there; a deputy has them where nobody
    else does. Safe to repeat, and for two clocks at once: whoever has the month's tasks gets no more.
    """
    had = set(
        session.exec(
            select(ContactPerson.network_id, ContactPerson.person_id)
            .join(Task, col(Task.contact_person_id) == col(ContactPerson.id))
            .where(Task.round == round_of(day))
        )
    )
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return [
        role
        for role in _carriers(session)
        if (role.network_id, role.person_id) not in had and _given(session, role, day, last, now)
    ]


def _carriers(session: Session) -> list[ContactPerson]:
    """One role for each person of each active network: who does the month's duties there."""
    rows = session.exec(
        select(ContactPerson)
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(ContactPerson.network_id))
        .where(
            col(ContactPerson.until).is_(None),
            NetworkStateSpan.state == NetworkState.ACTIVE,
            col(NetworkStateSpan.until).is_(None),
        )
        .order_by(col(ContactPerson.id))
    ).all()
    led = {row.network_id for row in rows if row.role is not ContactRole.DEPUTY}
    found: dict[tuple[int, int], ContactPerson] = {}
    for row in rows:
        if row.role is not ContactRole.DEPUTY or row.network_id not in led:
            found.setdefault((row.network_id, row.person_id), row)
    return list(found.values())


def _given(session: Session, role: ContactPerson, day: date, last: date, now: datetime) -> bool:
    """Whether any of the month's tasks is new to the role: another clock may have been here first. What comes every
    month does not pile up: last month's, if it is still open, has lapsed."""
    lapsed = update(Task).where(
        col(Task.contact_person_id) == role.id,
        col(Task.kind).in_(MONTHLY),
        col(Task.closed_at).is_(None),
        col(Task.round) < round_of(day),
        col(Task.round).not_like(f"{CHECK_ROUND}%"),
    )
    session.execute(lapsed.values(closed_at=now, closed_because=LAPSED))
    fresh = [
        add_once(
            session,
            Task(
                network_id=role.network_id,
                contact_person_id=role.id,
                kind=kind,
                round=round_of(day),
                whose=whose(role.id, None),
                due_on=last,
                made_at=now,
            ),
        )
        for kind in kinds_of(day)
    ]
    return any(task_id is not None for task_id in fresh)
