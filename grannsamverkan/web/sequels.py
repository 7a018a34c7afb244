"""What comes after a message, three presses from its page: follow it up, say that it is over, put it right."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import deciding, flow
from grannsamverkan.domain import alerts, networks, places, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import (
    FREE_TEXT_MAX_CHARS,
    NOTHING_HAPPENED,
    PUBLISHED,
    TOLD_IN,
    Alert,
    AlertClass,
    AlertKind,
    DayPart,
    SequelDraft,
    Told,
)
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import access, current
from grannsamverkan.web.alert_preview import source_of
from grannsamverkan.web.alert_words import day_part_choices
from grannsamverkan.web.guarding import finding_words, known_names
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages

Choice = TypeVar("Choice", bound=StrEnum)

pages = Pages("sequels")

# Where each is written: the endpoint of its page.
ENDPOINTS = {
    AlertClass.FOLLOW_UP: "sequels.follow_up",
    AlertClass.ALL_CLEAR: "sequels.all_clear",
    AlertClass.CORRECTION: "sequels.correct",
}


@dataclass(frozen=True)
class _Desk:
    """What is being written, about what; `draft` as filled in, None at first. `fault`: (field, words). `others` are
    what was sent with it to other municipalities, by name; `chosen` the ids of those that it is written about too."""

    alert_class: AlertClass
    about: Alert
    others: tuple[tuple[Alert, str], ...]
    chosen: frozenset[int]
    places: list[str]
    unsent: bool
    is_remembered: bool
    draft: SequelDraft | None = None
    fault: tuple[str, str] | None = None


@pages.get("/varningar/<int:alert_id>/folj-upp", may=Action.WRITE_ALERT)
def follow_up(alert_id: int) -> ResponseReturnValue:
    return _page(_desk(alert_id, AlertClass.FOLLOW_UP))


@pages.post("/varningar/<int:alert_id>/folj-upp", may=Action.WRITE_ALERT)
def write_follow_up(alert_id: int) -> ResponseReturnValue:
    return _take_in(_desk(alert_id, AlertClass.FOLLOW_UP))


@pages.get("/varningar/<int:alert_id>/faran-over", may=Action.WRITE_ALERT)
def all_clear(alert_id: int) -> ResponseReturnValue:
    return _page(_desk(alert_id, AlertClass.ALL_CLEAR))


@pages.post("/varningar/<int:alert_id>/faran-over", may=Action.WRITE_ALERT)
def write_all_clear(alert_id: int) -> ResponseReturnValue:
    return _take_in(_desk(alert_id, AlertClass.ALL_CLEAR))


@pages.get("/varningar/<int:alert_id>/ratta", may=Action.WRITE_ALERT)
def correct(alert_id: int) -> ResponseReturnValue:
    return _page(_desk(alert_id, AlertClass.CORRECTION))


@pages.post("/varningar/<int:alert_id>/ratta", may=Action.WRITE_ALERT)
def write_correction(alert_id: int) -> ResponseReturnValue:
    return _take_in(_desk(alert_id, AlertClass.CORRECTION))


def page_of(alert: Alert) -> str:
    """Where a sequel's draft is written anew."""
    return url_for(ENDPOINTS[alert.alert_class], alert_id=alert.about_id)


def _desk(alert_id: int, alert_class: AlertClass) -> _Desk:
    """NotFound for what has not been let go, or is not the writer's to go on with."""
    with current.runtime().database.read() as session:
        about = access.alert(session, alert_id, Action.WRITE_ALERT)
        if about.alert_class in NOTHING_HAPPENED:
            raise NotFound
        if not _is_out(about):
            raise NotFound
        if alert_class is not AlertClass.CORRECTION and about.story_id is not None:
            about = access.alert(session, about.story_id, Action.WRITE_ALERT)
        others = _others(session, about)
        return _Desk(
            alert_class=alert_class,
            about=about,
            others=others,
            chosen=frozenset(row.id or 0 for row, _town in others),
            places=[name for row in (about, *(row for row, _town in others)) for name in _places(session, row)],
            unsent=deciding.has_unsent(session, about),
            is_remembered=targeting.is_remembered(session, about.id or 0),
            draft=None,
        )


def _is_out(alert: Alert) -> bool:
    return alert.state in PUBLISHED and alert.release_at is not None and alert.release_at <= current.now()


def _others(session: Session, about: Alert) -> tuple[tuple[Alert, str], ...]:
    """What was sent with it to other municipalities in the writer's reach, as far as it can be gone on with."""
    return tuple(
        (row, places.municipality(session, row.municipality_code).name)
        for row in access.joint_alerts(session, about.id or 0, Action.WRITE_ALERT)
        if row.id != about.id and _is_out(row) and targeting.is_remembered(session, row.id or 0)
    )


def _places(session: Session, about: Alert) -> list[str]:
    """Names that a right place may have: the municipality's areas, so that it never is a house."""
    cards = networks.cards(session, [about.municipality_code])
    return [card.name for card in cards if card.state is not NetworkState.ENDED]


def _today() -> date:
    return in_sweden(current.now()).date()


def _take_in(desk: _Desk) -> ResponseReturnValue:
    """The button that was pressed says what is told; the draft is kept and shown on the check page."""
    desk = _filled(desk)
    if desk.draft is None or desk.fault is not None or not desk.is_remembered:
        return _page(desk, 422)
    actor, now = current.signed_in_actor(), current.now()
    with current.runtime().database.write() as session:
        rows = alerts.start_sequels(
            session,
            [alerts.alert(session, about_id) for about_id in (desk.about.id or 0, *sorted(desk.chosen))],
            desk.draft,
            author_account_id=actor.account_id,
            source=source_of(actor),
            now=now,
        )
        alert_ids = [row.id or 0 for row in rows]
    flow.check_together(current.runtime(), alert_ids=alert_ids)
    page = "approval.page" if len(alert_ids) == 1 else "together.page"
    return redirect(url_for(page, alert_id=alert_ids[0]), 303)


def _filled(desk: _Desk) -> _Desk:
    form = request.form
    with_it = frozenset(int(value) for value in form.getlist("med") if value.isdecimal())
    desk = replace(desk, chosen=desk.chosen & with_it)
    told = _one(Told, form.get("sag"), TOLD_IN[desk.alert_class])
    if told is None:
        return _with(desk, None, ("sag", _("Välj vad du vill säga")))
    place = form.get("plats", "")
    draft = SequelDraft(
        alert_class=desk.alert_class,
        told=told,
        right_place=place if place in desk.places else "",
        happened_on=_date(form.get("datum", "")),
        day_part=_one(DayPart, form.get("del"), tuple(DayPart)) or DayPart.UNKNOWN,
        kind=_one(AlertKind, form.get("vad"), tuple(AlertKind)),
        attempted=form.get("forsok") == "ja",
        free_text=form.get("fri", "").replace("\r\n", "\n").strip(),
    )
    try:
        return _with(desk, draft.checked_on(_today(), known_names()), None)
    except Refused as refused:
        return _with(desk, draft, _fault(refused, draft))


def _with(desk: _Desk, draft: SequelDraft | None, fault: tuple[str, str] | None) -> _Desk:
    return replace(desk, draft=draft, fault=fault)


def _fault(refused: Refused, draft: SequelDraft) -> tuple[str, str]:
    """(field, what is wrong there)"""
    if refused.code == "free_text_points_out":
        return "fri", finding_words(alerts.guard_free_text(draft.free_text, known_names())[0])
    return {
        "date_in_future": ("datum", _("Datumet har inte varit än")),
        "date_too_old": ("datum", _("Datumet får vara högst %(days)d dagar tillbaka", days=alerts.OLDEST_DAYS)),
        "kind_missing": ("vad", _("Välj vad det var")),
    }.get(refused.code, ("datum", _("Välj ett datum")))


def _one(choices: type[Choice], value: str | None, among: tuple[Choice, ...]) -> Choice | None:
    return next((one for one in among if one.value == value), None)


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _page(desk: _Desk, status: int = 200) -> Response:
    content = render_template(
        "alerts/sequel.html",
        desk=desk,
        about=desk.about,
        told_words=_told_words,
        button_words=_button_words,
        heading=_heading(desk),
        day_parts=day_part_choices(),
        kind_words=alerts.KIND_WORDS,
        tolds=TOLD_IN[desk.alert_class],
        most_chars=FREE_TEXT_MAX_CHARS,
        today=_today(),
    )
    return make_response(content, status)


def _heading(desk: _Desk) -> str:
    number = f"{desk.about.number or 0:04d}"
    return {
        AlertClass.FOLLOW_UP: _("Följ upp nr %(number)s", number=number),
        AlertClass.ALL_CLEAR: _("Faran över efter nr %(number)s", number=number),
        AlertClass.CORRECTION: _("Rätta nr %(number)s", number=number),
    }[desk.alert_class]


def _told_words(told: Told) -> str:
    """What the choice means, as its heading."""
    return {
        Told.NOTHING_MORE: _("Inget mer har hänt"),
        Told.SAME: _("Läget är detsamma"),
        Told.MORE: _("Mer har hänt"),
        Told.OVER: _("Faran är över"),
        Told.NOT_TRUE: _("Det har inte hänt"),
        Told.PLACE: _("Platsen var fel"),
        Told.TIME: _("Tiden var fel"),
        Told.WHAT: _("Det var något annat"),
    }[told]


def _button_words(told: Told) -> str:
    return {
        Told.NOTHING_MORE: _("Granska: inget mer har hänt"),
        Told.SAME: _("Granska: läget är detsamma"),
        Told.MORE: _("Granska: mer har hänt"),
        Told.OVER: _("Granska: faran är över"),
        Told.NOT_TRUE: _("Granska: det har inte hänt"),
        Told.PLACE: _("Granska: fel plats"),
        Told.TIME: _("Granska: fel tid"),
        Told.WHAT: _("Granska: det var något annat"),
    }[told]
