"""Tasks: opened once for each round, closed with one press, passed on when their carrier changes."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.networks import ContactPerson, NetworkState, NetworkStateSpan, successor_of
from grannsamverkan.foundation.database import Among, add_once
from grannsamverkan.foundation.errors import NotFound

FOR_OFFICE = (TaskKind.FILL_VACANCY, TaskKind.DECIDE_DORMANCY)
CHECK_ROUND = "check-"  # and the year: what a yearly check has opened
LAPSED = "lapsed"  # why a task was closed that nobody had done when its like came anew
ORDER_ROUND = "order-"  # and its number: signs of an order that are to be put up


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
    """Something to do; for the coordinator, when it is for nobody in particular. The same round opens it once, also
    when two writers open it together."""
    row = Task(
        network_id=network_id,
        unit_id=unit_id,
        contact_person_id=contact_person_id,
        kind=kind,
        round=round,
        whose=whose(contact_person_id, unit_id),
        label=label,
        due_on=due_on,
        made_at=now,
    )
    add_once(session, row)
    same = select(Task).where(
        Task.network_id == network_id, Task.kind == kind, Task.round == round, Task.whose == row.whose
    )
    return session.exec(same).one()


def whose(contact_person_id: int | None, unit_id: int | None) -> str:
    """Whose a task is in one word: "contact 12", "unit 5", both, or "office"."""
    words = [f"{kind} {id}" for kind, id in (("contact", contact_person_id), ("unit", unit_id)) if id is not None]
    return " ".join(words) or "office"


def close_task(task: Task, *, account_id: int | None, now: datetime, because: str = "done") -> None:
    """It is done, or no longer to be done; its label is forgotten. Safe to repeat."""
    if task.closed_at is None:
        task.closed_at, task.closed_by, task.closed_because, task.label = now, account_id, because, None


def open_again(task: Task) -> None:
    """Closed by mistake. A label that was forgotten does not come back."""
    task.closed_at = task.closed_by = task.closed_because = None


def forget_closed(session: Session, *, closed_before: datetime) -> int:
    """Delete tasks that were closed before then; returns how many.

    The last that a contact person has done stays while they carry the role: it tells since when nothing was heard.
    """
    later = aliased(Task)
    done_since = exists().where(
        col(later.contact_person_id) == col(Task.contact_person_id),
        col(later.closed_because) == "done",
        col(later.closed_at) > col(Task.closed_at),
    )
    carries = exists().where(col(ContactPerson.id) == col(Task.contact_person_id), col(ContactPerson.until).is_(None))
    is_last = carries & (col(Task.closed_because) == "done") & ~done_since
    gone = delete(Task).where(col(Task.closed_at) < closed_before, ~is_last)
    return session.execute(gone).rowcount  # type: ignore[attr-defined, no-any-return]


def task(session: Session, network_id: int, task_id: int) -> Task:
    """One of the network's tasks; NotFound."""
    row = session.get(Task, task_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def close_open(
    session: Session, network_id: int, kind: TaskKind, *, account_id: int | None, now: datetime, because: str = "done"
) -> int:
    """Every open task of a kind in the network is closed; returns how many."""
    rows = session.exec(
        select(Task).where(Task.network_id == network_id, Task.kind == kind, col(Task.closed_at).is_(None))
    ).all()
    for row in rows:
        close_task(row, account_id=account_id, now=now, because=because)
    return len(rows)


def close_round(session: Session, network_id: int, begins: str, *, account_id: int | None, now: datetime) -> None:
    """The network's open tasks whose round begins so are done."""
    rows = session.exec(select(Task).where(Task.network_id == network_id, col(Task.closed_at).is_(None))).all()
    for row in rows:
        if row.round.startswith(begins):
            close_task(row, account_id=account_id, now=now)


def tasks_of(session: Session, person_id: int, *, month_begins: date, network_id: int | None = None) -> list[Task]:
    """The open tasks of a contact person, and those of this month that are closed, those due first; of one network
    where that is given."""
    rows = (
        select(Task)
        .join(ContactPerson, col(ContactPerson.id) == col(Task.contact_person_id))
        .where(
            ContactPerson.person_id == person_id,
            col(ContactPerson.until).is_(None),
            col(Task.closed_at).is_(None) | (col(Task.due_on) >= month_begins),
        )
        .order_by(col(Task.due_on), col(Task.id))
    )
    if network_id is not None:
        rows = rows.where(Task.network_id == network_id)
    return list(session.exec(rows))


def pass_on(session: Session, role: ContactPerson, successor: ContactPerson | None, *, now: datetime) -> int:
    """The open tasks of a role that has ended go to whoever follows, as far as they do not have the same; with no
    successor they wait for the next contact person (`pass_on_orphans`). Returns how many went."""
    if successor is None:
        return 0
    rows = session.exec(select(Task).where(Task.contact_person_id == role.id, col(Task.closed_at).is_(None))).all()
    return sum(_give(session, row, successor, now) for row in rows)


def pass_on_orphans(session: Session, *, now: datetime) -> list[tuple[ContactPerson, ContactPerson]]:
    """Open tasks of roles that have ended, however they ended, go on where somebody can take them.

    Returns (the role that ended, who follows) for each role whose tasks went.
    """
    ended = session.exec(
        select(ContactPerson)
        .join(Task, col(Task.contact_person_id) == col(ContactPerson.id))
        .where(col(Task.closed_at).is_(None), col(ContactPerson.until).is_not(None))
        .distinct()
        .order_by(col(ContactPerson.id))
    ).all()
    found = [(role, successor_of(session, role)) for role in ended]
    followed = [(role, successor) for role, successor in found if successor is not None]
    for role, successor in followed:
        pass_on(session, role, successor, now=now)
    return followed


def _give(session: Session, task: Task, role: ContactPerson, now: datetime) -> bool:
    theirs = whose(role.id, task.unit_id)
    same = select(Task.id).where(
        Task.network_id == task.network_id, Task.kind == task.kind, Task.round == task.round, Task.whose == theirs
    )
    if session.exec(same).first() is not None:
        close_task(task, account_id=None, now=now, because="passed_on")
        session.flush()
        return False
    task.contact_person_id, task.whose = role.id, theirs
    session.flush()
    return True


def waiting(session: Session, network_ids: Iterable[int], *, done_since: datetime | None = None) -> list[Task]:
    """What waits for the coordinator in these networks, those due first; and what a person has done since then."""
    is_wanted: ColumnElement[bool] = col(Task.closed_at).is_(None)
    if done_since is not None:
        is_wanted |= (col(Task.closed_because) == "done") & (col(Task.closed_at) >= done_since)
    rows = select(Task).where(Among(col(Task.network_id), network_ids), col(Task.kind).in_(FOR_OFFICE), is_wanted)
    return list(session.exec(rows.order_by(col(Task.due_on), col(Task.id))))


def open_vacancy(session: Session, network_id: int, *, due_on: date, now: datetime) -> Task:
    """Somebody has to be found for the network; one open task of this kind at a time."""
    open_one = select(Task).where(
        Task.network_id == network_id, Task.kind == TaskKind.FILL_VACANCY, col(Task.closed_at).is_(None)
    )
    found = session.exec(open_one).first()
    if found is not None:
        return found
    row = open_task(session, network_id, TaskKind.FILL_VACANCY, round=f"{now:%Y-%m-%d}", due_on=due_on, now=now)
    open_again(row)  # filled and vacant again on one day
    session.flush()
    return row


def keep_vacancies(session: Session, *, due_on: date, now: datetime) -> tuple[int, int]:
    """Open a vacancy for each active network without a contact person, and close those that are no vacancies any more.

    Returns how many were opened and closed. Safe to repeat: roles end in several ways, and here all of them are seen.
    """
    active = set(
        session.exec(
            select(NetworkStateSpan.network_id).where(
                NetworkStateSpan.state == NetworkState.ACTIVE, col(NetworkStateSpan.until).is_(None)
            )
        )
    )
    staffed = set(session.exec(select(ContactPerson.network_id).where(col(ContactPerson.until).is_(None)).distinct()))
    open_tasks = session.exec(
        select(Task).where(Task.kind == TaskKind.FILL_VACANCY, col(Task.closed_at).is_(None))
    ).all()
    vacant = active - staffed
    lacking = sorted(vacant - {row.network_id for row in open_tasks})
    for network_id in lacking:
        open_vacancy(session, network_id, due_on=due_on, now=now)
    gone = [row for row in open_tasks if row.network_id not in active or _is_filled(row, staffed)]
    for row in gone:
        close_task(row, account_id=None, now=now, because="filled" if row.network_id in active else "not_active")
    return len(lacking), len(gone)


def _is_filled(task: Task, staffed: set[int]) -> bool:
    """Where a network with a contact person says that one is missing, the coordinator settles it."""
    return task.network_id in staffed and not task.round.startswith(CHECK_ROUND)
