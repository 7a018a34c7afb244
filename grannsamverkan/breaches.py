"""How far a breach reached: whom an account was shown between two moments, what of them, and what it did.

Read from the log of views and the log of acts, which the account could not change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.audit import AuditEntry, ViewEntry
from grannsamverkan.domain.networks import HouseholdMember
from grannsamverkan.domain.people import Person
from grannsamverkan.runtime import Runtime

# What each kind of view shows of a household or a person, at the most: households say themselves what shows of them.
SHOWN = {
    "list": ("label", "name", "number", "mailbox"),
    "neighbours": ("label", "name", "number", "mailbox"),
    "print": ("label", "name", "number"),
    "route": ("label",),
    "reveal": ("number", "mailbox"),
    "export": ("label", "name", "number", "mailbox", "choices"),
    "register": ("name", "number", "mailbox", "role"),
    "import": ("label", "name", "number", "mailbox"),
}
_SAME_VISIT = timedelta(hours=1)  # a view that is looked at again within it is not written down again
_AT_ONCE = 5_000


@dataclass
class Reach:
    """`people` and `households`: by id, the kinds of views they stood in."""

    people: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    households: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    views: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    by_municipality: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        kinds = {kind for seen in self.people.values() for kind in seen} | set(self.views)
        details: Counter[str] = Counter()
        for seen in self.people.values():
            details.update({detail for kind in seen for detail in SHOWN[kind]})
        return {
            "people": len(self.people),
            "households": len(self.households),
            "people_by_detail": dict(sorted(details.items())),
            "people_by_municipality": dict(sorted(self.by_municipality.items())),
            "views": {kind: self.views[kind] for kind in sorted(kinds)},
            "acts": dict(sorted(self.acts.items())),
        }


def measure(runtime: Runtime, account: Account | None, *, since: datetime, until: datetime) -> Reach:
    """Whom this account was shown in that time; None: whom anybody was."""
    reach = Reach()
    with runtime.database.read() as session:
        homes: dict[int, set[tuple[str, datetime]]] = defaultdict(set)
        for view in session.exec(_views(account, since, until).execution_options(yield_per=500)):
            reach.views[view.what] += 1
            for person_id in view.person_ids:
                reach.people[person_id].add(view.what)
            for household_id in view.household_ids:
                reach.households[household_id].add(view.what)
                homes[household_id].add((view.what, view.at))
        _who_lived_there(session, homes, reach)
        for ids in _parts(sorted(reach.people)):
            of = select(Person.municipality_code).where(col(Person.id).in_(ids))
            reach.by_municipality.update(session.exec(of))
        acts = select(AuditEntry.act).where(col(AuditEntry.at) >= since, col(AuditEntry.at) < until)
        by = col(AuditEntry.account_id)
        reach.acts.update(session.exec(acts.where(by == account.id if account is not None else by.is_not(None))))
    return reach


def _views(account: Account | None, since: datetime, until: datetime) -> Any:
    rows = select(ViewEntry).where(col(ViewEntry.at) >= since - _SAME_VISIT, col(ViewEntry.at) < until)
    if account is None:
        return rows
    its = col(ViewEntry.account_id) == account.id
    # A contact person may have looked at the neighbours' list as the neighbour that they are too.
    if account.person_id is not None:
        its |= col(ViewEntry.viewer_person_id) == account.person_id
    return rows.where(its)


def _who_lived_there(session: Session, homes: dict[int, set[tuple[str, datetime]]], reach: Reach) -> None:
    """A home that is shown shows those who lived there then."""
    for ids in _parts(sorted(homes)):
        for row in session.exec(select(HouseholdMember).where(col(HouseholdMember.household_id).in_(ids))):
            for what, at in homes[row.household_id]:
                if row.since <= at and (row.until is None or row.until > at):
                    reach.people[row.person_id].add(what)


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))
