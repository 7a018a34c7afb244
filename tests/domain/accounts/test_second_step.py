"""The code of the app: the standard's own examples, one use, clocks half a minute wrong, and an end to guessing."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, Account, AccountDraft, Role, SignInLimits
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from tests.support.builders import HOOR, NOW

LIMITS = SignInLimits()
STEP = timedelta(seconds=30)
SHARED = base64.b32encode(b"12345678901234567890").decode()  # of RFC 6238, appendix B


@pytest.fixture
def account_id(database: Database) -> int:
    with database.write() as session:
        draft = AccountDraft("samordnare", "en lång mening till provet", Role.COORDINATOR, municipality_code=HOOR)
        return accounts.add_account(session, draft, NOW, passwords=CHEAP).id or 0


def row(database: Database, account_id: int) -> Account:
    with database.read() as session:
        return accounts.account(session, account_id)


def set_up(database: Database, account_id: int, typed: str | None = None) -> None:
    with database.write() as session:
        code = accounts.code_of(SHARED, NOW) if typed is None else typed
        accounts.set_up(session, accounts.account(session, account_id), SHARED, code, now=NOW)


def prove(database: Database, account_id: int, typed: str, now: datetime) -> None:
    accounts.prove(database, account_id, typed, "192.0.2.1", now, limits=LIMITS)


@pytest.mark.parametrize(
    ("second", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert accounts.code_of(SHARED, datetime.fromtimestamp(second, UTC)) == code


def test_the_address_for_the_app_carries_names_with_any_letters() -> None:
    address = accounts.address_for_app(SHARED, "åsa & bo")
    assert address.startswith("otpauth://totp/Grannsamverkan:%C3%A5sa%20%26%20bo?secret=GEZDGNBV")


def test_secrets_are_long_and_never_the_same() -> None:
    found = {accounts.new_secret() for _ in range(100)}
    assert len(found) == 100
    assert {len(base64.b32decode(secret)) for secret in found} == {20}


def test_it_is_set_up_once_and_only_with_the_app_at_hand(database: Database, account_id: int) -> None:
    with pytest.raises(Refused, match="second_step_wrong"):
        set_up(database, account_id, "000000")
    assert row(database, account_id).second_since is None
    set_up(database, account_id)
    assert row(database, account_id).second_since == NOW
    with pytest.raises(Refused, match="second_step_there"):
        set_up(database, account_id)


@pytest.mark.goal("S11")
def test_a_code_is_taken_once_and_from_a_phone_half_a_minute_wrong(database: Database, account_id: int) -> None:
    set_up(database, account_id)
    with pytest.raises(Refused, match="second_step_wrong"):  # the one that set it up
        prove(database, account_id, accounts.code_of(SHARED, NOW), NOW)
    at = NOW + 4 * STEP
    early, late, too_late = (accounts.code_of(SHARED, at + apart * STEP) for apart in (1, -1, -2))
    for wrong in (too_late, "", "１２３４５６"):
        with pytest.raises(Refused, match="second_step_wrong"):
            prove(database, account_id, wrong, at)
    prove(database, account_id, f" {late[:3]} {late[3:]} ", at)
    prove(database, account_id, early, at)
    for used in (late, early):
        with pytest.raises(Refused, match="second_step_wrong"):
            prove(database, account_id, used, at)


def test_guessing_has_an_end_also_for_the_right_code(database: Database, account_id: int) -> None:
    set_up(database, account_id)
    at = NOW + 10 * STEP
    for _ in range(LIMITS.tries):
        with pytest.raises(Refused, match="second_step_wrong"):
            prove(database, account_id, "000000", at)
    with pytest.raises(Refused, match="sign_in_wait"):
        prove(database, account_id, accounts.code_of(SHARED, at), at)
    later = at + LIMITS.window + STEP
    prove(database, account_id, accounts.code_of(SHARED, later), later)


def test_of_those_who_type_the_same_code_at_once_one_gets_in(database: Database, account_id: int) -> None:
    set_up(database, account_id)
    at = NOW + 4 * STEP
    code = accounts.code_of(SHARED, at)

    def outcome(_: int) -> str:
        try:
            prove(database, account_id, code, at)
        except Refused as refused:
            return refused.code
        return "in"

    with ThreadPoolExecutor(4) as threads:
        found = sorted(threads.map(outcome, range(4)))
    assert found == ["in", *["second_step_wrong"] * 3]


def test_an_account_renewed_is_out_everywhere_and_sets_its_step_up_anew(database: Database, account_id: int) -> None:
    set_up(database, account_id)
    with database.write() as session:
        opened = accounts.open_session(session, account_id, {}, NOW, accounts.SessionLimits())
        mine = accounts.account(session, account_id)
        accounts.renew(session, mine, "Samordnare", "en annan lång mening", NOW, passwords=CHEAP)
        assert accounts.find_session(session, opened, NOW, accounts.SessionLimits()) is None
    fresh = row(database, account_id)
    assert (fresh.second_secret, fresh.second_used, fresh.second_since) == (None, None, None)
    assert accounts.sign_in(
        database, "samordnare", "en annan lång mening", "192.0.2.1", NOW, limits=LIMITS, passwords=CHEAP
    )
    with pytest.raises(Refused, match="second_step_wrong"):
        prove(database, account_id, accounts.code_of(SHARED, NOW), NOW)


def test_the_secret_is_sealed_where_it_lies(database: Database, account_id: int) -> None:
    set_up(database, account_id)
    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT second_secret FROM account").scalar()
    assert isinstance(stored, bytes)
    assert SHARED.encode() not in stored


def test_sessions_are_told_apart_and_ended_one_by_one(database: Database, account_id: int) -> None:
    limits = accounts.SessionLimits()
    with database.write() as session:
        mine, other, third = (
            accounts.open_session(session, account_id, {}, NOW, limits, device=device) for device in "abc"
        )
        here = accounts.sessions_of(session, account_id, NOW, limits)
        assert sorted(one.device or "" for one in here) == ["a", "b", "c"]
        handle = next(accounts.handle_of(one) for one in here if one.device == "b")
        assert accounts.close_others_of(session, account_id + 1, None, handle=handle) == 0
        assert accounts.close_others_of(session, account_id, mine, handle=handle) == 1
        assert accounts.find_session(session, other, NOW, limits) is None
        assert accounts.close_others_of(session, account_id, mine) == 1
        assert accounts.find_session(session, third, NOW, limits) is None
        assert accounts.find_session(session, mine, NOW, limits) is not None
        assert accounts.sessions_of(session, account_id, NOW + limits.idle, limits) == []
