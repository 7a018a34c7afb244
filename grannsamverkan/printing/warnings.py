"""A message on paper, for the notice board: one page to be read standing, and to be checked by its QR code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grannsamverkan.printing.parts import NUMBERS, heading, heading_size, note, par, points, steps
from grannsamverkan.printing.press import Block, Sheet, print_sheet, qr, shown_url

_LARGEST, _LEAST = 20, 14  # points; what hangs on a wall is read from afar
# Letters. Longer than this it is only with names of areas longer than any; the whole stands behind the code.
_LONG_HEADLINE, _LONG_NEWS, _LONG_WAS, _LONG_FACTS = 240, 640, 160, 560
_LONG = 800  # all of it; then the advice stands closer


@dataclass(frozen=True)
class AlertPaper:
    """A message as paper needs it. `url` is the page behind its number; days are in words.

    `news` is what was put right or has been told since, `was` the mistake, `facts` how it was done; "" for none.
    `valid_until` is "" once it holds no more; `word` says what it is when nothing has happened.
    """

    number: int
    headline: str
    is_corrected: bool
    is_confirmed: bool
    news: str
    was: str
    facts: str
    advice: Sequence[str]
    valid_until: str
    down_after: str
    url: str
    word: str = ""


def alert_notice(sender: str, paper: AlertPaper) -> bytes:
    """The message for the notice board, on one page however long it is."""
    what = paper.word if paper.word else "Rättad varning" if paper.is_corrected else "Varning"
    until = f" Gäller till {paper.valid_until}." if paper.valid_until else " Gäller inte längre."
    is_long = sum(map(len, (paper.headline, paper.news, paper.was, paper.facts, *paper.advice))) > _LONG
    acts = points if is_long else steps
    return print_sheet(
        Sheet(
            _cut(paper.headline, _LONG_HEADLINE),
            sender,
            [
                *([par(_cut(paper.news, _LONG_NEWS))] if paper.news else []),
                *([par(f"Så stod det först: {_cut(f'{paper.was}.', _LONG_WAS)}")] if paper.was else []),
                *([] if paper.is_confirmed else [note(_NOT_CONFIRMED)]),
                *([par(_cut(paper.facts, _LONG_FACTS))] if paper.facts else []),
                *_advice(paper, acts),
                NUMBERS,
                par(_last_words(paper, is_long)),
                _where_to_check(paper.url),
            ],
            kicker=f"{what} nr {paper.number:04d}.{until}",
            footer=f"Ta ner lappen efter {paper.down_after}.",
            size=_LARGEST,
            least=_LEAST,
            heading=heading_size(paper.headline, 34),
        )
    )


_NEVER = "Följ aldrig efter någon. Titta, minns och ring."
_NEVER_FETCH = "Vi ber aldrig om koder och hämtar aldrig saker."
_NOT_CONFIRMED = "Skriven av ett kontaktombud. Polisen har inte bekräftat den."


def _advice(paper: AlertPaper, acts: Callable[..., Block]) -> list[Block]:
    """What to do, after what has happened; where nothing has, this is all there is."""
    if paper.word:
        return [par(words) for words in paper.advice]
    return [heading("Gör så här"), acts(*paper.advice)] if paper.advice else []


def _last_words(paper: AlertPaper, is_long: bool) -> str:
    if paper.word:
        return _NEVER_FETCH
    return _NEVER if is_long else f"{_NEVER} {_NEVER_FETCH}"


def _where_to_check(url: str) -> Block:
    words = "Läs det senaste, och se att lappen är äkta:"
    return {"kind": "qr", "qr": qr(url), "url": url, "url_shown": shown_url(url), "words": words}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
