"""The police's open events as background: what they say, how coarsely, and what they have changed. Sends nothing."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import places, police
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.police import PlaceCertainty, PoliceEvent, PoliceEventVersion
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.words import municipality_words

pages = Pages("police")

_SHOWN_FOR = timedelta(days=14)
_MOST = 50


@dataclass(frozen=True)
class Shown:
    """An event with what was said before, newest first; another event under the same number is left out."""

    event: PoliceEvent
    earlier: list[PoliceEventVersion]
    where: str
    is_unverified: bool


@pages.get("/polishandelser", may=Action.SEE_POLICE_EVENTS)
def index() -> ResponseReturnValue:
    """`?kommun=` one municipality of those in reach, `?alla=1` every sort of event."""
    codes = current.signed_in_actor().municipality_codes
    offered = [row for row in current.served_municipalities() if row.code in codes]
    chosen = next((row for row in offered if row.code == request.args.get("kommun")), offered[0] if offered else None)
    shows_all = request.args.get("alla") == "1"
    with current.runtime().database.read() as session:
        events = [] if chosen is None else _events(session, chosen.code, shows_all)
        feed = police.feed_state(session)
    return render_template(
        "police/index.html", offered=offered, chosen=chosen, shows_all=shows_all, events=events, feed=feed
    )


def _events(session: Session, code: str, shows_all: bool) -> list[Shown]:
    since = current.now() - _SHOWN_FOR
    found = police.recent_in(session, code, since=since, limit=_MOST, whole_county=True)
    place = municipality_words(places.municipality(session, code).name)
    kept = [event for event in found if shows_all or police.burglary_like(event) or police.alert_kind(event)]
    said = police.versions_of(session, [event.id for event in kept if event.version > 1])
    return [_shown(event, said.get(event.id, []), place) for event in kept]


def _shown(event: PoliceEvent, said: list[PoliceEventVersion], place: str) -> Shown:
    since_reuse = max((at for at, version in enumerate(said) if version.reused), default=0)
    return Shown(event, said[since_reuse:-1][::-1], _where(event, place), police.unverified(event))


def _where(event: PoliceEvent, place: str) -> str:
    """How well the place is known."""
    return {
        PlaceCertainty.COUNTY: _("Polisen säger bara länet"),
        PlaceCertainty.MUNICIPALITY: _("Någonstans i %(place)s", place=place),
        PlaceCertainty.TITLE: _("Någonstans i %(place)s, enligt rubriken", place=place),
        PlaceCertainty.PERSON: _("Någonstans i %(place)s, enligt en handläggare", place=place),
    }.get(event.place_certainty, _("Platsen är oklar"))
