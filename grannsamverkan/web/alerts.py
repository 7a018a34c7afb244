"""Warnings from the writer's side: written, changed, thrown away. What comes after that is in approval.py."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import alerts, police
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.alerts import EDITABLE, NOTHING_HAPPENED, PUBLISHED, Alert, AlertClass, Source
from grannsamverkan.foundation.errors import Conflict, NotAllowed, NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import access, alert_form, current, errors, ongoing, sequels
from grannsamverkan.web.alert_form import Filled
from grannsamverkan.web.alert_places import Places, key_of, map_of, most_likely, read_places
from grannsamverkan.web.alert_preview import preview, shown, source_of, words
from grannsamverkan.web.alert_shape import DEFAULT_RADIUS_M, tick_touched, typed_shape
from grannsamverkan.web.alert_words import day_part_choices
from grannsamverkan.web.approval import to_alert
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.guarding import finding_reason, finding_words, known_names, mend_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.lately import lately
from grannsamverkan.web.pages import Pages

pages = Pages("alerts")

_MEND = "byt-"
_MOST_WATCHED, _WATCHED_IN = 120, timedelta(minutes=1)  # twice as often as the page asks while somebody types


@dataclass(frozen=True)
class _Desk:
    """The form with what it is about: a stored draft (None: not stored yet), the places on offer, whose word it is, and
    the drafts in other municipalities that were written as one with it."""

    filled: Filled
    alert: Alert | None
    offered: Places
    source: Source
    others: tuple[Alert, ...] = ()
    system: str = ""  # whose draft it is, where it is no person's

    @property
    def several(self) -> bool:
        """Whether more than one municipality may be ticked."""
        return len(self.offered.municipalities) > 1 and self.source in alerts.WRITES_TO_SEVERAL

    @property
    def address(self) -> str:
        return url_for("alerts.submit") if self.alert is None else url_for("alerts.change", alert_id=self.alert.id)


def _today() -> date:
    return in_sweden(current.now()).date()


# ------------------------------------------------------------------------------------------------------- write


@pages.get("/varningar/ny", may=Action.WRITE_ALERT)
def compose() -> ResponseReturnValue:
    """`?omrade=` ticks a network, `?handelse=` fills in from an open police event, `?lik=` from another warning,
    `?klass=pagar` is for what is under way, once somebody has said that 112 was called."""
    alike = request.args.get("lik", type=read_id)
    desk = _new_desk() if alike is None else _desk_like(alike)
    return _ask_first(desk) or _form(desk)


@pages.post("/varningar/ny", may=Action.WRITE_ALERT)
def submit() -> ResponseReturnValue:
    desk = _new_desk()
    return _ask_first(desk) or _take_in(desk)


@pages.get("/varningar/<int:alert_id>/andra", may=Action.WRITE_ALERT)
def edit(alert_id: int) -> ResponseReturnValue:
    desk = _stored_desk(alert_id)
    if desk.alert is not None and desk.alert.about_id is not None and desk.alert.state in EDITABLE:
        return redirect(sequels.page_of(desk.alert))
    return to_alert(desk.alert) if desk.alert and desk.alert.state not in EDITABLE else _form(desk)


@pages.post("/varningar/<int:alert_id>/andra", may=Action.WRITE_ALERT)
def change(alert_id: int) -> ResponseReturnValue:
    desk = _stored_desk(alert_id)
    if desk.alert is not None and desk.alert.about_id is not None:
        raise NotFound
    return to_alert(desk.alert) if desk.alert and desk.alert.state not in EDITABLE else _take_in(desk)


@pages.post("/varningar/visa", may=Action.WRITE_ALERT)
def show() -> ResponseReturnValue:
    """The SMS beside the form while it is being filled in; changes nothing."""
    desk = _filled_in(_new_desk())
    return _not_kept(render_template("alerts/preview_part.html", **_preview_of(desk)))


@pages.get("/varningar/delar/<int:network_id>", may=Action.WRITE_ALERT)
def parts(network_id: int) -> ResponseReturnValue:
    """The parts of one network, for the form whose list of them is opened; NotFound out of the writer's reach."""
    with current.runtime().database.read() as session:
        offered = read_places(session, current.signed_in_actor(), {network_id})
    found = next((one for one in offered.networks if one.id == network_id), None)
    if found is None:
        raise NotFound
    return render_template("alerts/parts_part.html", place=found)


@pages.post("/varningar/vakta", may=Action.WRITE_ALERT)
def watch() -> ResponseReturnValue:
    """What the guard says to the free text while it is being typed, or the text with one finding mended.

    Changes nothing and keeps nothing. A writer who asks more often than anybody types is told to wait.
    """
    wait_s = lately("alerts.watch", _MOST_WATCHED, _WATCHED_IN).wait(
        str(current.signed_in_actor().account_id), current.now()
    )
    if wait_s:
        return errors.page(429, after_s=wait_s)
    text = request.form.get("fri", "").replace("\r\n", "\n").strip()
    filled = replace(alert_form.preset(current.now(), ""), free_text=text, known_names=known_names())
    act = request.form.get("gor", "")
    is_mended = act.startswith(_MEND)
    if is_mended:
        filled = alert_form.mended(filled, act.removeprefix(_MEND))
    part = "alerts/free_text_part.html" if is_mended else "alerts/guard_part.html"
    shown = {"filled": filled, "is_mended": is_mended, "most_chars": alerts.FREE_TEXT_MAX_CHARS, **_guard_words()}
    return _not_kept(render_template(part, **shown))


def _guard_words() -> dict[str, object]:
    return {
        "mend": _MEND,
        "mend_key": alert_form.mend_key,
        "finding_words": finding_words,
        "finding_reason": finding_reason,
        "mend_words": mend_words,
    }


def _ask_first(desk: _Desk) -> ResponseReturnValue | None:
    """The way to the first question, when what is under way is to be told before it was answered."""
    if desk.filled.is_ongoing and not desk.filled.called_112:
        return redirect(url_for("ongoing.question"), 303)
    return None


def _new_desk() -> _Desk:
    actor, now = current.signed_in_actor(), current.now()
    with current.runtime().database.read() as session:
        asked = request.args.get("omrade", type=read_id)
        offered = read_places(session, actor, _ticked() | {asked or 0})
        code = most_likely(session, actor, offered)
        wanted = [one for one in offered.networks if one.id == asked]
        if not wanted and len(offered.networks) == 1:
            wanted = list(offered.networks)
        asked_class = AlertClass.ONGOING if request.values.get("klass") == ongoing.WORD else AlertClass.WARNING
        if asked_class is AlertClass.ONGOING and not ongoing.may_tell(session, actor):
            raise NotAllowed
        filled = alert_form.preset(
            now,
            code,
            frozenset((one.id, None) for one in wanted),
            asked_class,
            called_112=request.values.get("ringt") == "ja",
        )
        if wanted:
            filled = replace(filled, municipality_codes=(wanted[0].municipality_code,))
        event_id = request.args.get("handelse", type=read_id) or request.form.get("handelse", type=read_id)
        if event_id and current.may(Action.SEE_POLICE_EVENTS):
            event = police.event(session, event_id)
            filled = alert_form.from_event(event, filled, now)
            if event.municipality_code in {code for code, _name in offered.municipalities}:
                filled = replace(filled, municipality_codes=(event.municipality_code or "",))
    return _Desk(filled, None, offered, source_of(actor))


def _stored_desk(alert_id: int) -> _Desk:
    actor = current.signed_in_actor()
    with current.runtime().database.read() as session:
        alert = access.alert(session, alert_id, Action.WRITE_ALERT)
        if alert.alert_class in NOTHING_HAPPENED:
            raise NotFound
        others = _others(session, alert)
        targets = [target for row in (alert, *others) for target in alerts.targets(session, row.id or 0)]
        filled = alert_form.from_alert(alert, targets, _today())
        offered = read_places(session, actor, _ticked() | {network_id for network_id, _unit in filled.places})
        filled = replace(
            filled,
            known_names=known_names(),
            municipality_codes=tuple(offered.codes(filled.places)) or filled.municipality_codes,
            versions=tuple((row.id or 0, row.version) for row in others),
        )
        system = alerts.posted_by(session, [alert_id]).get(alert_id, "")
        return _Desk(filled, alert, offered, Source(alert.source), others, system)


def _others(session: Session, alert: Alert) -> tuple[Alert, ...]:
    """The drafts that are changed with this one."""
    if alert.state not in EDITABLE or alert.id is None:
        return ()
    found = access.joint_alerts(session, alert.id, Action.WRITE_ALERT)
    return tuple(row for row in found if row.id != alert.id and row.state in EDITABLE)


def _ticked() -> set[int]:
    """The networks that the form as it was sent is about."""
    return {key_of(value)[0] for value in request.form.getlist("var")}


def _desk_like(alert_id: int) -> _Desk:
    """A new draft with what another warning says."""
    stored = _stored_desk(alert_id)
    source = source_of(current.signed_in_actor())
    return replace(
        stored, filled=replace(stored.filled, version=0, versions=()), alert=None, source=source, others=(), system=""
    )


def _filled_in(desk: _Desk) -> _Desk:
    filled = alert_form.read(request.form, desk.filled, desk.offered, several=desk.several)
    return replace(desk, filled=replace(filled, known_names=known_names(), shape=typed_shape(request.form)))


def _take_in(desk: _Desk) -> ResponseReturnValue:
    """What the pressed button asks for: show the text, mend a finding, or go on to the check page."""
    desk = _filled_in(desk)
    act = request.form.get("gor", "granska")
    if act.startswith(_MEND):
        return _form(replace(desk, filled=alert_form.mended(desk.filled, act.removeprefix(_MEND))))
    if act == "visa":
        return _form(desk)
    if act == "ringa":
        return _tick_touched(desk)
    desk = replace(desk, filled=_checked(desk))
    if desk.filled.faults:
        return _form(desk, 422)
    try:
        alert_ids = _store(desk)
    except Conflict:
        return _changed_meanwhile(desk)
    flow.check_together(current.runtime(), alert_ids=alert_ids)
    page = "approval.page" if len(alert_ids) == 1 else "together.page"
    return redirect(url_for(page, alert_id=alert_ids[0]), 303)


def _tick_touched(desk: _Desk) -> Response:
    """The form again, with what the shape touches ticked; nothing is kept."""
    with current.runtime().database.read() as session:
        filled = tick_touched(session, desk.filled, desk.offered, several=desk.several)
        opened = {network_id for network_id, _unit in filled.places}
        offered = read_places(session, current.signed_in_actor(), opened)
    return _form(replace(desk, filled=filled, offered=offered), 422 if filled.faults else 200)


def _checked(desk: _Desk) -> Filled:
    """The form with its faults, also those that only show when the words are put together."""
    filled = alert_form.checked(desk.filled, _today())
    if filled.faults:
        return filled
    with current.runtime().database.read() as session:
        for code in desk.offered.codes(filled.places):
            if filled.is_ongoing and not ongoing.may_tell_in(session, desk.source, code):
                return replace(filled, faults=(("var", _only_others(desk, code)),))
            try:
                words(session, filled, desk.offered, desk.source, _today(), None, code)
            except Refused:
                told = _("Texten ryms inte i tre sms. Välj färre områden.")
                return replace(filled, faults=(("var", told),))
    return filled


def _only_others(desk: _Desk, code: str) -> str:
    if not desk.several:
        return _("Där är det bara andra som får skicka om pågående brott.")
    town = dict(desk.offered.municipalities)[code]
    return _("I %(town)s är det bara andra som får skicka om pågående brott.", town=town)


def _store(desk: _Desk) -> list[int]:
    """Keep the drafts, one for each municipality; their ids. Conflict when somebody else has changed one of them since
    the form was shown."""
    actor, now = current.signed_in_actor(), current.now()
    draft = desk.filled.draft(_today()).checked_on(_today(), desk.filled.known_names)
    for code in desk.offered.codes(desk.filled.places):
        touched = frozenset(network for network, _unit in desk.offered.chosen_in(code, desk.filled.places))
        if not current.may(Action.WRITE_ALERT, Thing(code, touched)):
            raise NotFound
    with current.runtime().database.write() as session:
        rows = alerts.write_together(
            session, draft, drafts=_shown(desk), author_account_id=actor.account_id, source=desk.source, now=now
        )
        return [row.id or 0 for row in rows]


def _shown(desk: _Desk) -> dict[int, int]:
    """The drafts that are written anew, and the version in which the form showed each; 0 for one that it did not."""
    if desk.alert is None:
        return {}
    versions = dict(desk.filled.versions)
    others = {row.id or 0: versions.get(row.id or 0, 0) for row in desk.others}
    return {desk.alert.id or 0: desk.filled.version, **others}


def _changed_meanwhile(desk: _Desk) -> Response:
    """The text is kept, and what to do about it is said; the next try is on top of what the other has written."""
    assert desk.alert is not None
    told = _("Någon annan har ändrat varningen. Din text är kvar här. Spara den igen om den ska gälla.")
    versions = tuple((row.id or 0, row.version) for row in desk.others)
    filled = replace(desk.filled, faults=(("vad", told),), version=desk.alert.version, versions=versions)
    return _form(replace(desk, filled=filled), 409)


def _form(desk: _Desk, status: int = 200) -> Response:
    maps = {code: map_of(code, desk.offered.within(code)) for code, _name in desk.offered.municipalities}
    content = render_template(
        "alerts/form.html",
        desk=desk,
        maps=maps,
        default_radius_m=DEFAULT_RADIUS_M,
        today=_today(),
        yesterday=_today() - timedelta(days=1),
        day_parts=day_part_choices(),
        ongoing_word=ongoing.WORD,
        tells_ongoing=_tells_ongoing(),
        choices=alerts.CHOICES,
        kind_words=alerts.KIND_WORDS,
        dwelling_words=alerts.DWELLING_WORDS,
        method_words=alerts.METHOD_WORDS,
        advice_words=alerts.ADVICE_WORDS,
        most_chars=alerts.FREE_TEXT_MAX_CHARS,
        is_mended=False,
        **_guard_words(),
        **_preview_of(desk),
    )
    return make_response(content, status)


def _tells_ongoing() -> bool:
    with current.runtime().database.read() as session:
        return ongoing.may_tell(session, current.signed_in_actor())


def _preview_of(desk: _Desk) -> dict[str, object]:
    number = desk.alert.number if desk.alert else None
    if not desk.offered.networks:
        return {"sms": None, "households": 0, "number": number, "towns": []}
    codes = desk.offered.codes(desk.filled.places) or list(desk.filled.municipality_codes)
    with current.runtime().database.read() as session:
        worded = preview(session, desk.filled, desk.offered, desk.source, _today(), number, next(iter(codes), ""))
    return {
        "towns": [name for code, name in desk.offered.municipalities if code in codes] if len(codes) > 1 else [],
        "sms": shown(worded.sms, "Grannsamverkan") if worded else None,
        "households": desk.offered.households(desk.filled.places),
        "number": number,
    }


def _not_kept(content: str) -> Response:
    answer = make_response(content)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/varningar/<int:alert_id>/slang", may=Action.WRITE_ALERT)
def discard(alert_id: int) -> ResponseReturnValue:
    """`alla`: also the drafts that were written as one with it. Safe to repeat."""
    alert = _found(alert_id, Action.WRITE_ALERT)
    if alert.state in PUBLISHED:
        return redirect(url_for("live.page", alert_id=alert_id), 303)
    if alert.state in EDITABLE and not is_confirmed():
        return make_response(_ask_to_discard(alert))
    if alert.state in EDITABLE:
        with current.runtime().database.write() as session:
            row = alerts.alert(session, alert_id)
            for one in (row, *(_others(session, row) if "alla" in request.form else ())):
                alerts.discard(session, one, version=one.version, now=current.now())
    return redirect(url_for("live.index"), 303)


def _ask_to_discard(alert: Alert) -> str:
    with current.runtime().database.read() as session:
        names = ", ".join(alerts.places_of(session, alert.id or 0))
    return ask(
        Question(
            _("Släng utkastet?"),
            [_("Inget har skickats. Det går inte att ångra.")],
            _("Släng utkastet till %(places)s", places=names),
            url_for("live.index"),
        )
    )


def _found(alert_id: int, action: Action) -> Alert:
    with current.runtime().database.read() as session:
        return access.alert(session, alert_id, action)
