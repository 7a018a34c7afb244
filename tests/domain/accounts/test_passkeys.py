"""Keys of one's own: whose, where, asked of whom and when; what is made up, copied or late opens nothing."""

import contextlib
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Challenge, Passkey, Role, Site
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound, Refused
from tests.support.builders import HOOR, NOW
from tests.support.soft_key import SoftKey

HOME = Site("gs.hoor.example", "https://gs.hoor.example")
SECOND = timedelta(seconds=1)


@pytest.fixture
def account_id(database: Database) -> int:
    return an_account(database, "samordnare")


def an_account(database: Database, name: str) -> int:
    with database.write() as session:
        draft = AccountDraft(name, "en lång mening till provet", Role.COORDINATOR, municipality_code=HOOR)
        return accounts.add_account(session, draft, NOW, passwords=CHEAP).id or 0


def a_key(counts: bool = False) -> SoftKey:
    return SoftKey(HOME.origin, HOME.host, counts=counts)


def add(database: Database, account_id: int, key: SoftKey, name: str = "Telefonen", is_first: bool = False) -> Passkey:
    challenge = accounts.new_challenge(NOW)
    with database.write() as session:
        account = accounts.account(session, account_id)
        answer = key.made(accounts.options_for_new(session, account, HOME, challenge))
        return accounts.add_passkey(session, account, HOME, answer, challenge, name, NOW, is_first=is_first)


def use(database: Database, key: SoftKey, after: timedelta = SECOND, account_id: int | None = None) -> int | None:
    """Which account the key opens; None when it opens none."""
    challenge = accounts.new_challenge(NOW + after)
    answer = key.signed(accounts.options_for_use(HOME, challenge))
    return answered(database, answer, challenge, NOW + after, account_id)


def answered(
    database: Database, answer: str, challenge: Challenge, now: datetime | None = None, account_id: int | None = None
) -> int | None:
    try:
        return accounts.use_passkey(database, HOME, answer, challenge, now or challenge.at, account_id=account_id).id
    except Refused:
        return None


def test_a_key_opens_its_own_account_and_no_other(database: Database, account_id: int) -> None:
    mine, other_id = a_key(), an_account(database, "annan")
    add(database, account_id, mine)
    add(database, other_id, a_key())
    assert use(database, mine) == account_id
    assert use(database, mine, 2 * SECOND, account_id=other_id) is None
    assert use(database, a_key()) is None
    with database.read() as session:
        assert [row.used_at for row in accounts.passkeys_of(session, account_id)] == [NOW + SECOND]
        acts = [entry.act for entry in session.exec(select(AuditEntry))]
    assert acts.count("passkey_added") == 2
    assert acts.count("signed_in") == 1


def test_what_is_asked_of_the_browser(database: Database, account_id: int) -> None:
    add(database, account_id, a_key())
    with database.read() as session:
        account, challenge = accounts.account(session, account_id), accounts.new_challenge(NOW)
        new = json.loads(accounts.options_for_new(session, account, HOME, challenge))
    use = json.loads(accounts.options_for_use(HOME, challenge))
    assert new["rp"] == {"name": "Grannsamverkan", "id": "gs.hoor.example"}
    assert (new["attestation"], len(new["excludeCredentials"])) == ("none", 1)
    asked = new["authenticatorSelection"]
    assert (asked["residentKey"], asked["userVerification"]) == ("required", "required")
    assert "samordnare" not in new["user"]["id"]
    assert (use["rpId"], use["userVerification"]) == ("gs.hoor.example", "required")
    assert not use.get("allowCredentials")
    assert len(challenge.value) == 32


@pytest.mark.goal("S11")
@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://gs.hoor.example.evil.example"},
        {"origin": "http://gs.hoor.example"},
        {"host": "hoor.example"},
        {"is_verified": False},
    ],
)
def test_another_address_or_an_owner_unseen_opens_nothing(
    database: Database, account_id: int, lie: dict[str, object]
) -> None:
    key = a_key()
    with pytest.raises(Refused, match="passkey_wrong"):
        add(database, account_id, key.but(**lie))
    add(database, account_id, key)
    assert use(database, key.but(**lie)) is None
    assert use(database, key, 2 * SECOND) == account_id


@pytest.mark.goal("S11")
def test_an_answer_is_taken_once_and_while_it_is_fresh(database: Database, account_id: int) -> None:
    key = a_key()
    add(database, account_id, key)
    challenge = accounts.new_challenge(NOW)
    answer = key.signed(accounts.options_for_use(HOME, challenge))
    assert answered(database, answer, accounts.new_challenge(NOW)) is None  # asked of somebody else
    assert answered(database, answer, challenge, NOW + accounts.CHALLENGE_LIFE) is None
    assert answered(database, answer, challenge) == account_id
    assert answered(database, answer, challenge) is None
    older = accounts.new_challenge(NOW - SECOND)
    assert answered(database, key.signed(accounts.options_for_use(HOME, older)), older, NOW) is None


def test_of_many_at_once_one_answer_is_taken(database: Database, account_id: int) -> None:
    key, challenge = a_key(), accounts.new_challenge(NOW)
    add(database, account_id, key)
    answer = key.signed(accounts.options_for_use(HOME, challenge))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: answered(database, answer, challenge), range(8)))
    assert sorted(found, key=bool) == [None] * 7 + [account_id]


def test_a_copy_of_a_counting_key_is_found_out(database: Database, account_id: int) -> None:
    key = a_key(counts=True)
    add(database, account_id, key)
    copy = key.but()
    assert use(database, key) == account_id
    assert use(database, key, 2 * SECOND) == account_id
    assert use(database, copy, 3 * SECOND) is None
    assert use(database, key, 4 * SECOND) == account_id
    with database.read() as session:
        assert "passkey_count_back" in [entry.act for entry in session.exec(select(AuditEntry))]


def test_a_signature_of_another_key_opens_nothing(database: Database, account_id: int) -> None:
    key = a_key()
    add(database, account_id, key)
    assert use(database, SoftKey(HOME.origin, HOME.host, credential_id=key.credential_id)) is None


def test_the_first_key_only_where_there_is_neither_key_nor_app(database: Database, account_id: int) -> None:
    add(database, account_id, a_key(), is_first=True)
    with pytest.raises(Refused, match="second_step_there"):
        add(database, account_id, a_key(), is_first=True)
    secret = accounts.new_secret()
    with database.write() as session:
        account = accounts.account(session, account_id)
        with pytest.raises(Refused, match="second_step_there"):
            accounts.set_up(session, account, secret, accounts.code_of(secret, NOW), now=NOW)


def test_the_last_way_in_stays_and_nobody_elses_goes(database: Database, account_id: int) -> None:
    first, other_id = add(database, account_id, a_key()), an_account(database, "annan")
    second = add(database, account_id, a_key(), "Datorn")

    def remove(owner: int, key: Passkey) -> None:
        with database.write() as session:
            accounts.remove_passkey(session, accounts.account(session, owner), key.id or 0, NOW)

    with pytest.raises(NotFound):
        remove(other_id, first)
    remove(account_id, first)
    with pytest.raises(NotFound):
        remove(account_id, first)
    with pytest.raises(Refused, match="last_way_in"):
        remove(account_id, second)


def test_with_an_app_the_last_key_may_go(database: Database, account_id: int) -> None:
    secret = accounts.new_secret()
    with database.write() as session:
        account = accounts.account(session, account_id)
        accounts.set_up(session, account, secret, accounts.code_of(secret, NOW), now=NOW)
    key = add(database, account_id, a_key())
    with database.write() as session:
        accounts.remove_passkey(session, accounts.account(session, account_id), key.id or 0, NOW)
        assert not accounts.has_passkey(session, account_id)


def test_names_and_numbers_of_keys_have_a_limit(database: Database, account_id: int) -> None:
    key = a_key()
    for name in ("", "  ", "å" * 41):
        with pytest.raises(Refused, match="passkey_name"):
            add(database, account_id, key, name)
    assert add(database, account_id, key, " Min   telefon ").name == "Min telefon"
    with pytest.raises(Refused, match="passkey_there"):
        add(database, account_id, key)
    for _ in range(accounts.MOST_KEYS - 1):
        add(database, account_id, a_key())
    with pytest.raises(Refused, match="passkeys_full"):
        add(database, account_id, a_key())


def test_an_account_renewed_or_ended_has_no_keys(database: Database, account_id: int) -> None:
    key = a_key()
    add(database, account_id, key)
    with database.write() as session:
        accounts.renew(
            session, accounts.account(session, account_id), "samordnare", "tre nya ord i rad", NOW, passwords=CHEAP
        )
    assert use(database, key) is None
    add(database, account_id, key)
    with database.write() as session:
        accounts.end_account(session, account_id, NOW)
    assert use(database, key) is None


_JUNK: tuple[Any, ...] = (
    None,
    True,
    1,
    -1,
    10**30,
    "",
    "a",
    "å",
    "====",
    [],
    {},
    [[]],
    {"id": 1},
    "AAAA" * 400,
    "g" * 7,
)


def spoiled(answer: str, chance: random.Random) -> str:
    """The answer with something in it lost, changed or put in."""
    found = json.loads(answer)
    inside = chance.choice([found, found["response"]])
    name = chance.choice(list(inside))
    text = inside[name] if isinstance(inside[name], str) else ""
    at = chance.randrange(max(1, len(text)))
    inside[name] = chance.choice([*_JUNK, text[:at], text[:at] + chance.choice("AzB_-é") + text[at + 1 :]])
    if chance.random() < 0.2:
        del inside[name]
    whole = json.dumps(found)
    return whole[: chance.randrange(len(whole))] if chance.random() < 0.1 else whole


def test_whatever_is_made_up_is_refused_in_words(database: Database, account_id: int) -> None:
    """Neither a fault of ours nor a way in."""
    key, chance = a_key(), random.Random(2026)
    add(database, account_id, key)
    challenge = accounts.new_challenge(NOW)
    true, refused = key.signed(accounts.options_for_use(HOME, challenge)), 0
    for _ in range(300):
        answer = spoiled(true, chance)
        if answer != true:
            refused += answered(database, answer, challenge) is None
    assert refused > 250
    with database.read() as session:
        true = a_key().made(accounts.options_for_new(session, accounts.account(session, account_id), HOME, challenge))
    for answer in [*(spoiled(true, chance) for _ in range(300)), "[" * 5000, "1", "[]", "{}", " " * 30_000]:
        with database.write() as session, contextlib.suppress(Refused):
            accounts.add_passkey(
                session, accounts.account(session, account_id), HOME, answer, challenge, "Telefonen", NOW
            )
