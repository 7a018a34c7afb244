"""What every engine keeps: the same tests on each, with real channels and stand-ins that keep their own count."""

from collections import Counter
from dataclasses import replace

import pytest

from grannsamverkan import flow, replies, status
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import AlertClass
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.settings import Canary
from grannsamverkan.standins.launch import Standins
from tests.engines.conftest import Installation
from tests.support.builders import a_mailbox, a_phone, a_street, an_approved_alert, batches_of, fates, states_of

S = DeliveryState
HERE = frozenset({S.HANDED_OVER, S.DELIVERED})


def all_in(installation: Installation, alert_id: int, *states: DeliveryState) -> bool:
    """Whether the alert has copies, every one of them in one of these states, and no batch that is still open."""
    found = states_of(installation.leaving, alert_id)
    batches = batches_of(installation.leaving, alert_id)
    return bool(found) and set(found) <= set(states) and all(batch.done_at for batch in batches)


def let_the_provider_go_on(installation: Installation, standins: Standins, alert_id: int) -> None:
    """It takes what it is given again, once what was being called has heard its no: a call that was decided on before
    a stop or a STOPP may be taken after it."""
    assert installation.soon(lambda: S.CALLING not in states_of(installation.leaving, alert_id))
    standins.behave_sms({"every": {"error_429": 0}})


def texts(standins: Standins) -> Counter[tuple[str, str]]:
    return Counter((sms["to"], sms["body"]) for sms in standins.sms_messages())


def test_everybody_is_reached_once(installation: Installation, standins: Standins) -> None:
    installation.start()
    street = a_street(installation.leaving, phones=23, mailboxes=12)
    alert_id = an_approved_alert(installation.leaving, street)
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE))
    assert len(states_of(installation.leaving, alert_id)) == 35
    assert sorted(sms["to"] for sms in standins.sms_messages()) == [a_phone(number) for number in range(23)]
    assert len([mail["message_id"] for mail in standins.mail_messages()]) == 12


def test_two_of_everything_have_one_effect(installation: Installation, standins: Standins) -> None:
    installation.start()
    installation.start()
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=40, mailboxes=40))
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE))
    assert len(states_of(installation.leaving, alert_id)) == 80
    assert set(texts(standins).values()) == {1}
    assert set(Counter(mail["message_id"] for mail in standins.mail_messages()).values()) == {1}
    assert {batch.token for batch in batches_of(installation.leaving, alert_id)} == {1}


def test_others_are_told_how_it_goes_with_a_provider(installation: Installation) -> None:
    """The pages, which send nothing, hear that the provider takes what it is given, and that the relay had nothing."""
    if installation.kind == "inline":
        pytest.skip("a command that drains tells by its exit code")
    installation.start()
    an_approved_alert(installation.leaving, a_street(installation.leaving, phones=3))

    def told(provider: str) -> object:
        return status.look(installation.leaving)["providers"][provider]["health"]

    assert installation.soon(lambda: told("twilio") == "takes")
    assert told("relay") == "unused"


@pytest.mark.slow
def test_the_clock_sends_one_canary_by_each_provider_and_tells_of_it(
    installation: Installation, standins: Standins
) -> None:
    """Where nothing else is sent, the pages hear of the providers by these alone."""
    if installation.kind == "inline":
        pytest.skip("a command that drains keeps no timetable")
    canary = Canary(sms_to=a_phone(7), email_to=a_mailbox(7))
    installation.settings = installation.settings.model_copy(update={"canary": canary})
    looking = replace(installation.leaving, settings=installation.settings)
    installation.start()
    installation.start()

    def told() -> bool:
        found = status.look(looking)["providers"].values()
        return all(one["health"] == "takes" and one["canary_proved_s"] is not None for one in found)

    assert installation.soon(told, within_s=75)
    assert ([sms["to"] for sms in standins.sms_messages()], len(standins.mail_messages())) == ([a_phone(7)], 1)
    assert status.look(looking)["alarms"] == []


def test_when_one_ends_another_goes_on(installation: Installation, standins: Standins) -> None:
    end_first = installation.start()
    installation.start()
    street = a_street(installation.leaving, phones=20)
    first = an_approved_alert(installation.leaving, street)
    assert installation.soon(lambda: any(state in HERE for state in states_of(installation.leaving, first)))
    end_first()
    second = an_approved_alert(installation.leaving, street)
    assert installation.soon(
        lambda: all_in(installation, first, *HERE) and all_in(installation, second, *HERE), within_s=40
    )
    assert len(texts(standins)) == 40
    assert set(texts(standins).values()) == {1}


def test_what_was_left_before_anybody_ran_is_taken_up(installation: Installation) -> None:
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=3))
    flow.fan_out(installation.leaving, alert_id=alert_id)
    installation.start()
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE))


def test_the_urgent_overtakes_the_long(installation: Installation, standins: Standins) -> None:
    standins.behave_sms({"latency_ms": 30})
    street = a_street(installation.leaving, phones=45)
    slow = an_approved_alert(installation.leaving, street)
    flow.fan_out(installation.leaving, alert_id=slow)
    urgent = an_approved_alert(installation.leaving, street, alert_class=AlertClass.ONGOING, called_112=True)
    flow.fan_out(installation.leaving, alert_id=urgent)
    installation.start()
    assert installation.soon(
        lambda: all_in(installation, urgent, *HERE) and all_in(installation, slow, *HERE), within_s=60
    )
    with installation.leaving.database.read() as session:
        number = alerts.alert(session, urgent).number
    bodies = [sms["body"] for sms in standins.sms_messages()]
    places = [place for place, body in enumerate(bodies) if f"Nr {number}" in body]
    assert len(places) == 45
    assert max(places) < 60, "most of the long alert goes after the last of the urgent one"


def test_it_is_tried_again_until_the_provider_takes_it(installation: Installation, standins: Standins) -> None:
    standins.behave_sms({"every": {"error_429": 1}})
    installation.start()
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=7))
    assert installation.soon(lambda: any(batch.tries for batch in batches_of(installation.leaving, alert_id)))
    assert not standins.sms_messages()
    standins.behave_sms({"every": {"error_429": 0}})
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE))
    assert set(texts(standins).values()) == {1}


def test_whoever_says_stop_before_the_call_is_not_called(installation: Installation, standins: Standins) -> None:
    standins.behave_sms({"every": {"error_429": 1}})
    installation.start()
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=4))
    assert installation.soon(lambda: any(batch.tries for batch in batches_of(installation.leaving, alert_id)))
    replies.take_reply(installation.leaving, provider_id="SMin1", sender=a_phone(2), body="STOPP")
    let_the_provider_go_on(installation, standins, alert_id)
    assert installation.soon(lambda: all_in(installation, alert_id, S.STOPPED, *HERE))
    assert fates(installation.leaving, alert_id)[a_phone(2)] is S.STOPPED
    assert {sms["to"] for sms in standins.sms_messages()} >= {a_phone(0), a_phone(1), a_phone(3)}
    assert not [sms for sms in standins.sms_messages(to=a_phone(2)) if "Nr" in sms["body"]]


def test_a_stopped_alert_goes_no_further(installation: Installation, standins: Standins) -> None:
    standins.behave_sms({"every": {"error_429": 1}})
    installation.start()
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=12))
    assert installation.soon(lambda: any(batch.tries for batch in batches_of(installation.leaving, alert_id)))
    flow.stop_alert(installation.leaving, alert_id=alert_id, account_id=1)
    let_the_provider_go_on(installation, standins, alert_id)
    assert installation.soon(lambda: all_in(installation, alert_id, S.STOPPED))
    assert not standins.sms_messages()
