"""What a provider's channel remembers of how it went."""

import pytest

from grannsamverkan.channels import breaker
from grannsamverkan.channels.breaker import Breaker
from grannsamverkan.channels.fallback_sms import FallbackSms
from grannsamverkan.channels.watched import Watched
from grannsamverkan.foundation.ports import ChannelKind, Copy, ProviderName, Rejected, Result, TryAgain, Unsure, Wording
from tests.support.recording_channel import RecordingChannel

WORDING = Wording(1000, text="x")


def copies(*addresses: str) -> list[Copy]:
    return [Copy(number, address, str(number)) for number, address in enumerate(addresses)]


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel(ChannelKind.SMS, can_ask=True)


def test_nothing_is_told_before_something_has_happened(channel: RecordingChannel) -> None:
    assert Watched(ProviderName.TWILIO, channel).news() is None


@pytest.mark.parametrize("result", [TryAgain("20429"), Unsure("no_answer")])
def test_a_group_of_which_it_took_nothing_is_a_failure(channel: RecordingChannel, result: Result) -> None:
    watched = Watched(ProviderName.TWILIO, channel)
    channel.results["a"] = [result]
    watched.send(WORDING, copies("a"))
    first = watched.news()
    assert first is not None
    assert (first.took_at, first.is_let_alone) == (None, False)
    assert first.failed_at is not None
    assert watched.news() is None
    channel.results["a"] = [result]
    watched.send(WORDING, copies("a", "b"))  # one it takes
    second = watched.news()
    assert second is not None
    assert second.failed_at == first.failed_at
    assert second.took_at is not None


def test_a_copy_that_is_refused_says_nothing_against_the_provider(channel: RecordingChannel) -> None:
    watched = Watched(ProviderName.TWILIO, channel)
    channel.results["a"] = [Rejected("21211")]
    watched.send(WORDING, copies("a"))
    told = watched.news()
    assert told is not None
    assert told.failed_at is None


def test_a_first_that_is_let_alone_says_so_until_it_is_back(
    channel: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Breaker()
    first = Watched(ProviderName.TWILIO, channel, shared)
    second = Watched(ProviderName.ELKS, RecordingChannel(ChannelKind.SMS, can_ask=True))
    both = FallbackSms(first, second, shared)
    channel.results["a"] = [TryAgain("no_connection")] * breaker.ERRORS
    for _ in range(breaker.ERRORS):
        both.send(WORDING, copies("a"))
    told, others = first.news(), second.news()
    assert told is not None
    assert others is not None
    assert (told.is_let_alone, others.is_let_alone) == (True, False)
    monkeypatch.setattr(breaker, "PROBE_EVERY_S", 0.0)
    shared._next_try_s = 0.0
    both.send(WORDING, copies("a"))
    back = first.news()
    assert back is not None
    assert not back.is_let_alone
