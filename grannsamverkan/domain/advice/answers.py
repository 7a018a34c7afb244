"""What neighbours say of a tip: counts by year, and nobody's answer."""

from collections.abc import Mapping

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from grannsamverkan.domain.advice.catalogue import shipped
from grannsamverkan.domain.advice.tables import CardAnswer, CardAnswerKind
from grannsamverkan.foundation.errors import NotFound


def count_answer(session: Session, municipality_code: str, key: str, answer: CardAnswerKind, *, year: int) -> None:
    """One more has answered so. Two at once both count; NotFound for a key that there is no card of."""
    if key not in shipped():
        raise NotFound
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    counted = insert(CardAnswer).values(
        municipality_code=municipality_code, card_key=key, year=year, answer=answer, count=1
    )
    once_more = counted.on_conflict_do_update(
        index_elements=["municipality_code", "card_key", "year", "answer"],
        set_={"count": col(CardAnswer.count) + 1},
    )
    session.execute(once_more)


def answers_of_year(session: Session, municipality_code: str, year: int) -> dict[str, Mapping[CardAnswerKind, int]]:
    """How many have answered how about each card: none left out where somebody has answered."""
    asked = select(CardAnswer).where(CardAnswer.municipality_code == municipality_code, CardAnswer.year == year)
    found: dict[str, dict[CardAnswerKind, int]] = {}
    for row in session.exec(asked):
        found.setdefault(row.card_key, dict.fromkeys(CardAnswerKind, 0))[row.answer] = row.count
    return dict(found)
