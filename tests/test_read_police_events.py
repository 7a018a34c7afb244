"""Reading the police's events on the timetable, on both databases; their API is a real server on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import select

from grannsamverkan import settings, upkeep
from grannsamverkan.domain import audit, police
from grannsamverkan.domain.police import PoliceEvent, PoliceFeedState
from grannsamverkan.foundation.clock import STOCKHOLM, SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import SettingsError
from grannsamverkan.wiring import build_police_feed, build_runtime


def an_event(event_id: int, published: datetime) -> dict[str, Any]:
    at = published.astimezone(STOCKHOLM)
    offset = f"{at:%z}"
    return {
        "id": event_id,
        "datetime": f"{at:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]}",
        "name": "4 mars 03.10, Inbrott, Höör",
        "summary": "Inbrott i villa.",
        "url": "/aktuellt/handelser/",
        "type": "Inbrott",
        "location": {"name": "Höör", "gps": "55.9,13.5"},
    }


@dataclass
class PoliceApi:
    """Answers as a test says, and keeps what the clock said and what was asked at each call."""

    url: str = ""
    status: int = 200
    body: bytes = b"[]"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)

    @property
    def times(self) -> list[datetime]:
        return [at for at, _ in self.asked]


@pytest.fixture
def api(clock: SetClock) -> Iterator[PoliceApi]:
    told = PoliceApi(body=json.dumps([an_event(1, clock.now() - timedelta(hours=3))]).encode())

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((clock.now(), dict(self.headers)))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    told.url = f"http://127.0.0.1:{http.server_address[1]}/api/events"
    yield told
    http.shutdown()
    http.server_close()


@pytest.fixture
def start(
    api: PoliceApi, database: Database, clock: SetClock, keys: dict[str, str]
) -> Iterator[Callable[..., Runtime]]:
    """Start the product's runtime anew on the same rows, as after a restart."""
    started: list[Runtime] = []

    def start_again(**changes: Any) -> Runtime:
        section = {"enabled": True, "url": api.url, "contact": "drift@kommun.example", "poll_every_min": 1, **changes}
        chosen = settings.load(keys=keys, police=section)
        runtime = Runtime(chosen, database, clock, InlineEngine(), police_feed=build_police_feed(chosen))
        started.append(runtime)
        return runtime

    yield start_again
    for runtime in started:
        assert runtime.police_feed is not None
        runtime.police_feed.close()


def stored_events(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.exec(select(PoliceEvent.id).order_by(PoliceEvent.id)))  # type: ignore[arg-type]


def state_of(database: Database) -> PoliceFeedState:
    with database.read() as session:
        return police.feed_state(session)


# ------------------------------------------------------------------------------------------- the police's events


def test_events_are_read_and_kept(api: PoliceApi, start: Callable[..., Runtime], database: Database) -> None:
    taken = upkeep.read_police_events(start())
    assert taken is not None
    assert (taken.read, taken.stored, taken.fresh) == (1, 1, 1)
    assert stored_events(database) == [1]
    state = state_of(database)
    assert (state.last_status, state.failures, len(state.calls)) == (200, 0, 1)
    assert api.asked[0][1]["User-Agent"].endswith("(drift@kommun.example)")


def test_a_hundred_steps_in_a_row_make_one_call(api: PoliceApi, start: Callable[..., Runtime], clock: SetClock) -> None:
    runtime = start()
    for _ in range(100):
        upkeep.read_police_events(runtime)
        clock.advance(timedelta(milliseconds=90))
    assert len(api.times) == 1


def test_steps_at_once_make_one_call(api: PoliceApi, start: Callable[..., Runtime], clock: SetClock) -> None:
    upkeep.read_police_events(start())  # from here the row of the feed's state is there to be locked
    clock.advance(timedelta(minutes=2))
    runtimes = [start() for _ in range(6)]
    meeting = threading.Barrier(len(runtimes))

    def step(runtime: Runtime) -> None:
        meeting.wait(10)
        upkeep.read_police_events(runtime)

    threads = [threading.Thread(target=step, args=(runtime,)) for runtime in runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(api.times) == 2


def test_restarts_cannot_break_the_pace(api: PoliceApi, start: Callable[..., Runtime], clock: SetClock) -> None:
    for _ in range(60):
        upkeep.read_police_events(start())
        clock.advance(timedelta(seconds=7))
    assert len(api.times) == 7  # seven minutes
    assert all(later - earlier >= timedelta(minutes=1) for earlier, later in pairwise(api.times))


def test_a_call_that_a_crash_cut_off_is_used_up(
    api: PoliceApi, start: Callable[..., Runtime], clock: SetClock, database: Database
) -> None:
    class Killed(BaseException):
        pass

    class Dying:
        def __init__(self, runtime: Runtime) -> None:
            assert runtime.police_feed is not None
            self.may_call = runtime.police_feed.may_call

        def fetch_after(self, *_: Any) -> Any:
            raise Killed

        def close(self) -> None: ...

    runtime = start()
    with pytest.raises(Killed):
        upkeep.read_police_events(replace(runtime, police_feed=Dying(runtime)))
    assert len(state_of(database).calls) == 1
    clock.advance(timedelta(seconds=30))
    assert upkeep.read_police_events(start()) is None
    assert api.times == []
    clock.advance(timedelta(seconds=30))
    assert upkeep.read_police_events(start()) is not None


def test_the_setting_says_how_often(api: PoliceApi, start: Callable[..., Runtime], clock: SetClock) -> None:
    began = clock.now()
    for _ in range(61):
        upkeep.read_police_events(start(poll_every_min=15))
        clock.advance(timedelta(minutes=1))
    assert [(at - began) / timedelta(minutes=1) for at in api.times] == [0, 15, 30, 45, 60]


def test_a_404_is_final_until_the_operator_resumes(
    api: PoliceApi, start: Callable[..., Runtime], clock: SetClock, database: Database
) -> None:
    api.status = 404
    for _ in range(5):
        assert upkeep.read_police_events(start()) is None
        clock.advance(timedelta(days=1))
    assert len(api.times) == 1
    api.status = 200
    with database.write() as session:
        assert police.resume_feed(session)
    assert upkeep.read_police_events(start()) is not None


def test_what_the_server_asks_for_is_waited_for(api: PoliceApi, start: Callable[..., Runtime], clock: SetClock) -> None:
    api.status, api.headers = 429, {"Retry-After": "1800"}
    began = clock.now()
    for _ in range(35):
        upkeep.read_police_events(start())
        clock.advance(timedelta(minutes=1))
    assert [at - began for at in api.times] == [timedelta(0), timedelta(minutes=30)]


def test_only_changes_are_asked_for_after_an_answer_that_could_be_read(
    api: PoliceApi, start: Callable[..., Runtime], clock: SetClock, database: Database
) -> None:
    api.headers = {"ETag": '"1"'}
    readable, api.body = api.body, b"<html>"
    upkeep.read_police_events(start())
    clock.advance(timedelta(minutes=1))
    api.body = readable
    upkeep.read_police_events(start())
    clock.advance(timedelta(minutes=1))
    api.status, api.body = 304, b""
    assert upkeep.read_police_events(start()) is None
    assert [asked.get("If-None-Match") for _, asked in api.asked] == [None, None, '"1"']
    assert stored_events(database) == [1]
    assert state_of(database).etag == '"1"'


def test_nobody_is_asked_where_events_are_not_wanted(
    api: PoliceApi, start: Callable[..., Runtime], sqlite_runtime: Runtime
) -> None:
    assert build_police_feed(settings.load(police={"enabled": False, "url": api.url})) is None
    assert upkeep.read_police_events(sqlite_runtime) is None
    assert api.asked == []


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"contact": "drift@kommun.example", "url": "http://polis.example/api"}, "police.url must begin with https"),
        ({"contact": " "}, "police.contact must be"),
    ],
)
def test_a_feed_that_could_not_keep_the_rules_is_a_fault_in_the_settings(section: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        build_police_feed(settings.load(police={"enabled": True, **section}))


def test_a_demo_reads_no_events_from_outside() -> None:
    demo = {"mode": "demo"}, {"base_url": "http://127.0.0.1:1"}
    with pytest.raises(SettingsError, match="police events from this machine"):
        settings.load(installation=demo[0], sms=demo[1], police={"enabled": True, "contact": "drift@kommun.example"})


def test_the_feed_is_among_the_parts(keys: dict[str, str], api: PoliceApi, sqlite_url: str) -> None:
    section = {"enabled": True, "url": api.url, "contact": "drift@kommun.example"}
    runtime = build_runtime(settings.load(keys=keys, police=section, database={"url": sqlite_url}))
    assert runtime.police_feed is not None
    runtime.close()


# ----------------------------------------------------------------------------------------------------- forgetting


def test_old_events_are_forgotten(start: Callable[..., Runtime], clock: SetClock, database: Database) -> None:
    runtime = start()
    upkeep.read_police_events(runtime)
    clock.advance(timedelta(days=364))
    assert upkeep.forget(runtime)["police_events"] == 0
    clock.advance(timedelta(days=2))
    assert upkeep.forget(runtime)["police_events"] == 1
    assert stored_events(database) == []
    with database.read() as session:
        assert [row.act for row in audit.history(session, "installation", 0)] == ["upkeep.forgot"]
