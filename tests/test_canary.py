"""The operator's canaries, on both databases: real channels against stand-ins of two SMS providers and a relay."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from time import monotonic, sleep

import pytest
from sqlmodel import col, func, select

from grannsamverkan import canary, replies, settings, status
from grannsamverkan.app import create_app
from grannsamverkan.channels.twilio_sms import read_status_callback
from grannsamverkan.domain import deliveries
from grannsamverkan.domain.deliveries import Canary, Delivery
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.receipts import read_mail_report
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import About, ProviderReceipt, Said
from grannsamverkan.foundation.return_path import read_return_address, return_address
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.jobs.timetable import TIMETABLE
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.delivery_report import Reported, report
from grannsamverkan.standins.launch import ELKS_USER, Standins, start_standins
from grannsamverkan.wiring import build_channels, providers_of
from tests.support.builders import a_mailbox, a_phone

PHONE, MAILBOX = a_phone(7), a_mailbox(7)
SILENT = {"callback_delay_ms": 3_600_000}  # it takes what it is given, and for an hour nothing comes of it
NAMES = ("twilio", "46elks", "relay")


@pytest.fixture(scope="module")
def running_three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standins]:
    with start_standins(tmp_path_factory.mktemp("three"), elks_inbound_url="") as three:
        yield three


@pytest.fixture
def three(running_three: Standins) -> Standins:
    running_three.reset()
    running_three.behave_sms({"callback_delay_ms": 0})
    running_three.behave_elks({"callback_delay_ms": 0})
    return running_three


@pytest.fixture
def time() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def way(database: Database, time: SetClock, keys: dict[str, str], three: Standins) -> Iterator[Runtime]:
    chosen = settings.load(
        installation={"mode": "demo", "base_url": "http://127.0.0.1:1"},
        keys=keys,
        sms={
            "account_sid": three.account_sid,
            "auth_token": three.auth_token,
            "sender": "+46701740699",
            "base_url": three.sms_url,
            "second_username": ELKS_USER,
            "second_password": three.auth_token,
            "second_sender": "+46701740698",
            "second_base_url": three.elks_url,
            "timeout_s": 2,
        },
        email={"host": three.smtp_host, "port": three.smtp_port, "domain": "gs.hoor.example"},
        canary={"sms_to": PHONE, "email_to": MAILBOX},
    )
    channels = build_channels(chosen)
    yield Runtime(chosen, database, time, InlineEngine(), channels, providers=providers_of(channels))
    for channel in channels.values():
        channel.close()


def look(way: Runtime) -> list[str]:
    with way.database.write() as session:
        deliveries.tick(session, now=way.clock.now(), by="test")
    return list(status.look(way)["alarms"])


def rows(way: Runtime) -> list[Canary]:
    with way.database.read() as session:
        return list(session.exec(select(Canary).order_by(col(Canary.id))))


def pass_time(way: Runtime, time: SetClock, minutes: int) -> None:
    """What the clock does meanwhile, a minute at a time."""
    for _ in range(minutes):
        time.advance(timedelta(minutes=1))
        canary.send_canaries(way)
        canary.ask_about_canaries(way)


def ask_until_proved(way: Runtime, time: SetClock, *names: str) -> None:
    """The stand-ins deliver on their own time."""
    time.advance(timedelta(seconds=30))

    def all_proved() -> bool:
        canary.ask_about_canaries(way)
        return {row.provider for row in rows(way) if row.proved_at} >= set(names)

    deadline_s = monotonic() + 20
    while not all_proved():
        assert monotonic() < deadline_s
        sleep(0.02)


def test_each_provider_by_itself_gets_one_each_hour(way: Runtime, time: SetClock, three: Standins) -> None:
    assert canary.send_canaries(way) == 3
    assert (canary.send_canaries(way), Counter(row.provider for row in rows(way))) == (0, Counter(NAMES))
    ask_until_proved(way, time, *NAMES)
    assert look(way) == []
    pass_time(way, time, 58)
    assert len(rows(way)) == 3
    pass_time(way, time, 2)
    assert [row.number for row in rows(way)] == [1, 1, 1, 2, 2, 2]
    assert [len(found) for found in (three.sms_messages(), three.elks_messages(), three.mail_messages())] == [2, 2, 2]
    texts = {sms["body"] for sms in (*three.sms_messages(), *three.elks_messages())}
    assert len(texts) == 4
    assert {sms["to"] for sms in three.sms_messages()} == {PHONE}
    with way.database.read() as session:  # nothing else knows of it
        assert [session.exec(select(func.count()).select_from(one)).one() for one in (Delivery, Notice)] == [0, 0]


@pytest.mark.parametrize("name", ["twilio", "46elks"])
def test_a_provider_that_takes_and_delivers_nothing_is_an_alarm_after_five_minutes(
    way: Runtime, time: SetClock, three: Standins, name: str
) -> None:
    behave = three.behave_sms if name == "twilio" else three.behave_elks
    behave(SILENT)
    canary.send_canaries(way)
    ask_until_proved(way, time, *(other for other in NAMES if other != name))
    pass_time(way, time, 4)
    assert look(way) == []
    pass_time(way, time, 1)
    assert look(way) == [f"canary_lost:{name}"]
    metrics = status.as_metrics(status.look(way))
    assert 'grannsamverkan_alarm{name="canary_lost"} 1\n' in metrics
    assert 'grannsamverkan_provider_canary_proved_seconds{provider="relay"}' in metrics
    assert f'grannsamverkan_provider_canary_proved_seconds{{provider="{name}"}}' not in metrics
    page = create_app(way).test_client().get("/driftlage").get_data(as_text=True)
    assert page.count("Tar emot, men vårt prov har inte kommit fram") == 0  # no sender has told that it takes
    status.note_providers(way)
    page = create_app(way).test_client().get("/driftlage").get_data(as_text=True)
    assert page.count("Tar emot, men vårt prov har inte kommit fram") == 1
    behave({"callback_delay_ms": 0})
    pass_time(way, time, 10)  # the next one goes after a quarter of an hour, not after the whole
    ask_until_proved(way, time, name)
    assert look(way) == []
    assert {row.provider for row in rows(way) if row.proved_at is None} == {name}


def test_who_takes_nothing_is_tried_again_and_told_after_five_minutes(
    way: Runtime, time: SetClock, three: Standins
) -> None:
    """Once is no alarm."""
    three.behave_sms({"every": {"error_429": 1}})
    canary.send_canaries(way)
    pass_time(way, time, 1)
    three.behave_sms({"every": {"error_429": 0}})
    pass_time(way, time, 1)
    ask_until_proved(way, time, *NAMES)
    pass_time(way, time, 10)
    assert look(way) == []
    three.behave_sms({"every": {"error_429": 1}})
    pass_time(way, time, 60)
    assert look(way) == ["canary_lost:twilio"]


def test_an_answer_that_was_lost_is_asked_for_and_not_sent_anew(way: Runtime, time: SetClock, three: Standins) -> None:
    three.behave_sms({"every": {"lose_answer": 1}})
    three.behave_elks({"every": {"lose_answer": 1}})
    canary.send_canaries(way)
    assert {row.provider for row in rows(way) if row.taken_at} == {"relay"}
    pass_time(way, time, 2)
    ask_until_proved(way, time, *NAMES)
    assert (len(three.sms_messages()), len(three.elks_messages()), len(rows(way))) == (1, 1, 3)


def test_who_is_killed_before_the_call_leaves_no_alarm(way: Runtime, time: SetClock, three: Standins) -> None:
    with way.database.write() as session:
        for name in NAMES:
            assert deliveries.begin_canary(session, name, every=timedelta(hours=1), now=time.now()) is not None
    pass_time(way, time, 3)
    ask_until_proved(way, time, *NAMES)
    pass_time(way, time, 5)
    assert (look(way), len(three.sms_messages()), len(three.mail_messages())) == ([], 1, 1)


def test_two_clocks_send_one(way: Runtime, three: Standins) -> None:
    meet = threading.Barrier(4)

    def send() -> None:
        meet.wait()
        canary.send_canaries(way)

    clocks = [threading.Thread(target=send) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join(30)
    assert [len(found) for found in (three.sms_messages(), three.elks_messages(), three.mail_messages())] == [1, 1, 1]


def test_a_receipt_that_comes_by_itself_counts_and_the_best_known_wins(way: Runtime, three: Standins) -> None:
    three.behave_sms(SILENT)
    canary.send_canaries(way)
    row = next(row for row in rows(way) if row.provider == "twilio")
    url = f"https://gs.hoor.example/ingang/twilio/status?c={row.id}"
    for word, is_news in (("sent", False), ("delivered", True), ("delivered", False), ("undelivered", False)):
        receipt = read_status_callback(url, {"MessageSid": str(row.provider_id), "MessageStatus": word})
        assert receipt is not None
        assert receipt.about is About.CANARY
        assert replies.take_receipt(way, receipt) is is_news
    assert [one.provider for one in rows(way) if one.proved_at] == ["twilio", "relay"]


def test_what_comes_back_from_the_mailbox_undoes_the_relays_yes(way: Runtime, time: SetClock) -> None:
    canary.send_canaries(way)
    row = next(row for row in rows(way) if row.provider == "relay")
    assert row.proved_at is not None
    about = Reported("", MAILBOX, MAILBOX, f"c{row.id}", b"", is_delivered=False, arrived_s=0.0)
    receipt = read_mail_report(report(about))
    assert receipt == ProviderReceipt(row.id or 0, "", "dsn-failed", Said.FAILED, "5.1.1", About.CANARY)
    assert replies.take_receipt(way, receipt)
    time.advance(timedelta(minutes=5))
    assert "canary_lost:relay" in look(way)
    returned = Message()
    returned["To"] = return_address("gs.hoor.example", key=f"c{row.id}", secret="a key")
    assert read_return_address(returned, "a key") == f"c{row.id}"


def test_it_is_off_until_an_address_is_set_and_a_clock_set_back_goes_on(
    way: Runtime, time: SetClock, three: Standins
) -> None:
    off = replace(way, settings=way.settings.model_copy(update={"canary": settings.Canary()}))
    assert (canary.send_canaries(off), canary.ask_about_canaries(off), rows(off)) == (0, 0, [])
    three.behave_sms(SILENT)
    canary.send_canaries(way)
    time.advance(timedelta(minutes=6))
    assert (look(way)[0], look(off)) == ("canary_lost:twilio", [])
    back = replace(way, clock=SetClock(time.now() - timedelta(hours=2)))
    assert (canary.send_canaries(back), canary.send_canaries(back)) == (3, 0)
    time.advance(timedelta(days=8))
    canary.send_canaries(way)
    assert len(rows(way)) == 3, "those of long ago are deleted"


def test_they_are_on_the_timetable() -> None:
    assert {canary.send_canaries, canary.ask_about_canaries} <= {entry.step for entry in TIMETABLE}
