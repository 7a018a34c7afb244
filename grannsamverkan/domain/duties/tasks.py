"""Tasks: opened once for each round, closed with one press."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.networks import ContactPerson, WatchNetwork
from grannsamverkan.foundation.errors import NotFound


def open_task(
    session: Session,
    network_id: int,
    kind: TaskKind,
    *,
    round: str,
    due_on: date,
    now: datetime,
    contact_person_id: int | None = None,
    unit_id: int | None = None,
    label: str | None = None,
) -> Task:
    """Something to do; for the coordinator, when it is for nobody in particular. The same round opens it once."""
    same = select(Task).where(
        Task.network_id == network_id,
        Task.kind == kind,
        Task.round == round,
        Task.contact_person_id == contact_person_id,
        Task.unit_id == unit_id,
    )
    found = session.exec(same).first()
    if found is None:
        found = Task(
            network_id=network_id,
            unit_id=unit_id,
            contact_person_id=contact_person_id,
            kind=kind,
            round=round,
            label=label,
            due_on=due_on,
            made_at=now,
        )
        session.add(found)
        session.flush()
    return found


def close_task(task: Task, *, account_id: int | None, now: datetime, because: str = "done") -> None:
    """It is done, or no longer to be done; its label is forgotten. Safe to repeat."""
    if task.closed_at is None:
        task.closed_at, task.closed_by, task.closed_because, task.label = now, account_id, because, None


def open_again(task: Task) -> None:
    """Closed by mistake. A label that was forgotten does not come back."""
    task.closed_at = task.closed_by = task.closed_because = None


def task(session: Session, task_id: int) -> Task:
    """The task; NotFound."""
    row = session.get(Task, task_id)
    if row is None:
        raise NotFound
    return row


def close_vacancy(session: Session, network_id: int, *, account_id: int, now: datetime) -> None:
    """Somebody has taken on the network."""
    rows = select(Task).where(
        Task.network_id == network_id, Task.kind == TaskKind.FILL_VACANCY, col(Task.closed_at).is_(None)
    )
    for row in session.exec(rows):
        close_task(row, account_id=account_id, now=now, because="filled")


def tasks_of(session: Session, person_id: int, *, round: str) -> list[Task]:
    """This round's tasks of a contact person, and the open ones of earlier rounds, those due first."""
    rows = (
        select(Task)
        .join(ContactPerson, col(ContactPerson.id) == col(Task.contact_person_id))
        .where(
            ContactPerson.person_id == person_id,
            col(ContactPerson.until).is_(None),
            (col(Task.round) == round) | col(Task.closed_at).is_(None),
        )
        .order_by(col(Task.due_on), col(Task.id))
    )
    return list(session.exec(rows))


def newcomers(session: Session, network_id: int) -> list[Task]:
    """Newcomers who have not been visited yet."""
    rows = (
        select(Task)
        .where(Task.network_id == network_id, Task.kind == TaskKind.NEWCOMER, col(Task.closed_at).is_(None))
        .order_by(col(Task.due_on))
    )
    return list(session.exec(rows))


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


def waiting(session: Session, network_ids: Iterable[int]) -> list[Task]:
    """What waits for the coordinator in these networks."""
    rows = select(Task).where(
        col(Task.network_id).in_(list(network_ids)),
        col(Task.closed_at).is_(None),
        col(Task.kind).in_([TaskKind.FILL_VACANCY, TaskKind.DECIDE_DORMANCY]),
    )
    return list(session.exec(rows.order_by(col(Task.due_on))))
