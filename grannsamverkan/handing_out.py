"""What somebody asks to see as a public record: the rows of some tables, each value with a proposal for the person who
decides. Nothing is left out, and nothing is decided here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import LargeBinary, Select, Table
from sqlmodel import Session, select

from grannsamverkan import privacy, schema
from grannsamverkan.domain import accounts, audit
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.networks import Household, WatchNetwork
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.vault import SealedText

# What opens the installation itself, and would be no less secret to whoever decides.
_WAYS_IN = frozenset(
    {
        *("account", "account_invitation", "api_key", "enrolment", "known_device", "one_time_code", "passkey"),
        *("sign_in_session", "sign_in_try", "slip_batch", "webhook"),
    }
)


class Proposal(StrEnum):
    """What is proposed for a value. KEYED: only a hash or a key is there, which says nothing to anybody outside."""

    GIVE = "lämnas ut"
    JUDGE = "maskas, om prövning enligt 21 kap. OSL (1, 3 och 7 §§) inte leder till annat"
    KEYED = "maskas: nyckelvärde"


@dataclass(frozen=True)
class Value:
    """One value of one row. `row` is its key; `text` is as it would be read, the sealed opened."""

    table: str
    row: str
    column: str
    text: str
    proposal: Proposal


def tables() -> list[str]:
    """The tables that can be asked for: those whose rows belong to a municipality and are no way in."""
    return sorted(
        name for name, table in schema.metadata.tables.items() if name not in _WAYS_IN and _of(table, "") is not None
    )


def values(session: Session, name: str, municipality_code: str, since: datetime, until: datetime) -> Iterator[Value]:
    """Each value of the table's rows in that municipality and time, row by row; all times where a table has none."""
    table = schema.metadata.tables[name]
    rows = _of(table, municipality_code)
    assert rows is not None
    made = _time_of(table)
    if made is not None:
        rows = rows.where(made >= since, made < until)
    (kept,) = [one for one in privacy.inventory() if one.name == name]
    for row in session.connection().execute(rows.order_by(*table.primary_key.columns)).mappings():
        key = "/".join(str(row[column.name]) for column in table.primary_key.columns)
        for column in table.columns:
            yield Value(name, key, column.name, *_shown(column.type, row[column.name], column.name in kept.personal))


def note(
    session: Session,
    found: Sequence[Value],
    names: Sequence[str],
    municipality_code: str,
    *,
    account_id: int,
    purpose: str,
    now: datetime,
) -> None:
    """Write down who took what out and why: an act, and a view that those who were in it read on their own page."""
    audit.record(
        session,
        now=now,
        account_id=account_id,
        act="record.extracted",
        thing="installation",
        thing_id=0,
        municipality_code=municipality_code,
        tables=" ".join(names),
        values=len(found),
    )
    audit.note_view(
        session,
        now=now,
        account_id=account_id,
        role=accounts.account(session, account_id).role,
        what="export",
        municipality_code=municipality_code,
        network_id=None,
        household_ids=_ids(found, "household"),
        person_ids=_ids(found, "person"),
        purpose=purpose,
    )


def _ids(found: Sequence[Value], kind: str) -> set[int]:
    """Of which persons, or households, the values are."""
    names = {(kind, "id"), *((name, f"{kind}_id") for name in {one.table for one in found})}
    return {int(one.text) for one in found if one.text and (one.table, one.column) in names}


def _shown(kind: Any, value: Any, is_personal: bool) -> tuple[str, Proposal]:
    if value is None:
        return "", Proposal.GIVE
    if isinstance(kind, LargeBinary) and not isinstance(kind, SealedText):
        return "•", Proposal.KEYED
    return str(value), Proposal.JUDGE if is_personal else Proposal.GIVE


def _of(table: Table, municipality_code: str) -> Select[Any] | None:
    """The rows that are the municipality's, by themselves or by what they hang on; None: it has none there."""
    here = (
        ("municipality_code", [municipality_code]),
        ("alert_id", select(Alert.id).where(Alert.municipality_code == municipality_code)),
        ("network_id", select(WatchNetwork.id).where(WatchNetwork.municipality_code == municipality_code)),
        ("person_id", select(Person.id).where(Person.municipality_code == municipality_code)),
        (
            "household_id",
            select(Household.id)
            .join(WatchNetwork, schema.metadata.tables["watch_network"].c.id == Household.network_id)
            .where(WatchNetwork.municipality_code == municipality_code),
        ),
    )
    for name, among in here:
        if name in table.c:
            return table.select().where(table.c[name].in_(among))
    return None


def _time_of(table: Table) -> Any:
    """When a row was made, as far as the table says so."""
    names = ("at", "created_at", "made_at", "asked_at", "given_at", "placed_at", "since", "joined_at", "handed_over_at")
    return next((table.c[name] for name in names if name in table.c), None)
