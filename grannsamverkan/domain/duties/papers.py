"""Papers on notice boards: whoever has put one up is reminded to take it down."""

from datetime import date, datetime
from hashlib import blake2b

from sqlmodel import Session

from grannsamverkan.domain.duties.tables import Task, TaskKind
from grannsamverkan.domain.duties.tasks import open_again, open_task
from grannsamverkan.domain.networks import ContactPerson


def note_paper(session: Session, role: ContactPerson, paper: str, label: str, *, until: date, now: datetime) -> Task:
    """`paper` hangs in the network until that day: a task to take it down, once, and for whoever said so. Said again
    after it was taken down, it hangs again."""
    mark = blake2b(f"{paper} {until}".encode(), digest_size=6).hexdigest()
    task = open_task(
        session,
        role.network_id,
        TaskKind.TAKE_DOWN,
        round=f"paper-{mark}",
        due_on=until,
        now=now,
        contact_person_id=role.id,
        label=label,
    )
    if task.closed_at is not None:
        open_again(task)
        task.label = label
    session.flush()
    return task
