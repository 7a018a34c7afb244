"""Contact persons of whom nothing has been heard for months, as the tasks show that they have not done."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.duties.tables import Task
from grannsamverkan.domain.duties.tasks import LAPSED
from grannsamverkan.domain.networks import ContactPerson
from grannsamverkan.foundation.database import Among


def silent_in(session: Session, network_ids: Iterable[int], *, before: datetime) -> dict[int, int]:
    """How many silent contact persons each of these networks has; networks without any are left out."""
    return dict(Counter(network_id for _role_id, network_id, _since in _silent(session, network_ids, before)))


def silent_since(session: Session, network_ids: Iterable[int], *, before: datetime) -> dict[int, datetime]:
    """Roles in these networks that have had tasks since before then and closed none: by role, when something was last
    heard (a task closed by the carrier; else when they took the role on).

    Somebody who has had nothing to do is not silent.
    """
    return {role_id: since for role_id, _network_id, since in _silent(session, network_ids, before)}


def _silent(session: Session, network_ids: Iterable[int], before: datetime) -> list[tuple[int, int, datetime]]:
    """(role, its network, when something was last heard)."""
    ids = list(network_ids)
    heard = (
        select(col(Task.contact_person_id).label("role_id"), func.max(Task.closed_at).label("at"))
        .where(Among(col(Task.network_id), ids), Task.closed_because == "done")
        .group_by(col(Task.contact_person_id))
        .subquery()
    )
    rows = (
        select(ContactPerson.id, ContactPerson.network_id, ContactPerson.since, heard.c.at)
        .join(Task, col(Task.contact_person_id) == col(ContactPerson.id))
        .outerjoin(heard, heard.c.role_id == col(ContactPerson.id))
        .where(
            Among(col(ContactPerson.network_id), ids),
            col(ContactPerson.until).is_(None),
            col(ContactPerson.since) < before,
            col(Task.closed_at).is_(None) | (col(Task.closed_because) == LAPSED),
            col(Task.made_at) < before,
            heard.c.at.is_(None) | ((heard.c.at < before) & (heard.c.at < col(Task.made_at))),
        )
        .distinct()
    )
    return [(role_id or 0, network_id, at or since) for role_id, network_id, since, at in session.exec(rows)]
