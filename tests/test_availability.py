"""In which minutes a warning could have gone, counted by the clock, on both databases."""

import random
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from grannsamverkan import availability, status, upkeep
from grannsamverkan.app import create_app
from grannsamverkan.domain import deliveries
from grannsamverkan.domain.deliveries import Availability, AvailableHour, minutes
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind, ProviderName, Standing
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.jobs.timetable import TIMETABLE
from grannsamverkan.runtime import Runtime
from tests.conftest import NOW
from tests.support.at_once import at_once
from tests.support.recording_channel import RecordingChannel
from tests.support.without_writes import UNWRITTEN, without_writes

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WHOLE_HOUR = (1 << 60) - 1


class Named(RecordingChannel):
    """A provider that is set."""

    def __init__(self, name: ProviderName) -> None:
        super().__init__(ChannelKind.EMAIL if name is ProviderName.RELAY else ChannelKind.SMS, can_ask=False)
        self.name = name

    def news(self) -> Standing | None:
        return None


@pytest.fixture
def way(runtime: Runtime) -> Runtime:
    return replace(runtime, providers=[Named(name) for name in ProviderName])


def pass_time(way: Runtime, clock: SetClock, minutes: int) -> None:
    """What an acting clock does meanwhile: it asks three times a minute."""
    for _ in range(minutes):
        for _ in range(3):
            with suppress(*UNWRITTEN):
                availability.note_minute(way)
            clock.advance(timedelta(seconds=20))


def counted(way: Runtime) -> tuple[int, int, int]:
    """Minutes in which one could have gone, in which it was seen that none could, and that nobody saw."""
    found = counted_by(way)
    assert found is not None
    return found.able, found.unable, found.unseen


def counted_by(way: Runtime) -> Availability | None:
    with way.database.read() as session:
        return deliveries.availability(session, now=way.clock.now())


def hours(way: Runtime) -> list[AvailableHour]:
    with way.database.read() as session:
        return list(session.exec(select(AvailableHour).order_by(col(AvailableHour.hour))))


def test_each_minute_is_counted_from_the_first(way: Runtime, clock: SetClock) -> None:
    assert counted_by(way) is None
    clock.advance(timedelta(minutes=50, seconds=7))
    availability.note_minute(way)
    assert counted_by(way) is None, "a minute is counted when it is over"
    pass_time(way, clock, 90)
    found = counted_by(way)
    assert found == Availability(since=NOW + 50 * MINUTE, able=90, unable=0, unseen=0)
    assert found.percent == 100
    assert [(row.able.bit_count(), row.unable) for row in hours(way)] == [(10, 0), (60, 0), (20, 0)]


def test_a_clock_that_stood_still_leaves_minutes_that_nobody_saw(way: Runtime, clock: SetClock) -> None:
    pass_time(way, clock, 30)
    clock.advance(10 * MINUTE)
    assert counted(way) == (30, 0, 10), "while it stands, too"
    pass_time(way, clock, 60)
    clock.advance(3 * DAY)
    pass_time(way, clock, 1)
    assert counted(way) == (91, 0, 10 + 3 * 24 * 60)


def test_minutes_without_writes_are_seen_by_nobody(way: Runtime, clock: SetClock, vault: Vault) -> None:
    way = replace(way, database=Database(way.database.url, vault, lock_wait_s=0.01))
    pass_time(way, clock, 5)
    with without_writes(way.database):
        pass_time(way, clock, 2)
        with pytest.raises(UNWRITTEN):
            availability.note_minute(way)
    pass_time(way, clock, 5)
    assert counted(way) == (10, 0, 2)
    way.database.close()


def test_a_minute_that_passed_while_a_write_waited_is_not_one_in_which_a_warning_could_go(
    sqlite_runtime: Runtime, clock: SetClock
) -> None:
    way = replace(sqlite_runtime, providers=[Named(name) for name in ProviderName])
    with closing(sqlite3.connect(str(way.database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=availability.note_minute, args=(way,))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        clock.advance(MINUTE)
        other.execute("ROLLBACK")
        waiting.join(20)
    assert [row.able for row in hours(way)] == [0b10]


class Senderless(InlineEngine):
    def has_sender(self, within_s: float) -> bool:
        return False


class Still(InlineEngine):
    def is_ticking(self, within_s: float) -> bool:
        return False


@pytest.mark.parametrize("engine", [Senderless(), Still()])
def test_while_nobody_would_send_none_could_go(way: Runtime, clock: SetClock, engine: InlineEngine) -> None:
    pass_time(way, clock, 2)
    pass_time(replace(way, engine=engine), clock, 3)
    pass_time(way, clock, 2)
    assert counted(way) == (4, 3, 0)


def away(way: Runtime, *names: ProviderName, is_let_alone: bool = False) -> None:
    now = way.clock.now()
    with way.database.write() as session:
        for name in names:
            deliveries.note_standing(session, Standing(name, failed_at=now, is_let_alone=is_let_alone), now=now)


def test_each_way_out_needs_somebody_who_takes_what_goes_by_it(way: Runtime, clock: SetClock) -> None:
    away(way, ProviderName.TWILIO, is_let_alone=True)
    pass_time(way, clock, 1)
    assert counted(way) == (1, 0, 0), "the second takes what the first does not"
    away(way, ProviderName.ELKS)
    pass_time(way, clock, 1)
    assert counted(way) == (1, 1, 0)
    with way.database.write() as session:
        deliveries.note_standing(session, Standing(ProviderName.ELKS, took_at=clock.now()), now=clock.now())
    pass_time(way, clock, 1)
    away(way, ProviderName.RELAY)
    pass_time(way, clock, 1)
    assert counted(way) == (2, 2, 0)


def test_what_was_seen_of_a_provider_long_ago_is_history(way: Runtime, clock: SetClock) -> None:
    away(way, ProviderName.RELAY)
    pass_time(way, clock, 20)
    assert counted(way) == (5, 15, 0)
    away(way, ProviderName.RELAY)
    clock.advance(timedelta(hours=-2))
    pass_time(way, clock, 1)
    assert counted_by(way) == Availability(NOW - 100 * MINUTE, 1, 0, 0), "seen in time to come, before a clock was set"


def test_a_way_out_that_is_not_set_is_not_asked_for(way: Runtime, clock: SetClock) -> None:
    only_mail = {ChannelKind.EMAIL: way.channels[ChannelKind.EMAIL]}
    pass_time(replace(way, channels=only_mail, providers=[Named(ProviderName.RELAY)]), clock, 1)
    assert counted(way) == (1, 0, 0)
    pass_time(replace(way, channels={}, providers=[]), clock, 1)
    assert counted(way) == (1, 1, 0), "with none at all nothing goes"


def test_a_minute_counts_as_one_in_which_it_could_at_any_time(way: Runtime, clock: SetClock) -> None:
    without = replace(way, engine=Senderless())
    for one in (without, way, without):
        availability.note_minute(one)
    clock.advance(MINUTE)
    assert counted(way) == (1, 0, 0)


def test_a_clock_that_is_set_counts_no_minute_twice(way: Runtime, clock: SetClock) -> None:
    pass_time(way, clock, 120)
    clock.advance(-60 * MINUTE)
    assert counted(way) == (60, 0, 0)
    pass_time(replace(way, engine=Senderless()), clock, 30)
    pass_time(way, clock, 60)
    assert counted(way) == (150, 0, 0)
    clock.advance(60 * MINUTE)  # set ahead: the minutes between were in no day
    pass_time(way, clock, 1)
    assert counted(way) == (151, 0, 60)


def test_a_machine_that_woke_in_a_year_long_past_takes_nothing_away(way: Runtime, clock: SetClock) -> None:
    pass_time(way, clock, 5)
    back = SetClock(datetime(2016, 1, 1, tzinfo=NOW.tzinfo))
    pass_time(replace(way, clock=back), back, 2)
    assert counted_by(way) == Availability(NOW, 5, 0, 0)


def test_clocks_at_once_are_one(way: Runtime, clock: SetClock) -> None:
    at_once(lambda: availability.note_minute(way), 8)
    clock.advance(MINUTE)
    at_once(lambda: availability.note_minute(replace(way, engine=Senderless())), 8)
    clock.advance(MINUTE)
    assert counted(way) == (1, 1, 0)
    assert [(row.able, row.unable) for row in hours(way)] == [(0b01, 0b10)]


def add_hours(way: Runtime, since: datetime, number: int) -> None:
    with way.database.write() as session:
        session.add_all(AvailableHour(hour=since + timedelta(hours=hour), able=WHOLE_HOUR) for hour in range(number))


def test_a_month_is_thirty_days_to_the_minute(way: Runtime, clock: SetClock) -> None:
    """Two days are missing: one before the month began, one in it."""
    add_hours(way, NOW - 40 * DAY, 9 * 24)
    add_hours(way, NOW - 30 * DAY, 24)
    add_hours(way, NOW - 28 * DAY, 28 * 24)
    found = counted_by(way)
    assert found == Availability(NOW - 30 * DAY, 29 * 24 * 60, 0, 24 * 60)
    assert found.percent == 96.66
    clock.advance(34 * MINUTE)
    found = counted_by(way)
    assert found == Availability(NOW - 30 * DAY + 34 * MINUTE, 29 * 24 * 60 - 34, 0, 24 * 60 + 34)


def test_what_is_not_whole_is_not_called_so() -> None:
    assert Availability(NOW, 43_199, 1, 0).percent == 99.99
    assert Availability(NOW, 43_156, 0, 44).percent == 99.89
    assert Availability(NOW, 0, 0, 7).percent == 0


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_count_of_a_set_of_minutes(
    sqlite_runtime: Runtime, clock: SetClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = random.Random(seed)
    monkeypatch.setattr(minutes, "COUNTED", timedelta(minutes=drawn.randrange(1, 400)))
    able, unable = (set(drawn.choices(range(600), k=drawn.randrange(1, 500))) for _ in range(2))
    with sqlite_runtime.database.write() as session:
        for seen, is_able in ((able, True), (unable, False)):
            for minute in seen:
                deliveries.note_minute(session, is_able=is_able, now=NOW + minute * MINUTE)
    clock.advance(timedelta(minutes=drawn.randrange(600), seconds=drawn.randrange(60)))
    end = int((clock.now() - NOW) / MINUTE)
    begin = max(min(able | unable), end - int(minutes.COUNTED / MINUTE))
    found = counted_by(sqlite_runtime)
    if begin >= end:
        assert found is None
        return
    could, could_not = able & set(range(begin, end)), (unable - able) & set(range(begin, end))
    unseen = end - begin - len(could) - len(could_not)
    assert found == Availability(NOW + begin * MINUTE, len(could), len(could_not), unseen)


def test_days_of_more_than_a_year_ago_are_forgotten_whole(way: Runtime, clock: SetClock) -> None:
    add_hours(way, NOW - timedelta(days=401, hours=12), 48)
    assert upkeep.forget(way)["minutes"] == 24
    assert hours(way)[0].hour == NOW - timedelta(days=400, hours=12)
    clock.advance(timedelta(hours=11))
    assert upkeep.forget(way)["minutes"] == 0
    clock.advance(timedelta(hours=1))
    assert upkeep.forget(way)["minutes"] == 24


def page(runtime: Runtime, language: str = "sv") -> str:
    headers = {"Accept-Language": language}
    answer = create_app(runtime).test_client().get("/driftlage", base_url="https://gs.hoor.example", headers=headers)
    return answer.get_data(as_text=True)


def test_it_is_told_with_what_is_lacking(way: Runtime, clock: SetClock) -> None:
    assert status.look(way)["available"] is None
    assert "grannsamverkan_available" not in status.as_metrics(status.look(way))
    pass_time(way, clock, 90)
    clock.advance(9 * MINUTE)
    pass_time(replace(way, engine=Senderless()), clock, 1)
    found = status.look(way)
    assert found["available"] == {
        "percent": 90.0,
        "since": NOW.isoformat(),
        "able_min": 90,
        "unable_min": 1,
        "unseen_min": 9,
    }
    metrics = status.as_metrics(found)
    assert "grannsamverkan_available_percent 90.00\n" in metrics
    assert 'grannsamverkan_available_minutes{state="unseen"} 9\n' in metrics


def test_the_page_says_since_when_it_is_counted_and_that_planned_stops_are_in_it(way: Runtime, clock: SetClock) -> None:
    assert "har kunnat gå ut" not in page(way)
    pass_time(way, clock, 90)
    assert "100 procent av tiden sedan onsdag 4 mars klockan 13.00, då räkningen började." in page(way)
    clock.advance(10 * MINUTE)
    said = page(way)
    assert "90 procent av tiden sedan" in said
    assert "I 10 minuter hade ingen varning kunnat gå ut. Planerade stopp räknas med." in said
    add_hours(way, NOW - 31 * DAY, 31 * 24)
    said = page(way)
    assert "99,97 procent av de senaste 30 dagarna." in said
    assert "99.97 percent of the last 30 days." in page(way, "en")


def test_it_is_asked_more_often_than_once_a_minute() -> None:
    """By one that ran now and then a little later a minute would be skipped."""
    assert [entry.every_s for entry in TIMETABLE if entry.step is availability.note_minute] == [20]
