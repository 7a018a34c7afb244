"""With hosts named, a process of ours looks up no other: recorded while it sends, by every library it uses."""

import json
import subprocess
import sys
from typing import Any

import pytest

from grannsamverkan.standins.launch import Standins
from tests.support.builders import a_phone

# A process of its own: what watches its lookups cannot be taken off again.
_PROGRAM = r"""
import json, sys
looked_up = []
sys.addaudithook(lambda event, told: event == "socket.getaddrinfo" and looked_up.append(told[0]))
from grannsamverkan.channels.elks_sms import ElksSms
from grannsamverkan.channels.smtp import Smtp
from grannsamverkan.channels.twilio_sms import TwilioSms
from grannsamverkan.foundation.ports import ChannelKind, Copy, Wording
from grannsamverkan.settings import Email, Sms, load
from grannsamverkan.wiring import build_runtime

given = json.loads(sys.argv[1])
runtime = build_runtime(load(None, **given["sections"]))
text = Wording(7, text="Hej. Nr 7", mail=b"Subject: Hej\r\n\r\nHej", sender="gs@hoor.example")
copies = [Copy(1, given["phone"], "1")]
channels = {
    "named": runtime.channels[ChannelKind.SMS],
    "twilio": TwilioSms(Sms(account_sid="AC1", auth_token="t", sender="+46701740699")),
    "elks": ElksSms(Sms(second_username="u", second_password="p", second_sender="+46701740699")),
    "relay": Smtp(Email(host="relay.elsewhere.example")),
}
went = {}
for name, channel in channels.items():
    try:
        went[name] = repr(channel.send(text, copies)[0]).split("(")[0]
    except Exception as error:
        went[name] = type(error).__name__
import requests, socket
for way, call in {
    "requests": lambda: requests.get("https://id.elsewhere.example"),
    "socket": lambda: socket.create_connection(("elsewhere.example", 443)),
    "number": lambda: socket.create_connection(("192.0.2.1", 443), timeout=1),
}.items():
    try:
        call()
        went[way] = "reached"
    except OSError as error:
        went[way] = type(error).__name__
print(json.dumps({"went": went, "looked_up": sorted(set(map(str, looked_up)))}))
"""


def sent(standins: Standins, keys: dict[str, str], sqlite_url: str) -> dict[str, Any]:
    sections = {
        "installation": {"outside_hosts": "relay.hoor.example"},
        "database": {"url": sqlite_url},
        "keys": keys,
        "email": {"host": "relay.hoor.example"},
        "sms": {
            "account_sid": standins.account_sid,
            "auth_token": standins.auth_token,
            "sender": "+46701740699",
            "base_url": standins.sms_url,
        },
    }
    asked = json.dumps({"sections": sections, "phone": a_phone(0)})
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, asked], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.goal("P15")
def test_what_is_not_named_is_not_reached_by_any_library(
    standins: Standins, keys: dict[str, str], sqlite_url: str
) -> None:
    found = sent(standins, keys, sqlite_url)
    assert found["went"] == {
        "named": "Accepted",
        "twilio": "TryAgain",
        "elks": "TryAgain",
        "relay": "TryAgain",
        "requests": "ConnectionError",
        "socket": "NotToOutside",
        "number": "NotToOutside",
    }
    assert len(standins.sms_messages()) == 1
    # Asked for, and stopped before anybody outside was asked where they are.
    assert set(found["looked_up"]) >= {"api.twilio.com", "api.46elks.com", "127.0.0.1"}
