"""Classes of words, from `lexicon.txt` and `names.txt`: who is a person, what is a garment, which names are common."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from grannsamverkan.domain.alerts.guard.tokens import without_rings

if TYPE_CHECKING:
    from grannsamverkan.domain.alerts.guard.tokens import Words

_LONG = 7  # letters from which on a word without its rings is no other word
_FILES = ("lexicon.txt", "names.txt")


@dataclass(frozen=True)
class WordClass:
    """Words in lower case; `prefixes` and `suffixes` stand for every word that begins or ends so."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    ringless: "WordClass | None"

    @classmethod
    def of(cls, entries: Iterable[str], *, with_ringless: bool = True) -> "WordClass":
        """From words as the lexicon writes them: bortrest*, *årsåldern, jacka."""
        words = list(entries)
        whole = frozenset(word for word in words if "*" not in word or word == "*")
        ringless = cls.of(map(without_rings, words), with_ringless=False) if with_ringless else None
        return cls(
            whole,
            tuple(word[:-1] for word in words if len(word) > 1 and word.endswith("*") and not word.startswith("*")),
            tuple(word[1:] for word in words if len(word) > 1 and word.startswith("*")),
            ringless,
        )

    def has(self, key: str) -> bool:
        """Whether this word, as it is written, belongs to the class."""
        return key in self.exact or key.startswith(self.prefixes) or key.endswith(self.suffixes)

    def places(self, words: "Words") -> set[int]:
        """Where in the text words of the class stand."""
        return {
            at
            for key, places in words.places_of.items()
            if self.has(key) or self._has_without_rings(words, key)
            for at in places
        }

    def joined_to(self, other: "WordClass") -> "WordClass":
        """Both classes as one."""
        ringless = self.ringless.joined_to(other.ringless) if self.ringless and other.ringless else None
        return WordClass(
            self.exact | other.exact, self.prefixes + other.prefixes, self.suffixes + other.suffixes, ringless
        )

    def holds(self, words: "Words", at: int) -> bool:
        """Whether a token belongs to the class, in one of the ways it may be meant."""
        return any(self.has(key) or self._has_without_rings(words, key) for key in words.tokens[at].keys)

    def _has_without_rings(self, words: "Words", key: str) -> bool:
        """Whether the word is of the class when its å ä ö are thought of: in a text without any, or in a long word."""
        if self.ringless is None or not (words.without_rings or len(key) >= _LONG):
            return False
        return self.ringless.has(key)


def word_class(name: str) -> WordClass:
    """The class of that name; KeyError when the lexicon has none."""
    return _classes()[name]


@cache
def _classes() -> dict[str, WordClass]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in chain.from_iterable(Path(__file__).with_name(file).read_text("utf-8").splitlines() for file in _FILES):
        if line.startswith("["):
            name = line.strip("[] ")
            found[name] = []
        elif line and not line.startswith("#"):
            found[name] += line.split()
    return {name: WordClass.of(words) for name, words in found.items()}
