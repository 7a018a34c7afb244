"""The product beside what bounds it and what it replaces, into the same stand-in in the same run.

`bare` hands over ready bytes with as little as possible around them: no rows, no states, no people. `naive` is what a
first program does: a new connection and a newly built message for each neighbour, one after the other. Machines are
noisy, so the three take turns and the ratios within a round are what counts.
"""

import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import urllib3
from twilio.rest import Client

from grannsamverkan.bench.delivery import Plan, measure
from grannsamverkan.bench.people import address
from grannsamverkan.channels.smtp import Smtp
from grannsamverkan.domain.alerts import MailHeaders, render_mail
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.ports import Accepted, ChannelKind, Copy, Wording
from grannsamverkan.settings import Email
from grannsamverkan.standins.launch import Standins, start_standins

_TEXT = (
    "Grannsamverkan Höör: Inbrott i villa, Mätområdet. Lås, tänd ute, se till grannen. "
    "Pågår: 112. Tips: 114 14. Nr 1001"
)
_NAIVE_SHARE = 20  # the naive way is slow: it gets a twentieth of the recipients
_DOMAIN = "gs.hoor.example"
_SENDER = "+46701740699"


def compare(channel: ChannelKind, recipients: int, rounds: int) -> dict[str, Any]:
    """Rates per second of the three, as medians over the rounds, and the medians of the ratios within a round."""
    ways = _MAIL_WAYS if channel is ChannelKind.EMAIL else _SMS_WAYS
    found: list[dict[str, float]] = [_round(channel, recipients, *ways) for _ in range(rounds)]
    rates = {name: statistics.median(one[name] for one in found) for name in ("product", "bare", "naive")}
    return {
        "recipients": recipients,
        "rounds": rounds,
        **{f"{name}_per_s": round(rate, 1) for name, rate in rates.items()},
        "product_to_bare": round(statistics.median(one["product"] / one["bare"] for one in found), 3),
        "product_to_naive": round(statistics.median(one["product"] / one["naive"] for one in found), 1),
    }


Way = Callable[[Standins, int], None]


def _round(channel: ChannelKind, recipients: int, bare: Way, naive: Way) -> dict[str, float]:
    few = max(50, recipients // _NAIVE_SHARE)
    return {
        "bare": _rate(bare, recipients),
        "product": float(measure(Plan(recipients, channel))["messages_per_s"]),
        "naive": _rate(naive, few),
    }


def _rate(way: Way, messages: int) -> float:
    with (
        tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder,
        start_standins(
            Path(folder), behave_sms={"callbacks": []}, behave_mail={"reports": False}, keep_sms=10, keep_mail=10
        ) as standins,
    ):
        began = time.perf_counter()
        way(standins, messages)
        return messages / (time.perf_counter() - began)


def made_up_mail() -> bytes:
    """A warning by mail, rendered once, with its markers."""
    headers = MailHeaders(1001, "Grannsamverkan Höör", "hoor", _DOMAIN, "http://localhost", SystemClock().now())
    return render_mail(headers, "Varning", _TEXT, f"<p>{_TEXT}</p>")


def _bare_mail(standins: Standins, messages: int) -> None:
    settings = Email(host=standins.smtp_host, port=standins.smtp_port, domain=_DOMAIN)
    channel = Smtp(settings)
    wording = Wording(1001, mail=made_up_mail())

    def lane(first: int) -> None:
        numbers = range(first, messages, channel.lanes)
        copies = [Copy(n, address(ChannelKind.EMAIL, n), str(n), "0" * 30) for n in numbers]
        for start in range(0, len(copies), 100):
            results = channel.send(wording, copies[start : start + 100])
            assert all(isinstance(result, Accepted) for result in results)

    with ThreadPoolExecutor(channel.lanes) as lanes:
        list(lanes.map(lane, range(channel.lanes)))


def naive_mail(host: str, port: int, messages: int) -> None:
    """A connection and a newly built message for each, one after the other."""
    for number in range(messages):
        message = EmailMessage()
        message["From"], message["To"] = f"hoor@{_DOMAIN}", address(ChannelKind.EMAIL, number)
        message["Subject"], message["Message-ID"] = "Varning", f"<1001.{number}@{_DOMAIN}>"
        message.set_content(_TEXT)
        message.add_alternative(f"<p>{_TEXT}</p>", subtype="html")
        with smtplib.SMTP(host, port) as relay:
            relay.send_message(message)


def _bare_sms(standins: Standins, messages: int) -> None:
    url = f"{standins.sms_url}/2010-04-01/Accounts/{standins.account_sid}/Messages.json"
    headers = urllib3.make_headers(basic_auth=f"{standins.account_sid}:{standins.auth_token}")
    pool = urllib3.PoolManager(maxsize=20, block=True, retries=False)

    def post(number: int) -> None:
        fields = {"To": address(ChannelKind.SMS, number), "From": _SENDER, "Body": _TEXT}
        answer = pool.request("POST", url, fields=fields, headers=headers, encode_multipart=False)
        assert answer.status == 201

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(post, range(messages)))


def naive_sms(url: str, messages: int, account_sid: str = "AC" + "0" * 32, auth_token: str = "0" * 32) -> None:
    """A new client of Twilio's library for each, one after the other."""
    for number in range(messages):
        client = Client(account_sid, auth_token)
        client.api.base_url = url
        client.messages.create(to=address(ChannelKind.SMS, number), from_=_SENDER, body=_TEXT)


def _naive_mail(standins: Standins, messages: int) -> None:
    naive_mail(standins.smtp_host, standins.smtp_port, messages)


def _naive_sms(standins: Standins, messages: int) -> None:
    naive_sms(standins.sms_url, messages, standins.account_sid, standins.auth_token)


_MAIL_WAYS = (_bare_mail, _naive_mail)
_SMS_WAYS = (_bare_sms, _naive_sms)
