"""What becomes of requests, slips, forms and lists when their network merges, splits or ends."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle import Moved
from grannsamverkan.domain.membership import slips
from grannsamverkan.domain.membership.joining import household_in
from grannsamverkan.domain.membership.requests import close_request, requests
from grannsamverkan.domain.membership.tables import Enrolment, ImportedRow, JoinRequest, MemberImport
from grannsamverkan.domain.networks import Unit


def follow(session: Session, moved: Moved, *, now: datetime) -> None:
    """They go along with the part they are for: whoever waits is let in there, a slip on paper still opens the door, a
    form that is being filled in leads to where it can be sent. Lists brought in follow a network that became part of
    another."""
    waiting = {row.person_id for row in requests(session, [moved.into_id])}
    for asked in requests(session, [moved.from_id]):
        if not moved.takes(asked.unit_id):
            continue
        if asked.person_id in waiting or household_in(session, asked.person_id, moved.into_id) is not None:
            close_request(asked, account_id=None, now=now)
        else:
            asked.network_id, asked.unit_id = moved.into_id, moved.unit(asked.unit_id)
    for batch in slips.batches(session, moved.from_id):
        if slips.is_usable(batch, now) and moved.takes(batch.unit_id):
            batch.network_id, batch.unit_id = moved.into_id, moved.unit(batch.unit_id)
    forms = select(Enrolment).where(Enrolment.network_id == moved.from_id, col(Enrolment.finished_at).is_(None))
    for form in session.exec(forms):
        if moved.takes(form.unit_id):
            form.network_id, form.unit_id = moved.into_id, moved.unit(form.unit_id)
    if moved.is_whole:
        slips.revoke_all(session, [moved.from_id], now=now)
        _follow_lists(session, moved)
    session.flush()


def _follow_lists(session: Session, moved: Moved) -> None:
    """What a list made can be undone also where its households are now."""
    lists = session.exec(select(MemberImport).where(MemberImport.network_id == moved.from_id)).all()
    for row in lists:
        row.network_id = moved.into_id
    made = select(ImportedRow).where(
        col(ImportedRow.import_id).in_([row.id for row in lists]), col(ImportedRow.household_id).is_not(None)
    )
    for one in session.exec(made):
        one.household_id = moved.households.get(one.household_id or 0, one.household_id)


def end_requests(session: Session, network_id: int, *, account_id: int, now: datetime) -> list[JoinRequest]:
    """Nobody joins a network that has ended: its slips open nothing, and whoever waits has to be told. Returns whose
    requests were closed."""
    slips.revoke_all(session, [network_id], now=now)
    closed = requests(session, [network_id])
    for asked in closed:
        close_request(asked, account_id=account_id, now=now)
    session.flush()
    return closed


def leave_part(session: Session, unit: Unit, *, now: datetime) -> None:
    """A part is out of use: slips for it open nothing, and whoever waits there waits where it stood."""
    for batch in slips.batches(session, unit.network_id):
        if batch.unit_id == unit.id:
            slips.revoke(batch, now=now)
    for table in (JoinRequest, Enrolment):
        session.execute(update(table).where(col(table.unit_id) == unit.id).values(unit_id=unit.parent_id))
    session.expire_all()
