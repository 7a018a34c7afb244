"""What a text becomes as an SMS: which characters are exchanged, which encoding it needs, how many parts it costs.

The alphabet is that of 3GPP TS 23.038 §6.2.1; the joining of parts that of 3GPP TS 23.040 §9.2.3.24.1.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grannsamverkan.foundation.errors import Refused

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # sent as an escape and a second septet
_ROOM_ALONE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
_ROOM_JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}  # six octets go to the joining header

# What phones, Word and web pages write by themselves, and what a Swede would have typed instead.
_FAIR: dict[str, str] = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58", "-"),
    **dict.fromkeys("“”„‟«»″〝〞", '"'),
    **dict.fromkeys("‘’‚‛‹›′`´ʹʻʼˈ", "'"),
    **dict.fromkeys("•‣·∙▪●◦■○", "-"),
    **dict.fromkeys("\t\v\u2800", " "),
    **dict.fromkeys("\f\x85\u2028\u2029", "\n"),
    "…": "...", "⁄": "/", "×": "x", "÷": "/", "±": "+/-", "≤": "<=", "≥": ">=", "≈": "ca ",
    "→": "->", "⇒": "=>", "←": "<-", "©": "(c)", "®": "(r)", "°": " grader", "½": "1/2", "µ": "u",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ŧ": "t", "Ŧ": "T",
    "ŋ": "n", "Ŋ": "N", "ħ": "h", "Ħ": "H", "ı": "i", "œ": "oe", "Œ": "OE", "ẞ": "SS",
}  # fmt: skip

# Invisible everywhere: soft hyphen, zero-width space, word joiner, byte-order mark, direction marks.
_INVISIBLE = frozenset("\u00ad\u180e\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2061, 0x2065), *range(0x2066, 0x2070))
}


@dataclass(frozen=True)
class Replacement:
    """One exchanged character: `position` counts characters in the resulting text; `became` may be empty."""

    position: int
    was: str
    became: str


@dataclass(frozen=True)
class PreparedSms:
    """A text exactly as it would be sent, with its cost.

    `length` and `room` are septets for GSM-7 and UTF-16 units for UCS-2; `room` is what is left in the last part.
    """

    text: str
    encoding: Encoding
    parts: int
    length: int
    room: int
    replaced: tuple[Replacement, ...] = ()


def prepare(text: str) -> PreparedSms:
    """Exchange what is not in the SMS alphabet where a fair replacement exists, then count.

    Letters are composed first (NFC), and line ends become one character; neither is reported, since neither can be
    seen. Emoji and foreign letters without a fair replacement stay, and make the whole text UCS-2.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    written: list[str] = []
    replaced: list[Replacement] = []
    position = 0
    for char in composed:
        became = _fair(char, written[-1][-1] if written else "")
        if became != char:
            was = "\ufffd" if unicodedata.category(char) == "Cs" else char
            replaced.append(Replacement(position, was, became))
        if became:
            written.append(became)
            position += len(became)
    counted = parts_of("".join(written))
    return PreparedSms(counted.text, counted.encoding, counted.parts, counted.length, counted.room, tuple(replaced))


def first_that_fits(texts: Sequence[str], *, most_parts: int) -> PreparedSms:
    """Prepared: the first of these that is one part, else the first that is two, up to `most_parts`. Refused:
    sms_too_long (most_parts)."""
    for parts in range(1, most_parts + 1):
        for text in texts:
            prepared = prepare(text)
            if prepared.parts <= parts:
                return prepared
    raise Refused("sms_too_long", most_parts=most_parts)


def parts_of(text: str) -> PreparedSms:
    """Count a text that is already as it will be sent; an empty text has no part."""
    encoding = encoding_of(text)
    pieces = split_in_parts(text)
    used = [sum(_cost(char, encoding) for char in piece) for piece in pieces]
    room = (_ROOM_ALONE if len(pieces) <= 1 else _ROOM_JOINED)[encoding] - (used[-1] if used else 0)
    return PreparedSms(text, encoding, len(pieces), sum(used), room)


def split_in_parts(text: str) -> tuple[str, ...]:
    """The text of each part; an escaped character or a surrogate pair never straddles two parts."""
    encoding = encoding_of(text)
    if sum(_cost(char, encoding) for char in text) <= _ROOM_ALONE[encoding]:
        return (text,) if text else ()
    return tuple(_filled(text, encoding))


def encoding_of(text: str) -> Encoding:
    """GSM-7 if every character is in the SMS alphabet; one other character makes the whole text UCS-2."""
    return "GSM-7" if all(_in_alphabet(char) for char in text) else "UCS-2"


def as_json(prepared: PreparedSms) -> dict[str, object]:
    """The answer of `grannsamverkan sms parts --json`: plain values only."""
    return {
        "encoding": prepared.encoding,
        "parts": prepared.parts,
        "length": prepared.length,
        "replaced": [{"was": one.was, "became": one.became, "position": one.position} for one in prepared.replaced],
        "text": prepared.text,
    }


def _filled(text: str, encoding: Encoding) -> Iterator[str]:
    start, used = 0, 0
    for index, char in enumerate(text):
        cost = _cost(char, encoding)
        if used + cost > _ROOM_JOINED[encoding]:
            yield text[start:index]
            start, used = index, 0
        used += cost
    yield text[start:]


def _cost(char: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if char in _EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _in_alphabet(char: str) -> bool:
    return char in _BASIC or char in _EXTENSION


def _fair(char: str, before: str) -> str:
    """What this character should be sent as; `before` is the last character written, or nothing."""
    if char in _FAIR:
        return _apart(char, _FAIR[char], before)
    if _in_alphabet(char):
        return char
    category = unicodedata.category(char)
    if char in _INVISIBLE or category in ("Cc", "Cs"):
        return ""
    if category == "Zs":
        return " "
    if category in ("Cf", "Mn", "Me", "Mc"):  # accents and joiners: they only mean something after a foreign letter
        return char if before and not _in_alphabet(before) else ""
    return _plain_letters(char, before) or char


def _plain_letters(char: str, before: str) -> str:
    """Base letters of an accented or compatibility character (á, ﬁ, ², ①), or nothing if they are not ours either."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
    plain = "".join(_FAIR.get(one, one) for one in bare)
    if not plain.strip() or not all(_in_alphabet(one) for one in plain):
        return ""
    return _apart(char, plain, before)


def _apart(char: str, plain: str, before: str) -> str:
    """2½ must not become 21/2."""
    glued = before.isdigit() and plain[:1].isdigit()
    small = unicodedata.decomposition(char).startswith(("<fraction>", "<super>", "<sub>", "<circle>"))
    return f" {plain}" if glued and small else plain
