"""Sessions: only the hash in the row, dead when idle, expired, signed out or the account has ended."""

import hashlib
from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import SessionLimits, SignInSession
from grannsamverkan.foundation.database import Database
from tests.domain.accounts.conftest import NOW
from tests.domain.accounts.test_accounts import add

LIMITS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))


@pytest.fixture
def account_id(database: Database) -> int:
    return add(database).id or 0


def opened(database: Database, account_id: int) -> str:
    with database.write() as session:
        return accounts.open_session(session, account_id, {"page": 1}, NOW, LIMITS)


def found(database: Database, session_id: str, after: timedelta = timedelta()) -> SignInSession | None:
    with database.read() as session:
        return accounts.find_session(session, session_id, NOW + after, LIMITS)


def test_the_row_holds_only_the_hash_of_an_id_of_256_bits(database: Database, account_id: int) -> None:
    ids = {opened(database, account_id) for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 43
    with database.read() as session:
        rows = session.exec(select(SignInSession)).all()
    assert {row.id_hash for row in rows} == {hashlib.sha256(each.encode()).digest() for each in ids}


def test_a_session_dies_unused_and_at_last_even_used(database: Database, account_id: int) -> None:
    session_id = opened(database, account_id)
    assert found(database, session_id, timedelta(minutes=29))
    assert found(database, session_id, timedelta(minutes=30)) is None
    for quarter in range(1, 48):
        with database.write() as session:
            accounts.touch(session, session_id, NOW + quarter * timedelta(minutes=15))
    assert found(database, session_id, timedelta(hours=11, minutes=59))
    assert found(database, session_id, timedelta(hours=12)) is None


def test_seen_at_moves_at_most_once_a_minute(database: Database, account_id: int) -> None:
    session_id = opened(database, account_id)
    for after_s, seen_after_s in ((59, 0), (60, 60), (90, 60), (120, 120)):
        with database.write() as session:
            accounts.touch(session, session_id, NOW + timedelta(seconds=after_s))
        row = found(database, session_id)
        assert row is not None
        assert row.seen_at == NOW + timedelta(seconds=seen_after_s)


def test_signing_out_ends_one_session_and_ending_the_account_ends_all(database: Database, account_id: int) -> None:
    first, second = opened(database, account_id), opened(database, account_id)
    with database.write() as session:
        accounts.close_session(session, first)
    assert found(database, first) is None
    assert found(database, second)
    with database.write() as session:
        accounts.end_account(session, account_id, NOW)
    assert found(database, second) is None


def test_content_is_kept_but_never_brings_a_closed_session_back(database: Database, account_id: int) -> None:
    session_id = opened(database, account_id)
    with database.write() as session:
        accounts.save_content(session, session_id, {"page": 2}, NOW)
    row = found(database, session_id)
    assert row is not None
    assert row.content == {"page": 2}
    with database.write() as session:
        accounts.close_session(session, session_id)
        accounts.save_content(session, session_id, {"page": 3}, NOW)
    assert found(database, session_id) is None


def test_expired_rows_are_forgotten(database: Database, account_id: int) -> None:
    opened(database, account_id)
    with database.write() as session:
        accounts.forget_old(session, NOW + timedelta(hours=12), tries_days=7)
    with database.read() as session:
        assert session.exec(select(SignInSession)).all() == []
