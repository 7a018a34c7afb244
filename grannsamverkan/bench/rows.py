"""What the rows of a large alert cost the database: how fast they are written, how much log and room each takes.

The provider takes everything at once, so that nothing is measured but rows: made at fan-out, moved when they are handed
over by one sender, settled by receipts. PostgreSQL is a throw-away server with fsync and full page writes.
"""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from grannsamverkan import flow, schema
from grannsamverkan.bench.delivery import checked_alert
from grannsamverkan.bench.people import add_recipients
from grannsamverkan.bench.pg_server import pg_server
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Deleting,
    NotHere,
    ProviderReceipt,
    Result,
    Said,
    Wording,
)
from grannsamverkan.foundation.vault import Vault, new_key
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load

_TABLES = ("delivery", "audience", "audience_address", "receipt", "batch")
_MOST_RECEIPTS = 5_000


class _Takes:
    """A provider that takes everything at once and costs nothing."""

    kind = ChannelKind.SMS
    group, lanes, can_ask = 40, 1, True

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        return [Accepted(f"SM{copy.delivery_id:032x}") for copy in copies]

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        return [NotHere() for _ in copies]

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        return None

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        return [Deleting.GONE for _ in provider_ids]

    def close(self) -> None: ...


@dataclass
class _Ledger:
    """Times a part, and reads how far the server's log has come meanwhile."""

    database: Database
    figures: dict[str, float]

    def of(self, name: str, rows: int, act: Callable[[], object]) -> None:
        wal, began = self._wal(), time.monotonic()
        act()
        self.figures[f"{name}_rows_per_s"] = round(rows / (time.monotonic() - began))
        if wal is not None:
            self.figures[f"{name}_wal_bytes_per_row"] = round(((self._wal() or 0) - wal) / rows)

    def _wal(self) -> int | None:
        if self.database.is_sqlite:
            return None
        with self.database.read() as session:
            asked = text("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
            return int(session.connection().execute(asked).scalar_one())


def measure(recipients: int, *, postgresql: bool) -> dict[str, Any]:
    """The figures of one alert to so many phones; leaves nothing behind."""
    configure_logs("WARNING", as_json=False)
    with _database(postgresql) as database:
        runtime = Runtime(load(None, log={}), database, SystemClock(), InlineEngine(), {ChannelKind.SMS: _Takes()})
        schema.upgrade(database)
        network_id, account_id = add_recipients(runtime, ChannelKind.SMS, recipients)
        alert_id, content = checked_alert(runtime, network_id, account_id)
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=account_id, content=content)
        ledger = _Ledger(database, {})
        ledger.of("fan_out", recipients, lambda: flow.fan_out(runtime, alert_id=alert_id))
        ledger.of("hand_over", recipients, lambda: _hand_over(runtime))
        settled = min(recipients, _MOST_RECEIPTS)
        ledger.of("receipt", settled, lambda: _settle(runtime, settled))
        kind = "sqlite" if database.is_sqlite else "postgresql"
        room = {} if database.is_sqlite else _room(database, recipients, settled)
        return {"database": kind, "recipients": recipients, **ledger.figures, **room}


def _hand_over(runtime: Runtime) -> None:
    while True:
        with runtime.database.read() as session:
            due = deliveries.due(session, ChannelKind.SMS, now=runtime.clock.now(), limit=100)
        if not due:
            return
        for batch_id in due:
            flow.send_batch(runtime, batch_id=batch_id)


def _settle(runtime: Runtime, number: int) -> None:
    for row_id in range(1, number + 1):
        flow.take_receipt(runtime, ProviderReceipt(row_id, f"SM{row_id:032x}", "delivered", Said.DELIVERED))


def _room(database: Database, recipients: int, settled: int) -> dict[str, int]:
    """Bytes on disk for each recipient, indexes and all; of receipts for each receipt."""
    with database.read() as session:
        sizes = {
            table: int(session.connection().execute(text(f"SELECT pg_total_relation_size('{table}')")).scalar_one())
            for table in _TABLES
        }
    return {
        f"{name}_bytes": round(size / (settled if name == "receipt" else recipients)) for name, size in sizes.items()
    }


@contextlib.contextmanager
def _database(postgresql: bool) -> Iterator[Database]:
    vault = Vault(new_key(), new_key())
    with contextlib.ExitStack() as ends:
        if postgresql:
            url = ends.enter_context(pg_server(durable=True)).url()
        else:
            url = str(Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="grannsamverkan-"))) / "rows.db")
        database = Database(url, vault)
        ends.callback(database.close)
        yield database
