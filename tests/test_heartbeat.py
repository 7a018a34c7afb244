"""The heartbeat, on both databases: a real HTTPS server stands in for the other party, and has a rule of its own."""

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from grannsamverkan import heartbeat, status
from grannsamverkan.app import create_app
from grannsamverkan.channels.switch import HttpsSwitch
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.distributed import DistributedEngine
from grannsamverkan.jobs.timetable import TIMETABLE
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Heartbeat
from tests.support.receiver import Receiver, dripping, receiver
from tests.support.without_writes import UNWRITTEN, without_writes

__all__ = ["receiver"]

MINUTE = timedelta(minutes=1)
PATIENCE = timedelta(minutes=4)  # what docs/operations.md has set there, for a call each minute


@dataclass
class OtherParty:
    """Hears every call, and alarms when the last one is longer ago than its patience."""

    receiver: Receiver
    clock: SetClock
    heard_at: list[datetime] = field(default_factory=list)

    def hear(self, handler: BaseHTTPRequestHandler) -> None:
        self.heard_at.append(self.clock.now())
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    @property
    def alarms(self) -> bool:
        return self.clock.now() - self.heard_at[-1] > PATIENCE


@pytest.fixture
def party(receiver: Receiver, clock: SetClock) -> OtherParty:
    found = OtherParty(receiver, clock)
    receiver.answer = found.hear
    return found


@pytest.fixture
def watched(runtime: Runtime, receiver: Receiver) -> Runtime:
    return watched_by(receiver, runtime)


def watched_by(receiver: Receiver, runtime: Runtime) -> Runtime:
    chosen = runtime.settings.model_copy(update={"heartbeat": Heartbeat(url=receiver.url)})
    return replace(runtime, settings=chosen, switch=HttpsSwitch(receiver.url, "1", timeout_s=0.4))


def pass_time(watched: Runtime, clock: SetClock, minutes: int = 5) -> None:
    """What an acting clock does meanwhile, a minute at a time."""
    for _ in range(minutes):
        clock.advance(MINUTE)
        with suppress(*UNWRITTEN), watched.database.write() as session:
            deliveries.tick(session, now=clock.now(), by="test")
        with suppress(*UNWRITTEN):  # as every step of the timetable may fail
            heartbeat.beat(watched)


def page(runtime: Runtime) -> str:
    answer = create_app(runtime).test_client().get("/driftlage", base_url="https://gs.hoor.example")
    return answer.get_data(as_text=True)


def is_lost(watched: Runtime) -> bool:
    return status.HEARTBEAT_LOST in status.look(watched)["alarms"]


def test_while_all_is_well_they_hear_us_each_minute(watched: Runtime, clock: SetClock, party: OtherParty) -> None:
    for minute in range(1, 61):
        pass_time(watched, clock, 1)
        assert (len(party.heard_at), party.alarms, is_lost(watched)) == (minute, False, False)
    heard = party.receiver.heard[-1]
    assert (heard.method, heard.path, heard.body) == ("GET", "/anrop?plats=1", b"")
    found = status.look(watched)
    assert (found["heartbeat_tried_s"], found["heartbeat_taken_s"]) == (0, 0)
    assert "grannsamverkan_heartbeat_taken_seconds 0.0\n" in status.as_metrics(found)


def test_they_alarm_when_the_database_takes_no_writes(
    watched: Runtime, clock: SetClock, party: OtherParty, vault: Vault
) -> None:
    database = Database(watched.database.url, vault, lock_wait_s=0.05)
    watched = replace(watched, database=database)
    pass_time(watched, clock)
    heard = len(party.heard_at)
    with without_writes(database):
        pass_time(watched, clock)
        assert (len(party.heard_at), party.alarms) == (heard, True)
        with pytest.raises(UNWRITTEN):
            heartbeat.beat(watched)
    pass_time(watched, clock, 1)
    assert (len(party.heard_at), party.alarms) == (heard + 1, False)
    database.close()


@pytest.mark.postgres
def test_they_alarm_when_no_worker_lives(
    postgres_runtime: Runtime, clock: SetClock, receiver: Receiver, party: OtherParty
) -> None:
    runtime = watched_by(receiver, postgres_runtime)
    watched = replace(runtime, engine=DistributedEngine(runtime.database, clock))
    one_is_heard_of(watched, "now()")
    pass_time(watched, clock)
    assert (len(party.heard_at), party.alarms) == (5, False)
    for ago in ("now() - interval '1 minute'", "now() + interval '2 hours'"):  # or the server's clock was set back
        one_is_heard_of(watched, ago)
        pass_time(watched, clock)
        assert (len(party.heard_at), party.alarms, is_lost(watched)) == (5, True, True)
    one_is_heard_of(watched, "now()")
    pass_time(watched, clock, 1)
    assert (len(party.heard_at), party.alarms, is_lost(watched)) == (6, False, False)


def one_is_heard_of(runtime: Runtime, at: str) -> None:
    with runtime.database.write() as session:
        session.execute(text("DELETE FROM procrastinate_workers"))
        session.execute(text(f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({at})"))


@pytest.mark.postgres
def test_they_alarm_when_the_clock_looks_for_no_work_though_its_timetable_goes_on(
    postgres_runtime: Runtime, clock: SetClock, receiver: Receiver, party: OtherParty
) -> None:
    runtime = watched_by(receiver, postgres_runtime)
    watched = replace(runtime, engine=DistributedEngine(runtime.database, clock))
    one_is_heard_of(watched, "now()")
    pass_time(watched, clock, 1)
    for _ in range(5):
        clock.advance(MINUTE)
        heartbeat.beat(watched)
    assert (len(party.heard_at), party.alarms) == (1, True)


def hang(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


@pytest.mark.goal("S24")
@pytest.mark.parametrize("answer", [500, 404, 302, hang, dripping])
def test_another_party_that_fails_costs_little_time_and_is_told_after_five_minutes(
    watched: Runtime, clock: SetClock, receiver: Receiver, party: OtherParty, answer: object
) -> None:
    pass_time(watched, clock, 1)
    receiver.answer = answer  # type: ignore[assignment]
    begun = time.monotonic()
    pass_time(watched, clock, 4)
    assert time.monotonic() - begun < 4
    assert (is_lost(watched), status.look(watched)["heartbeat_tried_s"]) == (False, 0)
    pass_time(watched, clock, 1)
    found = status.look(watched)
    assert (found["alarms"], found["heartbeat_taken_s"]) == ([status.HEARTBEAT_LOST], 300)
    assert 'grannsamverkan_alarm{name="heartbeat_lost"} 1\n' in status.as_metrics(found)
    receiver.answer = party.hear
    pass_time(watched, clock, 1)
    assert status.look(watched)["alarms"] == []


@pytest.mark.goal("S33")
def test_its_address_stands_nowhere(watched: Runtime, clock: SetClock, receiver: Receiver) -> None:
    with capture_logs() as lines:
        for receiver.answer in (500, hang, 204):
            pass_time(watched, clock, 1)
    found = status.look(watched)
    assert "Hör oss" in page(watched)
    assert [line["event"] for line in lines] == ["heartbeat_not_taken", "heartbeat_not_taken"]
    said = (str(lines), str(found), status.as_metrics(found), page(watched))
    assert not [one for one in said if "anrop" in one or receiver.host in one]


def test_the_page_tells_when_they_last_heard_us(watched: Runtime, clock: SetClock, party: OtherParty) -> None:
    def told(runtime: Runtime) -> str:
        return page(runtime).partition("Den som vakar över oss utifrån")[2].partition("</div>")[0]

    assert "Har inte hört oss på fem minuter" in told(watched)
    pass_time(watched, clock, 1)
    assert "Hör oss" in told(watched)
    assert "13.01" in told(watched)
    clock.advance(timedelta(minutes=5))
    assert "Har inte hört oss på fem minuter" in told(watched)
    assert told(replace(watched, settings=watched.settings.model_copy(update={"heartbeat": Heartbeat()}))) == ""


def test_a_clock_that_is_set_back_goes_on(watched: Runtime, clock: SetClock, party: OtherParty) -> None:
    pass_time(watched, clock, 1)
    clock.advance(timedelta(hours=-2))
    assert is_lost(watched), "heard in time to come says nothing of now"
    pass_time(watched, clock, 1)
    assert (len(party.heard_at), is_lost(watched)) == (2, False)


def test_without_an_address_nobody_is_called_and_nothing_is_told(runtime: Runtime, clock: SetClock) -> None:
    assert not heartbeat.beat(runtime)
    found = status.look(runtime)
    assert found["alarms"] == [status.CLOCK_STOPPED]
    assert "heartbeat_taken_s" not in found


def test_it_is_on_the_timetable() -> None:
    assert [entry.every_s for entry in TIMETABLE if entry.step is heartbeat.beat] == [60]
