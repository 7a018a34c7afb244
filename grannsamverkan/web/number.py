"""The page behind the number of a warning: what was sent, by which role, to which areas, and that it is genuine.

Anybody may look. It never says who wrote it, whom it reached or how many, and shows areas, never a house.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import Alert, AlertFacts
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import day_in_words, in_sweden
from grannsamverkan.web import current, errors
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.lately import lately
from grannsamverkan.web.maps import HitMap, draw_hit
from grannsamverkan.web.pages import Pages

_CACHE_S = 60
_LARGEST = 999_999_999  # more figures than any number will have, and no more than a column holds
_MISSES = 20
_MISSES_IN = timedelta(minutes=5)

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


@pages.get("/n/<figures:number>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def show(number: int) -> ResponseReturnValue:
    found = _find(number)
    if found is None:
        return _unknown()
    shown, drawing = found
    return render_template("public/alert.html", alert=shown, map=drawing)


@pages.get("/n/<figures:number>/lapp", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
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
    ends_at = sent_at + timedelta(days=settings.alerts.follow_up_days)
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


def _unknown() -> ResponseReturnValue:
    wait_s = lately("number.misses", _MISSES, _MISSES_IN).wait(request.remote_addr or "", current.now())
    if wait_s:
        return errors.page(429, after_s=wait_s)
    return make_response(render_template("public/unknown_number.html"), 404)


def in_a_row(names: Sequence[str]) -> str:
    """Nyby · Nyby och Sjöby · Nyby, Sjöby och Tjörnarp"""
    last = _("och")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


pages.blueprint.add_app_template_filter(in_a_row, "in_a_row")
