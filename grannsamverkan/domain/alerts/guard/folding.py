"""One way of writing for many: the text as rules read it, with the way back to where it stands in the writer's own.

Full-width digits, letters of other alphabets that look like ours, invisible characters, decomposed å and every kind of
dash and blank become plain ones. Letters keep their case.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Letters of other alphabets that look like Latin ones (after NFKC), and signs that stand for plain ones.
_LOOK_ALIKES = str.maketrans(
    "авекмнорстухіјѕԁАВЕКМНОРСТУХІЈЅαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıł’‘‛´`”“„«»",
    "abekmhopctyxijsdABEKMHOPCTYXIJSaeikvoptuxABEZHIKMNOPTYXil'''''\"\"\"\"\"",
)
_DIGIT_WORDS = {
    "noll": "0", "nolla": "0", "ett": "1", "etta": "1", "tva": "2", "två": "2", "tre": "3", "trea": "3", "fyra": "4",
    "fem": "5", "femma": "5", "sex": "6", "sexa": "6", "sju": "7", "sjua": "7", "åtta": "8", "atta": "8", "nio": "9",
    "nia": "9",
}  # fmt: skip
_DIGIT = "(?:" + "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True)) + ")"
_SAID = re.compile(_DIGIT, re.IGNORECASE)
_SAID_RUN = re.compile(
    rf"(?:(?<![^\W\d_])|(?<!noll)(?<!nolla)(?=noll))(?:{_DIGIT}|\d)(?:[ ,-]{{0,2}}(?:{_DIGIT}|\d)){{2,16}}(?![^\W\d_])",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<!\w)[^\W\d_](?: [^\W\d_]){2,40}(?!\w)")
_O_FOR_NOUGHT = re.compile(r"(?<=\d)[oO](?=[\d -])|(?<!\w)[oO](?=\d[oO\d])|(?<![^\W\d])[oO](?=\d\d)")
_L_FOR_ONE = re.compile(r"(?<=\d)[lI](?=\d)|(?<=[\d-]-)[lI](?=\d)|(?<=[\w ][- ])[lI](?=\d\d)|(?<=\d )[lI](?=\d)")


@dataclass(frozen=True)
class Folded:
    """Plain `text`; its character number i stands for [starts[i], ends[i]) of the writer's `original`."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the plain text stands in the original."""
        return (self.starts[start], self.ends[end - 1]) if end > start else (0, 0)

    def replaced(self, changes: Iterable[tuple[int, int, str]]) -> "Folded":
        """The same with stretches of the plain text exchanged, in order; an exchanged stretch stands for all of it."""
        text, starts, ends, at = [], [], [], 0
        for start, end, instead in changes:
            text.append(self.text[at:start] + instead)
            starts += [*self.starts[at:start], *[self.starts[start]] * len(instead)]
            ends += [*self.ends[at:start], *[self.ends[end - 1]] * len(instead)]
            at = end
        return Folded(
            self.original,
            "".join(text) + self.text[at:],
            (*starts, *self.starts[at:]),
            (*ends, *self.ends[at:]),
        )


def fold(text: str) -> Folded:
    """The text as rules read it."""
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        for char in _plain(text[start:end]):
            plain.append(char)
            starts.append(start)
            ends.append(end)
    return Folded(text, "".join(plain), tuple(starts), tuple(ends))


def with_digits(folded: Folded) -> Folded:
    """The same with said digits written (noll sju noll), and the letters o and l between digits as digits."""
    said = [
        (run.start() + one.start(), run.start() + one.end(), _DIGIT_WORDS[one[0].lower()])
        for run in _SAID_RUN.finditer(folded.text)
        for one in _SAID.finditer(run[0])
    ]
    written = folded.replaced(said)
    for pattern, digit in ((_O_FOR_NOUGHT, "0"), (_L_FOR_ONE, "1")):
        written = written.replaced([(*one.span(), digit) for one in pattern.finditer(written.text)])
    return written


def joined(folded: Folded) -> Folded | None:
    """The same with spaced letters put together (b o r t r e s t); None when there are none."""
    blanks = [
        (at, at + 1, "") for run in _APART.finditer(folded.text) for at in range(run.start() + 1, run.end() - 1, 2)
    ]
    return folded.replaced(blanks) if blanks else None


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A character with the marks that belong to it."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def _plain(cluster: str) -> str:
    return "".join(_plain_character(char) for char in unicodedata.normalize("NFKC", cluster)).translate(_LOOK_ALIKES)


def _plain_character(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Cc") and char not in "\n\t":
        return ""
    if category == "Pd" or char == "\u2212":
        return "-"
    return " " if category == "Zs" or char == "\t" else char
