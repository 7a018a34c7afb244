"""A test to oneself, over the stand-ins: it says TEST, and reaches that address only."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.standins.launch import Standins


@pytest.fixture
def connected(installed: Path, standins: Standins, monkeypatch: pytest.MonkeyPatch) -> Standins:
    """The installation with both channels set, as an operator sets them: here they end at the stand-ins."""
    values = {
        "SMS_ACCOUNT_SID": standins.account_sid,
        "SMS_AUTH_TOKEN": standins.auth_token,
        "SMS_SENDER": "+46701740699",
        "SMS_BASE_URL": standins.sms_url,
        "EMAIL_HOST": standins.smtp_host,
        "EMAIL_PORT": str(standins.smtp_port),
        "EMAIL_DOMAIN": "gs.hoor.example",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"GRANNSAMVERKAN_{name}", value)
    return standins


def test_an_sms(door: Callable[..., Result], connected: Standins) -> None:
    result = door("send-test", "--sms", "070-174 06 05")
    assert result.exit_code == 0, result.output
    (message,) = connected.sms_messages()
    assert message["to"] == "+46701740605"
    assert message["body"].startswith("TEST från Grannsamverkan")
    assert "RÄKSMÖRGÅS" in message["body"]
    assert connected.mail_messages() == []
    assert "1740605" not in result.output


def test_an_email(door: Callable[..., Result], connected: Standins) -> None:
    result = door("send-test", "--email", "driften@kommun.example")
    assert result.exit_code == 0, result.output
    (message,) = connected.mail_messages()
    assert message["to"] == "driften@kommun.example"
    assert message["subject"].startswith("TEST från Grannsamverkan")
    assert connected.sms_messages() == []
    assert "driften@" not in result.output


def test_the_second_provider_is_tried_when_there_is_one(
    door: Callable[..., Result], connected: Standins, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = door("send-test", "--sms", "0701740606", "--second")
    assert (result.exit_code, "no second provider" in result.output) == (1, True)
    for name in ("USERNAME", "PASSWORD", "SENDER"):
        monkeypatch.setenv(f"GRANNSAMVERKAN_SMS_SECOND_{name}", "x")
    monkeypatch.setenv("GRANNSAMVERKAN_SMS_SECOND_BASE_URL", "http://127.0.0.1:9")
    result = door("send-test", "--sms", "0701740606", "--second")
    assert (result.exit_code, "no_connection" in result.output) == (1, True)
    assert connected.sms_messages() == []


def test_both_at_once(door: Callable[..., Result], connected: Standins) -> None:
    assert door("send-test", "--sms", "0701740606", "--email", "driften@kommun.example").exit_code == 0
    assert (len(connected.sms_messages()), len(connected.mail_messages())) == (1, 1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("--sms", "112"), 1),
        (("--sms", "070-174 06"), 1),
        (("--email", "ingen adress"), 2),
        (("--email", "a@kommun.example\nRCPT TO:<b@kommun.example>"), 2),
    ],
)
def test_what_is_no_address_goes_nowhere(
    door: Callable[..., Result], connected: Standins, words: tuple[str, ...], code: int
) -> None:
    result = door("send-test", *words)
    assert result.exit_code == code
    assert not any(word in result.output for word in words[1:])
    assert connected.sms_messages() == connected.mail_messages() == []


def test_a_refusal_is_told_by_its_code(door: Callable[..., Result], connected: Standins) -> None:
    connected.behave_sms({"numbers": {"+46701740607": {"error": 21610}}})
    result = door("send-test", "--sms", "0701740607")
    assert result.exit_code == 1
    assert "21610" in result.stderr
    assert "1740607" not in result.output


def test_a_channel_that_is_not_set(door: Callable[..., Result], installed: Path) -> None:
    result = door("send-test", "--sms", "0701740605")
    assert result.exit_code == 1
    assert "[sms] is not set" in result.stderr
