"""What a rule has found, in the words of the folded text, before it is told to the writer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grannsamverkan.domain.alerts.guard.folding import Folded


@dataclass(frozen=True)
class Hit:
    """A stretch [start, end) of the plain text that breaks the rule `code`.

    `instead` may stand there; empty when it is to go. `whole`: the sentence has nothing left without it.
    """

    code: str
    start: int
    end: int
    instead: str = ""
    whole: bool = False


def taken_out(folded: Folded, hits: Iterable[Hit]) -> Folded:
    """The text with blanks where something was found, so that one stretch is not reported under two names."""
    text = list(folded.text)
    for hit in hits:
        text[hit.start : hit.end] = " " * (hit.end - hit.start)
    return replace(folded, text="".join(text))


def merged(folded: Folded, hits: Iterable[Hit], between: frozenset[str]) -> Iterator[Hit]:
    """Hits of one rule, those that touch made one; also with nothing but words of `between` in the gap."""
    last: Hit | None = None
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if last is not None and (hit.start <= last.end or _is_bridge(folded.text[last.end : hit.start], between)):
            end = max(last.end, hit.end)
            last = replace(last, end=end, instead=last.instead or hit.instead, whole=last.whole or hit.whole)
            continue
        if last is not None:
            yield last
        last = hit
    if last is not None:
        yield last


def _is_bridge(gap: str, between: frozenset[str]) -> bool:
    words = gap.lower().replace(",", " , ").replace("/", " / ").split()
    return "\n" not in gap and len(words) <= 3 and all(word in between for word in words)
