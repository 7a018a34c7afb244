"""A tip on paper: a notice for the stairwell, slips for letter boxes, and the list to tick of a home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grannsamverkan.printing.parts import NUMBERS, heading, heading_size, par, steps
from grannsamverkan.printing.press import DoorSlips, Sheet, print_door_slips, print_sheet, qr, shown_url

_LARGEST, _LEAST = 24, 14  # points; what hangs on a wall is read from afar
_NEVER_FETCH = "Vi ber aldrig om koder och hämtar aldrig saker."


@dataclass(frozen=True)
class TipPaper:
    """A tip as paper needs it: its notice form, why it helps, until which day it may hang, in words, and the page that
    it leads to."""

    title: str
    lines: Sequence[str]
    why: str
    until: str
    url: str


def tip_notice(sender: str, paper: TipPaper) -> bytes:
    """The tip for the notice board, on one page."""
    return print_sheet(
        Sheet(
            paper.title,
            sender,
            [
                steps(*paper.lines),
                NUMBERS,
                par(_NEVER_FETCH),
                {
                    "kind": "qr",
                    "qr": qr(paper.url),
                    "url": paper.url,
                    "url_shown": shown_url(paper.url),
                    "words": "Läs mer, och svara på en fråga:",
                },
            ],
            kicker=f"Tips. Gäller till {paper.until}.",
            footer=f"Ta ner lappen senast {paper.until}.",
            size=_LARGEST,
            least=_LEAST,
            heading=heading_size(paper.title, 38),
        )
    )


def tip_slips(sender: str, paper: TipPaper, *, number: int) -> bytes:
    """The tip as slips of A5, two to an A4."""
    return print_door_slips(
        DoorSlips(
            title=f"Tips: {paper.title}",
            sender=sender,
            number="Tips",
            headline=paper.title,
            news="",
            text=paper.why,
            unconfirmed="",
            advice=tuple(paper.lines),
            url=paper.url,
            words="Läs mer, och svara på en fråga:",
            until=f"Gäller till och med {paper.until}. Släng lappen sedan.",
            slips=number,
            heading=heading_size(paper.title, 24),
        )
    )


def home_checklist(sender: str, title: str, groups: Mapping[str, Sequence[str]]) -> bytes:
    """What to do at home, to tick by hand: words under headings."""
    ticks = [(heading(name), {"kind": "ticks", "items": list(items)}) for name, items in groups.items()]
    return print_sheet(
        Sheet(
            title,
            sender,
            [
                par("Kryssa för det som är klart. Börja med det som är enklast. Det du skriver sparar vi ingenstans."),
                *(block for group in ticks for block in group),
            ],
            size=13,
            heading=heading_size(title, 26),
        )
    )
