"""The year's tips by what they reached: which went to how many households of which kind and how, and who had none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import advice, places, promise, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.advice import Card
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.places import Municipality
from grannsamverkan.domain.targeting import Given, Homes
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import current
from grannsamverkan.web.advice_finding import chosen_in, reached, title_of
from grannsamverkan.web.csv_files import csv_answer
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.promise import number_words
from grannsamverkan.web.reach import is_neighbour
from grannsamverkan.web.times import today

pages = Pages("advice_coverage")


@dataclass(frozen=True)
class Number:
    """A count as it may be shown to whoever asks, a number or words, and the length that may be drawn of it."""

    shown: int | str
    at_least: int


@dataclass(frozen=True)
class Line:
    """A tip of the year: its numbers, and its bars as parts of the longest."""

    title: str
    villa: Number
    apartment: Number
    by_sms: Number
    by_email: Number
    all: Number
    newest: datetime
    villa_percent: float = 0
    apartment_percent: float = 0


@dataclass(frozen=True)
class _Shown:
    """Numbers for whoever asks: as they are, or without the small ones, in whole fives."""

    smallest: int | None

    def of(self, *numbers: int) -> Number:
        """Several as one: a sum tells no more than its parts do."""
        if self.smallest is None:
            return Number(sum(numbers), sum(numbers))
        shown = promise.added(promise.households(number, smallest=self.smallest) for number in numbers)
        return Number(number_words(shown), shown.at_least)


@pages.get("/rad/tackning", may=Action.SEE_ADVICE)
def page() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        chosen = chosen_in(rows)
        shown = _shown(rows, chosen)
        return render_template(
            "advice/coverage.html",
            municipality=chosen,
            others=[row for row in reached(rows) if row.code != chosen.code],
            year=today(current.now()).year,
            lines=_lines(rows, chosen, shown),
            homes=[(kind_words(one.kind), _home_numbers(one, shown)) for one in _homes(rows, chosen)],
            is_rounded=shown.smallest is not None,
        )


@pages.get("/rad/tackning.csv", may=Action.SEE_ADVICE)
def as_csv() -> ResponseReturnValue:
    """The same, for a spreadsheet; the last lines are the households without any tip."""
    with current.runtime().database.read() as rows:
        chosen = chosen_in(rows)
        shown = _shown(rows, chosen)
        tips = [
            [
                line.title,
                *(one.shown for one in (line.villa, line.apartment, line.by_sms, line.by_email, line.all)),
                in_sweden(line.newest).date().isoformat(),
            ]
            for line in _lines(rows, chosen, shown)
        ]
        none = [shown.of(one.had_none).shown for one in _homes(rows, chosen)]
    head = ["rad", "villor", "lagenheter", "sms", "mejl", "hushall", "senast"]
    return csv_answer([head, *tips, [_("Inget råd alls"), *none, "", "", "", ""]], "rad-tackning.csv")


def _since() -> datetime:
    return datetime(today(current.now()).year, 1, 1, tzinfo=STOCKHOLM).astimezone(UTC)


def _shown(rows: Session, chosen: Municipality) -> _Shown:
    """Neighbours who work with this know no more of other areas than everybody does."""
    hides = is_neighbour(current.signed_in_actor())
    return _Shown(places.rules(rows, chosen.code).small_number if hides else None)


def _homes(rows: Session, chosen: Municipality) -> list[Homes]:
    return targeting.homes_since(rows, chosen.code, _since())


def _home_numbers(homes: Homes, shown: _Shown) -> list[Number]:
    return [shown.of(number) for number in (homes.all, homes.had_none, homes.has_no_channel)]


def _lines(rows: Session, chosen: Municipality, shown: _Shown) -> list[Line]:
    """What reached most first."""
    cards = {card.key: card for card in advice.cards(rows, chosen.code, with_disabled=True)}
    by_card: dict[str, dict[NetworkKind, Given]] = {}
    for one in targeting.given_since(rows, chosen.code, _since()):
        by_card.setdefault(one.card_key, {})[one.kind] = one
    totals = {key: sum(one.households for one in found.values()) for key, found in by_card.items()}
    most = max(totals.values(), default=1)
    return [
        _line(cards.get(key), by_card[key], shown, most) for key in sorted(by_card, key=lambda key: (-totals[key], key))
    ]


def _line(card: Card | None, found: Mapping[NetworkKind, Given], shown: _Shown, most: int) -> Line:
    parts = {kind: shown.of(found[kind].households if kind in found else 0) for kind in NetworkKind}
    villa, apartment = parts[NetworkKind.VILLA], parts[NetworkKind.APARTMENT]
    return Line(
        title=title_of(card) if card else _("Rådet finns inte längre"),
        villa=villa,
        apartment=apartment,
        by_sms=shown.of(*(one.by_sms for one in found.values())),
        by_email=shown.of(*(one.by_email for one in found.values())),
        all=shown.of(*(one.households for one in found.values())),
        newest=max(one.newest for one in found.values()),
        villa_percent=round(100 * villa.at_least / most, 2),
        apartment_percent=round(100 * apartment.at_least / most, 2),
    )


def kind_words(kind: NetworkKind) -> str:
    return {NetworkKind.VILLA: _("Villor"), NetworkKind.APARTMENT: _("Lägenheter")}[kind]
