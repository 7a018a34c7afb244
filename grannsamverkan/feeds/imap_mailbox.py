"""The mailbox in which mail systems' answers lie, read over IMAP (RFC 3501; MOVE is RFC 6851).

Mails are known by their UID, which a server gives away once, for as long as it keeps its UIDVALIDITY.
"""

import hashlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from grannsamverkan.foundation.ports import MailboxAway
from grannsamverkan.settings import Bounces

MOST_BYTES = 10_000_000  # of one mail; what comes after that says nothing new


class ImapMailbox:
    """One folder of one account. Each visit has a connection of its own."""

    def __init__(self, settings: Bounces) -> None:
        self._settings = settings

    @contextmanager
    def visit(self) -> Iterator["Visit"]:
        """Signed in, with the folder open. MailboxAway when that is not possible, and when it breaks off."""
        connection = self._connect()
        try:
            can_move = self._sign_in(connection)
            yield Visit(connection, self._settings, can_move=can_move)
        except (imaplib.IMAP4.error, OSError):
            raise MailboxAway("the server broke off, or answered what it should not have") from None
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()

    def _connect(self) -> imaplib.IMAP4:
        chosen = self._settings
        try:
            if chosen.security == "tls":
                secure = ssl.create_default_context()
                return imaplib.IMAP4_SSL(chosen.host, chosen.port, ssl_context=secure, timeout=chosen.timeout_s)
            connection = imaplib.IMAP4(chosen.host, chosen.port, timeout=chosen.timeout_s)
            if chosen.security == "starttls":
                connection.starttls(ssl.create_default_context())
        except ssl.SSLCertVerificationError:
            raise MailboxAway("its certificate is not valid for bounces.host") from None
        except (imaplib.IMAP4.error, OSError):
            raise MailboxAway("no connection: look at host, port and security under [bounces]") from None
        return connection

    def _sign_in(self, connection: imaplib.IMAP4) -> bool:
        """Whether mails can be moved there."""
        name, password = self._settings.username, self._settings.password
        try:
            if "AUTH=PLAIN" in connection.capabilities:  # takes every letter; LOGIN only plain ones
                connection.authenticate("PLAIN", lambda _: f"\0{name}\0{password}".encode())
            else:
                connection.login(name, password)
            _, capable = connection.capability()  # a server may be capable of more once it knows who asks
            return b"MOVE" in capable[0].upper().split()
        except (imaplib.IMAP4.error, UnicodeEncodeError):
            raise MailboxAway("it does not let us in: look at username and password under [bounces]") from None


class Visit:
    """The open folder. `place` names it as it is now: another name, and no mail is taken for an earlier one, when the
    server has numbered its mails anew."""

    def __init__(self, connection: imaplib.IMAP4, settings: Bounces, *, can_move: bool) -> None:
        self._connection = connection
        self._aside = settings.move_to
        if self._aside and not can_move:
            raise MailboxAway("the server cannot move mails: leave bounces.move_to empty")
        if self._aside:
            connection.create(_quoted(self._aside))  # answers NO when it is there
        status, _ = connection.select(_quoted(settings.folder))
        if status != "OK":
            raise MailboxAway("it has no such folder: look at folder under [bounces]")
        _, numbered = connection.response("UIDVALIDITY")
        where = f"{settings.username}@{settings.host}/{settings.folder}"
        self.place = f"{hashlib.sha256(where.encode()).hexdigest()[:20]}:{int(numbered[0] or b'0')}"

    def unread(self) -> list[int]:
        """UIDs of what nobody has read, the oldest first."""
        status, found = self._connection.uid("SEARCH", "UNSEEN")
        if status != "OK":
            raise MailboxAway("it cannot be searched")
        return sorted(int(uid) for uid in (found[0] or b"").split())

    def read(self, uid: int) -> bytes:
        """The mail's first bytes, without marking it as read; nothing when it is gone."""
        _, parts = self._connection.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")

    def put_aside(self, uid: int) -> None:
        """Mark it as read, or move it where taken ones lie. Safe to repeat."""
        if self._aside:
            self._connection.uid("MOVE", str(uid), _quoted(self._aside))
        else:
            self._connection.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")


def _quoted(folder: str) -> str:
    """The settings let no quotation mark in."""
    return f'"{folder}"'
