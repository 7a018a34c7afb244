"""Mail addresses and links, also written so that a machine should not see them."""

import re
from collections.abc import Iterator

from grannsamverkan.domain.alerts.guard.folding import Folded
from grannsamverkan.domain.alerts.guard.hits import Hit

_AT = (
    r"(?: {0,2}@ {0,2}| ?[(\[{<] ?(?:at|a|@|snabel[- ]?a) ?[)\]}>] ?| (?:snabel[- ]?a|alfakrull|kanelbulle|at-tecken) )"
)
_DOT = r"(?: ?\. ?|\.| ?[(\[{](?:dot|punkt|\.)[)\]}] ?| punkt | dot )"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,5}}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{2,63}"
    r"|(?<![\w.+-])[\w.+-]{1,64} (?:snabel[- ]?a|alfakrull) [\w-]{2,63}"
    r"|(?<![\w.+-])[\w.+-]{1,64} (?:at|på) [\w-]{1,63}(?: dot | punkt | ?[(\[](?:dot|punkt)[)\]] ?)[\w-]{1,63}"
    r"|(?<![\w.+-])[\w.+-]{1,64} at [\w-]{1,63}\.(?:se|com|nu|net|org|example)\b",
    re.IGNORECASE,
)
_TOP = (
    "se|com|nu|org|net|info|eu|io|ly|app|dk|fi|uk|gg|gle|co|tv|cc|xyz|online|shop|site|club|blog|dev|ru|pl|ee|lt|lv|"
    "biz|pro|link|click|top|gov|edu|page|example|lat|live|store|news|ai|support|email|help|pw|tk"
)
_TOP_WITH_PATH = "me|be|to|at|is|no|de|us|it|am|im|fm|gl|as|in|st|so"  # words, unless something follows
_URL = re.compile(
    r"(?i:\bh[tx]{2}ps? {0,2}: {0,2}/{1,2} {0,2}[^\s,;]{1,300}"
    r"|\bftp://[^\s,;]{1,300}"
    r"|\bwww(?: ?\. ?| )[^\s,;]{1,300}(?: (?:se|com|nu)\b)?)"
    rf"|(?<![\w@.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}(?:\.|\[\.\]|\(\.\))(?:{_TOP}|{_TOP.upper()})(?![\w-])(?:[/?#][^\s,;]{{0,300}})?"
    rf"|(?<![\w@.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}\.(?:{_TOP_WITH_PATH})/[^\s,;]{{0,300}}"
    r"|(?<![\w@.-])[\w-]{2,63}(?: (?:punkt|dot) | ?[(\[](?:punkt|dot)[)\]] ?)(?:se|com|nu|org|net|info|eu|example)\b"
    r"|(?<![\w@.-])[\w-]{2,63} \. (?:se|com|nu|org|net|info|eu|example)\b",
)


def emails(folded: Folded) -> Iterator[Hit]:
    """Mail addresses."""
    for found in _EMAIL.finditer(folded.text):
        yield Hit("email", *found.span())


def links(folded: Folded) -> Iterator[Hit]:
    """Addresses of pages, with and without their www."""
    for found in _URL.finditer(folded.text):
        yield Hit("url", *found.span())
