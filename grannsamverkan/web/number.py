"""The page behind the number of a warning: what was sent, by which role, to which areas, and that it is genuine.

Anybody may look. It never says who wrote it, whom it reached or how many, and shows areas, never a house.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import Alert, AlertFacts
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import day_in_words, in_sweden
from grannsamverkan.web import current, errors
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.maps import HitMap, draw_hit
from grannsamverkan.web.pages import Pages

_KEY = "grannsamverkan.misses"
_CACHE_S = 60
_LARGEST = 999_999_999  # more figures than any number will have, and no more than a column holds
_MISSES = 20
_MISSES_IN = timedelta(minutes=5)
_MOST_VISITORS = 5_000

pages = Pages("number")


@dataclass(frozen=True)
class PublicAlert:
    """A warning as anybody may see it. `ends_at`: until when neighbours should mind it."""

    number: str
    headline: str
    facts: AlertFacts
    municipality_name: str
    methods: tuple[str, ...]
    advice: tuple[str, ...]
    sent_at: datetime
    ends_at: datetime
    is_over: bool
    is_sent: bool


@pages.get("/n/<int:number>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def show(number: int) -> ResponseReturnValue:
    found = _find(number)
    if found is None:
        return _unknown()
    shown, drawing = found
    return render_template("public/alert.html", alert=shown, map=drawing)


@pages.get("/n/<int:number>/lapp", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def notice(number: int) -> ResponseReturnValue:
    """The same as a sheet for the notice board, one A4 page."""
    found = _find(number)
    if found is None:
        return _unknown()
    site = current.runtime().settings.installation.base_url.partition("://")[2]
    down_after = day_in_words(in_sweden(found[0].ends_at).date())
    return render_template("public/notice.html", alert=found[0], site=site, down_after=down_after)


def _find(number: int) -> tuple[PublicAlert, HitMap | None] | None:
    """None for a number that was never given, or is only reserved: the two are the same to the public."""
    if number > _LARGEST:
        return None
    with current.runtime().database.read() as session:
        try:
            alert = alerts.published(session, number)
        except NotFound:
            return None
        return _shown(session, alert), _map(session, alert)


def _shown(session: Session, alert: Alert) -> PublicAlert:
    settings, now = current.runtime().settings, current.now()
    municipality = places.municipality(session, alert.municipality_code)
    facts = alerts.facts_of(
        alert, municipality, alerts.places_of(session, alert.id or 0), settings.installation.base_url
    )
    sent_at = alert.release_at or alert.approved_at or alert.created_at
    # Not `valid_until`: that is how long a copy is worth sending, hours; a warning is minded until it is followed up.
    ends_at = sent_at + timedelta(days=places.rules(session, alert.municipality_code).follow_up_days)
    return PublicAlert(
        number=f"{facts.number:04d}",
        headline=alert.headline or alerts.headline(facts),
        facts=facts,
        municipality_name=municipality.name,
        methods=tuple(alerts.METHOD_WORDS[method].full for method in facts.methods),
        advice=tuple(alerts.advice_sentences(facts)),
        sent_at=sent_at,
        ends_at=ends_at,
        is_over=ends_at <= now,
        is_sent=sent_at <= now,
    )


def _map(session: Session, alert: Alert) -> HitMap | None:
    touched = sorted(alerts.networks_of(session, alert.id or 0))
    cards = networks.cards(session, [alert.municipality_code], touched)
    return draw_hit(places.outline(alert.municipality_code), cards)


# ------------------------------------------------------------------------------------------- numbers that are not


class Misses:
    """Who has asked for numbers that do not exist, lately: enough to slow down a machine that tries them all.

    Kept in this process only, for a few minutes and a few thousand visitors.
    """

    def __init__(self, most: int = _MISSES, within: timedelta = _MISSES_IN) -> None:
        self._most, self._within = most, within
        self._lock = threading.Lock()
        self._of: dict[str, deque[datetime]] = {}

    def wait(self, visitor: str, now: datetime) -> int:
        """Note a miss. 0, or how many seconds the visitor should wait when there were too many."""
        with self._lock:
            if visitor not in self._of and len(self._of) >= _MOST_VISITORS:
                del self._of[next(iter(self._of))]
            mine = self._of.setdefault(visitor, deque(maxlen=self._most))
            if len(mine) == self._most and mine[0] > now - self._within:
                return max(1, round((mine[0] + self._within - now).total_seconds()))
            mine.append(now)
            return 0


def _unknown() -> ResponseReturnValue:
    misses = cast(Misses, current_app.extensions.setdefault(_KEY, Misses()))
    wait_s = misses.wait(request.remote_addr or "", current.now())
    if wait_s:
        return errors.page(429, after_s=wait_s)
    return make_response(render_template("public/unknown_number.html"), 404)


def in_a_row(names: Sequence[str]) -> str:
    """Nyby · Nyby och Sjöby · Nyby, Sjöby och Tjörnarp"""
    last = _("och")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


pages.blueprint.add_app_template_filter(in_a_row, "in_a_row")
