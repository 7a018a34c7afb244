"""Words and links that every template may use."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from babel.lists import format_list
from flask import Flask, current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.foundation.phone import show
from grannsamverkan.foundation.swedish import clock_in_words, day_in_words, in_sweden
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.times import today

_LONGEST_LIST = 3
_OFFICIAL = {"Falun": "Falu kommun", "Gotland": "Region Gotland", "Kalmar": "Kalmar kommun"}


def municipality_words(name: str) -> str:
    """Höörs kommun, Umeå kommun: the genitive as municipalities write it, with no s after a vowel, s, x or z."""
    if name in _OFFICIAL:
        return _OFFICIAL[name]
    return f"{name}{'' if name[-1] in 'aeiouyåäösxz' else 's'} kommun"


def place_line() -> str:
    """Whose page this is: what stands under the name in the header, even when the database is away."""
    try:
        names = current.served_names()
    except SQLAlchemyError:
        names = []
    if len(names) == 1:
        return _("%(municipality)s och polisen", municipality=municipality_words(names[0]))
    if 1 < len(names) <= _LONGEST_LIST:
        return _("%(places)s och polisen", places=", ".join(names))
    return _("Kommunerna och polisen") if names else _("Kommunen och polisen")


def state_words(state: NetworkState) -> str:
    """A network's state as staff say it."""
    return {
        NetworkState.INTEREST: _("Intresse"),
        NetworkState.MAPPING: _("Kartläggning"),
        NetworkState.START_MEETING: _("Startmöte"),
        NetworkState.TRAINING: _("Utbildning"),
        NetworkState.ACTIVE: _("Aktiv"),
        NetworkState.DORMANT: _("Vilande"),
        NetworkState.ENDED: _("Avslutad"),
    }[state]


def public_state_words(state: NetworkState) -> str:
    """A network's state as neighbours say it."""
    return {NetworkState.ACTIVE: _("Igång"), NetworkState.DORMANT: _("Vilar")}.get(state, _("På väg"))


def kind_words(kind: NetworkKind) -> str:
    return {NetworkKind.VILLA: _("Villor"), NetworkKind.APARTMENT: _("Lägenheter")}[kind]


def role_words(role: Role) -> str:
    """The role as it stands in the header."""
    return {
        Role.POLICE: _("Polis"),
        Role.COORDINATOR: _("Samordnare"),
        Role.CONTACT_PERSON: _("Kontaktombud"),
        Role.LEAD_CONTACT_PERSON: _("Huvudkontaktombud"),
        Role.ADMINISTRATOR: _("Administratör"),
        Role.NEIGHBOUR: _("Granne"),
    }[role]


def upper_first(text: str) -> str:
    """Tisdag 4 mars: the first letter large, and no other made small."""
    return text[:1].upper() + text[1:]


def listing(names: Iterable[str]) -> str:
    """Eslöv, Höör och Hörby."""
    return str(format_list(list(names), locale=language()))


def day_words(moment: datetime) -> str:
    """tisdag 4 mars: the day it was in Sweden, with its year where that is not this one."""
    return date_words(in_sweden(moment).date())


def date_words(day: date) -> str:
    """tisdag 4 mars, and another year than this one: tisdag 4 mars 2025."""
    if day.year != today(current.now()).year:
        return whole_date_words(day)
    return day_in_words(day) if language() == "sv" else format_date(day, "EEEE d MMMM", locale=language())


def whole_date_words(day: date) -> str:
    """tisdag 4 mars 2025, also in that year."""
    return str(format_date(day, "EEEE d MMMM y", locale=language()))


def month_words(day: date) -> str:
    """mars"""
    return str(format_date(day, "MMMM", locale=language()))


def clock_words(moment: datetime) -> str:
    """klockan 14.10: the time it was in Sweden."""
    return clock_in_words(moment) if language() == "sv" else f"at {in_sweden(moment):%H.%M}"


def second_words(moment: datetime) -> str:
    """14.10.30: the time it was in Sweden, to the second."""
    return f"{in_sweden(moment):%H.%M.%S}"


def here() -> str:
    """The path of the page at hand, to come back to; the start page where it cannot be asked for again."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def link(endpoint: str, **values: Any) -> str | None:
    """The address of a page, None where this installation does not have it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def own_path(wanted: str | None, otherwise: str) -> str:
    """A path of our own to go on to, and never an address elsewhere, however it is dressed up."""
    path = wanted or ""
    parts = urlsplit(path) if path.isprintable() and not any(sign in path for sign in "\\ ") else None
    if parts is None or parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return otherwise
    return path


def shown_address(value: str) -> str:
    """A number as Swedes write it; a mail address as it is."""
    return value if "@" in value else show(value)


def furnish(app: Flask) -> None:
    app.jinja_env.globals.update(
        here=here,
        date_words=date_words,
        whole_date_words=whole_date_words,
        link=link,
        place_line=place_line,
        municipality_words=municipality_words,
        state_words=state_words,
        public_state_words=public_state_words,
        kind_words=kind_words,
        role_words=role_words,
    )
    app.jinja_env.filters.update(
        day=day_words,
        clock=clock_words,
        second=second_words,
        listing=listing,
        month_words=month_words,
        upper_first=upper_first,
        shown_address=shown_address,
        iso_day=lambda at: in_sweden(at).date().isoformat(),
        iso_clock=lambda at: f"{in_sweden(at):%H:%M}",
    )
