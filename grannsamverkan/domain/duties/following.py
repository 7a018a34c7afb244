"""What becomes of tasks when their network merges, splits or ends."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.months import round_of
from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.duties.tasks import close_task, whose
from grannsamverkan.domain.lifecycle import Moved

_OF_THE_NETWORK = (TaskKind.FILL_VACANCY, TaskKind.DECIDE_DORMANCY)


def follow(session: Session, moved: Moved, *, day: date, now: datetime) -> None:
    """Open tasks go with the contact person or the part they are for, and so does what was done this month, so that it
    is not asked for again. What was asked about a network that is no more is closed."""
    rows = select(Task).where(
        Task.network_id == moved.from_id, col(Task.closed_at).is_(None) | (col(Task.round) == round_of(day))
    )
    for task in session.exec(rows).all():
        if task.contact_person_id in moved.roles:
            task.network_id, task.contact_person_id = moved.into_id, moved.roles[task.contact_person_id]
            task.unit_id = moved.unit(task.unit_id)
            task.whose = whose(task.contact_person_id, task.unit_id)
        elif task.contact_person_id is None and task.kind not in _OF_THE_NETWORK and moved.takes(task.unit_id):
            task.network_id, task.unit_id = moved.into_id, moved.unit(task.unit_id)
            task.whose = whose(None, task.unit_id)
        elif moved.is_whole:
            close_task(task, account_id=None, now=now, because="merged")
    session.flush()


def end_tasks(session: Session, network_id: int, *, account_id: int, now: datetime) -> int:
    """Nothing is to be done any more in a network that has ended; returns how many tasks were open."""
    rows = session.exec(select(Task).where(Task.network_id == network_id, col(Task.closed_at).is_(None))).all()
    for task in rows:
        close_task(task, account_id=account_id, now=now, because="network_ended")
    session.flush()
    return len(rows)
