import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import LOOKUP_BYTES, Vault, VaultError, new_key
from tests.support.builders import a_mailbox, a_network, a_person, a_phone

VAULT = Vault(new_key(), new_key())


@given(st.text())
def test_what_is_sealed_opens_again_and_never_looks_the_same(value: str) -> None:
    first, second = VAULT.seal(value, b"x"), VAULT.seal(value, b"x")
    assert VAULT.open(first, b"x") == VAULT.open(second, b"x") == value
    assert first != second
    if len(value) > 3:
        assert value.encode() not in first


@pytest.mark.parametrize(
    "harm",
    [
        lambda sealed: b"",
        lambda sealed: sealed[:12],
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
        lambda sealed: b"\x02" + sealed[1:],
        lambda sealed: sealed[:5] + bytes([sealed[5] ^ 1]) + sealed[6:],
    ],
    ids=["empty", "cut", "short", "altered", "another version", "another nonce"],
)
def test_a_harmed_value_does_not_open_and_tells_nothing(harm: Callable[[bytes], bytes]) -> None:
    sealed = VAULT.seal(a_phone(0), b"x")
    with pytest.raises(VaultError) as failure:
        VAULT.open(harm(sealed), b"x")
    assert "174" not in str(failure.value)


@pytest.mark.goal("S33")
def test_a_value_opens_only_in_its_own_column_and_with_its_own_key() -> None:
    sealed = VAULT.seal("Nybyvägen 1", b"household.label")
    with pytest.raises(VaultError):
        VAULT.open(sealed, b"person.name")
    with pytest.raises(VaultError):
        Vault(new_key(), new_key()).open(sealed, b"household.label")


def test_a_lookup_is_the_same_for_the_same_and_for_nothing_else() -> None:
    key = new_key()
    first, other = Vault(new_key(), key), Vault(new_key(), new_key())
    found = first.lookup("SMS", a_phone(0))
    assert len(found) == LOOKUP_BYTES
    assert found == Vault(new_key(), key).lookup("SMS", a_phone(0))
    assert found not in {
        first.lookup("EMAIL", a_phone(0)),
        first.lookup("SMS", a_phone(1)),
        other.lookup("SMS", a_phone(0)),
    }


@pytest.mark.parametrize("key", ["", "x", base64.urlsafe_b64encode(b"x" * 31).decode(), "å" * 43])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"32 bytes|ASCII|base64|padding|Invalid"):
        Vault(key, new_key())


def test_new_keys_differ() -> None:
    assert len({new_key() for _ in range(10)}) == 10


@pytest.mark.goal("S33")
def test_nothing_personal_can_be_read_in_the_rows(database: Database) -> None:
    with database.write() as session:
        a_network(session)
        person = a_person(session, sms=a_phone(0), email=a_mailbox(0))
        person.name = "Astrid"
    with database.read() as session:
        sealed = [
            bytes(cell)
            for column in ("contact_address.value", "person.name")
            for (cell,) in session.execute(text(f"SELECT {column} FROM {column.partition('.')[0]}"))
        ]
        assert len(sealed) == 3
        for plain in (a_phone(0), a_mailbox(0), "Astrid"):
            assert not any(plain.encode() in cell for cell in sealed)
        assert {row.value for row in session.exec(select(ContactAddress))} == {a_phone(0), a_mailbox(0)}


def test_without_its_keys_a_database_tells_nothing_personal(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        a_network(session)
        a_person(session, sms=a_phone(0))
    bare = Database(sqlite_database.url, None)
    with bare.read() as session:
        assert session.execute(text("SELECT COUNT(*) FROM contact_address")).scalar_one() == 1
        with pytest.raises(VaultError, match="without its keys"):
            session.exec(select(ContactAddress)).all()
    bare.close()
