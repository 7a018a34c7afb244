"""The second SMS provider's stand-in: 46elks' API over HTTP, with receipts and inbound messages that nobody signs.

Run as `python -m grannsamverkan.standins.elks`; it behaves on request as the first one does. What is known of the API
is what its documentation tells; how it words its refusals is made up.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

from .http_peer import Exchange
from .posts import Packet
from .sms import REFUSING, SmsStandin, main
from .sms_forms import form_fields
from .sms_record import Sms

PATH = b"/a1/sms"
MOST_ON_A_PAGE = 100
# Its states for those that the shelf keeps.
STATES = {"queued": "created", "accepted": "created", "undelivered": "failed", "received": None}


class ElksStandin(SmsStandin):
    """46elks' forms and answers over the same shelf and the same switches."""

    name = "elks"
    prefix = "s"

    def serve(self, exchange: Exchange) -> None:
        path = exchange.path
        if path.startswith(b"/_"):
            self._serve_control(exchange)
        elif exchange.header(b"authorization") != self._authorization:
            self._fail(exchange, 401)
        elif path == PATH:
            self._serve_collection(exchange)
        elif path.startswith(PATH + b"/") and exchange.method == b"GET":
            self._fetch(exchange)
        else:
            self._fail(exchange, 404)

    def _create(self, exchange: Exchange) -> None:
        given = form_fields(exchange.body)
        to, message = given.get("to", ""), given.get("message", "")
        turn = self._turn()
        rule = self.behaviour.take(to, *REFUSING) or turn
        if "hang" in rule:
            return
        is_unfit = not (to[:1] == "+" and to[1:].isdigit() and message and given.get("from"))
        if code := rule.get("error") or (400 if is_unfit else 0):
            self._fail(exchange, 429 if code == 20429 else int(code))
            return
        form = {"From": given["from"], "StatusCallback": given.get("whendelivered", "")}
        sms = self._accept(to, message, form)
        if "lose_answer" in rule:
            exchange.drop()
        else:
            self._answer(exchange, 200, json.dumps(shown(sms)).encode())

    def _receipt(self, sms: Sms, status: str, error_code: int | None) -> Callable[[], Packet]:
        form = {"id": sms.sid, "status": STATES.get(status, status) or status}
        if status == "delivered":
            form["delivered"] = stamp(sms.t)
        return partial(plain_form, form)

    def _fetch(self, exchange: Exchange) -> None:
        sms = self._shelf.find(exchange.path[len(PATH) + 1 :].decode("latin-1"))
        if sms is None:
            self._fail(exchange, 404)
        else:
            self._answer(exchange, 200, json.dumps(shown(sms)).encode())

    def _page(self, fields: dict[str, str]) -> str:
        """The newest messages. As the documentation has it, `start` is the later end of the time asked for."""
        after, before = fields.get("end", ""), fields.get("start", "9")
        found = [sms for sms in self._shelf.select({"To": fields.get("to", "")}) if after <= stamp(sms.t) <= before]
        size = max(1, min(int(fields.get("limit") or MOST_ON_A_PAGE), MOST_ON_A_PAGE))
        more = {"next": stamp(found[size].t)} if len(found) > size else {}
        return json.dumps({"data": [shown(sms) for sms in found[:size]], **more})

    def _arrival(self, sms: Sms, url: str) -> Callable[[], Packet]:
        form = {
            "direction": "incoming", "id": sms.sid, "from": sms.sender, "to": sms.to, "created": stamp(sms.t),
            "message": sms.body,
        }  # fmt: skip
        return partial(plain_form, form)

    def _texts(self, answer: bytes) -> list[str]:
        """An answer's whole body is sent back."""
        text = answer.decode("utf-8", "replace").strip()
        return [text] if text else []

    def _fail(self, exchange: Exchange, code: int, to: str = "") -> None:
        """Words without JSON: what they are is not documented."""
        status = code if 400 <= code < 600 else 400
        more = b"Retry-After: %d\r\n" % int(self.behaviour.settings["retry_after_s"]) if status == 429 else b""
        self._answer(exchange, status, b"Refused", more)


def shown(sms: Sms) -> dict[str, str | int]:
    """The message as the API shows it."""
    direction = {"inbound": "incoming", "outbound-reply": "outgoing-reply"}.get(sms.direction, "outgoing")
    record: dict[str, str | int] = {
        "id": sms.sid, "created": stamp(sms.t), "direction": direction, "from": sms.sender, "to": sms.to,
        "message": sms.body, "cost": 3500,
    }  # fmt: skip
    status = STATES.get(sms.status, sms.status)
    return record if status is None else {**record, "status": status}


def stamp(at_s: float) -> str:
    """A time in the form of the API: UTC, without saying so."""
    return datetime.fromtimestamp(at_s, UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def plain_form(form: dict[str, str]) -> Packet:
    return Packet(b"Content-Type: application/x-www-form-urlencoded\r\n", urlencode(form).encode())


if __name__ == "__main__":
    main(ElksStandin, __doc__)
