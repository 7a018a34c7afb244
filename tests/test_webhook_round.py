"""Other systems are called: about what the interface shows and nothing more, at least once, and never for ever."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from grannsamverkan import flow, upkeep, webhook_round
from grannsamverkan.backups import held
from grannsamverkan.channels.https import HttpsCaller
from grannsamverkan.domain import alerts, keeping, people, webhooks
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.alerts import AlertClass
from grannsamverkan.domain.alerts.sequel_drafts import Told
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.webhooks import CallState, Event, Pause, Webhook, WebhookCall
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import CallAnswer, ChannelKind, ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.jobs.timetable import TIMETABLE
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import (
    ESLOV,
    HOOR,
    NOW,
    a_network,
    a_phone,
    a_sequel,
    a_street,
    an_account,
    an_approved_alert,
    deliveries_of,
)
from tests.support.receiver import Receiver, is_signed_with, putting_off, receiver, receiving

__all__ = ["receiver"]

_LOOK = "Logga in och se vilken under Inställningar."
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def calling(runtime: Runtime, receiver: Receiver) -> Runtime:
    """The way, with one that calls the receiver, quickly tired."""
    return _naming(runtime, receiver.host)


def _naming(runtime: Runtime, *hosts: str) -> Runtime:
    return replace(runtime, webhook_caller=HttpsCaller(hosts, "1", timeout_s=0.3))


def add(runtime: Runtime, receiver: Receiver, code: str = HOOR, url: str = "") -> tuple[int, str]:
    """An address that is called, and its secret."""
    with runtime.database.write() as session:
        row, secret = webhooks.add_webhook(
            session, "Kartan", code, url or receiver.url, hosts={receiver.host}, now=runtime.clock.now()
        )
        return row.id or 0, secret


def change(runtime: Runtime, webhook_id: int, act: Callable[[Session, Webhook, datetime], Any]) -> Any:
    with runtime.database.write() as session:
        return act(session, webhooks.webhook(session, webhook_id, to_change=True), runtime.clock.now())


def calls(runtime: Runtime) -> list[WebhookCall]:
    with runtime.database.read() as session:
        return list(session.exec(select(WebhookCall).order_by(col(WebhookCall.id))))


def hook(runtime: Runtime, webhook_id: int) -> Webhook:
    with runtime.database.read() as session:
        return webhooks.webhook(session, webhook_id)


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in receiver.heard]


def close(runtime: Runtime, alert_id: int) -> None:
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "SM1", "delivered", Said.DELIVERED))
    assert flow.close_alerts(runtime) == 1


# ----------------------------------------------------------------------------------------------- what is told, and when


def test_a_warning_is_told_when_it_begins_to_go_and_when_nothing_more_comes_of_it(
    calling: Runtime, receiver: Receiver, clock: SetClock
) -> None:
    webhook_id, secret = add(calling, receiver)
    alert_id = an_approved_alert(calling, a_street(calling, phones=2))
    assert (calls(calling), webhook_round.call_webhooks(calling)) == ([], 0)
    drain(calling)
    assert webhook_round.call_webhooks(calling) == 1
    with calling.database.read() as session:
        alert = alerts.alert(session, alert_id)
    said = {"municipality": HOOR, "number": 1001, "kind": "warning", "story": "https://gs.hoor.example/n/1001"}
    assert alert.release_at is not None
    assert told(receiver) == [{"type": "alert.sent", "timestamp": "2026-03-04T12:00:00Z", "data": said}]
    assert is_signed_with(secret, receiver.heard[0])
    close(calling, alert_id)
    assert webhook_round.call_webhooks(calling) == 0
    assert alert.valid_until is not None
    settled_at = alert.valid_until + timedelta(seconds=calling.settings.sms.receipt_wait_s) + webhooks.CLOSED_BY_THEN
    clock.advance(settled_at - clock.now())
    assert webhook_round.call_webhooks(calling) == 1
    closed = told(receiver)[1]
    assert (closed["type"], datetime.fromisoformat(closed["timestamp"]), closed["data"]) == (
        *("alert.closed", settled_at, said),
    )
    assert [(row.state, row.status) for row in calls(calling)] == [(CallState.TAKEN, 204)] * 2
    assert hook(calling, webhook_id).failing_since is None


def test_what_was_put_right_is_told_as_that_and_in_its_story(calling: Runtime, receiver: Receiver) -> None:
    add(calling, receiver)
    about = an_approved_alert(calling, a_street(calling, phones=1))
    drain(calling)
    a_sequel(calling, about, AlertClass.CORRECTION, Told.NOT_TRUE)
    drain(calling)
    webhook_round.call_webhooks(calling)
    found = [(one["type"], one["data"]["kind"], one["data"]["number"], one["data"]["story"]) for one in told(receiver)]
    story = "https://gs.hoor.example/n/1001"
    assert found == [("alert.sent", "warning", 1001, story), ("alert.corrected", "correction", 1002, story)]


def test_what_is_taken_back_before_it_goes_is_never_told(calling: Runtime, receiver: Receiver) -> None:
    add(calling, receiver)
    alert_id = an_approved_alert(calling, a_street(calling, phones=1))
    with calling.database.read() as session:
        author = alerts.alert(session, alert_id).author_account_id
    flow.stop_alert(calling, alert_id=alert_id, account_id=author)
    drain(calling)
    flow.close_alerts(calling)
    assert calls(calling) == []


@pytest.mark.goal("S2")
def test_another_municipality_is_told_nothing(calling: Runtime, receiver: Receiver) -> None:
    with calling.database.write() as session:
        a_network(session, "Marieholm", municipality_code=ESLOV)
    add(calling, receiver, ESLOV)
    an_approved_alert(calling, a_street(calling, phones=1))
    drain(calling)
    assert calls(calling) == []


def test_what_happens_in_a_transaction_that_fails_is_not_told(calling: Runtime, receiver: Receiver) -> None:
    add(calling, receiver)
    alert_id = an_approved_alert(calling, a_street(calling, phones=1))

    def tell_and_fail() -> None:
        with calling.database.write() as session:
            assert webhooks.tell_sent(session, alerts.alert(session, alert_id), base_url="https://gs.hoor.example") == 1
            raise Refused("something")

    with pytest.raises(Refused):
        tell_and_fail()
    assert calls(calling) == []


# ------------------------------------------------------------------------------------------------- signatures, rotated


def test_for_a_day_both_secrets_are_signed_with(calling: Runtime, receiver: Receiver, clock: SetClock) -> None:
    webhook_id, first = add(calling, receiver)
    second = change(calling, webhook_id, webhooks.change_secret)
    found = []
    for wait in (timedelta(0), DAY - SECOND, SECOND):
        clock.advance(wait)
        change(calling, webhook_id, webhooks.ping)
        webhook_round.call_webhooks(calling)
        found.append((is_signed_with(second, receiver.heard[-1]), is_signed_with(first, receiver.heard[-1])))
    assert found == [(True, True), (True, True), (True, False)]
    other = replace(receiver.heard[-1], body=receiver.heard[-1].body + b" ")
    later = replace(receiver.heard[-1], headers={**receiver.heard[-1].headers, "webhook-timestamp": "1"})
    assert (is_signed_with(second, other), is_signed_with(second, later)) == (False, False)


@pytest.mark.goal("S33")
def test_secrets_and_addresses_are_sealed(calling: Runtime, receiver: Receiver) -> None:
    webhook_id, first = add(calling, receiver, url=f"https://{receiver.host}/anrop?nyckel=hemlig")
    second = change(calling, webhook_id, webhooks.change_secret)
    with calling.database.read() as session:
        row = repr(session.connection().exec_driver_sql("SELECT * FROM webhook").all())
    assert not any(one in row for one in (first, second, "nyckel=hemlig"))


@pytest.mark.goal("S34")
def test_nothing_secret_is_logged_or_told_to_others(
    calling: Runtime, receiver: Receiver, clock: SetClock, capfd: pytest.CaptureFixture[str]
) -> None:
    webhook_id, secret = add(calling, receiver, url=f"https://{receiver.host}/anrop?nyckel=hemlig")
    _a_manager(calling)
    receiver.answer = 410
    change(calling, webhook_id, webhooks.ping)
    webhook_round.call_webhooks(calling)
    with calling.database.read() as session:
        noted = [f"{row.act} {row.facts}" for row in session.exec(select(AuditEntry))]
        notices = [f"{row.subject} {row.body}" for row in session.exec(select(Notice))]
    assert len(notices) == 1
    out = "".join([*capfd.readouterr(), *noted, *notices])
    assert not any(one in out for one in (secret, "hemlig", receiver.host))


# ------------------------------------------------------------------------------------------------- tries, and their end


@pytest.mark.goal("S24")
@pytest.mark.parametrize("answer", [500, 503, 302, 404, "slow", "nobody"])
def test_what_is_not_taken_is_tried_again_under_the_same_name_and_given_up_after_three_days(
    calling: Runtime, receiver: Receiver, clock: SetClock, answer: Any
) -> None:
    webhook_id, secret = add(calling, receiver)
    receiver.answer = (lambda _handler: time.sleep(1)) if answer == "slow" else 500 if answer == "nobody" else answer
    if answer == "nobody":
        calling = _naming(calling, "annan.example")
    change(calling, webhook_id, webhooks.ping)
    waits = []
    (row,) = calls(calling)
    for _ in range(webhooks.TRIES + 3):
        webhook_round.call_webhooks(calling)
        (row,) = calls(calling)
        if row.state is not CallState.WAITING:
            break
        waits.append(row.next_at - clock.now())
        clock.advance(row.next_at - clock.now() - SECOND)
        assert webhook_round.call_webhooks(calling) == 0
        clock.advance(SECOND)
    assert tuple(waits) == webhooks.WAITS
    assert (row.state, row.attempts, clock.now() - NOW <= webhooks.LIFE) == (CallState.GIVEN_UP, webhooks.TRIES, True)
    assert row.status == (answer if isinstance(answer, int) else None)
    if answer != "nobody":
        assert {one.message_id for one in receiver.heard} == {row.message_id}
        assert len({one.headers["webhook-timestamp"] for one in receiver.heard}) == webhooks.TRIES
        assert all(is_signed_with(secret, one) for one in receiver.heard)
    clock.advance(9 * DAY)
    assert webhook_round.call_webhooks(calling) == 0


def test_gone_ends_it_at_once_and_whoever_answers_for_the_municipality_hears_of_it(
    calling: Runtime, receiver: Receiver, clock: SetClock
) -> None:
    webhook_id, _ = add(calling, receiver)
    _a_manager(calling)
    receiver.answer = 410
    change(calling, webhook_id, webhooks.ping)
    webhook_round.call_webhooks(calling)
    row = hook(calling, webhook_id)
    assert ([one.state for one in calls(calling)], row.paused_for) == ([CallState.GIVEN_UP], Pause.GONE)
    assert _notices(calling) == [
        f"Grannsamverkan Höör: Ett annat system tar inte emot anrop längre. Anropen är pausade. {_LOOK}"
    ]


def test_after_five_days_without_anything_taken_it_is_paused_and_told_once(
    calling: Runtime, receiver: Receiver, clock: SetClock
) -> None:
    webhook_id, _ = add(calling, receiver)
    an_approved_alert(calling, a_street(calling, phones=1))
    _a_manager(calling)
    receiver.answer = 500
    for _ in range(4):
        change(calling, webhook_id, webhooks.ping)
        for _ in range(webhooks.TRIES):
            webhook_round.call_webhooks(calling)
            clock.advance(8 * HOUR)
            if hook(calling, webhook_id).paused_at is not None:
                break
        if hook(calling, webhook_id).paused_at is not None:
            break
    row = hook(calling, webhook_id)
    assert row.failing_since is not None
    assert row.paused_at is not None
    assert (row.paused_for, DAY * 5 <= row.paused_at - row.failing_since < DAY * 6) == (Pause.FAILING, True)
    assert [one.split(". ")[0] for one in _notices(calling)] == [
        "Grannsamverkan Höör: Ett annat system har inte svarat på fem dagar"
    ]
    drain(calling)
    assert webhook_round.call_webhooks(calling) == 0
    assert not any(one.event is Event.SENT for one in calls(calling))
    receiver.answer = 204
    change(calling, webhook_id, webhooks.resume)
    change(calling, webhook_id, webhooks.ping)
    webhook_round.call_webhooks(calling)
    row = hook(calling, webhook_id)
    assert (calls(calling)[-1].state, row.failing_since, row.paused_at) == (CallState.TAKEN, None, None)


def test_while_paused_nothing_goes_and_what_waited_goes_afterwards(
    calling: Runtime, receiver: Receiver, clock: SetClock
) -> None:
    webhook_id, _ = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    assert change(calling, webhook_id, webhooks.pause)
    assert not change(calling, webhook_id, webhooks.pause)
    with pytest.raises(Refused, match="webhook_paused"):
        change(calling, webhook_id, webhooks.ping)
    assert webhook_round.call_webhooks(calling) == 0
    change(calling, webhook_id, webhooks.resume)
    assert webhook_round.call_webhooks(calling) == 1


def test_a_trial_that_waits_is_tried_at_once_when_another_is_asked_for(calling: Runtime, receiver: Receiver) -> None:
    webhook_id, _ = add(calling, receiver)
    receiver.answer = 500
    for tries in (1, 2):
        change(calling, webhook_id, webhooks.ping)
        assert webhook_round.call_webhooks(calling) == 1
        assert webhook_round.call_webhooks(calling) == 0
        assert [row.attempts for row in calls(calling)] == [tries]


def test_a_host_that_does_not_answer_rests_and_keeps_nobody_else_waiting(
    calling: Runtime, receiver: Receiver, clock: SetClock, tmp_path: Path
) -> None:
    receiver.answer = lambda _handler: time.sleep(1)
    for number in range(3):
        webhook_id, _ = add(calling, receiver, url=f"https://{receiver.host}/{number}")
        change(calling, webhook_id, webhooks.ping)
    with receiving(tmp_path) as other:
        well, _ = add(calling, other)
        change(calling, well, webhooks.ping)
        calling = _naming(calling, receiver.host, other.host)
        assert webhook_round.call_webhooks(calling) == 2
        assert (len(receiver.heard), len(other.heard)) == (1, 1)
        clock.advance(webhooks.HOST_RESTS - SECOND)
        assert webhook_round.call_webhooks(calling) == 0
        clock.advance(SECOND)
        receiver.answer = 204
        assert webhook_round.call_webhooks(calling) == 3
    assert {one.state for one in calls(calling)} == {CallState.TAKEN}


@pytest.mark.parametrize(("status", "calls_of_the_other"), [(404, 1), (302, 1), (429, 0), (503, 0)])
def test_an_address_that_is_wrong_holds_up_no_other_at_its_host(
    calling: Runtime, receiver: Receiver, clock: SetClock, status: int, calls_of_the_other: int
) -> None:
    wrong, _ = add(calling, receiver, url=f"https://{receiver.host}/wrong")
    right, _ = add(calling, receiver, url=f"https://{receiver.host}/right")
    for webhook_id in (wrong, right):
        change(calling, webhook_id, webhooks.ping)
    receiver.answer = status
    webhook_round.call_webhooks(calling)
    assert [one.path for one in receiver.heard] == ["/wrong", "/right"][: 1 + calls_of_the_other]


@pytest.mark.parametrize(
    ("status", "said", "rests"),
    [
        (503, "600", 10 * MINUTE),
        (429, "600", 10 * MINUTE),
        (503, "86400", webhooks.LONGEST_REST),
        (503, "0", webhooks.HOST_RESTS),
        (503, "strax", webhooks.HOST_RESTS),
        (500, "600", webhooks.HOST_RESTS),
    ],
)
def test_a_host_that_says_when_it_can_again_is_left_alone_till_then(
    calling: Runtime, receiver: Receiver, clock: SetClock, status: int, said: str, rests: timedelta
) -> None:
    asked, other = (add(calling, receiver, url=f"https://{receiver.host}/{path}")[0] for path in ("asked", "other"))
    change(calling, asked, webhooks.ping)
    receiver.answer = putting_off(status, said)
    assert webhook_round.call_webhooks(calling) == 1
    receiver.answer = 204
    clock.advance(SECOND)
    an_approved_alert(calling, a_street(calling, phones=1))
    drain(calling)
    clock.advance(rests - 2 * SECOND)
    assert webhook_round.call_webhooks(calling) == 0
    clock.advance(SECOND)
    assert webhook_round.call_webhooks(calling) > 0
    assert {one.path for one in receiver.heard} == {"/asked", "/other"}
    assert hook(calling, other).rests_until is None


def test_asking_to_be_called_soon_wears_out_no_tries(calling: Runtime, receiver: Receiver, clock: SetClock) -> None:
    """Ten tries are to last for three days."""
    webhook_id, _ = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    receiver.answer = putting_off(503, "60")
    for wait in webhooks.WAITS[:4]:
        assert webhook_round.call_webhooks(calling) == 1
        clock.advance(wait - SECOND)
        assert webhook_round.call_webhooks(calling) == 0
        clock.advance(SECOND)


def test_a_run_is_bounded(calling: Runtime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook_id, _ = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    monkeypatch.setattr(webhook_round, "_CALLS_FOR_S", 0.0)
    assert webhook_round.call_webhooks(calling) == 0
    monkeypatch.undo()


# ---------------------------------------------------------------------------------------- several processes, and deaths


def test_two_processes_make_each_call_once(calling: Runtime, receiver: Receiver) -> None:
    for number in range(4):
        add(calling, receiver, url=f"https://{receiver.host}/{number}")
    an_approved_alert(calling, a_street(calling, phones=1))
    drain(calling)
    assert len(calls(calling)) == 4
    assert sum(at_once(lambda: webhook_round.call_webhooks(calling), 4)) == 4
    assert sorted(one.path for one in receiver.heard) == ["/0", "/1", "/2", "/3"]
    assert {(one.state, one.attempts) for one in calls(calling)} == {(CallState.TAKEN, 1)}


def test_who_fell_asleep_in_a_try_changes_nothing_when_another_has_begun_the_next(
    calling: Runtime, receiver: Receiver, clock: SetClock
) -> None:
    webhook_id, _ = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    (row,) = calls(calling)
    with calling.database.write() as session:
        asleep = webhooks.begin(session, row.id or 0, now=clock.now())
    assert asleep is not None
    clock.advance(webhooks.WAITS[0])
    assert webhook_round.call_webhooks(calling) == 1
    with calling.database.write() as session:
        assert webhooks.note(session, asleep, CallAnswer(500), now=clock.now()) is None
    (row,) = calls(calling)
    assert (row.state, row.attempts, row.status) == (CallState.TAKEN, 2, 204)


def test_an_address_that_is_removed_in_the_middle_of_a_try(calling: Runtime, receiver: Receiver) -> None:
    webhook_id, _ = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    receiver.answer = lambda handler: _answer_after(
        handler, lambda: change(calling, webhook_id, webhooks.remove_webhook)
    )
    assert webhook_round.call_webhooks(calling) == 1
    assert calls(calling) == []


def _answer_after(handler: BaseHTTPRequestHandler, act: Callable[[], Any]) -> None:
    act()
    handler.send_response(204)
    handler.end_headers()


_PROGRAM = """
import sys
from grannsamverkan import webhook_round
from grannsamverkan.wiring import open_runtime
with open_runtime() as runtime:
    print(webhook_round.call_webhooks(runtime))
"""


@dataclass(frozen=True)
class Processes:
    """Real ones on the rows of a test, each of which makes the calls that are due and says how many."""

    environment: dict[str, str]

    def start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", _PROGRAM], env=self.environment, stdout=subprocess.PIPE)


def made(process: "subprocess.Popen[bytes]") -> int:
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return int(told)


@pytest.fixture
def processes(calling: Runtime, receiver: Receiver, keys: dict[str, str], clock: SetClock) -> Processes:
    clock.advance(datetime.now(tz=UTC) - clock.now())
    url = calling.database.engine.url.render_as_string(hide_password=False)
    return Processes(
        {
            "GRANNSAMVERKAN_DATABASE_URL": url.removeprefix("sqlite:///").replace("postgresql+psycopg", "postgresql"),
            "GRANNSAMVERKAN_WEBHOOKS_HOSTS": receiver.host,
            **{f"GRANNSAMVERKAN_KEYS_{name.upper()}": key for name, key in keys.items()},
            "SSL_CERT_FILE": str(receiver.certificate),
            "PATH": os.environ["PATH"],
        }
    )


@pytest.mark.slow
def test_a_process_killed_in_a_try_leaves_it_to_the_next(
    calling: Runtime, receiver: Receiver, processes: Processes, clock: SetClock
) -> None:
    """The receiver hears it twice, under one name."""
    webhook_id, secret = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    came = threading.Event()
    receiver.answer = lambda _handler: came.set() or time.sleep(5)  # type: ignore[func-returns-value]
    dying = processes.start()
    assert came.wait(30)
    dying.kill()
    dying.communicate(timeout=10)
    (row,) = calls(calling)
    assert (row.state, row.attempts) == (CallState.WAITING, 1)
    receiver.answer = 204
    assert made(processes.start()) == 0  # not before its time
    with calling.database.write() as session:
        session.get_one(WebhookCall, row.id).next_at = clock.now()
    assert made(processes.start()) == 1
    (row,) = calls(calling)
    assert (row.state, row.attempts) == (CallState.TAKEN, 2)
    assert [one.message_id for one in receiver.heard] == [row.message_id] * 2
    assert all(is_signed_with(secret, one) for one in receiver.heard)


@pytest.mark.slow
def test_real_processes_at_once_make_each_call_once(calling: Runtime, receiver: Receiver, processes: Processes) -> None:
    for number in range(webhooks.MOST_HOOKS):
        webhook_id, _ = add(calling, receiver, url=f"https://{receiver.host}/{number}")
        change(calling, webhook_id, webhooks.ping)
    receiver.answer = lambda handler: _answer_after(handler, lambda: time.sleep(0.3))
    running = [processes.start() for _ in range(3)]
    assert sum(made(process) for process in running) == webhooks.MOST_HOOKS
    assert sorted(one.path for one in receiver.heard) == [f"/{number}" for number in range(webhooks.MOST_HOOKS)]
    assert {(one.state, one.attempts) for one in calls(calling)} == {(CallState.TAKEN, 1)}


# ------------------------------------------------------------------------------------------- forgotten, restored, added


@pytest.mark.goal("P7")
def test_calls_are_forgotten_after_their_time(calling: Runtime, receiver: Receiver, clock: SetClock) -> None:
    webhook_id, _ = add(calling, receiver)
    change(calling, webhook_id, webhooks.ping)
    webhook_round.call_webhooks(calling)
    clock.advance(30 * DAY)
    assert upkeep.forget(calling)["webhook_calls"] == 0
    clock.advance(SECOND)
    assert (upkeep.forget(calling)["webhook_calls"], calls(calling)) == (1, [])
    assert hook(calling, webhook_id).name == "Kartan"


def test_a_restored_copy_calls_nobody_about_what_may_have_been_told(
    calling: Runtime, receiver: Receiver, clock: SetClock
) -> None:
    add(calling, receiver)
    network_id = a_street(calling, phones=1)
    alert_id = an_approved_alert(calling, network_id)
    drain(calling)
    with calling.database.write() as session:
        keeping.note_restored(session, taken_at=clock.now(), now=clock.now())
    held.take_back(calling.database, None, now=clock.now())
    assert held.let_go(calling)["calls"] == 1
    clock.advance(HOUR)
    close(calling, alert_id)
    clock.advance(9 * DAY)
    assert webhook_round.call_webhooks(calling) == 0
    assert [row.state for row in calls(calling)] == [CallState.UNKNOWN]
    an_approved_alert(calling, network_id)
    drain(calling)
    assert (webhook_round.call_webhooks(calling), told(receiver)[0]["data"]["number"]) == (1, 1002)


def test_every_engine_makes_the_calls() -> None:
    assert webhook_round.call_webhooks in {entry.step for entry in TIMETABLE}


def test_what_cannot_be_added(calling: Runtime, receiver: Receiver) -> None:
    with calling.database.write() as session:
        for name in ("", "x" * 61):
            with pytest.raises(Refused, match="webhook_name"):
                webhooks.add_webhook(session, name, HOOR, receiver.url, hosts={receiver.host}, now=NOW)
        with pytest.raises(Refused, match="webhook_host"):
            webhooks.add_webhook(session, "Kartan", HOOR, receiver.url, hosts=set(), now=NOW)
    for _ in range(webhooks.MOST_HOOKS):
        add(calling, receiver)
    with pytest.raises(Refused, match="webhooks_full"):
        add(calling, receiver)


def _a_manager(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        a_network(session, "Sätofta")
        person = people.add_person(session, HOOR, now=NOW)
        people.prove_address(people.add_address(session, person, ChannelKind.SMS, a_phone(9), now=NOW), now=NOW)
        an_account(session, "samordnare", Role.COORDINATOR).person_id = person.id


def _notices(runtime: Runtime) -> list[str]:
    with runtime.database.read() as session:
        return [row.body for row in session.exec(select(Notice).order_by(col(Notice.id)))]
