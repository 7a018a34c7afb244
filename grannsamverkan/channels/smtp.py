"""Email through a relay: kept connections, and one round trip per message where the relay offers PIPELINING.

The end of one message and the envelope of the next leave in one write (RFC 2920). At most one message per connection
is unanswered, and its final reply decides.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from datetime import datetime

from grannsamverkan.foundation.fault_points import reach
from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
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
_ENHANCED = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})\b")
_LOST = (OSError, smtplib.SMTPException)
_ENVELOPE = 3  # commands: MAIL, RCPT, DATA
_LONGEST_REPLY = 65_536


class Smtp:
    """The email channel: each thread that sends has its own connection."""

    kind = ChannelKind.EMAIL
    can_ask = False

    def __init__(self, settings: Email) -> None:
        self._settings = settings
        self.group = settings.step
        self.lanes = settings.connections
        self._here = threading.local()

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        try:
            connection = self._connection()
        except _LOST as error:
            code = "no_connection" if isinstance(error, OSError) else type(error).__name__
            return [TryAgain(code) for _ in copies]
        results = connection.send(wording, copies)
        if connection.broken:
            self._drop()
        return results

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        """A relay cannot be asked; the same Message-ID lets the receiver recognise a repeated copy."""
        return [NoAnswer("smtp_cannot_be_asked") for _ in copies]

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        return None

    def _connection(self) -> "_Connection":
        connection: _Connection | None = getattr(self._here, "connection", None)
        if connection is not None and not connection.stale:
            return connection
        self._drop()
        self._here.connection = connection = _Connection(self._settings)
        return connection

    def _drop(self) -> None:
        connection: _Connection | None = getattr(self._here, "connection", None)
        if connection is not None:
            connection.close()
            self._here.connection = None

    def close(self) -> None:
        self._drop()


class _Connection:
    """One kept SMTP session. smtplib makes it (greeting, TLS, AUTH, EHLO); the messages are written by hand."""

    def __init__(self, settings: Email) -> None:
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
        self._replies = _Replies(self._sock)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms a message on some relays
        self._pipelining = self._smtp.has_extn("pipelining")
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
        try:
            if going and self._pipelining:
                self._sock.sendall(self._envelope(going[0]))
            for place, copy in enumerate(going):
                after = self._envelope(going[place + 1]) if place + 1 < len(going) else b""
                results[copy.delivery_id] = self._one(wording, copy, after)
                if self.broken:
                    break
        except _LOST:
            self.broken = True
        self._used_at = time.monotonic()
        return [results.get(copy.delivery_id, TryAgain("connection_lost")) for copy in copies]

    def _can_carry(self, copy: Copy) -> bool:
        return self._utf8 or copy.address.isascii()

    def _one(self, wording: Wording, copy: Copy, next_envelope: bytes) -> Result:
        taken = self._open(copy)
        if taken is not None:
            if not self.broken:
                self._reset(next_envelope)
            return taken
        body = wording.mail % {
            b"to": copy.address.encode(),
            b"key": copy.key.encode(),
            b"token": copy.token.encode(),
            b"first": copy.first_key.encode(),
        }
        try:
            self._sock.sendall(body + b"\r\n.\r\n" + (next_envelope if self._pipelining else b""))
            code, text = self._replies.next()
        except _LOST:
            self.broken = True
            return Unsure("connection_lost")
        result = _read(code, text)
        if isinstance(result, Accepted):
            reach("after_provider_accepted")
        self.broken = code == 421 or isinstance(result, Unsure)
        return result

    def _open(self, copy: Copy) -> Result | None:
        """Read the replies to MAIL, RCPT and DATA; None when the relay waits for the message."""
        replies: list[tuple[int, bytes]] = []
        commands = None if self._pipelining else self._commands(copy)
        while len(replies) < _ENVELOPE:
            if commands is not None:
                self._sock.sendall(commands[len(replies)])
            replies.append(self._replies.next())
            if replies[-1][0] in {421, -1}:
                self.broken = True
                return TryAgain(str(replies[-1][0]))
            if commands is not None and replies[-1][0] >= 400:
                break
        if replies[-1][0] == 354 and replies[0][0] < 400 and replies[1][0] < 400:
            return None
        failed = next((_read(code, text) for code, text in replies if code >= 400), None)
        if isinstance(failed, Rejected) and replies[0][0] >= 500:
            failed = TryAgain(failed.code, _OWN_FAULT_WAIT_S)  # it refuses us as sender: no recipient's fault
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


class _Replies:
    """The relay's replies one by one, however many come in one read."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._unread = b""
        self._at = 0

    def next(self) -> tuple[int, bytes]:
        """Code and text of the next reply; -1 for what is no reply at all."""
        line = self._line()
        text = line[4:]
        while line[3:4] == b"-":
            line = self._line()
            text += b"\n" + line[4:]
        return int(line[:3]) if line[:3].isdigit() else -1, text

    def _line(self) -> bytes:
        while (end := self._unread.find(b"\n", self._at)) < 0:
            more = self._sock.recv(_LONGEST_REPLY)
            if not more or len(self._unread) - self._at > _LONGEST_REPLY:
                raise smtplib.SMTPServerDisconnected("no whole reply")
            self._unread, self._at = self._unread[self._at :] + more, 0
        line = self._unread[self._at : end].rstrip()
        self._at = end + 1
        return line


def _read(code: int, text: bytes) -> Result:
    """A reply as a result. Only its codes are kept: the sentence often quotes the address."""
    enhanced = _ENHANCED.match(text)
    named = enhanced[1].decode() if enhanced else str(code)
    if 200 <= code < 300:
        return Accepted("")
    if code < 400:  # -1 for what is no reply at all
        return Unsure("no_reply")
    return TryAgain(named) if code < 500 else Rejected(named)
