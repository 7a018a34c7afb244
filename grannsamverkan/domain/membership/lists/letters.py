"""Letters to those on a list who have not agreed to anything: one page a household, with a code that many share."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.membership import slips
from grannsamverkan.domain.membership.lists.plan import Judged
from grannsamverkan.domain.membership.slips import MOST_SLIPS
from grannsamverkan.domain.membership.tables import ImportedRow, ImportState, MemberImport, SlipBatch
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused


@dataclass(frozen=True)
class LetterBatch:
    """Letters with the same code, printed as one document: to whom, as it stands on each."""

    batch: SlipBatch
    recipients: tuple[str, ...]
    printed_at: datetime | None


def letter_cells(row: Judged) -> str:
    """What is kept of a row until its letter is printed: its door, a name and a place. No address of any other kind."""
    return json.dumps([row.door, row.reading.name, row.reading.place], ensure_ascii=False)


def write_letters(
    session: Session, network: WatchNetwork, brought: MemberImport, *, days: int, account_id: int, now: datetime
) -> int:
    """Give the list's letters their codes, valid for `days`; returns how many letters got one now. Safe to repeat.

    A code is for the whole network and for as many letters as a batch of slips may be: nothing tells which of them
    somebody has answered.

    Raises:
        Refused: import_has_no_letters; what `slips.make_batch` refuses.
    """
    if brought.state is not ImportState.APPLIED:
        raise Refused("import_has_no_letters")
    homes = list(_by_door(row for row in _letter_rows(session, brought) if row.batch_id is None).values())
    for at in range(0, len(homes), MOST_SLIPS):
        some = homes[at : at + MOST_SLIPS]
        batch = slips.make_batch(session, network, None, slips=len(some), days=days, account_id=account_id, now=now)
        for rows in some:
            for row in rows:
                row.batch_id = batch.id
    session.flush()
    return len(homes)


def letter_batches(session: Session, brought: MemberImport) -> list[LetterBatch]:
    """The list's letters that have their codes, in the order of the list."""
    rows = [row for row in _letter_rows(session, brought) if row.batch_id is not None]
    found: list[LetterBatch] = []
    for batch_id in dict.fromkeys(row.batch_id for row in rows):
        batch = session.get(SlipBatch, batch_id)
        assert batch is not None
        mine = [row for row in rows if row.batch_id == batch_id]
        recipients = tuple(_recipient(homes) for homes in _by_door(mine).values())
        found.append(LetterBatch(batch, recipients, mine[0].asked_at))
    return found


def letter_batch(session: Session, brought: MemberImport, batch_id: int) -> LetterBatch:
    """One of them; NotFound."""
    for one in letter_batches(session, brought):
        if one.batch.id == batch_id:
            return one
    raise NotFound


def waiting_letters(session: Session, brought: MemberImport) -> int:
    """How many households are to be asked and have no code yet."""
    return len(_by_door(row for row in _letter_rows(session, brought) if row.batch_id is None))


def mark_printed(session: Session, brought: MemberImport, *, now: datetime) -> int:
    """Every letter with a code has been printed; returns how many had not. Safe to repeat."""
    rows = [row for row in _letter_rows(session, brought) if row.batch_id is not None and row.asked_at is None]
    for row in rows:
        row.asked_at = now
    session.flush()
    return len(_by_door(rows))


def _letter_rows(session: Session, brought: MemberImport) -> list[ImportedRow]:
    if brought.state is not ImportState.APPLIED:
        return []
    rows = select(ImportedRow).where(
        ImportedRow.import_id == brought.id, col(ImportedRow.has_consent).is_(False), ImportedRow.number > 0
    )
    return list(session.exec(rows.order_by(col(ImportedRow.number))))


def _by_door(rows: Iterable[ImportedRow]) -> dict[str, list[ImportedRow]]:
    found: dict[str, list[ImportedRow]] = {}
    for row in rows:
        found.setdefault(json.loads(row.cells or "[]")[0], []).append(row)
    return found


def _recipient(rows: list[ImportedRow]) -> str:
    """Anna Andersson, Bo Andersson, Nybyvägen 3"""
    told = [json.loads(row.cells or "[]") for row in rows]
    names = dict.fromkeys(name for _, name, _ in told if name)
    places = dict.fromkeys(place for _, _, place in told if place)
    return ", ".join((*names, *places))
