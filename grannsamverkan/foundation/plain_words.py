"""How easy a text is to read, and what no message of the product may hold, whoever wrote it."""

import re
from collections.abc import Collection, Sequence

MOST_LIX, MOST_WORDS = 35, 15
FEW_WORDS = 30  # a text with fewer says too little for a measure of its prose
_LONG = 6

_LETTERS = re.compile(r"[^\W\d_]+(?:[-:][^\W\d_]+)?")
_RUN = re.compile(r"\S++")
_ENDS = re.compile(r"(?<=[.!?:])\s+|\n+")
_LINK = re.compile(r"https?:|www\.|(?<![\w-])[\w-]++\.(?:se|com|nu|org|net|info|eu|io|example)\b|@", re.IGNORECASE)
_RESERVED = re.compile(r"\bVMA\b|viktigt meddelande|^\s*polisen\s*:", re.IGNORECASE)
_OTHER_NUMBER = re.compile(r"\d[\d ()/.-]{3,}\d")
_WORDS = re.compile(r"[^\W\d_]{3,}")


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a line that ends without a stop is one too, and addresses and codes are none."""
    parts = _ENDS.split(_RUN.sub(_without_address, text))
    return [found for part in parts if (found := _LETTERS.findall(part))]


def _without_address(run: re.Match[str]) -> str:
    """A run without spaces, or what of it is no address and no code."""
    if "@" in run[0] or "://" in run[0]:
        return ""
    return run[0].partition("#")[0]


def lix(all_sentences: Sequence[Sequence[str]]) -> float:
    """Words a sentence plus long words of a hundred (Björnsson, 1968); 35 is easy prose. 0 for no words."""
    counted = [word for sentence in all_sentences for word in sentence]
    longer = sum(len(word) > _LONG for word in counted)
    return len(counted) / len(all_sentences) + 100 * longer / len(counted) if counted else 0.0


def words_of(text: str) -> list[str]:
    """Its words, as they are written."""
    return _LETTERS.findall(text)


def has_link(text: str) -> bool:
    """Whether something in it is an address, or becomes one in a phone."""
    return bool(_LINK.search(text))


def has_reserved_words(text: str) -> bool:
    """Whether it says to be what only others may send."""
    return bool(_RESERVED.search(text))


def has_number(text: str) -> bool:
    """Whether it holds what looks like a telephone number; take away those that may stand first."""
    return bool(_OTHER_NUMBER.search(text))


def shouted(text: str, but: Collection[str] = ()) -> list[str]:
    """Words in capitals, other than these."""
    return [word for word in _WORDS.findall(text) if word.isupper() and word not in but]
