"""Contact persons of whom nothing has been heard for months, as their open tasks show."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task
from grannsamverkan.domain.networks import ContactPerson


def silent_in(session: Session, network_ids: Iterable[int], *, before: datetime) -> dict[int, int]:
    """How many silent contact persons each of these networks has; networks without any are left out."""
    silent = silent_since(session, network_ids, before=before)
    rows = session.exec(select(ContactPerson.network_id).where(col(ContactPerson.id).in_(silent)))
    return dict(Counter(rows))


def silent_since(session: Session, network_ids: Iterable[int], *, before: datetime) -> dict[int, datetime]:
    """Roles in these networks with tasks from before then that are still open, and none closed since: by role, when
    something was last heard (a task closed by the carrier; else when they took the role on).

    Somebody who has had nothing to do is not silent.
    """
    made_of_open = case((col(Task.closed_at).is_(None), col(Task.made_at)))
    carried = (
        select(ContactPerson.id, ContactPerson.since, func.max(Task.closed_at), func.min(made_of_open))
        .join(Task, col(Task.contact_person_id) == col(ContactPerson.id))
        .where(
            col(ContactPerson.network_id).in_(list(network_ids)),
            col(ContactPerson.until).is_(None),
            col(ContactPerson.since) < before,
            (col(Task.closed_because) == "done") | col(Task.closed_at).is_(None),
        )
        .group_by(col(ContactPerson.id), col(ContactPerson.since))
    )
    return {
        role_id: heard or since
        for role_id, since, heard, waits_since in session.exec(carried)
        if role_id is not None and waits_since is not None and waits_since < before and (heard or since) < before
    }
