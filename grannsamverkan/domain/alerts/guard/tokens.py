"""A text in words, numbers and signs, each with the ways it may be looked up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grannsamverkan.domain.alerts.guard.folding import Folded

_TOKEN = re.compile(r"\d+|[^\W\d_][^\W_]*(?:['-][^\W\d_]+)*|[^\w\s]|_|\n")
_SWEDISH_LETTERS = re.compile("[åäöÅÄÖ]")
_WITHOUT_RINGS = str.maketrans("åäöéèüø", "aaoeeuo")
_DIGITS_FOR_LETTERS = str.maketrans("013457", "oieast")
_ENDS = frozenset(".!?\n")
_SHORTENED = frozenset(
    {"kl", "ca", "nr", "st", "fam", "tel", "ev", "bl", "ex", "dr", "obs", "ordf", "mvh", "hälsn", "v"}
)
_SHOUTED_SHARE = 0.6


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign. `keys` are in lower case: as written, without its hyphen, with letters for digits."""

    text: str
    start: int
    end: int
    keys: tuple[str, ...]
    begins: bool  # a sentence; its capital says nothing then

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper() and (len(self.text) == 1 or not self.text.isupper())


@dataclass(frozen=True)
class Words:
    """A folded text in tokens. `without_rings`: whoever wrote it has no å ä ö, so that aldre may be äldre."""

    folded: Folded
    tokens: tuple[Token, ...]
    without_rings: bool
    shouted: bool  # capitals say nothing in a text of capitals

    @cached_property
    def sentence_of(self) -> Sequence[int]:
        """The number of the sentence each token stands in; its last sign belongs to it."""
        numbers: list[int] = []
        number = 0
        for token in self.tokens:
            if token.begins and numbers:
                number += 1
            numbers.append(number)
        return numbers

    @cached_property
    def places_of(self) -> dict[str, list[int]]:
        """Where each key stands."""
        places: dict[str, list[int]] = {}
        for at, token in enumerate(self.tokens):
            for key in token.keys:
                places.setdefault(key, []).append(at)
        return places


def words_of(folded: Folded) -> Words:
    """The text in tokens."""
    tokens: list[Token] = []
    begins = True
    for found in _TOKEN.finditer(folded.text):
        text = found[0]
        is_sign = not text[0].isalnum()
        tokens.append(Token(text, found.start(), found.end(), _keys(text), begins and not is_sign))
        if text in _ENDS:
            begins = text != "." or not (len(tokens) > 1 and tokens[-2].keys[0] in _SHORTENED)
        elif not is_sign:
            begins = False
    letters = [char for char in folded.text if char.isalpha()]
    shouted = sum(char.isupper() for char in letters) > _SHOUTED_SHARE * len(letters) if len(letters) > 8 else False
    return Words(folded, tuple(tokens), _SWEDISH_LETTERS.search(folded.text) is None, shouted)


def without_rings(text: str) -> str:
    """äldre → aldre"""
    return text.translate(_WITHOUT_RINGS)


def _keys(text: str) -> tuple[str, ...]:
    lower = text.lower()
    keys = [lower]
    if "-" in lower and len(lower) > 1:
        keys.append(lower.replace("-", ""))
    if lower[0].isalpha() and lower[-1].isalpha() and any(char.isdigit() for char in lower):
        keys.append(lower.translate(_DIGITS_FOR_LETTERS))
    return tuple(keys)
