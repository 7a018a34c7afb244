"""What an SMTP relay says: its replies one by one, and what each means for a copy."""

import re
import smtplib
import socket

from grannsamverkan.foundation.ports import Accepted, Rejected, Result, TryAgain, Unsure

NO_REPLY = -1
_ENHANCED = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})\b")
_FOUR_GOOD = re.compile(rb"(?:2\d\d [^\n]*\n){4}")
_LONGEST = 65_536

Reply = tuple[int, bytes]  # the code, and the words after it


class Replies:
    """The relay's replies in order, however many come in one read."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._unread = b""
        self._at = 0

    def next(self) -> Reply:
        """Code and text of the next reply; NO_REPLY for what is none at all."""
        line = self._line()
        text = line[4:]
        while line[3:4] == b"-":
            line = self._line()
            text += b"\n" + line[4:]
        return int(line[:3]) if line[:3].isdigit() else NO_REPLY, text

    def four_good(self) -> bool:
        """Whether the next four replies have come and are good ones; then they are read. It is so for nearly every
        message, and one look costs a tenth of reading them one by one."""
        seen = _FOUR_GOOD.match(self._unread, self._at)
        if seen is not None:
            self._at = seen.end()
        return seen is not None

    def until_closed(self, number: int) -> list[Reply]:
        """The next `number` replies, or fewer when one of them ends the session."""
        replies = [self.next()]
        while len(replies) < number and not closes(replies[-1]):
            replies.append(self.next())
        return replies

    def _line(self) -> bytes:
        while (end := self._unread.find(b"\n", self._at)) < 0:
            more = self._sock.recv(_LONGEST)
            if not more or len(self._unread) - self._at > _LONGEST:
                raise smtplib.SMTPServerDisconnected("no whole reply")
            self._unread, self._at = self._unread[self._at :] + more, 0
        line = self._unread[self._at : end].rstrip()
        self._at = end + 1
        return line


def closes(reply: Reply) -> bool:
    """Whether the relay ends the session with this, or talks something that is not SMTP."""
    return reply[0] in {421, NO_REPLY}


def as_result(reply: Reply) -> Result:
    """The last reply to a copy as a result. Only its codes are kept: the sentence often quotes the address."""
    code, text = reply
    if 200 <= code < 300:
        return Accepted("")
    if code < 400:  # NO_REPLY too
        return Unsure("no_reply")
    enhanced = _ENHANCED.match(text)
    named = enhanced[1].decode() if enhanced else str(code)
    return TryAgain(named) if code < 500 else Rejected(named)
