"""Bounces without a machine-readable part, as Exim, qmail and others write them: an address, then what was said of it.

Only the report itself is read, never the mail it quotes: that is full of addresses that nothing is said about.
"""

import re
from collections.abc import Iterable

from grannsamverkan.domain.receipts.returned.verdict import Fate, judge

_ADDRESS = re.compile(r"(?P<address>[^\s<>()\[\],;:\"']{1,64}@[^\s<>()\[\],;:\"']{1,255}[^\s<>()\[\],;:\"'.!?])")
_LONGEST = 20_000  # characters of a report; the rest is the mail that came back
_LINE = r"^[> \t]{0,40}"  # where a line begins, also of a report that is quoted
_COPY_BEGINS = re.compile(
    _LINE + r"(?:--[^\n]{0,120}?(?:copy of (?:the|your) message|original message|below this line)"
    r"|original message headers:|below is a copy|return-path:|received:|-{3,}[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
# A line that opens a paragraph about an address: the address first, alone or before a colon.
_OPENS = re.compile(rf"{_LINE}<?{_ADDRESS.pattern}>?(?:<mailto:[^>\n]*>)?(?:[^\S\n]*$|:(?P<rest>[^\n]*))", re.MULTILINE)
_FIELD = re.compile(
    rf"{_LINE}final-recipient:\s{{0,20}}(?:[\w-]{{1,20}};)?\s{{0,20}}<?{_ADDRESS.pattern}", re.IGNORECASE | re.MULTILINE
)
_STATUS = re.compile(_LINE + r"status:\s*(?P<status>[245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(rf"(?:recipients?|mailbox|address|user)[^\n@]{{0,60}}?[\s:<]{_ADDRESS.pattern}", re.IGNORECASE)
_INTRO = re.compile(r"message sent by\s+<?[^\s>]+>?", re.IGNORECASE)


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in a header or a sentence, each once."""
    return tuple(dict.fromkeys(match["address"] for match in _ADDRESS.finditer(text[:_LONGEST])))


def read_plain(text: str, *, named: Iterable[str] = (), failed: bool = True) -> list[Fate]:
    """Whom a report in plain words is about. `named` are addresses that a header has already named."""
    report = _INTRO.sub("", _report(text))
    found: dict[str, str] = {}
    opens = list(_OPENS.finditer(report))
    for at, match in enumerate(opens):
        until = opens[at + 1].start() if at + 1 < len(opens) else len(report)
        found.setdefault(match["address"].casefold(), report[match.start() : until])
    wanted = list(dict.fromkeys(named))
    if wanted:
        said = {address: found.get(address.casefold(), report) for address in wanted}
    else:
        said = {match["address"]: found[match["address"].casefold()] for match in opens} or _elsewhere(text, report)
    field = _STATUS.search(text[:_LONGEST])
    status = field["status"] if field else ""
    return [judge(address, status=status, words=words, failed=failed) for address, words in said.items()]


def _report(text: str) -> str:
    text = text[:_LONGEST]
    copy = _COPY_BEGINS.search(text)
    return text[: copy.start()] if copy and copy.start() > 0 else text


def _elsewhere(text: str, report: str) -> dict[str, str]:
    """An address in a field of a report that lost its form, or in the middle of a sentence."""
    match = _FIELD.search(text[:_LONGEST]) or _NAMED.search(report)
    return {match["address"]: report} if match else {}
