"""The SMS provider's stand-in: Twilio's Messages API over HTTP, with signed receipts and signed inbound messages.

Run as `python -m grannsamverkan.standins.sms`. Talks to loopback only, in both directions.
"""

import argparse
import asyncio
import base64
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from .acceptance_log import AcceptanceLog, log_line
from .behaviour import Behaviour, Rule, use_up
from .control import Control
from .http_peer import Exchange, HttpPeer, json_object
from .later import Later
from .outbox import Outbox
from .posts import Chain, Packet, Post, Target, target_of
from .residence import add_arguments, leave_with, listen, parse, stay
from .sms_faults import ERRORS, error_body, fault
from .sms_forms import form_fields, message_key, signed_form, twiml_messages
from .sms_record import API_VERSION, Sms, resource, segments
from .sms_shelf import Shelf

DEFAULT_ACCOUNT = "AC" + "0" * 32
DEFAULT_TOKEN = "t" * 32
MOST_ON_A_PAGE = 1000

SETTINGS: dict[str, Any] = {
    "latency_ms": 0, "callback_delay_ms": 50, "callbacks": ["sent", "delivered"], "retry_after_s": 1,
    "list": None, "inbound_url": "",
}  # fmt: skip
REFUSING = ("error", "hang", "lose_answer")
ON_ITS_WAY = ("queued", "sent")
OUTCOMES = ("undelivered", "failed")
TURNS = frozenset({"lose_answer", "error_500", "error_429", "hang"})


class Plan(NamedTuple):
    """A message's way: its true states one after the other, the states reported, the code of a failure."""

    truth: list[str]
    reported: list[str]
    error_code: int | None


class SmsStandin:
    """The provider: takes messages in, remembers them, and reports on them as asked."""

    name = "sms"
    prefix = "SM"

    def __init__(self, log: AcceptanceLog, account_sid: str, token: str, keep: int) -> None:
        self._log = log
        self._account_sid = account_sid
        self._token = token.encode()
        self._authorization = b"Basic " + base64.b64encode(f"{account_sid}:{token}".encode())
        self._base_path = f"/{API_VERSION}/Accounts/{account_sid}/Messages".encode()
        self.behaviour = Behaviour(SETTINGS, "numbers", frozenset((*REFUSING, *OUTCOMES)), TURNS)
        self._shelf = Shelf(keep, self.prefix)
        self._outbox = Outbox()
        self._accepted = 0
        self._steps = Later()
        self._answers = Later()
        self._control = Control(self.behaviour, self._facts, self._forget, self._show)

    def serve(self, exchange: Exchange) -> None:
        """Answer one request, to the API or to the control doors."""
        path = exchange.path
        if path.startswith(b"/_"):
            self._serve_control(exchange)
        elif exchange.header(b"authorization") != self._authorization:
            self._fail(exchange, 20003)
        elif path == self._base_path + b".json":
            self._serve_collection(exchange)
        elif path.startswith(self._base_path + b"/") and exchange.method == b"GET":
            self._fetch(exchange)
        elif path.startswith(self._base_path + b"/") and exchange.method == b"DELETE":
            self._delete(exchange)
        else:
            self._fail(exchange, 20404)

    def _serve_control(self, exchange: Exchange) -> None:
        if (exchange.method, exchange.path) == (b"POST", b"/_inbound"):
            self._send_inbound(exchange)
        else:
            self._control.serve(exchange)

    def _serve_collection(self, exchange: Exchange) -> None:
        if exchange.method == b"POST":
            self._create(exchange)
        elif exchange.method == b"GET":
            self._list(exchange)
        else:
            exchange.answer_json(405, {"code": 20004, "status": 405})

    # --- creating a message ---

    def _create(self, exchange: Exchange) -> None:
        form = form_fields(exchange.body)
        to, body = form.get("To", ""), form.get("Body", "")
        turn = self._turn()
        rule = self.behaviour.take(to, *REFUSING) or turn
        if "hang" in rule:
            return
        if code := rule.get("error") or fault(form):
            self._fail(exchange, int(code), to)
            return
        sms = self._accept(to, body, form)
        if "lose_answer" in rule:
            exchange.drop()
        else:
            self._answer(exchange, 201, resource(sms, self._account_sid).encode())

    def _turn(self) -> Rule:
        """What each k-th message meets; every switch counts every message."""
        if not self.behaviour.has_turns:
            return {}
        turns = {name: self.behaviour.is_turn(name) for name in TURNS}
        if turns["hang"]:
            return {"hang": True}
        if turns["error_500"] or turns["error_429"]:
            return {"error": 500 if turns["error_500"] else 20429}
        return {"lose_answer": True} if turns["lose_answer"] else {}

    def _accept(self, to: str, body: str, form: dict[str, str]) -> Sms:
        sender = form.get("From") or form["MessagingServiceSid"]
        sms = self._shelf.new(to, sender, body, "outbound-api")
        self._log.append(log_line(sms.t, message_key(to, body), to, sms.sid, segments(body)))
        self._shelf.put(sms)
        self._accepted += 1
        sms.callback_url = form.get("StatusCallback", "")
        self._plan_receipts(sms)
        return sms

    # --- receipts ---

    def _plan_receipts(self, sms: Sms) -> None:
        rule = self.behaviour.take(sms.to, *OUTCOMES) or {}
        outcome = next((name for name in OUTCOMES if name in rule), "delivered")
        plan = Plan(
            ["sent", outcome],
            [outcome if name == "delivered" else name for name in self.behaviour.settings["callbacks"]],
            rule.get(outcome),
        )
        self._steps.after(self.behaviour.seconds("callback_delay_ms"), partial(self._step, sms, 0, plan))

    def _step(self, sms: Sms, step: int, plan: Plan) -> None:
        """One step of a message's way: what is true of it now, and what is reported, which need not be the same."""
        if step < len(plan.truth):
            sms.status = plan.truth[step]
            sms.error_code = plan.error_code if sms.status in OUTCOMES else None
        if step < len(plan.reported):
            self._report(sms, plan.reported[step], plan.error_code)
        if step + 1 < max(len(plan.truth), len(plan.reported)):
            self._steps.after(self.behaviour.seconds("callback_delay_ms"), partial(self._step, sms, step + 1, plan))

    def _report(self, sms: Sms, status: str, error_code: int | None) -> None:
        target = target_of(sms.callback_url) if sms.callback_url else None
        if target is None:
            return
        self._outbox.add(sms.chain, Post(target, self._receipt(sms, status, error_code)))

    def _receipt(self, sms: Sms, status: str, error_code: int | None) -> Callable[[], Packet]:
        form = {
            "MessageSid": sms.sid, "SmsSid": sms.sid, "MessageStatus": status, "SmsStatus": status, "To": sms.to,
            "From": sms.sender, "AccountSid": self._account_sid, "ApiVersion": API_VERSION,
        }  # fmt: skip
        if status in OUTCOMES and error_code:
            form["ErrorCode"] = str(error_code)
        return partial(signed_form, self._token, sms.callback_url, form)

    # --- asking for messages ---

    def _named(self, exchange: Exchange) -> Sms | None:
        return self._shelf.find(exchange.path[len(self._base_path) + 1 :].removesuffix(b".json").decode("latin-1"))

    def _delete(self, exchange: Exchange) -> None:
        """Not while it is on its way. The phone that has it keeps it."""
        sms = self._named(exchange)
        if sms is None:
            self._fail(exchange, 20404)
        elif sms.status in ON_ITS_WAY:
            self._fail(exchange, 20009)
        else:
            self._shelf.delete(sms)
            self._answer(exchange, 204, b"")

    def _fetch(self, exchange: Exchange) -> None:
        sms = self._named(exchange)
        if sms is None:
            self._fail(exchange, 20404)
        else:
            self._answer(exchange, 200, resource(sms, self._account_sid).encode())

    def _list(self, exchange: Exchange) -> None:
        rule = self.behaviour.settings["list"]
        if rule and use_up(rule):
            if "error" in rule:
                self._fail(exchange, int(rule["error"]))
            return
        try:
            self._answer(exchange, 200, self._page(exchange.fields()).encode())
        except ValueError:
            self._fail(exchange, 20001)

    def _page(self, fields: dict[str, str]) -> str:
        """One page of the list; the token of the next page is the identity of the last message shown."""
        size = max(1, min(int(fields.get("PageSize") or 50), MOST_ON_A_PAGE))
        found = list(self._shelf.select(fields))
        if last := self._shelf.find(fields.get("PageToken", "").removeprefix("PA")):
            found = [sms for sms in found if sms.index < last.index]
        shown, number = found[:size], int(fields.get("Page") or 0)
        path = self._base_path.decode() + ".json"
        following = {**fields, "PageSize": str(size), "Page": str(number + 1), "PageToken": f"PA{shown[-1].sid}"} if (
            len(found) > size
        ) else None  # fmt: skip
        next_uri = f'"{path}?{urlencode(following)}"' if following else "null"
        messages = ", ".join(resource(sms, self._account_sid) for sms in shown)
        return (
            f'{{"messages": [{messages}], "page": {number}, "page_size": {size}, "start": {number * size}, '
            f'"end": {number * size + max(0, len(shown) - 1)}, "uri": "{path}", "first_page_uri": "{path}", '
            f'"previous_page_uri": null, "next_page_uri": {next_uri}}}'
        )

    # --- messages from phones ---

    def _send_inbound(self, exchange: Exchange) -> None:
        """Send an SMS from a phone to the product, and answer with the product's status."""
        url = str(self.behaviour.settings["inbound_url"])
        target = target_of(url)
        try:
            wanted = json_object(exchange.body)
            sender, to, body = str(wanted["from"]), str(wanted["to"]), str(wanted["body"])
        except (ValueError, TypeError, KeyError):
            exchange.answer_json(400, {"error": "from, to and body are wanted"})
            return
        if target is None:
            exchange.answer_json(409, {"error": "no inbound address on loopback is known"})
            return
        sms = self._shelf.new(to, sender, body, "inbound")
        self._shelf.put(sms)
        self._post_inbound(exchange, target, url, sms)

    def _post_inbound(self, exchange: Exchange, target: Target, url: str, sms: Sms) -> None:
        post = Post(target, self._arrival(sms, url), tries_once=True, wants_answer=True)

        def report(status: int | None) -> None:
            if status is not None and status < 300:
                self._send_answers(sms, self._texts(post.answer))
            exchange.answer_json(200 if status else 502, {"status": status, "sid": sms.sid})

        post.report = report
        self._outbox.add(Chain(), post)

    def _arrival(self, sms: Sms, url: str) -> Callable[[], Packet]:
        form = {
            "MessageSid": sms.sid, "SmsSid": sms.sid, "From": sms.sender, "To": sms.to, "Body": sms.body,
            "NumMedia": "0", "AccountSid": self._account_sid, "ApiVersion": API_VERSION,
        }  # fmt: skip
        return partial(signed_form, self._token, url, form)

    def _texts(self, answer: bytes) -> list[str]:
        """The texts that the product's answer wants sent back."""
        return twiml_messages(answer)

    def _send_answers(self, asked: Sms, texts: list[str]) -> None:
        """What the product answered goes to the phone at once. It is no create, so it does not stand in the log."""
        for text in texts:
            answer = self._shelf.new(asked.sender, asked.to, text, "outbound-reply")
            answer.status = "delivered"
            self._shelf.put(answer)

    # --- answers and inspection ---

    def _answer(self, exchange: Exchange, status: int, body: bytes, more: bytes = b"") -> None:
        kind = b"application/json" if body.startswith(b"{") else b"text/html"
        if delay_s := self.behaviour.seconds("latency_ms"):
            self._answers.after(delay_s, partial(exchange.answer, status, body, kind, more))
        else:
            exchange.answer(status, body, kind, more)

    def _fail(self, exchange: Exchange, code: int, to: str = "") -> None:
        """Answer with one of Twilio's errors; 500 comes as a page, not as JSON."""
        if code not in ERRORS:
            self._answer(exchange, code if 400 <= code < 600 else 500, b"<html><body>Server error</body></html>")
            return
        status = ERRORS[code][0]
        more = b"Retry-After: %d\r\n" % int(self.behaviour.settings["retry_after_s"]) if status == 429 else b""
        self._answer(exchange, status, error_body(code, to), more)

    def _facts(self) -> dict[str, int]:
        return {
            "accepted": self._accepted, "receipts_taken": self._outbox.taken, "receipts_given_up": self._outbox.given_up
        }  # fmt: skip

    def _forget(self) -> None:
        self._steps.clear()
        self._accepted = 0
        self._shelf.forget()
        self._outbox.clear()

    def _show(self, after: int, number: str, limit: int) -> tuple[int, list[dict[str, Any]]]:
        found = self._shelf.after(after, number, limit)
        return (found[-1].index if found else after), [sms.as_phone() for sms in found]


async def run(arguments: argparse.Namespace, kind: type[SmsStandin]) -> None:
    """Serve until told to stop or the lifetime is over."""
    log = AcceptanceLog(Path(arguments.log))
    standin = kind(log, arguments.account, arguments.token, arguments.keep)
    try:
        standin.behaviour.merge({"inbound_url": arguments.inbound_url, **arguments.behave})
    except (ValueError, TypeError) as problem:
        leave_with(str(problem))
    standin.behaviour.keep("inbound_url")
    make_peer: Callable[[], HttpPeer] = partial(HttpPeer, standin.serve)
    server, port = await listen(make_peer, arguments.host, arguments.port)
    await stay([server], arguments.ready, {"port": port}, arguments.lifetime_s)
    log.close()


def main(kind: type[SmsStandin] = SmsStandin, about: str | None = __doc__) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog=f"grannsamverkan.standins.{kind.name}", description=about)
    add_arguments(parser)
    parser.add_argument("--inbound-url", default="", help="where messages from phones are posted")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help="account sid")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="auth token; signs the receipts too")
    parser.add_argument("--keep", type=int, default=20_000, help="newest messages remembered")
    arguments = parse(parser)
    if arguments.inbound_url and target_of(arguments.inbound_url) is None:
        leave_with("messages are posted to loopback only")
    asyncio.run(run(arguments, kind))


if __name__ == "__main__":
    main()
