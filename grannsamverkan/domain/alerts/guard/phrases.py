"""A small language for runs of words, so that a rule reads as what it looks for; the rules stand in `rules.txt`.

en|den? <age>? <sexed>        a class of the lexicon in <>, | for or, ? for perhaps, {0,3} for how often
bortrest* <any>{0,2} <num>    * for any beginning or end of a word; <num> a number, <cap> a capitalised word,
                              <word> any word, <any> anything but the end of a sentence
^ borta till                  ^ where a sentence or a part of it begins, $ where it ends
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grannsamverkan.domain.alerts.guard.lexicon import WordClass, word_class
from grannsamverkan.domain.alerts.guard.tokens import Words

_RULES = Path(__file__).with_name("rules.txt")
_ELEMENT = re.compile(r"(\S+?)(\?|\{(\d+),(\d+)\})?$")
_ENDS = frozenset(".!?\n;")
_NEAR = 5  # words back in which a du makes something advice

Fits = Callable[[Words, int], bool]


@dataclass(frozen=True)
class Phrase:
    """A run of words that is a finding.

    `after`, `before`: words that must not stand right before or after it; `near`: nor in the few words before it or in
    it, in the same sentence. `whole`: taking it away leaves no sentence, so the mending takes the sentence.
    """

    pattern: str
    after: str = ""
    before: str = ""
    near: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Match:
    """Tokens [start, end) of the words, by this phrase."""

    phrase: Phrase
    start: int
    end: int


@dataclass(frozen=True)
class _Element:
    """`words` is what it takes; None when it takes more than words of classes."""

    fits: Fits
    words: WordClass | None
    least: int
    most: int


@dataclass(frozen=True)
class _Compiled:
    phrase: Phrase
    at_begin: bool
    at_end: bool
    elements: tuple[_Element, ...]
    starters: WordClass | None  # what a run can begin with; None: anything
    after: Fits | None
    before: Fits | None
    near: Fits | None


@cache
def rules(section: str) -> tuple[Phrase, ...]:
    """The phrases of a section of `rules.txt`; KeyError when there is none."""
    return _sections()[section]


@cache
def _sections() -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    name, whole = "", False
    for line in _RULES.read_text("utf-8").splitlines():
        if line.startswith("["):
            name, _blank, mark = line.strip("[]").partition(" ")
            whole = mark == "whole"
            found[name] = []
        elif line and not line.startswith("#"):
            found[name].append(_read(line, whole=whole))
    return {section: tuple(phrases) for section, phrases in found.items()}


def _read(line: str, *, whole: bool) -> Phrase:
    pattern, *marks = line.split(" ~ ")
    limits = dict(mark.split(" ", 1) for mark in marks if mark != "whole")
    return Phrase(pattern, **limits, whole=whole or "whole" in marks)


def matches(words: Words, phrases: Sequence[Phrase]) -> Iterator[Match]:
    """Every longest run of each phrase, those that lie in an earlier run of the same phrase left out."""
    for phrase in phrases:
        compiled = _compiled(phrase)
        free_from = 0
        for at in sorted(compiled.starters.places(words)) if compiled.starters else range(len(words.tokens)):
            if at < free_from:
                continue
            end = _match(compiled, words, at)
            if end is not None and end > at and _stands_alone(compiled, words, at, end):
                yield Match(phrase, at, end)
                free_from = end


@cache
def _compiled(phrase: Phrase) -> _Compiled:
    parts = phrase.pattern.split()
    at_begin, at_end = parts[0] == "^", parts[-1] == "$"
    parts = parts[at_begin : len(parts) - at_end]
    elements = tuple(_element(part) for part in parts)
    return _Compiled(
        phrase,
        at_begin,
        at_end,
        elements,
        _starters(elements),
        *(_element(words).fits if words else None for words in (phrase.after, phrase.before, phrase.near)),
    )


def _starters(elements: tuple[_Element, ...]) -> WordClass | None:
    found: WordClass | None = None
    for element in elements:
        if element.words is None:
            return None
        found = found.joined_to(element.words) if found else element.words
        if element.least:
            return found
    return None


def _element(part: str) -> _Element:
    found = _ELEMENT.match(part)
    assert found is not None
    least, most = (int(found[3]), int(found[4])) if found[3] else (0 if found[2] else 1, 1)
    special = [_SPECIAL[one] for one in found[1].split("|") if one in _SPECIAL]
    words = _class_of("|".join(one for one in found[1].split("|") if one not in _SPECIAL))
    if not special:
        return _Element(words.holds, words, least, most)
    checks = (*special, words.holds)
    return _Element(lambda text, at: any(check(text, at) for check in checks), None, least, most)


def _class_of(alternatives: str) -> WordClass:
    """Words and classes of the lexicon, as one class."""
    parts = alternatives.split("|") if alternatives else []
    words = WordClass.of(one for one in parts if not one.startswith("<"))
    for one in parts:
        if one.startswith("<"):
            words = words.joined_to(word_class(one[1:-1]))
    return words


_SPECIAL: dict[str, Fits] = {
    "<num>": lambda words, at: words.tokens[at].is_number,
    "<word>": lambda words, at: words.tokens[at].is_word,
    "<cap>": lambda words, at: words.tokens[at].is_capitalised,
    "<any>": lambda words, at: words.tokens[at].text not in _ENDS,
}


def _match(compiled: _Compiled, words: Words, start: int) -> int | None:
    if compiled.at_begin and not _begins(words, start):
        return None
    return _rest(compiled, words, 0, start)


def _rest(compiled: _Compiled, words: Words, number: int, at: int) -> int | None:
    """The end of the longest run of the elements from this one on, greedy; None when they do not fit here."""
    if number == len(compiled.elements):
        return at if not compiled.at_end or _ends(words, at) else None
    element = compiled.elements[number]
    most = at
    while most < len(words.tokens) and most - at < element.most and element.fits(words, most):
        most += 1
    for end in range(most, at + element.least - 1, -1):
        found = _rest(compiled, words, number + 1, end)
        if found is not None:
            return found
    return None


def _begins(words: Words, at: int) -> bool:
    token = words.tokens[at]
    return token.begins or at == 0 or (words.tokens[at - 1].text in ',:("-/' and token.is_word)


def _ends(words: Words, at: int) -> bool:
    return at == len(words.tokens) or words.tokens[at].text in ".!?\n,;:)"


def _stands_alone(compiled: _Compiled, words: Words, start: int, end: int) -> bool:
    if compiled.after is not None and start and compiled.after(words, start - 1):
        return False
    if compiled.before is not None and end < len(words.tokens) and compiled.before(words, end):
        return False
    if compiled.near is None:
        return True
    sentence = words.sentence_of
    return not any(
        compiled.near(words, at) for at in range(max(0, start - _NEAR), end) if sentence[at] == sentence[start]
    )
