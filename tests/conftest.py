"""What most tests stand on: rows on both databases, a clock that stands, and the way with recorded or real channels."""

import gc
import itertools
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest

from grannsamverkan import schema, settings
from grannsamverkan.foundation.clock import SetClock, SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.garbage import spare_what_is_loaded
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import Vault, new_key
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins, start_standins
from grannsamverkan.wiring import build_channels
from tests.support.browser import browser, open_page
from tests.support.in_memory import put_temporary_files_in_memory
from tests.support.pg_server import PgServer, pg_server
from tests.support.quick_apps import make_applications_quick
from tests.support.quick_queries import share_compiled_statements
from tests.support.recording_channel import RecordingChannel

# One browser in a run: a second one could not start beside it.
__all__ = ["browser", "open_page"]
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
_TEMPLATE = "migrated"
_numbers = itertools.count(1)
put_temporary_files_in_memory()
make_applications_quick()
share_compiled_statements()


gc.disable()  # until everything is loaded
# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """A worker has loaded the product and all tests, half a million objects that stay. Searching them for garbage again
    and again was a seventh of its processor time."""
    spare_what_is_loaded()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    """The three keys of an installation, as its settings hold them."""
    return {"data": new_key(), "lookup": new_key(), "web": new_key()}


@pytest.fixture(scope="session")
def vault(keys: dict[str, str]) -> Vault:
    return Vault(keys["data"], keys["lookup"])


@pytest.fixture
def clock() -> SetClock:
    """Noon in March, UTC; stands until a test moves it."""
    return SetClock(NOW)


# ------------------------------------------------------------------------------------------------------ the rows


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    """A SQLite file with every table and the reference rows, to be copied."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    database = Database(str(path), vault)
    schema.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PgServer]:
    """One real PostgreSQL for the whole run."""
    with pg_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PgServer, vault: Vault) -> str:
    """The name of a PostgreSQL database with every table and the reference rows, to be copied."""
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{_TEMPLATE}"')
    database = Database(postgres.url(_TEMPLATE), vault)
    schema.upgrade(database)
    database.close()
    return _TEMPLATE


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite database of this test's own."""
    return str(shutil.copy(sqlite_template, tmp_path / "grannsamverkan.db"))


@pytest.fixture
def postgres_url(postgres: PgServer, postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database of this test's own."""
    name = f"copy{next(_numbers)}"
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}" STRATEGY FILE_COPY')
    yield postgres.url(name)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_database(sqlite_url: str, vault: Vault) -> Iterator[Database]:
    database = Database(sqlite_url, vault)
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_url: str, vault: Vault) -> Iterator[Database]:
    database = Database(postgres_url, vault)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """Rows of this test's own: once on SQLite, once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


# ------------------------------------------------------------------------------------------------------- the way


@pytest.fixture
def sms() -> RecordingChannel:
    return RecordingChannel(ChannelKind.SMS, can_ask=True)


@pytest.fixture
def email() -> RecordingChannel:
    return RecordingChannel(ChannelKind.EMAIL, can_ask=False)


@pytest.fixture
def runtime(
    database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel, email: RecordingChannel
) -> Runtime:
    """The way with channels that only write down what they were given; nothing runs until it is drained."""
    return _runtime(database, clock, keys, sms, email)


@pytest.fixture
def sqlite_runtime(
    sqlite_database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel, email: RecordingChannel
) -> Runtime:
    """The same on SQLite only, for what no database can change."""
    return _runtime(sqlite_database, clock, keys, sms, email)


@pytest.fixture
def postgres_runtime(
    postgres_database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel, email: RecordingChannel
) -> Runtime:
    """The same on PostgreSQL only, where writers of one alert can really meet."""
    return _runtime(postgres_database, clock, keys, sms, email)


def _runtime(
    database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel, email: RecordingChannel
) -> Runtime:
    chosen = settings.load(
        installation={"base_url": "https://gs.hoor.example"},
        keys=keys,
        email={"domain": "gs.hoor.example"},
        engine={"batch_size": 20},
    )
    return Runtime(chosen, database, clock, InlineEngine(), {ChannelKind.SMS: sms, ChannelKind.EMAIL: email})


# -------------------------------------------------------------------------------------------------- the stand-ins


@pytest.fixture(scope="session")
def running_standins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standins]:
    with start_standins(tmp_path_factory.mktemp("running-standins"), lifetime_s=3600) as standins:
        yield standins


@pytest.fixture
def standins(running_standins: Standins) -> Standins:
    """Both stand-ins as processes of their own, without messages or switches; their logs go on."""
    running_standins.reset()
    running_standins.behave_sms({"callback_delay_ms": 0})
    return running_standins


@pytest.fixture
def standin_runtime(standins: Standins, sqlite_url: str, keys: dict[str, str]) -> Iterator[Runtime]:
    """The way with real channels that end at the stand-ins, on the machine's own clock."""
    chosen = standin_settings(standins, keys, sqlite_url)
    database = Database(sqlite_url, Vault(keys["data"], keys["lookup"]))
    runtime = Runtime(chosen, database, SystemClock(), InlineEngine(), build_channels(chosen))
    yield runtime
    runtime.close()


def standin_settings(standins: Standins, keys: dict[str, str], database_url: str) -> settings.Settings:
    return settings.load(
        installation={"mode": "demo", "base_url": "http://127.0.0.1:1"},
        database={"url": database_url},
        keys=keys,
        sms={
            "account_sid": standins.account_sid,
            "auth_token": standins.auth_token,
            "sender": "+46701740699",
            "base_url": standins.sms_url,
            "connections": 4,
            "timeout_s": 2,
        },
        email={
            "host": standins.smtp_host,
            "port": standins.smtp_port,
            "domain": "gs.hoor.example",
            "connections": 2,
            "timeout_s": 5,
        },
        engine={"tick_s": 0.1},
    )
