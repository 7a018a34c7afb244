"""What has been told of a municipality's budget for SMS, so that each is told once."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.receipts.tables import SpendingMark, ToldOfSpending
from grannsamverkan.foundation.database import UtcDateTime

_TELL = text("""
    INSERT INTO told_of_spending (municipality_code, year, kronor, mark, told_at)
    VALUES (:municipality_code, :year, :kronor, :mark, :now) ON CONFLICT DO NOTHING
""").bindparams(bindparam("now", type_=UtcDateTime))


def note_told(
    session: Session, municipality_code: str, year: int, kronor: int, mark: SpendingMark, *, now: datetime
) -> bool:
    """Write down that it is told of the mark: True for the first who does, for this budget in this year."""
    values = {"municipality_code": municipality_code, "year": year, "kronor": kronor, "mark": mark.value, "now": now}
    return session.connection().execute(_TELL, values).rowcount == 1


def was_told(session: Session, municipality_code: str, year: int, kronor: int, mark: SpendingMark) -> bool:
    """Whether it has been told of the mark."""
    return session.get(ToldOfSpending, (municipality_code, year, kronor, mark)) is not None
