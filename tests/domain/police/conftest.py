"""Rows to take events into, and answers as the police's API writes them."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from grannsamverkan import schema
from grannsamverkan.domain import police
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault, new_key

Row = dict[str, Any]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a SQLite file with all tables and all municipalities."""
    file = tmp_path_factory.mktemp("police") / "migrated.db"
    database = Database(f"sqlite:///{file}", Vault(new_key(), new_key()))
    schema.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file.read_bytes()


@pytest.fixture
def database(migrated: bytes, tmp_path: Path) -> Iterator[Database]:
    file = tmp_path / "events.db"
    file.write_bytes(migrated)
    database = Database(f"sqlite:///{file}", Vault(new_key(), new_key()))
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def row() -> Callable[..., Row]:
    """One row of an answer; what a test does not name is a burglary in Höör published on 10 February 2026 at 08.05."""
    return _row


def _row(
    event_id: int = 1,
    *,
    at: datetime | None = None,
    name: str = "10 februari 03.10, Inbrott, Höör",
    summary: str = "Inbrott i villa.",
    type: str = "Inbrott",
    place: str = "Skåne län",
    **other: Any,
) -> Row:
    published = (at or datetime(2026, 2, 10, 8, 5, 9, tzinfo=STOCKHOLM)).astimezone(STOCKHOLM)
    offset = f"{published:%z}"
    written = f"{published:%Y-%m-%d} {published.hour}:{published:%M:%S} {offset[:3]}:{offset[3:]}"
    location = {"name": place, "gps": "55.9,13.5"}
    told = {"id": event_id, "datetime": written, "name": name, "summary": summary, "url": "/a/", "type": type}
    return told | {"location": location} | other


@pytest.fixture
def take(session: Session) -> Callable[..., police.Taken]:
    """Take in an answer of these rows, seen at a time."""

    def take_in(*rows: Row, seen_at: datetime) -> police.Taken:
        return police.take_in(session, json.dumps(rows).encode(), seen_at=seen_at)

    return take_in


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded answers; the test is skipped where it is not at hand."""
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA names no folder of recorded answers")
    return Path(folder) / "police_events"
