"""Each revision up and down with rows in place, on both databases; and the tables are those of the code."""

from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from grannsamverkan import flow, schema
from grannsamverkan.domain import receipts
from grannsamverkan.domain.receipts import VisitKind
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings
from tests.support.builders import NOW, a_street, an_approved_alert, deliveries_of
from tests.support.recording_channel import RecordingChannel

SCRIPTS = ScriptDirectory(str(resource_folder("migrations")))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
# What each step back takes away with it; everything else must still be there.
TAKEN_BY_STEP_BACK: dict[str, set[str]] = {
    "0002": {"police_feed_state", "police_event", "police_event_version"},
    "0003": {
        *("one_time_code", "notice", "view_entry", "municipal_rule", "network_postcode", "interest", "meeting"),
        *("action_point", "training_session", "training_seat", "person_training", "property_owner", "sign_place"),
        *("sign_order", "sign_order_place", "task", "yearly_check", "slip_batch", "enrolment", "join_request"),
        *("member_import", "imported_row", "promise_target", "promise_snapshot", "account_invitation"),
    },
    "0004": set(),
    "0005": set(),
    "0006": set(),
    "0008": set(),  # a column
    "0009": set(),  # an index
    "0010": {"approval_request", "alert_reason"},
    "0011": {"visit"},
    "0012": {"card_edition", "plan_entry", "plan_run", "advice_given", "card_answer"},
    "0013": set(),  # a column
    "0014": {"forwarding"},
    "0015": {"phrase_edition"},
    "0016": set(),  # columns
    "0017": {"method_card"},
    "0018": {"alert_translation"},
    "0020": {"crime_count", "letter"},
    "0019": {"clock_tick"},
    "0023": {"pace"},
    "0024": {"alert_occasion"},
    "0025": set(),  # a column
    "0026": set(),  # columns
    "0028": {"passkey"},
    "0029": set(),  # columns
    "0032": {"gone", "restored_copy"},
    "0035": {"known_device"},
    "0036": {"api_key"},
    "0037": set(),  # a column
    "0038": {"posted_draft"},
    "0039": {"hold"},
    "0040": set(),  # columns
    "0041": {"provider_health", "fetched_mail"},
    "0044": {"fitting_code"},
    "0045": set(),  # a column
    "0046": {"webhook", "webhook_call"},
    "0047": set(),  # keys
    "0048": set(),  # a column
    "0049": {"alert_pause"},
    "0050": {"canary"},
    "0051": set(),  # room in a page
    "0052": set(),  # a column
    "0053": {"heartbeat"},
    "0054": {"told_of_spending"},
    "0055": {"available_hour"},
    "0056": set(),  # a column
}


def tables(database: Database) -> set[str]:
    names = inspect(database.engine).get_table_names()
    return {name for name in names if schema.is_ours(name, "table", {})} - {"alembic_version"}


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


OF_THE_REVISION = {"fitting_code"}  # says something else at each revision


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
    with database.write() as session:
        home = session.exec(select(Audience.household_id).where(Audience.alert_id == alert_id)).first()
        receipts.visit(session, alert_id, home or 0, VisitKind.TOLD, account_id=1, now=NOW)


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


def changed(newer: dict[str, list[Row]], older: dict[str, list[Row]]) -> list[str]:
    """The tables of the older version whose rows are not the same in the newer one."""
    return [name for name, rows in older.items() if name not in OF_THE_REVISION and not alike(newer[name], rows)]


def test_every_step_back_and_up_again_keeps_the_rows(empty: Database) -> None:
    schema.upgrade(empty)
    live_in(empty)
    for revision in reversed(REVISIONS[1:]):
        step_back = str(SCRIPTS.get_revision(revision).down_revision)
        newer = contents(empty)
        schema.downgrade(empty, step_back)
        older = contents(empty)
        assert older.keys() == newer.keys() - TAKEN_BY_STEP_BACK[revision]
        assert changed(newer, older) == []
        schema.upgrade(empty, revision)
        assert changed(contents(empty), older) == [], revision
        schema.downgrade(empty, step_back)
    oldest = contents(empty)
    schema.upgrade(empty)
    assert changed(contents(empty), oldest) == []
    assert schema.differences(empty) == []


def test_down_to_nothing_and_up_again(empty: Database) -> None:
    schema.upgrade(empty)
    live_in(empty)
    schema.downgrade(empty, "base")
    assert tables(empty) == set()
    schema.upgrade(empty)
    assert schema.differences(empty) == []
    live_in(empty)


ROWS_OF_A_LIST = (
    """INSERT INTO watch_network (id, municipality_code, name, sort_name, kind, lead_sees_households, created_at)
       SELECT 1, code, 'Nyby', 'nyby', 'villa', false, '2026-03-04 12:00:00' FROM municipality LIMIT 1""",
    """INSERT INTO member_import (id, network_id, state, mapping, made_at, made_by, expires_at)
       VALUES (1, 1, 'preview', '{}', '2026-03-04 12:00:00', 1, '2026-03-05 12:00:00')""",
    "INSERT INTO imported_row (id, import_id, number, channels, has_consent) VALUES (7, 1, 3, 1, true)",
)


def test_rows_of_lists_are_kept_on_the_way_up_and_down(empty: Database) -> None:
    """The table is made anew on SQLite: its rows and its check are still there."""
    schema.upgrade(empty)
    schema.downgrade(empty, "0003")
    with empty.write() as session:
        for statement in ROWS_OF_A_LIST:
            session.execute(text(statement))
    for revision in (None, "0003", None):
        if revision:
            schema.downgrade(empty, revision)
        else:
            schema.upgrade(empty)
        with empty.read() as session:
            kept = session.execute(text("SELECT id, import_id, number, has_consent FROM imported_row"))
            assert [tuple(row) for row in kept] == [(7, 1, 3, True)]
    with pytest.raises(IntegrityError), empty.write() as session:
        session.execute(text("INSERT INTO imported_row (import_id, number, has_consent) VALUES (1, -1, true)"))


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
