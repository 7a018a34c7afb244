"""The tables go back and up again, twice, while the product sends: no SMS lost, none doubled; no email lost,
and no more copies than were in flight. For the time between, a process knows columns that are not there: its steps
fail, and find their work again."""

import time
from pathlib import Path

import pytest

from grannsamverkan import invariants, schema
from grannsamverkan.chaos.outside import Since
from grannsamverkan.chaos.processes import Process
from grannsamverkan.chaos.town import UNDER_WAY, is_done, sections, settle_in, warn
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.settings import load
from grannsamverkan.standins.launch import start_standins
from grannsamverkan.wiring import build_runtime, ensure_schema

pytestmark = pytest.mark.chaos
_HOUSEHOLDS, _TIMES = 400, 2
_BEFORE = "0025"  # the last revision before one that changed what a sender reads and writes


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_tables_change_under_a_sender_that_goes_on(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = str(tmp_path / "upgrade.db") if database == "sqlite" else request.getfixturevalue("postgres_url")
    sms, mail = {"latency_ms": 60, "callbacks": ["delivered"]}, {"latency_ms": 60, "reports": False}
    with start_standins(tmp_path / "outside", behave_sms=sms, behave_mail=mail, lifetime_s=300) as standins:
        chosen = sections(url, standins)
        chosen["engine"]["batch_size"] = 20  # so that batches are taken while the tables are those of before
        runtime = build_runtime(load(None, **chosen))
        process = Process("serve", {**chosen, "web": {"port": 0, "threads": 1}}, tmp_path)
        try:
            ensure_schema(runtime)
            town = settle_in(runtime, _HOUSEHOLDS)
            process.start()
            warned, since = warn(runtime, town), Since(standins)
            changed_at = []
            for number in range(1, _TIMES + 1):
                _wait(process, lambda more=number: since.number() >= more * _HOUSEHOLDS // 4)
                schema.downgrade(runtime.database, _BEFORE)
                time.sleep(1.5)
                schema.upgrade(runtime.database)
                changed_at.append(since.number())
            assert changed_at[-1] < 2 * _HOUSEHOLDS, "all was sent too soon: warn more households"
            _wait(process, lambda: is_done(runtime, warned.alert_id))
            assert schema.differences(runtime.database) == []
            assert process.is_alive
            offences = invariants.offences(runtime)
        finally:
            process.kill()
            runtime.close()
        got = since.got(_HOUSEHOLDS, without={kind: set() for kind in ChannelKind}, stopped_at={}, began_s=0.0)
    assert "_failed" in (tmp_path / "serve.log").read_text("utf-8")  # steps did meet the tables of before
    assert (got.lost, got.doubled_sms) == (0, 0)
    assert got.repeated_mail <= UNDER_WAY * _TIMES
    assert not any(offences.values()), offences


def _wait(process: Process, has_come) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 45
    while not has_come():
        assert process.is_alive, "the product ended by itself"
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)
