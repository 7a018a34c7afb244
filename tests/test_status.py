"""How it goes right now, and what raises an alarm."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from grannsamverkan import flow, status
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.copy_files import LATE, copy_name
from grannsamverkan.foundation.ports import Cause, ChannelKind, ProviderName, Standing, TryAgain
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Backup, Settings
from tests.support.builders import a_phone, a_street, an_approved_alert
from tests.support.recording_channel import RecordingChannel

PAGES = Path(__file__).resolve().parent.parent / "docs" / "drift"


def tick(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        deliveries.tick(session, now=runtime.clock.now(), by="test")


def test_all_is_well_when_the_clock_ticks_and_nothing_waits(runtime: Runtime, clock: SetClock) -> None:
    assert status.look(runtime)["alarms"] == ["clock_stopped"]
    tick(runtime)
    an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    found = status.look(runtime)
    assert found["ok"] is True
    assert found["clock_ticked_s"] == 0
    assert found["channels"]["sms"]["open_batches"] == 0
    for by in (timedelta(seconds=61), timedelta(hours=-2)):  # also when it is set back, and no clock lives that ticks
        clock.advance(by)
        assert status.look(runtime)["alarms"] == ["clock_stopped"]


def test_what_has_waited_long_is_told_with_its_channel(runtime: Runtime, clock: SetClock) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    flow.fan_out(runtime, alert_id=alert_id)
    clock.advance(timedelta(minutes=10))
    tick(runtime)
    found = status.look(runtime)
    assert found["alarms"] == ["waited_long:sms"]
    assert found["channels"]["sms"]["oldest_due_s"] == 600
    assert found["channels"]["sms"]["due_batches"] == 1


def test_an_alert_that_nobody_makes_copies_of_is_told(runtime: Runtime, clock: SetClock) -> None:
    """Without workers there is not even a batch that could wait."""
    an_approved_alert(runtime, a_street(runtime, phones=3))
    clock.advance(timedelta(minutes=10))
    tick(runtime)
    found = status.look(runtime)
    assert found["alarms"] == ["waited_long:release"]
    assert found["channels"]["sms"]["due_batches"] == 0
    assert "grannsamverkan_released_seconds 600.0\n" in status.as_metrics(found)
    drain(runtime)
    assert status.look(runtime)["ok"] is True


def test_a_provider_that_takes_nothing_is_away(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    sms.results[a_phone(0)] = [TryAgain("20429")] * 9
    an_approved_alert(runtime, a_street(runtime, phones=1))
    for _ in range(3):
        drain(runtime)
        clock.advance(timedelta(seconds=20))
    tick(runtime)
    assert status.look(runtime)["alarms"] == ["provider_away:sms"]


def test_what_waits_for_a_channel_that_is_not_set(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    flow.fan_out(runtime, alert_id=alert_id)
    tick(runtime)
    without = Runtime(runtime.settings, runtime.database, runtime.clock, runtime.engine, {})
    found = status.look(without)
    assert found["alarms"] == ["channel_unset:sms"]
    metrics = status.as_metrics(found)
    assert "grannsamverkan_ok 0\n" in metrics
    assert 'grannsamverkan_alarm{name="channel_unset"} 1\n' in metrics
    assert 'grannsamverkan_due_batches{channel="sms"} 1\n' in metrics
    assert ChannelKind.SMS not in without.channels


class Told(RecordingChannel):
    """A provider that tells what it is given to tell."""

    def __init__(self, name: ProviderName, *news: Standing) -> None:
        is_sms = name is not ProviderName.RELAY
        super().__init__(ChannelKind.SMS if is_sms else ChannelKind.EMAIL, can_ask=is_sms)
        self.name = name
        self._news = list(news)

    def news(self) -> Standing | None:
        return self._news.pop(0) if self._news else None


def test_how_it_goes_with_each_provider_is_told_by_those_who_send(runtime: Runtime, clock: SetClock) -> None:
    """Two senders: one has left the first provider alone, which the other then finds to be back."""
    now = clock.now()
    twilio, elks = ProviderName.TWILIO, ProviderName.ELKS
    away = Standing(twilio, took_at=now - timedelta(hours=1), failed_at=now, is_let_alone=True, cause=Cause.CERTIFICATE)
    sender = replace(runtime, providers=[Told(twilio, away), Told(elks, Standing(elks, took_at=now))])
    looking = replace(runtime, providers=[Told(twilio), Told(elks), Told(ProviderName.RELAY)])
    tick(runtime)
    status.note_providers(sender)
    found = status.look(looking)
    assert found["providers"] == {
        "twilio": {"health": "let_alone", "took_s": 3600, "cause": "certificate"},
        "46elks": {"health": "takes", "took_s": 0, "cause": None},
        "relay": {"health": "unused", "took_s": None, "cause": None},
    }
    assert found["alarms"] == ["provider_let_alone:twilio"]
    metrics = status.as_metrics(found)
    assert 'grannsamverkan_provider_health{provider="twilio",state="let_alone"} 1\n' in metrics
    assert 'grannsamverkan_provider_health{provider="twilio",state="takes"} 0\n' in metrics
    assert 'grannsamverkan_provider_took_seconds{provider="46elks"} 0.0\n' in metrics
    assert 'grannsamverkan_provider_took_seconds{provider="relay"}' not in metrics
    assert 'grannsamverkan_alarm{name="provider_let_alone"} 1\n' in metrics

    clock.advance(timedelta(seconds=30))
    other = replace(runtime, providers=[Told(twilio, Standing(twilio, took_at=clock.now()))])
    status.note_providers(other)
    found = status.look(looking)
    assert found["providers"]["twilio"] == {"health": "takes", "took_s": 0, "cause": None}
    assert found["ok"] is True


def test_a_provider_let_alone_long_ago_is_history(runtime: Runtime, clock: SetClock) -> None:
    """Nothing has been sent since, so nobody knows."""
    twilio = ProviderName.TWILIO
    status.note_providers(
        replace(runtime, providers=[Told(twilio, Standing(twilio, failed_at=clock.now(), is_let_alone=True))])
    )
    clock.advance(deliveries.KNOWN_FOR)
    tick(runtime)
    found = status.look(replace(runtime, providers=[Told(twilio)]))
    assert found["ok"] is True
    assert found["providers"]["twilio"]["health"] == "let_alone"


def test_a_copy_that_is_late_or_missing_is_told(runtime: Runtime, clock: SetClock, tmp_path: Path) -> None:
    tick(runtime)
    kept = replace(runtime, settings=Settings(backup=Backup(folder=str(tmp_path / "copies"))))
    assert (status.look(runtime)["alarms"], status.look(kept)["alarms"]) == ([], ["copy_late"])
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / copy_name(clock.now())).with_suffix(".del").touch()  # one that did not come to its end
    assert status.look(kept)["alarms"] == ["copy_late"]
    (tmp_path / "copies" / copy_name(clock.now())).touch()
    clock.advance(LATE)
    tick(runtime)
    found = status.look(kept)
    assert (found["alarms"], found["copied_s"]) == ([], LATE.total_seconds())
    assert "grannsamverkan_copied_seconds 93600.0\n" in status.as_metrics(found)
    clock.advance(timedelta(seconds=1))
    assert status.look(kept)["alarms"] == ["copy_late"]


@pytest.mark.parametrize("alarm", status.ALARMS)
def test_each_alarm_has_its_page(alarm: str) -> None:
    assert f"`{alarm}`" in (PAGES / f"{alarm}.md").read_text("utf-8")
    assert f"({alarm}.md)" in (PAGES / "README.md").read_text("utf-8")
