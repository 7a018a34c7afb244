"""Email through a relay, over kept connections, as few round trips as the relay allows.

Where it offers CHUNKING a whole group leaves in one write and is answered in one read (RFC 3030). Where it offers only
PIPELINING the end of one message and the envelope of the next leave together (RFC 2920): one round trip a message.
A caller's copies are spread over all connections, so that the rows are touched once for all of them.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from grannsamverkan.channels.causes import cause_of
from grannsamverkan.channels.smtp_replies import Replies, Reply, as_result, closes
from grannsamverkan.foundation.fault_points import reach
from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Deleting,
    NoAnswer,
    ProviderReceipt,
    Rejected,
    Result,
    TryAgain,
    Unsure,
    Wording,
)
from grannsamverkan.foundation.return_path import return_address
from grannsamverkan.settings import Email

_OWN_FAULT_WAIT_S = 60.0  # until somebody has mended what the relay holds against us
_IDLE_S = 25.0  # relays close a silent connection; a new one is cheaper than a lost message
_LOST = (OSError, smtplib.SMTPException)
_ENVELOPE = 3  # commands: MAIL, RCPT, DATA
_MESSAGE = 4  # replies to a message that goes whole: RSET, MAIL, RCPT, BDAT
_TAKEN = Accepted("")
_LEAST_PART = 5  # fewer are not worth another connection
# After a group was cut off, whose copies may all have been taken, messages go one by one for so long.
_ONE_BY_ONE_S = 600.0


class Smtp:
    """The email channel: each thread that sends has its own connection, and helpers with one each for more copies than
    one connection takes between two notes."""

    kind = ChannelKind.EMAIL
    can_ask = False

    def __init__(self, settings: Email) -> None:
        self._settings = settings
        self.group = settings.step * settings.connections
        self.lanes = 1
        self._helpers = ThreadPoolExecutor(max(1, settings.connections - 1), thread_name_prefix="email")
        self._here = threading.local()
        self._one_by_one_until_s = 0.0  # monotonic

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        own, *others = self._parts(copies)
        helped = self._helpers.map(partial(self._send_part, wording), others) if others else ()
        return [*self._send_part(wording, own), *(result for results in helped for result in results)]

    def _parts(self, copies: Sequence[Copy]) -> list[Sequence[Copy]]:
        """As even as it goes; none is longer than a step, whatever is asked for."""
        evenly = -(-len(copies) // self._settings.connections)
        size = min(self._settings.step, max(evenly, _LEAST_PART))
        return [copies[first : first + size] for first in range(0, len(copies), size)] or [()]

    def _send_part(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        try:
            connection = self._connection()
        except _LOST as error:
            code = cause_of(error) if isinstance(error, OSError) else type(error).__name__
            return [TryAgain(code) for _ in copies]
        results = connection.send(wording, copies)
        if connection.broken:
            self._drop()
            if sum(isinstance(result, Unsure) for result in results) > 1:
                self._one_by_one_until_s = time.monotonic() + _ONE_BY_ONE_S
        return results

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        """A relay cannot be asked; the same Message-ID lets the receiver recognise a repeated copy."""
        return [NoAnswer("smtp_cannot_be_asked") for _ in copies]

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        return None

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        return [Deleting.NEVER for _ in provider_ids]

    def _connection(self) -> "_Connection":
        connection: _Connection | None = getattr(self._here, "connection", None)
        if connection is not None and not connection.stale:
            return connection
        self._drop()
        may_group = time.monotonic() >= self._one_by_one_until_s
        self._here.connection = connection = _Connection(self._settings, may_group=may_group)
        return connection

    def _drop(self) -> None:
        connection: _Connection | None = getattr(self._here, "connection", None)
        if connection is not None:
            connection.close()
            self._here.connection = None

    def close(self) -> None:
        self._helpers.shutdown(wait=False, cancel_futures=True)
        self._drop()


class _Connection:
    """One kept SMTP session. smtplib makes it (greeting, TLS, AUTH, EHLO); the messages are written by hand."""

    def __init__(self, settings: Email, *, may_group: bool) -> None:
        self.broken = False
        self._smtp = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
        self._smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            self._smtp.starttls(context=ssl.create_default_context())
            self._smtp.ehlo_or_helo_if_needed()
        if settings.username:
            self._smtp.login(settings.username, settings.password)
        assert self._smtp.sock is not None
        self._sock = self._smtp.sock
        self._replies = Replies(self._sock)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms a message on some relays
        self._pipelining = self._smtp.has_extn("pipelining")
        self._takes_groups = may_group and self._pipelining and self._smtp.has_extn("chunking")
        self._utf8 = self._smtp.has_extn("smtputf8")
        self._reports = bool(settings.report_key) and self._smtp.has_extn("dsn")
        self._domain = settings.domain
        self._secret = settings.report_key if settings.own_return_paths else ""
        self._used_at = time.monotonic()

    @property
    def stale(self) -> bool:
        return time.monotonic() - self._used_at > _IDLE_S

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        """One result per copy. What was begun when the connection broke is unsure; what was not is surely not taken."""
        results: dict[int, Result] = {
            copy.delivery_id: Rejected("smtputf8_not_offered") for copy in copies if not self._can_carry(copy)
        }
        going = [copy for copy in copies if copy.delivery_id not in results]
        send = self._all_at_once if self._takes_groups else self._one_by_one
        try:
            send(wording, going, results)
        except _LOST:
            self.broken = True
        self._used_at = time.monotonic()
        return [results.get(copy.delivery_id, TryAgain("connection_lost")) for copy in copies]

    def _all_at_once(self, wording: Wording, copies: Sequence[Copy], results: dict[int, Result]) -> None:
        """RSET begins each message, so that a refusal touches none of its neighbours; whatever has no reply when the
        connection breaks may have been taken."""
        results.update(dict.fromkeys([copy.delivery_id for copy in copies], Unsure("connection_lost")))
        mail = wording.mail.replace(b"\r\n..", b"\r\n.")  # a message whose length is told has no stuffed dots
        with contextlib.suppress(OSError):  # a relay that closes while we write may have answered before
            self._sock.sendall(b"".join([self._whole(mail, copy) for copy in copies]))
        for place, copy in enumerate(copies):
            if self._replies.four_good():
                results[copy.delivery_id] = _TAKEN
                reach("after_provider_accepted")
                continue
            replies = self._replies.until_closed(_MESSAGE)
            if closes(replies[-1]):
                self.broken = True
                if replies[-1][0] == 421:  # the relay looks at nothing that came after it
                    results.update((one.delivery_id, TryAgain("421")) for one in copies[place:])
                return
            results[copy.delivery_id] = result = _refused(replies[1:]) or as_result(replies[-1])
            if isinstance(result, Accepted):
                reach("after_provider_accepted")

    def _whole(self, mail: bytes, copy: Copy) -> bytes:
        body = _filled(mail, copy)
        sender, recipient, _data = self._commands(copy)
        return b"RSET\r\n%b%bBDAT %d LAST\r\n%b\r\n" % (sender, recipient, len(body) + 2, body)

    def _one_by_one(self, wording: Wording, copies: Sequence[Copy], results: dict[int, Result]) -> None:
        if copies and self._pipelining:
            self._sock.sendall(self._envelope(copies[0]))
        for place, copy in enumerate(copies):
            after = self._envelope(copies[place + 1]) if place + 1 < len(copies) else b""
            results[copy.delivery_id] = self._one(wording, copy, after)
            if self.broken:
                break

    def _can_carry(self, copy: Copy) -> bool:
        return self._utf8 or copy.address.isascii()

    def _one(self, wording: Wording, copy: Copy, next_envelope: bytes) -> Result:
        taken = self._open(copy)
        if taken is not None:
            if not self.broken:
                self._reset(next_envelope)
            return taken
        body = _filled(wording.mail, copy)
        try:
            self._sock.sendall(body + b"\r\n.\r\n" + (next_envelope if self._pipelining else b""))
            reply = self._replies.next()
        except _LOST:
            self.broken = True
            return Unsure("connection_lost")
        result = as_result(reply)
        if isinstance(result, Accepted):
            reach("after_provider_accepted")
        self.broken = closes(reply) or isinstance(result, Unsure)
        return result

    def _open(self, copy: Copy) -> Result | None:
        """Read the replies to MAIL, RCPT and DATA; None when the relay waits for the message."""
        replies: list[Reply] = []
        commands = None if self._pipelining else self._commands(copy)
        while len(replies) < _ENVELOPE:
            if commands is not None:
                self._sock.sendall(commands[len(replies)])
            replies.append(self._replies.next())
            if closes(replies[-1]):
                self.broken = True
                return TryAgain(str(replies[-1][0]))
            if commands is not None and replies[-1][0] >= 400:
                break
        if replies[-1][0] == 354 and replies[0][0] < 400 and replies[1][0] < 400:
            return None
        failed = _refused(replies)
        if failed is not None and replies[-1][0] == 354:
            self._sock.sendall(b".\r\n")  # it waits for a message that nobody would get: an empty one ends it
            self._replies.next()
        return failed

    def _reset(self, next_envelope: bytes) -> None:
        """Leave the failed transaction. The next envelope may already be under way: its replies come after RSET's."""
        self._sock.sendall(b"RSET\r\n" + (next_envelope if self._pipelining else b""))
        self._replies.next()

    def _commands(self, copy: Copy) -> tuple[bytes, bytes, bytes]:
        sender = return_address(self._domain, key=copy.key, secret=self._secret)
        utf8 = b"" if copy.address.isascii() or not self._utf8 else b" SMTPUTF8"
        mail = b" RET=HDRS ENVID=%s" % copy.key.encode() if self._reports else b""
        rcpt = b" NOTIFY=SUCCESS,FAILURE" if self._reports else b""
        return (
            b"MAIL FROM:<%s>%s%s\r\n" % (sender.encode(), utf8, mail),
            b"RCPT TO:<%s>%s\r\n" % (copy.address.encode(), rcpt),
            b"DATA\r\n",
        )

    def _envelope(self, copy: Copy) -> bytes:
        return b"".join(self._commands(copy))

    def close(self) -> None:
        with contextlib.suppress(*_LOST):
            if not self.broken:
                self._smtp.quit()
        self._smtp.close()


def _filled(mail: bytes, copy: Copy) -> bytes:
    """The message with its recipient's own bytes."""
    return mail % {
        b"to": copy.address.encode(),
        b"key": copy.key.encode(),
        b"token": copy.token.encode(),
        b"first": copy.first_key.encode(),
    }


def _refused(replies: Sequence[Reply]) -> Result | None:
    """What the first refusal among the replies to a message means; None when there is none."""
    refusal = next((reply for reply in replies if reply[0] >= 400), None)
    if refusal is None:
        return None
    result = as_result(refusal)
    if isinstance(result, Rejected) and refusal is replies[0]:
        return TryAgain(result.code, _OWN_FAULT_WAIT_S)  # it refuses us as sender: no recipient's fault
    return result
