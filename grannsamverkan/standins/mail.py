"""The mail relay's stand-in: SMTP in, delivery reports out on request, and a control door over HTTP.

Run as `python -m grannsamverkan.standins.mail`. Talks to loopback only, in both directions.
"""

import argparse
import asyncio
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .acceptance_log import AcceptanceLog, log_line
from .behaviour import Behaviour
from .control import MOST_IN_ONE_ANSWER, Control
from .delivery_report import Reported, signed_report
from .envelope import Envelope, Recipient, header_block, message_id
from .http_peer import HttpPeer
from .later import Later
from .mail_shelf import MailShelf, opened
from .outbox import Outbox
from .posts import Chain, Post, target_of
from .residence import add_arguments, leave_with, listen, parse, stay
from .smtp_peer import Outcome, SmtpPeer

# Opening a message takes about a millisecond; the dialogues must not wait long for an onlooker.
MOST_OPENED = 100

SETTINGS: dict[str, Any] = {
    "latency_ms": 0, "report_delay_ms": 50, "reports": True, "disconnect_after": 0, "report_url": "", "report_key": "",
    "chunking": True,
}  # fmt: skip
RULES = frozenset({"rcpt", "data", "dsn", "drop_after_data"})
TURNS = frozenset({"rcpt_451", "data_451", "drop_after_data"})

REFUSALS = {
    450: b"450 4.2.0 Mailbox busy\r\n",
    451: b"451 4.3.0 Try again later\r\n",
    452: b"452 4.2.2 Mailbox full\r\n",
    550: b"550 5.1.1 No such mailbox\r\n",
    552: b"552 5.2.2 Mailbox full\r\n",
    554: b"554 5.7.1 Refused\r\n",
}


class MailStandin:
    """The relay: takes messages in, remembers them, and reports on them as asked."""

    def __init__(self, log: AcceptanceLog, keep: int) -> None:
        self._log = log
        self.behaviour = Behaviour(SETTINGS, "addresses", RULES, TURNS)
        self._shelf = MailShelf(keep)
        self._outbox = Outbox()
        self._accepted = 0
        self._later = Later()
        self._queue_prefix = secrets.token_hex(3).upper()
        self.control = Control(self.behaviour, self._facts, self._forget, self._show)

    def refuses_recipient(self, address: str) -> bytes:
        """An answer that refuses this recipient, or b""."""
        is_turn = self.behaviour.is_turn("rcpt_451")
        rule = self.behaviour.take(address, "rcpt")
        if rule is not None:
            return refusal(int(rule["rcpt"]))
        return refusal(451) if is_turn else b""

    def offers_chunking(self) -> bool:
        """Whether it takes messages whose length is told."""
        return bool(self.behaviour.settings["chunking"])

    def refuses_session(self, messages: int) -> bool:
        """Whether a connection has sent enough with this many messages."""
        most = int(self.behaviour.settings["disconnect_after"])
        return 0 < most <= messages

    def take(self, envelope: Envelope, content: bytes) -> Outcome:
        """Take a whole message: written to the log for each recipient before it is answered, or refused."""
        delay_s = self.behaviour.seconds("latency_ms")
        turns = {name: self.behaviour.is_turn(name) for name in ("data_451", "drop_after_data")}
        addresses = [recipient.address for recipient in envelope.recipients]
        refused = next((rule["data"] for each in addresses if (rule := self.behaviour.take(each, "data"))), 0)
        if refused or turns["data_451"]:
            return Outcome(refusal(int(refused or 451)), delay_s)
        try:
            queue_id = self._accept(envelope, content)
        except OSError:
            return Outcome(refusal(452), delay_s)
        is_dropped = any(self.behaviour.take(each, "drop_after_data") for each in addresses)
        if is_dropped or turns["drop_after_data"]:
            return Outcome(b"", is_dropped=True)
        return Outcome(b"250 2.0.0 Ok: queued as %b\r\n" % queue_id.encode(), delay_s)

    def _accept(self, envelope: Envelope, content: bytes) -> str:
        now_s, ident = time.time(), message_id(content)
        queue_id = f"{self._queue_prefix}{self._accepted + 1:X}"
        addresses = [recipient.address for recipient in envelope.recipients]
        self._log.append(b"".join(log_line(now_s, f"{ident} {each}", each, queue_id) for each in addresses))
        self._accepted += len(addresses)
        for recipient in envelope.recipients:
            self._shelf.put(now_s, recipient.address, envelope.sender, ident, content)
            self._plan_report(envelope, recipient, content, now_s)
        return queue_id

    def _plan_report(self, envelope: Envelope, recipient: Recipient, content: bytes, now_s: float) -> None:
        """Report when the client asked for it; silence means that failures are wanted (RFC 3461 §4.1)."""
        is_delivered = self.behaviour.take(recipient.address, "dsn") is None
        wanted = recipient.notify if recipient.notify is not None else frozenset({"FAILURE"})
        if ("SUCCESS" if is_delivered else "FAILURE") not in wanted or not envelope.sender:
            return
        if not self.behaviour.settings["reports"] or not self.behaviour.settings["report_url"]:
            return
        about = Reported(
            envelope.sender, recipient.address, recipient.original, envelope.envelope_id, header_block(content),
            is_delivered, now_s,
        )  # fmt: skip
        delay_s = self.behaviour.seconds("report_delay_ms")
        self._later.after(delay_s, partial(self._report, about))

    def _report(self, about: Reported) -> None:
        target = target_of(str(self.behaviour.settings["report_url"]))
        if target is None:
            return
        key = str(self.behaviour.settings["report_key"]).encode()
        self._outbox.add(Chain(), Post(target, partial(signed_report, key, about)))

    def _facts(self) -> dict[str, int]:
        return {
            "accepted": self._accepted, "reports_taken": self._outbox.taken, "reports_given_up": self._outbox.given_up
        }  # fmt: skip

    def _forget(self) -> None:
        self._later.clear()
        self._accepted = 0
        self._queue_prefix = secrets.token_hex(3).upper()
        self._shelf.forget()
        self._outbox.clear()

    def _show(self, after: int, to: str, limit: int) -> tuple[int, list[dict[str, Any]]]:
        found = self._shelf.after(after, to, min(limit, MOST_OPENED, MOST_IN_ONE_ANSWER))
        return (found[-1].index if found else after), [opened(mail) for mail in found]


def refusal(code: int) -> bytes:
    """The answer line for a refusing code."""
    return REFUSALS.get(code) or b"%d %d.0.0 Refused\r\n" % (code, code // 100)


async def run(arguments: argparse.Namespace) -> None:
    """Serve until told to stop or the lifetime is over."""
    log = AcceptanceLog(Path(arguments.log))
    standin = MailStandin(log, arguments.keep)
    given = {"report_url": arguments.report_url, "report_key": arguments.report_key}
    try:
        standin.behaviour.merge({**given, **arguments.behave})
    except (ValueError, TypeError) as problem:
        leave_with(str(problem))
    standin.behaviour.keep("report_url", "report_key")
    make_dialogue: Callable[[], SmtpPeer] = partial(SmtpPeer, standin)
    make_door: Callable[[], HttpPeer] = partial(HttpPeer, standin.control.serve)
    smtp, port = await listen(make_dialogue, arguments.host, arguments.port)
    door, control_port = await listen(make_door, arguments.host, arguments.control_port)
    await stay([smtp, door], arguments.ready, {"port": port, "control_port": control_port}, arguments.lifetime_s)
    log.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="grannsamverkan.standins.mail", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--control-port", type=int, default=0, help="HTTP door; 0 takes a free port")
    parser.add_argument("--report-url", default="", help="where delivery reports are posted")
    parser.add_argument("--report-key", default="", help="key that signs the reports")
    parser.add_argument("--keep", type=int, default=5000, help="newest messages remembered")
    arguments = parse(parser)
    if arguments.report_url and target_of(arguments.report_url) is None:
        leave_with("reports are posted to loopback only")
    asyncio.run(run(arguments))


if __name__ == "__main__":
    main()
