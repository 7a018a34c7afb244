"""Which passwords are refused because they are guessed first, and that sentences of one's own are not."""

import pytest

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.accounts.easy_passwords import is_easy
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from tests.domain.accounts.conftest import NOW

AROUND = ("Höör", "Sätofta", "anna.karlsson")
COMMON = ("correcthorsebatterystaple", "thisisapassword", "iloveyouforever", "1q2w3e4r5t6y7u8i9o0p")


@pytest.mark.goal("S12")
@pytest.mark.parametrize("password", [*COMMON, *(f"{one.upper()}!" for one in COMMON)])
def test_common_and_known_passwords(password: str) -> None:
    assert is_easy(password)


@pytest.mark.goal("S12")
@pytest.mark.parametrize(
    "password",
    [
        "Grannsamverkan2026",
        "grannsamverkan i hoor",
        "HÖÖR-sommar-2026!",
        "S4tofta-polisen-1",
        "anna.karlsson123",
        "lösenordlösenord",
        "p4ssw0rdp4ssw0rd",
    ],
)
def test_words_of_the_product_the_place_and_the_account(password: str) -> None:
    assert is_easy(password, AROUND)


@pytest.mark.goal("S12")
@pytest.mark.parametrize(
    "password", ["a" * 15, "12345678901234567", "qwertyuiopasdfghj", "abcdefghijklmnop", "nisse1" * 4]
)
def test_monotonous_ones(password: str) -> None:
    assert is_easy(password)


@pytest.mark.parametrize(
    "password",
    [
        "en lampa i varje fönster",
        "tre nya ord i rad",
        "höör: gul cykel vid bron",
        "vpmdaeiu8361!rtk",
    ],
)
def test_sentences_of_ones_own_and_chance_are_taken(password: str) -> None:
    assert not is_easy(password, AROUND)


@pytest.mark.goal("S12")
@pytest.mark.parametrize("password", ["Kontaktombud i Sätofta", "Eslövs kommun 2026", "thisisapassword"])
def test_no_account_gets_one(database: Database, password: str) -> None:
    draft = AccountDraft("bo", password, Role.ADMINISTRATOR)
    with database.write() as session:
        made = accounts.add_account(session, AccountDraft("anna", None, Role.ADMINISTRATOR), NOW)
        for act in (
            lambda: accounts.add_account(session, draft, NOW, passwords=CHEAP),
            lambda: accounts.renew(session, made, "anna", password, NOW, passwords=CHEAP),
            lambda: accounts.change_password(session, made, password, NOW, passwords=CHEAP),
        ):
            with pytest.raises(Refused, match="password_easy"):
                act()
        assert made.password_hash == ""
