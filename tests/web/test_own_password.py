"""Changing one's own password, and hearing of it; and of a sign-in with a device that is new."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from grannsamverkan.domain import people
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_phone
from tests.support.web_town import NOW, PASSWORD, Town, build, token

PAGE = "/konto/inloggning/losenord"
NEW = "tre nya ord i rad"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"


def change(client: Any, old: str = PASSWORD, new: str = NEW) -> tuple[int, str]:
    answer = client.post(PAGE, data={"csrf_token": token(client, PAGE), "old": old, "new": new})
    return answer.status_code, answer.get_data(as_text=True)


def sign_in(town: Town, password: str, browser: str = "") -> int:
    client = town.visitor()
    form = {"name": "kontakt", "password": password, "csrf_token": token(client)}
    return int(client.post("/logga-in", data=form, headers={"User-Agent": browser}).status_code)


def told(town: Town) -> list[str]:
    with town.runtime.database.read() as rows:
        return [row.body for row in rows.exec(select(Notice))]


def with_a_phone(town: Town) -> None:
    with town.runtime.database.write() as rows:
        account = rows.get(Account, town.account_ids["kontakt"])
        assert account is not None
        person = rows.get(Person, account.person_id)
        assert person is not None
        people.add_address(rows, person, ChannelKind.SMS, a_phone(1), now=NOW)


@pytest.mark.goal("S14")
def test_with_the_old_one_it_is_another_and_all_other_places_are_out(town: Town) -> None:
    here, elsewhere = town.signed_in("kontakt"), town.signed_in("kontakt")
    assert change(here)[0] == 303
    assert (here.get("/hem").status_code, elsewhere.get("/hem").status_code) == (200, 302)
    assert (sign_in(town, PASSWORD), sign_in(town, NEW)) == (422, 303)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fel", NEW, "Lösenordet stämmer inte"),
        (PASSWORD, "för kort", "Lösenordet ska ha 15–256 tecken"),
        (PASSWORD, "Kontaktombud i Höör", "Lösenordet är lätt att gissa"),
    ],
)
def test_what_is_refused_says_why(town: Town, old: str, new: str, says: str) -> None:
    status, page = change(town.signed_in("kontakt"), old, new)
    assert (status, says in page, new in page) == (422, True, False)


def test_the_old_one_cannot_be_guessed_for_long(town: Town) -> None:
    client = town.signed_in("kontakt")
    assert [change(client, f"fel {number}")[0] for number in range(6)] == [422] * 5 + [429]
    assert change(client)[0] == 429


@pytest.mark.goal("S14")
def test_a_sign_in_with_what_is_new_is_told_and_the_first_and_the_known_are_not(tmp_path: Path) -> None:
    town = build(tmp_path, mode="production", second_step="off")
    with_a_phone(town)
    for browser in (WINDOWS, WINDOWS):
        assert sign_in(town, PASSWORD, browser) == 303
    assert told(town) == []
    assert sign_in(town, PASSWORD, "Mozilla/5.0 (Linux; Android 15) Chrome/140.0") == 303
    assert ["ny enhet" in words for words in told(town)] == [True]
    town.runtime.close()
