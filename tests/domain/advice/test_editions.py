"""A municipality's own words for a tip: each change is kept, taken back and refused where it breaks a rule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from grannsamverkan.domain import accounts, advice
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.advice import CardTexts
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound, Refused
from tests.support.builders import ESLOV, HOOR, NOW, a_network

KEY = "las-cykeln"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        a_network(session)
        a_network(session, "Marieholm", municipality_code=ESLOV)
        yield session


@pytest.fixture
def account_id(session: Session) -> int:
    draft = AccountDraft("samordnare", "en lampa i varje fönster", Role.COORDINATOR, municipality_code=HOOR)
    return accounts.add_account(session, draft, NOW, passwords=CHEAP).id or 0


def own_words(title: str = "Lås cykeln här i Höör") -> dict[str, CardTexts]:
    texts = advice.shipped()[KEY].texts
    return {"sv": replace(texts["sv"], title=title), "en": texts["en"]}


def test_own_words_count_in_that_municipality_alone(session: Session, account_id: int) -> None:
    assert advice.edit_card(session, HOOR, KEY, own_words(), account_id=account_id, now=NOW)
    here, there = advice.card(session, HOOR, KEY), advice.card(session, ESLOV, KEY)
    assert (here.texts["sv"].title, here.is_own) == ("Lås cykeln här i Höör", True)
    assert there == advice.shipped()[KEY]
    assert [card.key for card in advice.cards(session, HOOR) if card.is_own] == [KEY]
    assert not advice.edit_card(session, HOOR, KEY, own_words(), account_id=account_id, now=NOW)
    assert len(advice.card_history(session, HOOR, KEY)) == 1


def test_words_that_break_a_rule_are_refused(session: Session, account_id: int) -> None:
    with pytest.raises(Refused, match=r"card_faults \(number=1\)"):
        advice.edit_card(session, HOOR, KEY, own_words("Lås cykeln gratis"), account_id=account_id, now=NOW)
    assert advice.card_history(session, HOOR, KEY) == []


def test_the_shipped_words_come_back_and_so_do_ones_own(session: Session, account_id: int) -> None:
    advice.edit_card(session, HOOR, KEY, own_words(), account_id=account_id, now=NOW)
    first = advice.card_history(session, HOOR, KEY)[0].id
    later = NOW + timedelta(days=1)
    assert advice.restore_card(session, HOOR, KEY, None, account_id=account_id, now=later)
    assert advice.card(session, HOOR, KEY) == advice.shipped()[KEY]
    assert not advice.restore_card(session, HOOR, KEY, None, account_id=account_id, now=later)
    assert advice.restore_card(session, HOOR, KEY, first, account_id=account_id, now=later)
    assert advice.card(session, HOOR, KEY).texts["sv"].title == "Lås cykeln här i Höör"
    assert [row.texts is None for row in advice.card_history(session, HOOR, KEY)] == [False, True, False]
    with pytest.raises(NotFound):
        advice.restore_card(session, ESLOV, KEY, first, account_id=account_id, now=later)


def test_out_of_use_and_back_with_its_words(session: Session, account_id: int) -> None:
    advice.edit_card(session, HOOR, KEY, own_words(), account_id=account_id, now=NOW)
    assert advice.set_disabled(session, HOOR, KEY, is_disabled=True, account_id=account_id, now=NOW)
    assert not advice.set_disabled(session, HOOR, KEY, is_disabled=True, account_id=account_id, now=NOW)
    with pytest.raises(NotFound):
        advice.card(session, HOOR, KEY)
    assert KEY not in {card.key for card in advice.cards(session, HOOR)}
    assert KEY in {card.key for card in advice.cards(session, HOOR, with_disabled=True)}
    assert KEY in {card.key for card in advice.cards(session, ESLOV)}
    advice.set_disabled(session, HOOR, KEY, is_disabled=False, account_id=account_id, now=NOW)
    assert advice.card(session, HOOR, KEY).is_own


def test_writing_the_shipped_words_is_having_none_of_ones_own(session: Session, account_id: int) -> None:
    advice.edit_card(session, HOOR, KEY, own_words(), account_id=account_id, now=NOW)
    advice.edit_card(session, HOOR, KEY, advice.shipped()[KEY].texts, account_id=account_id, now=NOW)
    assert not advice.card(session, HOOR, KEY).is_own
    with pytest.raises(NotFound):
        advice.card(session, HOOR, "finns-inte")


def test_answers_are_counted_by_year_and_are_nobodys(session: Session) -> None:
    kinds = advice.CardAnswerKind
    for answer, year in ((kinds.DONE, 2026), (kinds.DONE, 2026), (kinds.HAD_IT, 2026), (kinds.DONE, 2027)):
        advice.count_answer(session, HOOR, KEY, answer, year=year)
    assert advice.answers_of_year(session, HOOR, 2026) == {
        KEY: {kinds.DONE: 2, kinds.HAD_IT: 1, kinds.NOT_FOR_ME: 0},
    }
    assert advice.answers_of_year(session, ESLOV, 2026) == {}
    with pytest.raises(NotFound):
        advice.count_answer(session, HOOR, "finns-inte", kinds.DONE, year=2026)
