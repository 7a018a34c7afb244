"""The server's side of SMTP: lines, bodies and answers in the right order, however the client groups them.

Several commands, or a body and the next commands, may come in one piece (RFC 2920), and so may whole messages whose
length is told (RFC 3030); the answers to one piece go out in one write.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol

from .envelope import MOST_BYTES, Envelope, Recipient, Refusal, mail_from, rcpt_to
from .residence import read_in_small_pieces

NAME = b"telefoner.example"
LONGEST_LINE = 4096
OFFERED = (
    b"PIPELINING", b"SIZE %d" % MOST_BYTES, b"8BITMIME", b"SMTPUTF8", b"ENHANCEDSTATUSCODES", b"DSN",
)  # fmt: skip


class Outcome(NamedTuple):
    """What becomes of a message: the answer, after which delay, or no answer and a closed connection."""

    answer: bytes
    delay_s: float = 0.0
    is_dropped: bool = False


class PostOffice(Protocol):
    """What the dialogue needs to know from whoever keeps the mail."""

    def refuses_recipient(self, address: str) -> bytes:
        """An answer that refuses this recipient, or b""."""

    def offers_chunking(self) -> bool:
        """Whether it takes messages whose length is told."""

    def refuses_session(self, messages: int) -> bool:
        """Whether a connection has sent enough with this many messages."""

    def take(self, envelope: Envelope, content: bytes) -> Outcome:
        """Take a whole message, or refuse it."""


class SmtpPeer(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office
        self._transport: asyncio.Transport | None = None
        self._unread = b""
        self._at = 0
        self._searched = 0
        self._answers: list[bytes] = []
        self._has_greeted = False
        self._in_body = False
        self._is_waiting = False
        self._envelope: Envelope | None = None
        self._chunk_left: int | None = None
        self._is_last_chunk = False
        self._chunks: list[bytes] = []
        self._messages = 0
        self._commands: dict[bytes, Callable[[bytes], None]] = {
            b"EHLO": self._ehlo, b"HELO": self._helo, b"MAIL": self._mail, b"RCPT": self._rcpt, b"DATA": self._data,
            b"BDAT": self._bdat, b"RSET": self._rset, b"NOOP": self._noop, b"QUIT": self._quit, b"VRFY": self._vrfy,
        }  # fmt: skip

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        read_in_small_pieces(transport)
        transport.write(b"220 " + NAME + b" ESMTP\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._unread = self._unread + data if self._unread else data
        if not self._is_waiting:
            self._read()

    def _read(self) -> None:
        """Go through what has come, then answer it all in one write."""
        while not self._is_waiting and self._transport is not None:
            if not self._take_next():
                break
        self._unread, self._searched = self._unread[self._at :], max(0, self._searched - self._at)
        self._at = 0
        self._flush()

    def _take_next(self) -> bool:
        """Take a line, a body or what has come of a chunk; False when more must come first."""
        if self._chunk_left is not None:
            return self._take_chunk(self._chunk_left)
        return self._take_body() if self._in_body else self._take_line()

    def _flush(self) -> None:
        if self._answers and self._transport is not None:
            self._transport.write(b"".join(self._answers))
        self._answers.clear()

    def _leave(self) -> None:
        """Send what is to be said, then close."""
        self._flush()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # --- commands ---

    def _take_line(self) -> bool:
        end = self._unread.find(b"\r\n", self._at)
        if end < 0:
            if len(self._unread) - self._at > LONGEST_LINE:
                self._answers.append(b"500 5.5.2 Line too long\r\n")
                self._leave()
            return False
        line = self._unread[self._at : end]
        self._at = end + 2
        command = self._commands.get(line[:4].upper()) if line[4:5] in (b" ", b"") else None
        if command is None:
            self._answers.append(b"500 5.5.1 Command not recognised\r\n")
        else:
            command(line[5:])
        return True

    def _ehlo(self, argument: bytes) -> None:
        self._has_greeted, self._envelope = True, None
        lines = [NAME, *OFFERED, *([b"CHUNKING"] if self._office.offers_chunking() else [])]
        self._answers += [b"250-%b\r\n" % line for line in lines[:-1]]
        self._answers.append(b"250 %b\r\n" % lines[-1])

    def _helo(self, argument: bytes) -> None:
        self._has_greeted, self._envelope = True, None
        self._answers.append(b"250 " + NAME + b"\r\n")

    def _mail(self, argument: bytes) -> None:
        if self._office.refuses_session(self._messages):
            self._answers.append(b"421 4.7.0 Enough for this connection\r\n")
            self._leave()
        elif not self._has_greeted or self._envelope is not None:
            self._answers.append(b"503 5.5.1 Bad sequence of commands\r\n")
        else:
            try:
                self._envelope = mail_from(argument)
                self._answers.append(b"250 2.1.0 Ok\r\n")
            except Refusal as refusal:
                self._answers.append(str(refusal).encode() + b"\r\n")

    def _rcpt(self, argument: bytes) -> None:
        if self._envelope is None:
            self._answers.append(b"503 5.5.1 Bad sequence of commands\r\n")
            return
        try:
            self._add(self._envelope, rcpt_to(argument, is_utf8=self._envelope.is_utf8))
        except Refusal as refusal:
            self._answers.append(str(refusal).encode() + b"\r\n")

    def _add(self, envelope: Envelope, recipient: Recipient) -> None:
        if refusal := self._office.refuses_recipient(recipient.address):
            self._answers.append(refusal)
        else:
            envelope.recipients.append(recipient)
            self._answers.append(b"250 2.1.5 Ok\r\n")

    def _data(self, argument: bytes) -> None:
        if self._envelope is None:
            self._answers.append(b"503 5.5.1 Bad sequence of commands\r\n")
        elif not self._envelope.recipients:
            self._answers.append(b"554 5.5.1 No valid recipients\r\n")
        else:
            self._in_body = True
            # The line end of DATA counts as the first line end of the body, so that an empty body ends at once.
            self._at -= 2
            self._searched = self._at
            self._answers.append(b"354 End data with <CR><LF>.<CR><LF>\r\n")

    def _bdat(self, argument: bytes) -> None:
        size, *rest = argument.split() or [b""]
        if not size.isdigit() or [word.upper() for word in rest] not in ([], [b"LAST"]):
            self._answers.append(b"501 5.5.4 Syntax: BDAT size [LAST]\r\n")
            self._leave()  # nobody can tell where the next command begins
        elif int(size) > MOST_BYTES:
            self._answers.append(b"552 5.3.4 Message too big\r\n")
            self._leave()
        else:
            self._chunk_left, self._is_last_chunk = int(size), bool(rest)

    def _rset(self, argument: bytes) -> None:
        self._envelope = None
        self._chunks.clear()
        self._answers.append(b"250 2.0.0 Ok\r\n")

    def _noop(self, argument: bytes) -> None:
        self._answers.append(b"250 2.0.0 Ok\r\n")

    def _quit(self, argument: bytes) -> None:
        self._answers.append(b"221 2.0.0 Bye\r\n")
        self._leave()

    def _vrfy(self, argument: bytes) -> None:
        self._answers.append(b"252 2.1.5 Send some mail, I will try\r\n")

    # --- the message itself ---

    def _take_body(self) -> bool:
        end = self._unread.find(b"\r\n.\r\n", self._searched)
        if end < 0:
            self._searched = max(self._at, len(self._unread) - 4)
            if len(self._unread) - self._at > 2 * MOST_BYTES:
                self._answers.append(b"552 5.3.4 Message too big\r\n")
                self._leave()
            return False
        content = unstuffed(self._unread[self._at : end + 2])
        self._at = end + 5
        self._in_body = False
        self._end_of_message(content)
        return True

    def _take_chunk(self, left: int) -> bool:
        """A chunk is read to its end whatever becomes of it (RFC 3030 §2)."""
        piece = self._unread[self._at : self._at + left]
        self._at += len(piece)
        self._chunks.append(piece)
        self._chunk_left = left - len(piece)
        if self._chunk_left:
            return False
        self._chunk_left = None
        if self._envelope is None or not self._envelope.recipients:
            self._chunks.clear()
            self._answers.append(b"503 5.5.1 Bad sequence of commands\r\n")
        elif not self._is_last_chunk:
            self._answers.append(b"250 2.0.0 Ok\r\n")
        else:
            content = b"".join(self._chunks)
            self._chunks.clear()
            self._end_of_message(content)
        return True

    def _end_of_message(self, content: bytes) -> None:
        envelope, self._envelope = self._envelope, None
        assert envelope is not None
        if len(content) > MOST_BYTES:
            self._answers.append(b"552 5.3.4 Message too big\r\n")
            return
        outcome = self._office.take(envelope, content)
        self._messages += 1
        if outcome.is_dropped:
            self._leave()
        elif outcome.delay_s:
            self._is_waiting = True
            asyncio.get_running_loop().call_later(outcome.delay_s, self._go_on, outcome.answer)
        else:
            self._answers.append(outcome.answer)

    def _go_on(self, answer: bytes) -> None:
        """The delay is over: answer, then read what came meanwhile."""
        self._is_waiting = False
        self._answers.append(answer)
        self._read()


def unstuffed(lines: bytes) -> bytes:
    """Undo dot-stuffing in a body that begins with the line end before its first line (RFC 5321 §4.5.2)."""
    return (lines.replace(b"\r\n.", b"\r\n") if b"\r\n." in lines else lines)[2:]
