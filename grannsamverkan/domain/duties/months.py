"""The month's fifteen minutes: which tasks each contact person has."""

from calendar import monthrange
from datetime import date, datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.networks import ContactPerson, ContactRole, NetworkState, NetworkStateSpan

MONTHLY = (TaskKind.INFORM, TaskKind.LIST_CHECK)
SIGNS_MONTHS = (3, 9)  # after winter, and before the dark
MEETING_MONTH = 2


def round_of(day: date) -> str:
    """2026-05"""
    return f"{day:%Y-%m}"


def kinds_of(day: date) -> tuple[TaskKind, ...]:
    """What is to be done in the month of that day."""
    signs = (TaskKind.SIGNS_CHECK,) if day.month in SIGNS_MONTHS else ()
    meeting = (TaskKind.YEARLY_MEETING,) if day.month == MEETING_MONTH else ()
    return (*MONTHLY, *signs, *meeting)


def plan_month(session: Session, day: date, *, now: datetime) -> list[ContactPerson]:
    """Give every contact person of an active network this month's tasks; returns those who got some now.

    A deputy has them where nobody else does. Safe to repeat: whoever has the month's tasks gets no more.
    """
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
    have = set(session.exec(select(Task.contact_person_id).where(Task.round == round_of(day))))
    mine = [
        row for row in rows if row.id not in have and (row.role is not ContactRole.DEPUTY or row.network_id not in led)
    ]
    last = day.replace(day=monthrange(day.year, day.month)[1])
    session.add_all(
        Task(
            network_id=row.network_id,
            contact_person_id=row.id,
            kind=kind,
            round=round_of(day),
            due_on=last,
            made_at=now,
        )
        for row in mine
        for kind in kinds_of(day)
    )
    session.flush()
    return mine
