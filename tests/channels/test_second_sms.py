"""The second SMS provider against a server that speaks its API, and the two providers as one channel."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grannsamverkan.channels import breaker
from grannsamverkan.channels.breaker import Breaker, Way
from grannsamverkan.channels.elks_sms import ElksSms, is_ours, read_delivery_report, token
from grannsamverkan.channels.fallback_sms import FallbackSms
from grannsamverkan.channels.twilio_sms import TwilioSms
from grannsamverkan.foundation.ports import (
    Accepted,
    Copy,
    Deleting,
    Here,
    NoAnswer,
    NotHere,
    ProviderReceipt,
    Rejected,
    Result,
    Said,
    TryAgain,
    Unsure,
    Wording,
)
from grannsamverkan.settings import Sms
from grannsamverkan.standins.launch import ELKS_USER, Standins, start_standins
from tests.standins.conftest import Receiver
from tests.support.builders import a_phone

WORDING = Wording(2314, text="Grannsamverkan Höör: Inbrott i villa, Nyby. Nr 2314", valid_for_s=3600)
NUMBER = "+46701740698"
Make = Callable[..., ElksSms]


@pytest.fixture(scope="module")
def running_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standins]:
    with start_standins(tmp_path_factory.mktemp("pair"), elks_inbound_url="") as both:
        yield both


@pytest.fixture
def pair(running_pair: Standins) -> Standins:
    running_pair.reset()
    running_pair.behave_elks({"callback_delay_ms": 0})
    return running_pair


def settings_for(standins: Standins, **changes: Any) -> Sms:
    usual = {
        "account_sid": standins.account_sid,
        "auth_token": standins.auth_token,
        "sender": "+46701740699",
        "base_url": standins.sms_url,
        "second_username": ELKS_USER,
        "second_password": standins.auth_token,
        "second_sender": NUMBER,
        "second_base_url": standins.elks_url,
        "connections": 4,
        "timeout_s": 0.5,
    }
    return Sms(**{**usual, **changes})


@pytest.fixture
def make(pair: Standins) -> Iterator[Make]:
    made: list[ElksSms] = []

    def channel(callback_url: str = "", key: str = "", **changes: Any) -> ElksSms:
        made.append(ElksSms(settings_for(pair, **changes), callback_url, key))
        return made[-1]

    yield channel
    for one in made:
        one.close()


@pytest.fixture
def both(pair: Standins) -> Iterator[FallbackSms]:
    chosen = settings_for(pair)
    channel = FallbackSms(TwilioSms(chosen), ElksSms(chosen))
    yield channel
    channel.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    one.start()
    yield one
    one.stop()


def copies(*numbers: int) -> list[Copy]:
    return [Copy(number + 1, a_phone(number), str(number + 1)) for number in numbers]


def ids(results: list[Result]) -> list[str]:
    return [result.provider_id for result in results if isinstance(result, Accepted)]


# ------------------------------------------------------------------------------------------------ alone


def test_each_copy_is_one_sms_with_the_approved_words(make: Make, pair: Standins) -> None:
    results = make().send(WORDING, copies(*range(6)))
    shown = {sms["to"]: sms for sms in pair.elks_messages()}
    assert {(sms["from"], sms["body"]) for sms in shown.values()} == {(NUMBER, WORDING.text)}
    assert ids(results) == [f"elks:{shown[a_phone(number)]['sid']}" for number in range(6)]


@pytest.mark.parametrize(
    ("behaviour", "result"),
    [
        ({"error": 400}, Rejected("elks_400")),
        ({"error": 401}, TryAgain("elks_401", 60.0)),
        ({"error": 403}, TryAgain("elks_403", 60.0)),
        ({"error": 20429}, TryAgain("elks_429", 7.0)),
        ({"error": 500}, Unsure("http_500")),
        ({"hang": True}, Unsure("no_reply")),
        ({"lose_answer": True}, Unsure("no_reply")),
    ],
    ids=str,
)
def test_what_the_provider_says_as_a_result(
    make: Make, pair: Standins, behaviour: dict[str, Any], result: Result
) -> None:
    pair.behave_elks({"retry_after_s": 7, "numbers": {a_phone(1): behaviour}})
    assert make().send(WORDING, copies(0, 1, 2))[1] == result
    assert len(pair.elks_messages()) == 2 + ("lose_answer" in behaviour)


def test_a_provider_that_is_not_there_has_surely_not_taken_it(make: Make) -> None:
    channel = make(second_base_url="http://127.0.0.1:9")
    assert channel.send(WORDING, copies(0)) == [TryAgain("no_connection")]
    assert channel.ask(WORDING, copies(0), datetime.now(UTC)) == [NoAnswer("no_answer")]
    assert channel.follow_up("elks:s" + "0" * 32, 1) is None


def test_asked_afterwards_it_tells_what_it_has(make: Make, pair: Standins) -> None:
    channel, began = make(), datetime.now(UTC)
    (sent,) = ids(channel.send(WORDING, copies(0)))
    channel.send(Wording(2315, text="Grannsamverkan Höör: annat. Nr 2315"), copies(1))
    assert channel.ask(WORDING, copies(0, 1, 2), began) == [Here(sent), NotHere(), NotHere()]
    ahead = began + timedelta(hours=2)  # by a clock that has been set right since
    assert channel.ask(WORDING, copies(0), ahead) == [Here(sent)]
    assert channel.ask(WORDING, copies(0), ahead + timedelta(days=1)) == [NotHere()]
    assert channel.ask(Wording(0, text=WORDING.text), copies(0), ahead) == [NotHere()]
    assert channel.ask(WORDING, [Copy(1, "", "1")], began) == [NoAnswer("address_gone")]
    pair.behave_elks({"list": {"error": 500}})
    assert channel.ask(WORDING, copies(0), began) == [NoAnswer("no_answer")]


def test_its_word_comes_back_to_an_address_that_only_we_can_make(make: Make, receiver: Receiver) -> None:
    channel = make(f"{receiver.url}/ingang/46elks/status", "nyckel")
    (sent,) = ids(channel.send(WORDING, copies(4)))
    deadline = time.monotonic() + 10
    while len(receiver.taken) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    asked = {"d": "5", "k": token("nyckel", {"d": "5"})}
    assert {taken.path for taken in receiver.taken} == {f"/ingang/46elks/status?d=5&k={asked['k']}"}
    assert is_ours("nyckel", asked)
    assert [read_delivery_report(asked, taken.form) for taken in receiver.taken] == [
        ProviderReceipt(5, sent, "sent", Said.ON_ITS_WAY),
        ProviderReceipt(5, sent, "delivered", Said.DELIVERED),
    ]
    assert channel.follow_up(sent, 5) == ProviderReceipt(5, sent, "delivered", Said.DELIVERED)


def test_without_a_key_nothing_is_ours() -> None:
    assert not is_ours("", {"d": "1", "k": token("", {"d": "1"})})


# ------------------------------------------------------------------------------------------------ both


def test_while_the_first_takes_them_the_second_gets_none(both: FallbackSms, pair: Standins) -> None:
    assert all(sid.startswith("SM") for sid in ids(both.send(WORDING, copies(*range(5)))))
    assert pair.elks_messages() == []


def test_what_the_first_surely_has_not_taken_goes_by_the_second(both: FallbackSms, pair: Standins) -> None:
    errors = {1: 20429, 2: 21211, 3: 500}
    pair.behave_sms({"numbers": {a_phone(number): {"error": code} for number, code in errors.items()}})
    results = both.send(WORDING, copies(*range(4)))
    assert isinstance(results[1], Accepted)
    assert results[1].provider_id.startswith("elks:")
    assert results[2:] == [Rejected("21211"), Unsure("http_500")]  # refused for good; not known, so asked about first
    assert [sms["to"] for sms in pair.elks_messages()] == [a_phone(1)]
    assert both.ask(WORDING, copies(1, 3), datetime.now(UTC)) == [Here(results[1].provider_id), NotHere()]


def test_only_what_both_deny_is_not_there(both: FallbackSms, pair: Standins) -> None:
    now = datetime.now(UTC)
    pair.behave_sms({"list": {"error": 500}})
    assert isinstance(both.ask(WORDING, copies(0), now)[0], NoAnswer)
    pair.behave_sms({"list": None})
    pair.behave_elks({"list": {"error": 500}})
    assert both.ask(WORDING, copies(0), now) == [NoAnswer("no_answer")]


def test_whose_a_message_is_stands_in_its_name(both: FallbackSms, pair: Standins) -> None:
    (first,) = ids(both.send(WORDING, copies(0)))
    pair.behave_sms({"numbers": {a_phone(1): {"error": 20003}}})
    (second,) = ids(both.send(WORDING, copies(1)))
    time.sleep(0.1)
    for name in (first, second):
        said = both.follow_up(name, 1)
        assert said is not None
        assert said.provider_id == name
    assert both.delete([second, first, second]) == [Deleting.NEVER, Deleting.GONE, Deleting.NEVER]


def test_a_first_that_is_away_is_let_alone_and_tried_again(
    both: FallbackSms, pair: Standins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hanging costs the first group its time-out, and no later one."""
    pair.behave_sms({"every": {"hang": 1}})
    both.send(WORDING, copies(*range(8)))
    assert both.breaker.is_shut
    began = time.monotonic()
    assert len(ids(both.send(WORDING, copies(*range(10, 18))))) == 8
    assert time.monotonic() - began < 0.4
    monkeypatch.setattr(breaker, "PROBE_EVERY_S", 0.0)
    both.breaker._next_try_s = 0.0
    results = both.send(WORDING, copies(20, 21, 22))  # one of them is the try
    assert [type(result) for result in results] == [Unsure, Accepted, Accepted]
    pair.behave_sms({"every": {"hang": 0}})
    assert ids(both.send(WORDING, copies(30)))[0].startswith("SM")
    assert not both.breaker.is_shut
    seen = Counter(sms["to"] for sms in pair.sms_messages() + pair.elks_messages())
    assert set(seen.values()) == {1}


def test_when_the_second_is_away_too_the_first_is_tried_at_once(both: FallbackSms, pair: Standins) -> None:
    pair.behave_elks({"every": {"error_429": 1}})
    for _ in range(breaker.ERRORS):
        both.breaker.note(went_well=False)
    results = both.send(WORDING, copies(0, 1, 2))
    assert [type(result) for result in results] == [Accepted, TryAgain, TryAgain]
    assert len(ids(both.send(WORDING, copies(1, 2)))) == 2


def test_both_away_is_told_as_such_so_that_the_copies_wait(make: Make, pair: Standins) -> None:
    chosen = settings_for(pair, base_url="http://127.0.0.1:9", second_base_url="http://127.0.0.1:9")
    channel = FallbackSms(TwilioSms(chosen), ElksSms(chosen))
    assert channel.send(WORDING, copies(0, 1)) == [TryAgain("no_connection")] * 2
    channel.close()


# ------------------------------------------------------------------------------------------------ the breaker


def test_five_errors_in_a_row_shut_it_and_one_success_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(breaker, "time", type("Time", (), {"monotonic": staticmethod(lambda: now[0])}))
    one = Breaker()
    for went_well in (False, False, False, False, True, False, False, False, False):
        one.note(went_well=went_well)
    assert one.way() is Way.OPEN
    one.note(went_well=False)
    assert one.way() is Way.SHUT
    now[0] += breaker.PROBE_EVERY_S
    assert [one.way() for _ in range(3)] == [Way.ONE, Way.SHUT, Way.SHUT]
    one.note(went_well=True)
    assert one.way() is Way.OPEN


def test_errors_far_apart_do_not_shut_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(breaker, "time", type("Time", (), {"monotonic": staticmethod(lambda: now[0])}))
    one = Breaker()
    for _ in range(9):
        now[0] += breaker.WITHIN_S / 3
        one.note(went_well=False)
    assert one.way() is Way.OPEN


def test_of_many_callers_one_has_the_try(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Breaker()
    for _ in range(breaker.ERRORS):
        one.note(went_well=False)
    one._next_try_s = 0.0
    ways: list[Way] = []
    threads = [threading.Thread(target=lambda: ways.append(one.way())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(ways) == {Way.ONE: 1, Way.SHUT: 19}
