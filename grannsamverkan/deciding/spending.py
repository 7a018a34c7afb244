"""A municipality's budget for SMS: kronor for a calendar year in Sweden.

It is looked at before a message is let go, and never after: what sends knows neither budget nor price, so that nothing
is cut off in its middle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from grannsamverkan.deciding.telling import after_quiet_hours, tell_accounts
from grannsamverkan.domain import accounts, places, receipts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.domain.receipts import SpendingMark
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime

_ALMOST = 0.8
_ORE = 0.01  # less than that is how numbers are kept, no money
_TOLD_OF = {
    SpendingMark.ALMOST: words.budget_almost_spent,
    SpendingMark.SPENT: words.budget_spent,
    SpendingMark.HELD: words.advice_held_back,
}


@dataclass(frozen=True, slots=True)
class Spending:
    """A year's budget in kronor, and how much of it is booked: what SMS have cost, and what those will that are let go
    and have not gone."""

    municipality_code: str
    year: int
    kronor: int
    booked: float

    @property
    def left(self) -> float:
        """Below zero when more is booked than there is."""
        return self.kronor - self.booked

    @property
    def mark(self) -> SpendingMark | None:
        """What it has come to that somebody has to know of."""
        if self.left < _ORE:
            return SpendingMark.SPENT
        return SpendingMark.ALMOST if self.booked > _ALMOST * self.kronor - _ORE else None

    def holds(self, cost: float) -> bool:
        """Whether there is room for what costs so much. What costs nothing always has it."""
        return cost < max(self.left, 0) + _ORE


def spending_at(runtime: Runtime, session: Session, municipality_code: str, *, at: datetime) -> Spending | None:
    """In the year of this moment in Sweden, at the price of now; None without a budget."""
    kronor, year = places.rules(session, municipality_code).sms_kronor_a_year, in_sweden(at).year
    if not kronor:
        return None
    price = runtime.settings.sms.kronor_per_part
    booked = receipts.booked_kronor(session, municipality_code, year, kronor_per_part=price)
    return Spending(municipality_code, year, kronor, booked)


def hold_money(session: Session, municipality_codes: Iterable[str]) -> None:
    """Whoever else holds the money of one of these waits until this transaction has ended; where there is no budget,
    nobody does."""
    budgeted = [code for code in municipality_codes if places.rules(session, code).sms_kronor_a_year]
    if budgeted:
        places.hold_served(session, budgeted)


def spending_to_tell(
    runtime: Runtime, session: Session, municipality_code: str, *, now: datetime
) -> tuple[Spending, SpendingMark] | None:
    """What this year's budget has come to, when nobody has been told of it."""
    spent = spending_at(runtime, session, municipality_code, at=now)
    if spent is None or spent.mark is None:
        return None
    if receipts.was_told(session, municipality_code, spent.year, spent.kronor, spent.mark):
        return None
    return spent, spent.mark


def tell_of_spending(runtime: Runtime, session: Session, spent: Spending, mark: SpendingMark, *, now: datetime) -> bool:
    """Tell those who set the budget what it has come to, once; False when they have been told. A budget that is spent
    says it all: nobody is told afterwards that it is almost so."""
    code, year, kronor = spent.municipality_code, spent.year, spent.kronor
    if mark is SpendingMark.SPENT:
        receipts.note_told(session, code, year, kronor, SpendingMark.ALMOST, now=now)
    if not receipts.note_told(session, code, year, kronor, mark, now=now):
        return False
    sender = places.served_municipality(session, code).sender_name
    tell_accounts(
        session,
        accounts.managers(session, code, who_may=Action.SET_RULES),
        NoticeKind.APPROVAL,
        _TOLD_OF[mark](sender, year=year, kronor=kronor, page=f"{runtime.settings.installation.base_url}/varningar"),
        municipality_code=code,
        about=f"budget:{code}:{year}",
        key=f"{mark.value}:{kronor}",
        now=now,
        not_before=after_quiet_hours(session, code, now),
    )
    return True
