"""What a mail system's words mean to us: whether anybody is there at all.

Hard is only what no waiting mends: no such mailbox, no such domain, moved away. A full mailbox, a filter and a quarrel
between mail systems say nothing about whether the neighbour lives there, however permanent their code.
"""

import re
from dataclasses import dataclass

_ENHANCED = re.compile(r"(?<![\d.])(?P<enhanced>[245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REFUSAL = re.compile(r"[245]\d\d[ -](?P<enhanced>[245]\.\d{1,3}\.\d{1,3})(?![\d.])")  # the other system's own
_REPLY = re.compile(r"(?<![\d.\[])(?P<reply>[245]\d\d)(?=[ \-#])")
_NOBODY = re.compile(
    r"(?:user|recipient|mailbox|account|address)s?\b[^.]{0,30}\b(?:unknown|not found|(?:does not|doesn.t) exist)"
    r"|unknown (?:user|recipient|local|mailbox|address)|no such (?:user|mailbox|recipient|person|address|account)"
    r"|invalid (?:recipient|mailbox|user)|(?:not|isn.t) (?:a )?(?:valid|known) (?:user|mailbox|recipient)"
    r"|(?:recipient|mailbox) no longer|recipnotfound|no mailbox (?:here )?by that name|not our customer"
    r"|couldn.t be found|(?:does not|doesn.t) have an? [\w.]+ account|recipient (?:address )?rejected(?:\.?$"
    r"|: (?:access denied|undeliverable|unverified))|address rejected$|user not (?:known|here)|not a known user",
    re.IGNORECASE,
)
_NO_HOST = re.compile(
    r"host (?:or domain name )?not found(?!,? try again|\.? name service error[^.]*type=\w+: host not found, try again)"
    r"|domain name not found|nxdomain|(?:invalid|unknown|no such) (?:domain|host)|null mx|unrouteable address"
    r"|(?:domain|name) (?:does not|doesn.t) (?:exist|receive|accept)|couldn.t find (?:any host|a mail exchanger)"
    r"|had no relevant answers|no mx found|host unknown|name server: host not found",
    re.IGNORECASE,
)
_NOT_ABOUT_THEM = re.compile(
    r"\bfull\b|quota|over ?limit|too (?:large|big|many)|\bspam|virus|blacklist|blocked|block list|dnsbl|spamhaus"
    r"|reverse dns|\bptr\b|rdns|\bspf\b|\bdkim\b|dmarc|unauthenticated|sender (?:address )?rejected|mailfrom domain"
    r"|unroutable sender|policy|try again|temporar|reputation|relay(?:ing)? (?:denied|access)|suspended|disabled",
    re.IGNORECASE,
)
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"})
_OF_THE_SENDER = frozenset({"5.1.7", "5.1.8", "5.1.9"})
_GENERAL = frozenset({"4.0.0", "5.0.0", ""})


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail to one address. `status` as RFC 3463 writes it, "" where nobody gave one."""

    address: str
    status: str
    hard: bool


def judge(address: str, *, status: str, words: str, failed: bool = True) -> Fate:
    """`status` is what the report's own field says, `words` what the refusing system said in its sentence."""
    words = " ".join(words.split())
    known = _status(status, words)
    return Fate(address, known, failed and _is_gone(known, words.replace(address, "") if address else words))


def _status(named: str, words: str) -> str:
    """The most telling code: what the other system answered, else the report's own field, else what the sentence has.

    A report may end what another system only put off ("5.4.7" over "451"): then the field is the later word.
    """
    own, said, refusal = _ENHANCED.search(named), _ENHANCED.search(words), _REFUSAL.match(words.lstrip())
    best = own["enhanced"] if own else ""
    if refusal and best[:1] in ("", refusal["enhanced"][0]):
        return refusal["enhanced"]
    if said and best in _GENERAL and best[:1] in ("", said["enhanced"][0]):
        return said["enhanced"]
    reply = _REPLY.search(words)
    return best or (f"{reply['reply'][0]}.0.0" if reply else "")


def _is_gone(status: str, words: str) -> bool:
    if status in _OF_THE_SENDER or status.startswith("2"):
        return False
    if _NO_HOST.search(words):
        return True
    if status.startswith("4") or _NOT_ABOUT_THEM.search(words):
        return False
    return status in _GONE or bool(_NOBODY.search(words))
