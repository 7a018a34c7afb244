"""One sender for each database, however many want to be it."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault, new_key
from grannsamverkan.jobs.ownership import Ownership, ownership_of

HOLDER = """
import sys
from grannsamverkan.foundation.database import Database
from grannsamverkan.jobs.ownership import ownership_of
ownership = ownership_of(Database(sys.argv[1], None))
print(ownership.take(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def another(database: Database, vault: Vault) -> Iterator[Database]:
    """The same database, opened a second time."""
    again = Database(database.url, vault)
    yield again
    again.close()


def test_one_takes_it_and_the_other_waits(database: Database, another: Database) -> None:
    first, second = ownership_of(database), ownership_of(another)
    assert first.take()
    assert not second.take()
    assert first.take()
    first.release()
    assert second.take()
    assert not first.take()
    second.release()
    second.release()


def test_a_killed_sender_is_followed_at_once(database: Database) -> None:
    mine = ownership_of(database)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, database.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not mine.take()
    finally:
        holder.kill()
        holder.communicate(timeout=10)
    assert take_soon(mine)
    mine.release()


def take_soon(ownership: Ownership) -> bool:
    """A server needs a moment to see that a connection has gone."""
    deadline = time.monotonic() + 5
    while not ownership.take():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.postgres
def test_a_lost_connection_is_noticed_and_the_lock_taken_again(postgres_database: Database, vault: Vault) -> None:
    ownership = ownership_of(postgres_database)
    assert ownership.take()
    cut_off(postgres_database)
    assert ownership.take()  # over a new connection
    again = Database(postgres_database.url, vault)
    assert not ownership_of(again).take()
    again.close()
    ownership.release()


@pytest.mark.postgres
def test_a_lock_lost_to_another_is_not_ours_any_more(postgres_database: Database, vault: Vault) -> None:
    ownership, again = ownership_of(postgres_database), Database(postgres_database.url, vault)
    other = ownership_of(again)
    assert ownership.take()
    cut_off(postgres_database)
    assert other.take()
    assert not ownership.take()
    other.release()
    assert ownership.take()
    ownership.release()
    again.close()


def cut_off(database: Database) -> None:
    """The server ends every connection to this database but the one that asks for it."""
    dsn = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.mark.postgres
def test_the_lock_holds_no_transaction_open(postgres_database: Database) -> None:
    """One that did would keep the server from clearing old rows away for weeks."""
    ownership = ownership_of(postgres_database)
    assert ownership.take()
    assert ownership.take()
    with postgres_database.read() as session:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
        )
        assert session.execute(text(query)).scalar_one() == 0
    ownership.release()


def test_a_database_in_memory_can_have_no_sender() -> None:
    with pytest.raises(ValueError, match="in a file"):
        ownership_of(Database("sqlite:///:memory:", Vault(new_key(), new_key())))
