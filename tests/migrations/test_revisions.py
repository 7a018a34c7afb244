"""Each revision up and down with rows in place, on both databases; and the tables are those of the code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from grannsamverkan import flow, schema
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings
from tests.support.builders import NOW, a_street, an_approved_alert, deliveries_of
from tests.support.pg_server import PgServer
from tests.support.recording_channel import RecordingChannel

SCRIPTS = ScriptDirectory(str(resource_folder("migrations")))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
# What each step back takes away with it; everything else must still be there.
TAKEN_BY_STEP_BACK = {
    "0002": {"police_feed_state", "police_event", "police_event_version"},
    "0003": {
        *("one_time_code", "notice", "view_entry", "municipal_rule", "network_postcode", "interest", "meeting"),
        *("action_point", "training_session", "training_seat", "person_training", "property_owner", "sign_place"),
        *("sign_order", "sign_order_place", "task", "yearly_check", "slip_batch", "enrolment", "join_request"),
        *("member_import", "imported_row", "promise_target", "promise_snapshot", "account_invitation"),
    },
    "0009": {"approval_request", "alert_reason"},
}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(str(tmp_path / "empty.db"), vault)
        yield database
        database.close()
        return
    server: PgServer = request.getfixturevalue("postgres")
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
    database = Database(server.url("empty"), vault)
    yield database
    database.close()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("DROP DATABASE empty WITH (FORCE)")


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


Row = dict[str, Any]


def contents(database: Database) -> dict[str, list[Row]]:
    """Every row of every table, as stored."""
    with database.read() as session:
        return {
            table: [
                {name: bytes(cell) if isinstance(cell, memoryview) else cell for name, cell in row.items()}
                for row in session.execute(text(f'SELECT * FROM "{table}"')).mappings()
            ]
            for table in tables(database)
        }


def alike(newer: list[Row], older: list[Row]) -> bool:
    """Whether the rows are the same in every column that the older table has."""
    names = older[0].keys() if older else ()
    return sorted([{name: row[name] for name in names} for row in newer], key=repr) == sorted(older, key=repr)


def live_in(database: Database) -> None:
    """Rows in most tables: a street, a warning that went out, and what came of it."""
    channels = {kind: RecordingChannel(kind, can_ask=kind is ChannelKind.SMS) for kind in ChannelKind}
    runtime = Runtime(Settings(), database, SetClock(NOW), InlineEngine(), channels)
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3, mailboxes=2))
    drain(runtime)
    row = deliveries_of(runtime, alert_id)[0]
    flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "SM1", "delivered", Said.DELIVERED))


def test_the_revisions_are_one_line() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert [SCRIPTS.get_revision(after).down_revision for after in REVISIONS] == [None, *REVISIONS[:-1]]


def test_the_tables_are_those_of_the_code(empty: Database) -> None:
    schema.upgrade(empty)
    assert schema.revisions(empty) == (REVISIONS[-1], REVISIONS[-1])
    assert schema.differences(empty) == []
    assert tables(empty) == set(schema.metadata.tables)


def test_constraints_and_indexes_have_the_names_of_the_code(empty: Database) -> None:
    schema.upgrade(empty)
    found = inspect(empty.engine)
    for name, table in schema.metadata.tables.items():
        expected = {index.name for index in table.indexes}
        assert expected <= {index["name"] for index in found.get_indexes(name)}, name
        keys = {key.name for key in table.foreign_key_constraints}
        assert {key["name"] for key in found.get_foreign_keys(name)} == keys, name
        checks = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert {check["name"] for check in found.get_check_constraints(name)} == checks, name


def test_down_to_nothing_and_up_again_with_rows_in_place(empty: Database) -> None:
    schema.upgrade(empty)
    live_in(empty)
    for revision in reversed(REVISIONS):
        before = contents(empty)
        step_back = SCRIPTS.get_revision(revision).down_revision
        schema.downgrade(empty, str(step_back or "base"))
        if step_back:
            gone = TAKEN_BY_STEP_BACK[revision]
            after = contents(empty)
            assert after.keys() == before.keys() - gone
            assert [name for name, rows in after.items() if not alike(before[name], rows)] == []
    assert tables(empty) == set()
    schema.upgrade(empty)
    assert schema.differences(empty) == []
    live_in(empty)


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_up_with_rows_in_place(empty: Database, revision: str) -> None:
    """Rows written by an older version are there, unchanged, in the newest."""
    schema.upgrade(empty)
    live_in(empty)
    schema.downgrade(empty, revision)
    before = contents(empty)
    for step in REVISIONS[REVISIONS.index(revision) + 1 :]:
        schema.upgrade(empty, step)
    schema.upgrade(empty)
    after = contents(empty)
    assert [name for name, rows in before.items() if not alike(after[name], rows)] == []
    assert schema.differences(empty) == []


def test_an_upgrade_done_twice_changes_nothing(empty: Database) -> None:
    schema.upgrade(empty)
    live_in(empty)
    before = contents(empty)
    schema.upgrade(empty)
    assert contents(empty) == before


def test_reference_rows_follow_the_product_and_keep_what_was_set_by_hand(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.write() as session:
        session.execute(text("UPDATE municipality SET name = 'Gamla Höör', sort_name = 'x' WHERE code = '1267'"))
        session.execute(text("UPDATE municipality SET local_police_area_id = 1 WHERE code = '0180'"))
        session.execute(text("UPDATE county SET name = 'x' WHERE code = '12'"))
        count = session.execute(text("SELECT COUNT(*) FROM municipality")).scalar_one()
    schema.upgrade(empty)
    with empty.read() as session:
        assert session.execute(text("SELECT name FROM municipality WHERE code = '1267'")).scalar_one() == "Höör"
        by_hand = text("SELECT local_police_area_id FROM municipality WHERE code = '0180'")
        assert session.execute(by_hand).scalar_one() == 1
        assert session.execute(text("SELECT name FROM county WHERE code = '12'")).scalar_one() == "Skåne län"
        assert session.execute(text("SELECT COUNT(*) FROM municipality")).scalar_one() == count == 290
