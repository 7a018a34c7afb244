"""A list between upload and decision: its rows sealed, what its columns mean, and what would become of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from grannsamverkan.domain import networks
from grannsamverkan.domain.membership.lists.columns import CHOICES, NEVER_STORED, Meaning, Row
from grannsamverkan.domain.membership.lists.homes import Homes, home
from grannsamverkan.domain.membership.lists.marks import marks_protection
from grannsamverkan.domain.membership.lists.parts import Part, Parts
from grannsamverkan.domain.membership.lists.plan import Known, Plan, make_plan
from grannsamverkan.domain.membership.lists.reading import RowReader
from grannsamverkan.domain.membership.lists.screening import Screened, screen
from grannsamverkan.domain.membership.tables import ImportedRow, ImportState, MemberImport
from grannsamverkan.domain.networks import Household, HouseholdMember, NetworkState, WatchNetwork
from grannsamverkan.domain.people import ContactAddress, StopEntry, lookup_of
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden

PREVIEW_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading as written, what it means now, and whether somebody has to choose that.

    `is_kept` False: what stood in it was never stored. `examples` are its first cells.
    """

    index: int
    heading: str
    meaning: Meaning
    by_content: bool
    must_be_chosen: bool
    is_kept: bool
    examples: tuple[str, ...] = ()


def stage(
    session: Session, network: WatchNetwork, rows: Sequence[Row], *, account_id: int, now: datetime
) -> MemberImport:
    """Keep a list to be looked at, for a day; what the same account had waiting for the network is forgotten.

    Raises:
        Refused: import_of_ended_network; what `screen` refuses.
    """
    assert network.id is not None
    if networks.state_of(session, network.id) is NetworkState.ENDED:
        raise Refused("import_of_ended_network")
    screened = screen(rows)
    waiting = select(MemberImport).where(
        MemberImport.network_id == network.id,
        MemberImport.state == ImportState.PREVIEW,
        MemberImport.made_by == account_id,
    )
    for row in session.exec(waiting):
        session.delete(row)
    brought = MemberImport(
        network_id=network.id,
        mapping=_first_mapping(screened),
        facts={
            "rows": len(screened.rows),
            "protected": screened.protected,
            "personal_numbers": screened.personal_numbers,
        },
        made_at=now,
        made_by=account_id,
        expires_at=now + PREVIEW_LIFE,
    )
    session.add(brought)
    session.flush()
    kept = [(0, screened.headings), *screened.rows]
    told = [{"import_id": brought.id, "number": number, "cells": _sealed(cells)} for number, cells in kept]
    session.execute(insert(ImportedRow), told)
    return brought


def _sealed(cells: Sequence[str]) -> str:
    return json.dumps(list(cells), ensure_ascii=False)


def _first_mapping(screened: Screened) -> dict[str, object]:
    """By the guesses; where several columns seem to mean one thing, none of them does until somebody has chosen."""
    return {
        "columns": [(Meaning.NOTHING if one.is_one_of_several else one.meaning).value for one in screened.guesses],
        "asks": [at for at, one in enumerate(screened.guesses) if one.is_one_of_several],
        "by_content": [at for at, one in enumerate(screened.guesses) if one.by_content],
        "heading_number": screened.heading_number,
        "has_headings": screened.heading_number > 0,
    }


def member_import(session: Session, network_id: int, import_id: int) -> MemberImport:
    """One of the network's lists; NotFound."""
    row = session.get(MemberImport, import_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def locked(session: Session, network_id: int, import_id: int) -> MemberImport:
    """The same, and nobody else changes it, or takes in another list for the network, until the transaction ends."""
    session.get(WatchNetwork, network_id, with_for_update=True)
    row = session.get(MemberImport, import_id, with_for_update=True, populate_existing=True)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def imports(session: Session, network_id: int) -> list[MemberImport]:
    """The network's lists that are still known, newest first."""
    rows = select(MemberImport).where(MemberImport.network_id == network_id).order_by(col(MemberImport.id).desc())
    return list(session.exec(rows))


def columns(session: Session, brought: MemberImport) -> list[Column]:
    """The list's columns, for somebody to choose what they mean."""
    headings, lines = lines_of(session, brought, limit=20)
    meanings, asks = _meanings(brought), set(brought.mapping["asks"])
    return [
        Column(
            index=at,
            heading=heading,
            meaning=meanings[at],
            by_content=at in brought.mapping["by_content"],
            must_be_chosen=at in asks,
            is_kept=meanings[at] not in NEVER_STORED,
            examples=tuple(list(dict.fromkeys(line.cells[at] for line in lines if line.cells[at]))[:2]),
        )
        for at, heading in enumerate(headings)
    ]


def choose(
    session: Session,
    brought: MemberImport,
    chosen: Mapping[int, Meaning],
    *,
    has_headings: bool,
    consent_source: str,
) -> None:
    """Say what the columns mean, and whether the first row has headings. Columns that were never stored stay so.

    Raises:
        Refused: import_not_waiting, column_chosen_twice (column: the second).
    """
    if brought.state is not ImportState.PREVIEW:
        raise Refused("import_not_waiting")
    now_ = [
        meaning if meaning in NEVER_STORED else chosen.get(at, meaning) for at, meaning in _meanings(brought).items()
    ]
    taken = [(at, meaning) for at, meaning in enumerate(now_) if meaning in CHOICES and meaning is not Meaning.NOTHING]
    for place, (at, meaning) in enumerate(taken):
        if meaning in [other for _, other in taken[:place]]:
            raise Refused("column_chosen_twice", column=at)
    brought.mapping = {
        **brought.mapping,
        "columns": [meaning.value for meaning in now_],
        "asks": [],
        "has_headings": has_headings,
    }
    brought.consent_source = consent_source or None
    session.flush()


def _meanings(brought: MemberImport) -> dict[int, Meaning]:
    return {at: Meaning(value) for at, value in enumerate(brought.mapping["columns"])}


def taken_columns(brought: MemberImport) -> dict[int, Meaning]:
    """The columns that are taken in, and what they mean."""
    return {
        at: meaning
        for at, meaning in _meanings(brought).items()
        if meaning is not Meaning.NOTHING and meaning not in NEVER_STORED
    }


@dataclass(frozen=True)
class Line:
    """A row of the list: its number in the file, its cells, and the id of the row that keeps them."""

    number: int
    cells: list[str]
    row_id: int


def lines_of(session: Session, brought: MemberImport, *, limit: int | None = None) -> tuple[list[str], list[Line]]:
    """The headings (empty texts where there are none) and the rows below them, in order."""
    rows = (
        select(ImportedRow.id, ImportedRow.number, ImportedRow.cells)
        .where(ImportedRow.import_id == brought.id)
        .order_by(col(ImportedRow.number))
        .limit(limit)
    )
    first, *lines = [
        Line(number, json.loads(cells or "[]"), row_id or 0) for row_id, number, cells in session.exec(rows)
    ]
    said, is_meant = brought.mapping["heading_number"], brought.mapping["has_headings"]
    if said and not is_meant and not any(marks_protection(cell) for cell in first.cells):
        never = [meaning in NEVER_STORED for meaning in _meanings(brought).values()]
        cells = ["" if is_never else cell for cell, is_never in zip(first.cells, never, strict=True)]
        return [""] * len(cells), [Line(said, cells, first.row_id), *lines]
    if not said and is_meant and lines:
        return lines[0].cells, lines[1:]
    return (first.cells if is_meant else [""] * len(first.cells)), lines


def plan_of(session: Session, brought: MemberImport, *, now: datetime) -> tuple[Plan, dict[int, Line]]:
    """What would become of the list now, and its lines by number."""
    network = networks.network(session, brought.network_id)
    meanings = taken_columns(brought)
    parts = parts_of(session, brought.network_id)
    reader = RowReader(meanings, parts, today=in_sweden(now).date(), consent_source=brought.consent_source or "")
    lines = {line.number: line for line in lines_of(session, brought)[1]}
    plan = make_plan(
        (reader.read(number, line.cells) for number, line in lines.items()),
        meanings,
        known=_known(session, network),
        kind=network.kind,
        asks=brought.mapping["asks"],
    )
    return plan, lines


def parts_of(session: Session, network_id: int) -> Parts:
    """The network's parts, to be found by what lists call them."""
    names = networks.unit_names(session, [network_id])
    units = networks.units(session, network_id)
    parents = {unit.parent_id for unit in units}
    known = [(unit.id, unit.name) for unit in units if unit.id is not None]
    return Parts(Part(unit_id, names[unit_id], name, is_leaf=unit_id not in parents) for unit_id, name in known)


def _known(session: Session, network: WatchNetwork) -> Known:
    living = (Household.network_id == network.id, col(Household.left_at).is_(None))
    addresses = session.exec(
        select(ContactAddress.channel, ContactAddress.lookup)
        .join(HouseholdMember, col(HouseholdMember.person_id) == col(ContactAddress.person_id))
        .join(Household, col(Household.id) == col(HouseholdMember.household_id))
        .where(*living, col(HouseholdMember.until).is_(None), col(ContactAddress.confirmed_at).is_not(None))
    ).all()
    members = {(channel, bytes(lookup)) for channel, lookup in addresses}
    entries = session.exec(select(StopEntry.channel, StopEntry.lookup)).all()
    stopped = {(channel, bytes(lookup)) for channel, lookup in entries}
    names = networks.unit_names(session, [network.id or 0])
    labels = session.exec(select(Household.unit_id, Household.label).where(*living)).all()
    homes = Homes(home(unit_id, label, names.get(unit_id or 0, ""), network.kind) for unit_id, label in labels if label)

    def is_member(channel: ChannelKind, value: str) -> bool:
        return bool(members) and (int(channel), lookup_of(session, channel, value)) in members

    def is_stopped(channel: ChannelKind, value: str) -> bool:
        return bool(stopped) and (int(channel), lookup_of(session, channel, value)) in stopped

    return Known(is_member, is_stopped, homes)


def discard(session: Session, brought: MemberImport) -> int:
    """Forget the list's rows that are nobody's: all of one that waits, the letters of one that was taken in.

    Returns how many rows. The list itself goes too while it waits.
    """
    if brought.state is ImportState.PREVIEW:
        gone = int(brought.facts.get("rows", 0))
        session.delete(brought)
        session.flush()
        return gone
    letters = delete(ImportedRow).where(
        col(ImportedRow.import_id) == brought.id, col(ImportedRow.household_id).is_(None)
    )
    return session.execute(letters).rowcount  # type: ignore[attr-defined, no-any-return]


def forget(session: Session, *, now: datetime) -> int:
    """Delete the lists whose time is out, with every row of theirs; returns how many rows."""
    late = select(MemberImport.id).where(col(MemberImport.expires_at) <= now)
    ids = [import_id for import_id in session.exec(late) if import_id is not None]
    gone = session.exec(
        select(func.count(col(ImportedRow.id))).where(col(ImportedRow.import_id).in_(ids), ImportedRow.number > 0)
    ).one()
    session.execute(delete(MemberImport).where(col(MemberImport.id).in_(ids)))
    return gone
