"""What a client says about a message before sending it, and what its text says of itself."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

XTEXT = re.compile(r"\+([0-9A-F]{2})")
MOST_BYTES = 10_485_760


class Recipient(NamedTuple):
    """One accepted RCPT: the address, what it wants reported (None when nothing was said), its original address."""

    address: str
    notify: frozenset[str] | None
    original: str


@dataclass(slots=True)
class Envelope:
    """One mail transaction."""

    sender: str
    envelope_id: str
    is_utf8: bool
    recipients: list[Recipient] = field(default_factory=list)


class Refusal(ValueError):
    """An SMTP answer that says no; the text is the whole answer line."""


def mail_from(argument: bytes) -> Envelope:
    """Read the argument of MAIL (`FROM:<…> …`); Refusal when it cannot be taken."""
    address, words = path_of(argument, b"FROM:")
    if not words or words == b"BODY=8BITMIME":
        refuse_unannounced(address, is_utf8=False)
        return Envelope(address, "", False)
    values = keywords(words, {"SIZE", "BODY", "SMTPUTF8", "RET", "ENVID"})
    if int(values.get("SIZE") or 0) > MOST_BYTES:
        raise Refusal("552 5.3.4 Message too big")
    if values.get("BODY", "8BITMIME").upper() not in ("7BIT", "8BITMIME") or values.get(
        "RET", "HDRS"
    ).upper() not in ("FULL", "HDRS"):  # fmt: skip
        raise Refusal("501 5.5.4 Bad parameter")
    is_utf8 = "SMTPUTF8" in values
    refuse_unannounced(address, is_utf8=is_utf8)
    return Envelope(address, from_xtext(values.get("ENVID", "")), is_utf8)


def rcpt_to(argument: bytes, *, is_utf8: bool) -> Recipient:
    """Read the argument of RCPT (`TO:<…> …`); Refusal when it cannot be taken."""
    address, words = path_of(argument, b"TO:")
    if not address:
        raise Refusal("501 5.1.3 Bad recipient address")
    refuse_unannounced(address, is_utf8=is_utf8)
    if not words:
        return Recipient(address, None, "")
    values = keywords(words, {"NOTIFY", "ORCPT"})
    wanted = frozenset(values["NOTIFY"].upper().split(",")) if values.get("NOTIFY") else None
    if wanted and not (wanted == {"NEVER"} or wanted <= {"SUCCESS", "FAILURE", "DELAY"}):
        raise Refusal("501 5.5.4 Bad NOTIFY")
    return Recipient(address, wanted, from_xtext(values.get("ORCPT", "").partition(";")[2]))


def path_of(argument: bytes, word: bytes) -> tuple[str, bytes]:
    """The address between angle brackets after `word`, and what follows it."""
    if argument[: len(word)].upper() != word:
        raise Refusal("501 5.5.4 Syntax error")
    inside, bracket, words = argument[len(word) :].lstrip().partition(b">")
    if inside[:1] != b"<" or not bracket:
        raise Refusal("501 5.5.4 Syntax error")
    try:
        return inside[1:].decode("utf-8"), words.strip()
    except UnicodeDecodeError:
        raise Refusal("553 5.6.7 Address is not UTF-8") from None


def keywords(words: bytes, known: set[str]) -> dict[str, str]:
    """Parameters as upper-case names and values; Refusal for one that was never offered."""
    found = {}
    for word in words.split():
        name, _, value = word.decode("utf-8", "replace").partition("=")
        if name.upper() not in known:
            raise Refusal("555 5.5.4 Unsupported parameter")
        found[name.upper()] = value
    if not found.get("SIZE", "0").isdigit():
        raise Refusal("501 5.5.4 Bad SIZE")
    return found


def refuse_unannounced(address: str, *, is_utf8: bool) -> None:
    """An address beyond ASCII needs SMTPUTF8 in its MAIL (RFC 6531)."""
    if not is_utf8 and not address.isascii():
        raise Refusal("553 5.6.7 Address needs SMTPUTF8")


def from_xtext(text: str) -> str:
    """Undo the quoting of ENVID and ORCPT (RFC 3461 §4)."""
    return XTEXT.sub(lambda found: chr(int(found[1], 16)), text) if "+" in text else text


def header_block(content: bytes) -> bytes:
    """The headers of a message with their last line end."""
    end = content.find(b"\r\n\r\n")
    return content[: end + 2] if end >= 0 else content


def message_id(content: bytes) -> str:
    """The Message-ID with its angle brackets; "-" when the message has none."""
    headers = b"\r\n" + header_block(content)
    at = headers.lower().find(b"\r\nmessage-id:")
    if at < 0:
        return "-"
    value = headers[at + 13 :].lstrip()
    end = value.find(b">")
    found = value[: end + 1] if value[:1] == b"<" and end > 0 else value.partition(b"\r\n")[0]
    return found.strip().decode("ascii", "replace") or "-"
