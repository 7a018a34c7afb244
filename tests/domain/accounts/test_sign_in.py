"""Signing in: one answer for all that fails, limits that hold, and an owner who is not locked out."""

import time
from datetime import timedelta
from statistics import median

import pytest
from sqlmodel import select

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, Account, Passwords, SignInLimits, SignInTry
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from tests.domain.accounts.conftest import NOW
from tests.domain.accounts.test_accounts import PASSWORD, add

LIMITS = SignInLimits(tries=3, visitor_tries=6, window=timedelta(minutes=15))


def sign_in(
    database: Database,
    name: str = "anna",
    password: str = PASSWORD,
    visitor: str = "::1",
    minutes: float = 0,
    passwords: Passwords = CHEAP,
) -> Account:
    now = NOW + timedelta(minutes=minutes)
    return accounts.sign_in(database, name, password, visitor, now, limits=LIMITS, passwords=passwords)


def fail(database: Database, **how: object) -> str:
    with pytest.raises(Refused) as refused:
        sign_in(database, **({"password": "fel"} | how))  # type: ignore[arg-type]
    return str(refused.value)


def test_the_right_password_signs_in_however_the_name_is_spelt(database: Database) -> None:
    row = add(database)
    assert sign_in(database, name=" ANNA ").id == row.id


def test_unknown_name_wrong_password_and_ended_account_get_one_answer(database: Database) -> None:
    row = add(database)
    answers = {fail(database), fail(database, name="ingen")}
    with database.write() as session:
        accounts.end_account(session, row.id or 0, NOW)
    answers.add(fail(database, password=PASSWORD))
    assert answers == {"sign_in_failed"}


@pytest.mark.goal("S4")
def test_known_and_unknown_names_take_the_same_time(database: Database) -> None:
    add(database)
    cost = Passwords(rounds=2, memory_kib=19_456, lanes=1)
    with database.write() as session:
        session.exec(select(Account)).one().password_hash = cost.hash(PASSWORD)
    times: dict[str, list[float]] = {"anna": [], "ingen": []}
    for turn in range(25):
        for name, spent in times.items():
            began = time.perf_counter()
            fail(database, name=name, visitor=f"192.0.2.{turn}", minutes=20 * turn, passwords=cost)
            spent.append(time.perf_counter() - began)
    known, unknown = median(times["anna"]), median(times["ingen"])
    assert abs(known - unknown) < 0.25 * max(known, unknown)
    assert min(known, unknown) > 0.01  # both paid for a hash


def test_after_the_last_try_even_the_right_password_waits(database: Database) -> None:
    add(database)
    for minute in range(3):
        fail(database, minutes=minute)
    assert fail(database, password=PASSWORD, minutes=3) == "sign_in_wait (minutes=12)"
    assert sign_in(database, minutes=15.1).sign_in_name == "anna"


def test_a_name_that_nobody_has_is_counted_just_the_same(database: Database) -> None:
    for _ in range(3):
        fail(database, name="ingen")
    assert fail(database, name="ingen").startswith("sign_in_wait")


def test_one_visitor_cannot_try_many_names(database: Database) -> None:
    for number in range(6):
        fail(database, name=f"namn{number}")
    assert fail(database, name="namn7").startswith("sign_in_wait")
    assert fail(database, name="namn7", visitor="192.0.2.9") == "sign_in_failed"


@pytest.mark.goal("S13")
def test_a_stranger_cannot_lock_the_owner_out_of_where_they_sign_in(database: Database) -> None:
    add(database)
    sign_in(database, visitor="192.0.2.1", minutes=-60)
    for minute in range(5):
        fail(database, visitor=f"198.51.100.{minute}", minutes=minute / 10)
    assert sign_in(database, visitor="192.0.2.1", minutes=1).sign_in_name == "anna"


def test_an_old_hash_is_made_anew_at_sign_in(database: Database) -> None:
    before = add(database).password_hash
    stronger = Passwords(rounds=2, memory_kib=16, lanes=1)
    sign_in(database, passwords=stronger)
    with database.read() as session:
        after = session.exec(select(Account.password_hash)).one()
    assert CHEAP.is_outdated(after)
    assert not stronger.is_outdated(after)
    assert before != after
    assert stronger.fits(after, PASSWORD)


def test_tries_hold_neither_name_nor_address(database: Database) -> None:
    add(database)
    sign_in(database)
    with database.read() as session:
        row = session.exec(select(SignInTry)).one()
    assert row.succeeded
    assert row.name_lookup == database.vault.lookup("sign_in_name", "anna")
    assert b"anna" not in row.name_lookup
    assert len(row.visitor_lookup) == 16


def test_old_tries_are_forgotten(database: Database) -> None:
    fail(database, name="ingen")
    with database.write() as session:
        accounts.forget_old(session, NOW + timedelta(days=8), tries_days=7)
    with database.read() as session:
        assert session.exec(select(SignInTry)).all() == []
