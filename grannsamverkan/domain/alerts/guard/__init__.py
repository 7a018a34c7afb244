"""The guard on free text: what must not go with a warning, because it points somebody out or could lure somebody.

Pure rules over the writer's own words, however they are spelt. What is found goes back to the writer and nowhere else.
"""

from collections.abc import Callable, Collection, Iterator

from grannsamverkan.domain.alerts.guard import homes, names, numbers, online, people, plates
from grannsamverkan.domain.alerts.guard.findings import (
    FREE_TEXT_MAX_CHARS,
    GUARD_CODES,
    IDENTIFIERS,
    Finding,
    RuleSet,
)
from grannsamverkan.domain.alerts.guard.folding import Folded, fold, joined, with_digits
from grannsamverkan.domain.alerts.guard.hits import Hit
from grannsamverkan.domain.alerts.guard.mending import cut, is_sentence, mended
from grannsamverkan.domain.alerts.guard.tokens import Words, words_of

__all__ = [
    "FREE_TEXT_MAX_CHARS",
    "GUARD_CODES",
    "IDENTIFIERS",
    "Finding",
    "RuleSet",
    "guard",
    "guard_free_text",
    "mended",
]

MOST_CHARS = 2000  # the longest field there is; no more is read

_ON_DIGITS: tuple[Callable[[Folded], Iterator[Hit]], ...] = (
    online.emails,
    online.links,
    numbers.personal_numbers,
    plates.plates,
    numbers.codes,
    homes.house_numbers,
    numbers.phones,
)
_ON_WORDS: tuple[Callable[[Words], Iterator[Hit]], ...] = (
    names.names,
    people.looks,
    people.vehicles,
    people.guilt,
    people.absence,
)


def guard_free_text(text: str, allowed: Collection[str] = ()) -> list[Finding]:
    """Everything that must be taken out before the text may go with a warning; an empty list lets it pass."""
    return guard(text, RuleSet.ALERT, allowed)


def guard(text: str, rules: RuleSet, allowed: Collection[str] = ()) -> list[Finding]:
    """What in a text breaks these rules, in the order of the text; what is too long comes first.

    `allowed` are names of areas, streets and buildings of the municipality: what lies within one of them is neither a
    person nor a home.
    """
    found: list[Finding] = []
    if len(text.strip()) > FREE_TEXT_MAX_CHARS and "too_long" in rules.value:
        found.append(Finding("too_long", ""))
    read = text[:MOST_CHARS]
    spans = list(_allowed_spans(read, allowed))
    kept: list[Finding] = []
    for finding in _findings(read):
        if finding.code not in rules.value or _is_told(finding, kept):
            continue
        if finding.code in ("name", "house_number") and any(a <= finding.start and finding.end <= b for a, b in spans):
            continue
        kept.append(finding)
    return found + sorted(kept, key=lambda one: (one.start, one.end))


def _findings(text: str) -> Iterator[Finding]:
    folded = fold(text)
    spaced = joined(folded)
    for view in (folded, spaced) if spaced else (folded,):
        digits = with_digits(view)
        for on_digits in _ON_DIGITS:
            yield from (_told(digits, hit) for hit in on_digits(digits))
        words = words_of(view)
        for on_words in _ON_WORDS:
            yield from (_told(view, hit) for hit in on_words(words))


def _told(folded: Folded, hit: Hit) -> Finding:
    text = folded.original
    start, end = folded.span(hit.start, hit.end)
    while end > start and text[end - 1] in " \n,;":
        end -= 1
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    cut_start, cut_end, instead = cut(text, start, end, hit.instead, whole=hit.whole)
    takes_sentence = not instead and (cut_start, cut_end) != (start, end) and is_sentence(text, cut_start, cut_end)
    return Finding(hit.code, text[start:end], start, end, cut_start, cut_end, instead, takes_sentence)


def _is_told(finding: Finding, kept: list[Finding]) -> bool:
    """One stretch is not reported twice: not under two kinds of identifiers, and not twice under one."""
    return any(
        finding.start < other.end
        and other.start < finding.end
        and (finding.code == other.code or (finding.code in IDENTIFIERS and other.code in IDENTIFIERS))
        for other in kept
    )


def _allowed_spans(text: str, allowed: Collection[str]) -> Iterator[tuple[int, int]]:
    lower = text.lower()
    for name in allowed:
        wanted = name.strip().lower()
        at = lower.find(wanted) if wanted else -1
        while at >= 0:
            end = at + len(wanted)
            if not (lower[at - 1 : at].isalnum() or lower[end : end + 1].isalnum()):
                yield at, end
            at = lower.find(wanted, at + 1)
