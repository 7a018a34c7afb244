"""How soon the warnings of a municipality are handed over and proven, month by month, for everybody.

From the tallies only. Where few households stand behind a figure it is not told, as on the page of the promise, and
shares stand on a grid of fives: no household shows, neither as reached nor as not.
"""

from dataclasses import dataclass

from babel.dates import format_date
from flask import render_template
from flask.typing import ResponseReturnValue

from grannsamverkan.domain import places, promise, receipts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.receipts import Ladder, Month
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.alert_words import time_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.words import upper_first

_CACHE_S = 60
_GRID = 5  # per cent
_NEARLY_ALL = 95  # per cent; more is not told where few are missing

pages = Pages("delivery_figures")


@dataclass(frozen=True)
class PublicMonth:
    """A row of the table, in words: (half of them, 95 of a hundred) to hand-over and to proof."""

    name: str
    warnings: int
    handed_over: tuple[str, str]
    proven: tuple[str, str]
    share: str


@pages.get("/kommun/<code>/leverans", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def public(code: str) -> ResponseReturnValue:
    """The last twelve months, the one that goes on first."""
    municipality = next((row for row in current.served_municipalities() if row.code == code), None)
    if municipality is None:
        raise NotFound
    with current.runtime().database.read() as rows:
        smallest = places.rules(rows, code).small_number
        found = receipts.months(rows, code, now=current.now())
    return render_template(
        "public/delivery.html",
        municipality=municipality,
        has_any=any(month.warnings for month in found),
        months=[_public(month, smallest) for month in found],
        fewest=max(promise.ROUNDED_TO, smallest),
    )


def _public(month: Month, smallest: int) -> PublicMonth:
    return PublicMonth(
        name=upper_first(str(format_date(month.first, "MMMM y", locale=language()))),
        warnings=month.warnings,
        handed_over=_took(month.to_hand_over, smallest),
        proven=_took(month.to_proof, smallest),
        share=_share(month, smallest),
    )


def _took(ladder: Ladder | None, smallest: int) -> tuple[str, str]:
    if ladder is None:
        return "–", "–"
    if is_few(ladder.copies, smallest):
        return _("för få"), _("för få")
    return time_words(ladder.p50_s), time_words(ladder.p95_s)


def _share(month: Month, smallest: int) -> str:
    """Of the addressed households, those with proof."""
    if not month.addressed:
        return "–"
    if is_few(month.addressed, smallest) or is_few(month.proved, smallest):
        return _("för få")
    percent = 100 * month.proved // month.addressed // _GRID * _GRID
    if is_few(month.addressed - month.proved, smallest):
        percent = min(percent, _NEARLY_ALL)
    return _("minst %(num)d %%", num=percent) if percent else _("under %(num)d %%", num=_GRID)


def is_few(households: int, smallest: int) -> bool:
    """Whether so few households stand behind a figure that it is not told."""
    return promise.households(households, smallest=smallest).fewer_than is not None
