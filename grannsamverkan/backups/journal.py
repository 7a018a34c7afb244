"""The journal of what was taken back (upkeep writes it beside the copies) is applied to a copy that is restored.

It only takes away: an erased person is erased again, a stopped address stays stopped, a withdrawn choice withdrawn, an
ended account ended. What people have chosen or told since the copy is lost, as everything since it is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain import accounts, keeping, membership, networks, people
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.keeping import GoneKind
from grannsamverkan.domain.networks import Household, HouseholdMember
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation import journal_file
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import Vault, vault_of

_MARGIN = timedelta(minutes=10)  # longer than a transaction lasts: an act of before the copy may have come after it


def end_old(database: Database, folder: Path, *, before: datetime) -> int:
    """Take entries out that are older than every copy; returns how many."""
    return journal_file.keep(
        folder / keeping.JOURNAL, database.vault, lambda entry: datetime.fromisoformat(str(entry["at"])) >= before
    )


@dataclass
class _Wanted:
    """What holds at the end of the journal, by keyed hash."""

    erased: set[bytes] = field(default_factory=set)
    moved_out: set[bytes] = field(default_factory=set)
    accounts: set[bytes] = field(default_factory=set)
    choices: dict[tuple[int, bytes], bool] = field(default_factory=dict)  # whether it is withdrawn
    addresses: dict[tuple[int, bytes], GoneKind | None] = field(default_factory=dict)


def _wanted(entries: Iterable[dict[str, Any]]) -> _Wanted:
    found = _Wanted()
    marks = {
        GoneKind.ERASED: found.erased,
        GoneKind.MOVED_OUT: found.moved_out,
        GoneKind.ACCOUNT_ENDED: found.accounts,
    }
    for entry in entries:
        kind, mark = GoneKind(entry["kind"]), bytes.fromhex(entry["mark"])
        whose = (int(entry["channel"]), mark)
        if kind in marks:
            marks[kind].add(mark)
        elif kind in (GoneKind.WITHDRAWN, GoneKind.CHOSEN):
            found.choices[whose] = kind is GoneKind.WITHDRAWN
        elif kind is GoneKind.STARTED:
            found.addresses[whose] = None
        elif found.addresses.get(whose) is not GoneKind.STOPPED:
            found.addresses[whose] = kind
    return found


def apply(session: Session, file: Path, *, taken_at: datetime, now: datetime) -> dict[str, int]:
    """Take back again what was taken back since the copy; returns how many of each kind were found in it."""
    vault = vault_of(session.get_bind().dialect)
    entries = journal_file.read(file, vault)
    wanted = _wanted(one for one in entries if datetime.fromisoformat(str(one["at"])) >= taken_at - _MARGIN)
    done: Counter[str] = Counter()
    for (channel, lookup), kind in wanted.addresses.items():
        if kind is GoneKind.STOPPED:
            people.stop(session, ChannelKind(channel), lookup, source="journal", now=now)
        elif kind is GoneKind.CLOSED:
            people.close_address(session, ChannelKind(channel), lookup, now=now)
        done[kind.value if kind else GoneKind.STARTED.value] += 1
    _move_out(session, vault, wanted.moved_out, done, now)
    _end_accounts(session, vault, wanted.accounts, done, now)
    _about_people(session, vault, wanted, done, now)
    return dict(done)


def _move_out(session: Session, vault: Vault, marks: set[bytes], done: Counter[str], now: datetime) -> None:
    living = select(HouseholdMember).where(col(HouseholdMember.until).is_(None)) if marks else None
    for row in session.exec(living).all() if living is not None else ():
        if keeping.member_mark(vault, row.household_id, row.person_id, row.since) in marks:
            networks.move_out(session, session.get_one(Household, row.household_id), row.person_id, now=now)
            done[GoneKind.MOVED_OUT] += 1


def _end_accounts(session: Session, vault: Vault, marks: set[bytes], done: Counter[str], now: datetime) -> None:
    for row in session.exec(select(Account).where(col(Account.ended_at).is_(None))).all() if marks else ():
        if keeping.account_mark(vault, row.id or 0, row.created_at) in marks:
            accounts.end_account(session, row.id or 0, now)
            done[GoneKind.ACCOUNT_ENDED] += 1


def _about_people(session: Session, vault: Vault, wanted: _Wanted, done: Counter[str], now: datetime) -> None:
    withdrawn = {whose for whose, is_withdrawn in wanted.choices.items() if is_withdrawn}
    if not wanted.erased and not withdrawn:
        return
    for person_id, created_at in session.exec(select(Person.id, Person.created_at)).all():
        mark = keeping.person_mark(vault, person_id or 0, created_at)
        if mark in wanted.erased:
            membership.erase_person(session, person_id or 0, now=now)
            session.execute(delete(ContactAddress).where(col(ContactAddress.person_id) == person_id))
            done[GoneKind.ERASED] += 1
            continue
        for channel in ChannelKind:
            if (int(channel), mark) in withdrawn:
                people.withdraw(session, person_id or 0, channel, now=now)
                done[GoneKind.WITHDRAWN] += 1
