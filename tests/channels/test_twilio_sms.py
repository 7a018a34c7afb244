"""The SMS channel against a real HTTP server that speaks Twilio's Messages API."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grannsamverkan.channels.twilio_http import KeptConnections
from grannsamverkan.channels.twilio_sms import STATUS, TwilioSignature, TwilioSms, read_status_callback
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
from grannsamverkan.standins.launch import Standins
from tests.standins.conftest import Receiver
from tests.support.builders import a_phone

WORDING = Wording(2314, text="Grannsamverkan Höör: Inbrott i villa, Nyby. Nr 2314", valid_for_s=3600)
Make = Callable[..., TwilioSms]


@pytest.fixture
def make(standins: Standins) -> Iterator[Make]:
    """Makes channels to the stand-in, or with other settings; closes them at the end."""
    made: list[TwilioSms] = []

    def channel(callback_url: str = "", **changes: Any) -> TwilioSms:
        filled = {
            "account_sid": standins.account_sid,
            "auth_token": standins.auth_token,
            "sender": "+46701740699",
            "base_url": standins.sms_url,
            "connections": 4,
            "timeout_s": 1.0,
        }
        made.append(TwilioSms(Sms(**{**filled, **changes}), callback_url))
        return made[-1]

    yield channel
    for channel_made in made:
        channel_made.close()


def copies(*numbers: int) -> list[Copy]:
    return [Copy(number + 1, a_phone(number), str(number + 1)) for number in numbers]


def test_each_copy_is_one_sms_with_the_approved_words(make: Make, standins: Standins) -> None:
    results = make().send(WORDING, copies(*range(10)))
    assert all(
        isinstance(result, Accepted) and re.fullmatch("SM[0-9a-f]{32}", result.provider_id) for result in results
    )
    phones = standins.sms_messages()
    assert sorted(sms["to"] for sms in phones) == [a_phone(number) for number in range(10)]
    assert {sms["body"] for sms in phones} == {WORDING.text}
    assert {sms["from"] for sms in phones} == {"+46701740699"}
    found = {sms["to"]: sms["sid"] for sms in phones}
    given = [result.provider_id for result in results if isinstance(result, Accepted)]
    assert given == [found[a_phone(number)] for number in range(10)]  # results in the order of the copies


def test_who_was_frozen_begins_no_call_that_others_may_have_asked_about(
    make: Make, standins: Standins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", Thawing(after=3, later_s=31.0))
    results = make(connections=1, ask_after_s=30.0).send(WORDING, copies(0, 1, 2, 3))
    assert [type(result) for result in results] == [Accepted, Accepted, TryAgain, TryAgain]
    assert len(standins.sms_messages()) == 2


class Thawing:
    """A wall clock that has been asked `after` times when its machine sleeps for a while."""

    def __init__(self, after: int, later_s: float) -> None:
        self._after, self._later_s, self._time = after, later_s, time.time

    def __call__(self) -> float:
        self._after -= 1
        return self._time() + (self._later_s if self._after < 0 else 0.0)


def test_a_messaging_service_may_be_the_sender(make: Make, standins: Standins) -> None:
    service = "MG" + "0" * 32
    (result,) = make(sender=service).send(WORDING, copies(0))
    assert isinstance(result, Accepted)
    assert standins.sms_messages()[0]["from"] == service


@pytest.mark.parametrize(
    ("behaviour", "result"),
    [
        ({"error": 21211}, Rejected("21211")),
        ({"error": 21610}, Rejected("21610")),
        ({"error": 21614}, Rejected("21614")),
        ({"error": 20003}, TryAgain("20003", 60.0)),
        ({"error": 20404}, TryAgain("20404", 60.0)),
        ({"error": 20429}, TryAgain("20429", 7.0)),
        ({"error": 500}, Unsure("http_500")),
        ({"error": 503}, Unsure("http_503")),
        ({"hang": True}, Unsure("no_reply")),
        ({"lose_answer": True}, Unsure("no_reply")),
    ],
    ids=str,
)
def test_what_the_provider_says_as_a_result(
    make: Make, standins: Standins, behaviour: dict[str, Any], result: Result
) -> None:
    standins.behave_sms({"retry_after_s": 7, "numbers": {a_phone(1): behaviour}})
    assert make(timeout_s=0.5).send(WORDING, copies(0, 1, 2))[1] == result
    assert len(standins.sms_messages(to=a_phone(0)) + standins.sms_messages(to=a_phone(2))) == 2
    assert len(standins.sms_messages(to=a_phone(1))) == ("lose_answer" in behaviour)


def test_a_provider_that_is_not_there_has_surely_not_taken_it(make: Make) -> None:
    assert make(base_url="http://127.0.0.1:1").send(WORDING, copies(0)) == [TryAgain("no_connection")]


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that answers every request with these bytes and hangs up; its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n{",
        b"nonsense\r\n\r\n",
    ],
    ids=["nothing", "cut off", "a page", "half an object", "no HTTP"],
)
def test_an_answer_that_does_not_say_is_unsure(make: Make, answer: bytes) -> None:
    with answering(answer) as url:
        channel = make(base_url=url)
        (result,) = channel.send(WORDING, copies(0))
        assert isinstance(result, Unsure)
        (said,) = channel.ask(WORDING, copies(0), datetime.now(UTC))
        assert isinstance(said, NoAnswer)
        assert channel.follow_up("SM" + "0" * 32, 1) is None


def test_head_and_body_of_a_request_leave_in_one_write() -> None:
    client = KeptConnections(1, 5.0)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as there:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/Messages.json"
        asked = there.submit(client.request, "POST", address, {"Page": 2}, {"To": "+46701740605", "Body": "Lås å tänd"})
        caller, _ = listening.accept()
        with caller:
            first = caller.recv(65_536)
            caller.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
        assert asked.result().status_code == 201
    head, _, body = first.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /Messages.json?Page=2 HTTP/1.1\r\n")
    assert body == b"To=%2B46701740605&Body=L%C3%A5s+%C3%A5+t%C3%A4nd"


def test_a_slow_provider_is_left_after_the_time_out(make: Make, standins: Standins) -> None:
    standins.behave_sms({"latency_ms": 3000})
    begun = time.monotonic()
    assert make(timeout_s=0.5).send(WORDING, copies(0)) == [Unsure("no_reply")]
    assert time.monotonic() - begun < 2.5


def test_nothing_is_ever_sent_a_second_time_by_itself(make: Make, standins: Standins) -> None:
    standins.behave_sms({"every": {"lose_answer": 2}})
    results = make().send(WORDING, copies(*range(20)))
    assert sum(isinstance(result, Unsure) for result in results) == 10
    assert len(standins.sms_messages()) == 20
    assert len({sms["to"] for sms in standins.sms_messages()}) == 20


# -------------------------------------------------------------------------------------------------------- asking


def test_asked_by_number_time_and_nr(make: Make, standins: Standins) -> None:
    channel = make()
    asked_from = datetime.now(UTC)
    channel.send(WORDING, copies(0))
    channel.send(Wording(231, text="En annan. Nr 231"), copies(1))
    channel.send(Wording(23140, text="En tredje. Nr 23140"), copies(1))
    answers = channel.ask(WORDING, copies(0, 1, 2), asked_from)
    sid = standins.sms_messages(to=a_phone(0))[0]["sid"]
    assert answers == [Here(sid), NotHere(), NotHere()]


def test_an_older_sms_of_the_same_number_does_not_count(make: Make, standins: Standins) -> None:
    channel = make()
    channel.send(WORDING, copies(0))
    later = datetime.now(UTC) + timedelta(days=1, minutes=1)
    assert channel.ask(WORDING, copies(0), later) == [NotHere()]
    assert isinstance(channel.ask(WORDING, copies(0), later - timedelta(minutes=2))[0], Here)


def test_what_was_called_by_a_clock_two_hours_ahead_is_found(make: Make, standins: Standins) -> None:
    """It has been set right since: sent anew, the phone would get it twice. What has no number may have been said two
    hours ago too."""
    channel, notice = make(), Wording(0, text="Din kod är 123456")
    ahead = datetime.now(UTC) + timedelta(hours=2)
    channel.send(WORDING, copies(0))
    channel.send(notice, copies(1))
    assert isinstance(channel.ask(WORDING, copies(0), ahead)[0], Here)
    assert channel.ask(notice, copies(1), ahead) == [NotHere()]


def test_a_lost_answer_is_found_by_asking(make: Make, standins: Standins) -> None:
    standins.behave_sms({"every": {"lose_answer": 1}})
    channel = make()
    asked_from = datetime.now(UTC)
    assert channel.send(WORDING, copies(0)) == [Unsure("no_reply")]
    assert isinstance(channel.ask(WORDING, copies(0), asked_from)[0], Here)


@pytest.mark.parametrize("rule", [{"hang": True}, {"error": 500}, {"error": 20003}])
def test_asking_in_vain_is_no_answer(make: Make, standins: Standins, rule: dict[str, Any]) -> None:
    standins.behave_sms({"list": rule})
    (answer,) = make(timeout_s=0.5).ask(WORDING, copies(0), datetime.now(UTC))
    assert isinstance(answer, NoAnswer)
    assert a_phone(0) not in answer.code


def test_a_copy_without_an_address_is_not_asked_for(make: Make, standins: Standins) -> None:
    """Without a number the provider would list everybody's messages, and any of them would do."""
    channel = make()
    channel.send(WORDING, copies(0))
    assert channel.ask(WORDING, [Copy(9, "", "9")], datetime.now(UTC)) == [NoAnswer("address_gone")]


def test_a_silent_sms_is_followed_up(make: Make, standins: Standins) -> None:
    standins.behave_sms({"numbers": {a_phone(1): {"undelivered": 30005}}})
    channel = make()
    sids = [result.provider_id for result in channel.send(WORDING, copies(0, 1)) if isinstance(result, Accepted)]
    deadline = time.monotonic() + 5
    while {sms["status"] for sms in standins.sms_messages()} != {"delivered", "undelivered"}:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert channel.follow_up(sids[0], 1) == ProviderReceipt(1, sids[0], "delivered", Said.DELIVERED, None)
    assert channel.follow_up(sids[1], 2) == ProviderReceipt(2, sids[1], "undelivered", Said.FAILED, "30005")
    assert channel.follow_up("SM" + "0" * 32, 3) is None


# -------------------------------------------------------------------------------------------------------- callbacks


def test_the_provider_calls_back_signed_and_names_the_copy(make: Make, standins: Standins) -> None:
    receiver = Receiver()
    receiver.start()
    try:
        address = f"{receiver.url}/ingang/twilio/status"
        (result,) = make(address).send(WORDING, copies(4))
        posts = receiver.wait_for(2)
    finally:
        receiver.stop()
    assert isinstance(result, Accepted)
    assert {f"{receiver.url}{post.path}" for post in posts} == {f"{address}?d=5"}
    signature = TwilioSignature(standins.auth_token)
    for post in posts:
        signed = post.headers["X-Twilio-Signature"]
        assert signature.holds(f"{address}?d=5", post.form, signed)
        assert not signature.holds(f"{address}?d=6", post.form, signed)
        assert not signature.holds(f"{address}?d=5", {**post.form, "MessageStatus": "failed"}, signed)
    assert [read_status_callback(post.path, post.form) for post in posts] == [
        ProviderReceipt(5, result.provider_id, "sent", Said.ON_ITS_WAY),
        ProviderReceipt(5, result.provider_id, "delivered", Said.DELIVERED),
    ]


@pytest.mark.parametrize("status", [*STATUS, "DELIVERED", "sms.sent"])
def test_a_status_becomes_a_receipt(status: str) -> None:
    found = read_status_callback("https://gs.hoor.example/x?d=77", {"MessageSid": "SM1", "MessageStatus": status})
    assert found == ProviderReceipt(77, "SM1", status, STATUS[status.rpartition(".")[2].lower()], None)


def test_a_failed_status_brings_its_code() -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005" + "x" * 100}
    found = read_status_callback("https://gs.hoor.example/x?d=77", form)
    assert found is not None
    assert (found.said, found.code) == (Said.FAILED, ("30005" + "x" * 100)[:40])


@pytest.mark.parametrize("query", ["", "?d=", "?d=x", "?d=-1", "?e=7"])
def test_a_callback_that_names_no_copy_is_none(query: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert read_status_callback(f"https://gs.hoor.example/x{query}", form) is None


def test_a_status_that_nobody_knows_is_none() -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "exploded"}
    assert read_status_callback("https://gs.hoor.example/x?d=77", form) is None


@pytest.mark.goal("P6")
def test_a_message_on_its_way_is_deleted_later_and_one_that_has_arrived_at_once(make: Make, standins: Standins) -> None:
    standins.behave_sms({"callback_delay_ms": 60_000})
    channel = make()
    (taken,) = channel.send(WORDING, copies(0))
    assert isinstance(taken, Accepted)
    assert channel.delete([taken.provider_id]) == [Deleting.LATER]
    standins.behave_sms({"callback_delay_ms": 0})
    (arrived,) = channel.send(WORDING, copies(1))
    assert isinstance(arrived, Accepted)
    deadline = time.monotonic() + 5
    while channel.delete([arrived.provider_id]) != [Deleting.GONE]:
        assert time.monotonic() < deadline
    assert channel.follow_up(arrived.provider_id, 1) is None
    assert channel.ask(WORDING, copies(1), datetime.now(UTC)) == [NotHere()]
    assert make(auth_token="f" * 32).delete([taken.provider_id]) == [Deleting.LATER]
    assert make(base_url="http://127.0.0.1:1").delete([taken.provider_id]) == [Deleting.LATER]
