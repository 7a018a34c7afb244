"""A month's letter on paper, for the notice board and for letter boxes: its sums, what to do, and the way to the whole
of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from grannsamverkan.printing.parts import heading, heading_size, par, points
from grannsamverkan.printing.press import DoorSlips, Sheet, print_door_slips, print_sheet, qr, shown_url

_LARGEST, _LEAST = 18, 14  # points; what hangs on a wall is read from afar
_GREETING, _LINE, _TIP = 240, 72, 110  # letters, of what stands whole behind the code
_MOST_MEETINGS, _MOST_AREAS = 2, 4
_MOST_COUNTS_ON_SLIP = 2  # the last one is that of the whole municipality


@dataclass(frozen=True)
class LetterPaper:
    """`areas` and `together`: numbers of burglaries in words; `tips` in a line each. Days are in words."""

    title: str
    greeting: str
    areas: Sequence[str]
    together: str
    tips: Sequence[str]
    meetings: Sequence[str]
    until: str
    url: str


def letter_notice(sender: str, paper: LetterPaper) -> bytes:
    """The letter on one page however long it is; the whole stands behind the code."""
    counts, meetings = _counts(paper), paper.meetings[:_MOST_MEETINGS]
    return print_sheet(
        Sheet(
            paper.title,
            sender,
            [
                par(_cut(paper.greeting, _GREETING)),
                *([heading("Anmälda inbrott"), points(*(_cut(one, _LINE) for one in counts))] if counts else []),
                *([heading("Bra att göra nu"), points(*(_cut(one, _TIP) for one in paper.tips))] if paper.tips else []),
                *([heading("Möten"), points(*(_cut(one, _LINE) for one in meetings))] if meetings else []),
                par("Pågår ett brott? Ring 112. Vill du tipsa polisen? Ring 114 14."),
                {
                    "kind": "qr",
                    "qr": qr(paper.url),
                    "url": paper.url,
                    "url_shown": shown_url(paper.url),
                    "words": "Hela brevet:",
                },
            ],
            footer=f"Ta ner lappen senast {paper.until}.",
            size=_LARGEST,
            least=_LEAST,
            heading=heading_size(paper.title, 30),
        )
    )


def letter_slips(sender: str, paper: LetterPaper, *, number: int) -> bytes:
    """The letter as slips of A5, two to an A4; the whole stands behind the code."""
    counts = [f"Anmälda inbrott. {one}" for one in _counts(paper)[-_MOST_COUNTS_ON_SLIP:]]
    lines = [*counts, *paper.tips, *paper.meetings[:1]]
    return print_door_slips(
        DoorSlips(
            title=paper.title,
            sender=sender,
            number="Månadsbrev",
            headline=paper.title,
            news="",
            text=_cut(paper.greeting, _GREETING),
            unconfirmed="",
            advice=[_cut(one, _TIP) for one in lines],
            url=paper.url,
            words="Hela brevet:",
            until="Släng lappen när du har läst den.",
            slips=number,
            heading=heading_size(paper.title, 24),
        )
    )


def _counts(paper: LetterPaper) -> list[str]:
    return [*paper.areas[:_MOST_AREAS], *([paper.together] if paper.together else [])]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
