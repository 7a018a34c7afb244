"""The promise: what municipality and police have said they will do, and how it stood on any day."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from grannsamverkan.domain import audit, places, promise
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.places import Municipality
from grannsamverkan.domain.promise import Measure, Progress, PromiseSnapshot, PromiseTarget, PublicNumber, TargetDraft
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.csv_files import csv_answer
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import today

pages = Pages("promise")

_CACHE_S = 60
_COUNTED = (Measure.JOINED_HOUSEHOLDS,)  # what is shown to everybody only rounded


class TargetForm(FlaskForm):  # type: ignore[misc]
    """So many of something between two days."""

    measure = SelectField(
        _l("Vad?"),
        choices=[
            (Measure.NEW_NETWORKS.value, _l("Nya områden")),
            (Measure.ACTIVE_NETWORKS.value, _l("Områden igång")),
            (Measure.JOINED_HOUSEHOLDS.value, _l("Hushåll som är med")),
            (Measure.START_MEETINGS.value, _l("Startmöten")),
            (Measure.TRAININGS.value, _l("Utbildningar")),
        ],
    )
    kind = SelectField(
        _l("Bland"),
        choices=[
            ("", _l("Villor och lägenheter")),
            (NetworkKind.VILLA.value, _l("Villor")),
            (NetworkKind.APARTMENT.value, _l("Lägenheter")),
        ],
    )
    number = IntegerField(
        _l("Antal"), [InputRequired(_l("Skriv ett antal")), NumberRange(1, 100_000, _l("Skriv ett tal från 1"))]
    )
    from_on = DateField(_l("Från"), [InputRequired(_l("Skriv datumet"))])
    until_on = DateField(_l("Till och med"), [InputRequired(_l("Skriv datumet"))])


@pages.get("/kommun/<code>/lofte", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def public(code: str) -> ResponseReturnValue:
    """`?datum=` a day; the newest stored day without it."""
    municipality = _served(code)
    with current.runtime().database.read() as rows:
        day, asked, wrong = _day(rows, code)
        snapshots = promise.on_day(rows, code, day) if day else []
        smallest = places.rules(rows, code).small_number
        return render_template(
            "promise/public.html",
            municipality=municipality,
            day=day,
            asked=asked,
            wrong=wrong,
            progress=_public_progress(rows, code, snapshots, day, smallest) if day else [],
            rows=list(_figures(snapshots, smallest)),
        )


@pages.get("/kommun/<code>/lofte.csv", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def as_csv(code: str) -> ResponseReturnValue:
    """Month by month, as everybody may know it."""
    _served(code)
    with current.runtime().database.read() as rows:
        smallest = places.rules(rows, code).small_number
        found = promise.series(rows, code, _month_ends(rows, code))
    head = [
        "datum",
        "sort",
        "omraden_igang",
        "under_start",
        "vilande",
        "hushall",
        "startmoten_i_ar",
        "arsmoten_i_ar",
        "utbildningar_i_ar",
    ]
    lines = [
        [
            row.taken_on.isoformat(),
            {NetworkKind.VILLA: "villa", NetworkKind.APARTMENT: "lagenhet"}[row.kind],
            row.active,
            row.starting,
            row.dormant,
            households_words(row.households, smallest),
            row.start_meetings,
            row.yearly_meetings,
            row.trainings,
        ]
        for row in found
    ]
    return csv_answer([head, *lines], "lofte.csv")


@pages.get("/lofte", may=Action.MANAGE_PROMISE)
def admin() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _admin(rows, chosen_municipality(), TargetForm())


@pages.post("/lofte", may=Action.MANAGE_PROMISE)
def add() -> ResponseReturnValue:
    form, chosen = TargetForm(), chosen_municipality()
    with current.runtime().database.write() as rows:
        if not form.validate():
            return _admin(rows, chosen, form), 422
        kind = NetworkKind(form.kind.data) if form.kind.data else None
        try:
            draft = TargetDraft(
                Measure(form.measure.data), kind, form.number.data, form.from_on.data, form.until_on.data
            )
        except Refused as refused:
            if refused.code == "target_kind":
                refuse(form.kind, _("Utbildningar räknas för alla tillsammans"))
            else:
                refuse(form.until_on, _("Slutet måste vara efter början, och inom fem år"))
            return _admin(rows, chosen, form), 422
        promise.add_target(rows, chosen.code, draft, now=current.now())
        _note(rows, chosen.code, "promise.added")
    return redirect(url_for("promise.admin", kommun=chosen.code), 303)


@pages.post("/lofte/<int:target_id>/sluta", may=Action.MANAGE_PROMISE)
def end(target_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        code = promise.municipality_of(rows, target_id)
        if code not in current.signed_in_actor().municipality_codes:
            raise NotFound
        shown = next((one for one in promise.targets(rows, code) if one.id == target_id), None)
        if shown is not None and not is_confirmed():
            return _ask_to_end(shown)
        promise.end_target(rows, code, target_id, now=current.now())
        _note(rows, code, "promise.ended")
    return redirect(url_for("promise.admin", kommun=code), 303)


def _ask_to_end(target: PromiseTarget) -> str:
    return ask(
        Question(
            _("Sluta visa löftet?"),
            [_("Ingen ser det längre. Det går inte att ångra.")],
            _("Sluta visa löftet ”%(words)s”", words=target_words(target)),
            url_for("promise.admin", kommun=target.municipality_code),
        )
    )


def target_words(target: PromiseTarget) -> str:
    """The promise as a sentence."""
    where = {None: "", NetworkKind.VILLA: _(" bland villor"), NetworkKind.APARTMENT: _(" bland flerfamiljshus")}[
        target.kind
    ]
    what = {
        Measure.NEW_NETWORKS: _("%(num)d nya områden", num=target.number),
        Measure.ACTIVE_NETWORKS: _("%(num)d områden igång", num=target.number),
        Measure.JOINED_HOUSEHOLDS: _("%(num)d hushåll är med", num=target.number),
        Measure.START_MEETINGS: _("%(num)d startmöten", num=target.number),
        Measure.TRAININGS: _("%(num)d utbildningar", num=target.number),
    }[target.measure]
    until = f"{target.until_on.day}/{target.until_on.month} {target.until_on.year}"
    return _("%(what)s%(where)s till och med %(until)s", what=what, where=where, until=until)


@dataclass(frozen=True)
class PublicProgress:
    """A promise and how far it has come, as everybody may know it: in words, and as the length of a bar."""

    id: int
    words: str
    reached: str
    percent: int


def _public_progress(
    rows: Session, code: str, snapshots: list[PromiseSnapshot], day: date, smallest: int
) -> list[PublicProgress]:
    return [
        _public(one, snapshots, smallest) for one in promise.progress(rows, promise.targets(rows, code), snapshots, day)
    ]


def _public(one: Progress, snapshots: list[PromiseSnapshot], smallest: int) -> PublicProgress:
    target, number, said = one.target, one.reached, str(one.reached)
    if target.measure in _COUNTED:
        has_begun = not snapshots or snapshots[0].taken_on >= target.from_on
        parts = [row.households if has_begun else 0 for row in snapshots if target.kind in (None, row.kind)]
        shown = promise.added(promise.households(part, smallest=smallest) for part in parts)
        number, said = shown.at_least, number_words(shown)
    return PublicProgress(
        id=target.id or 0,
        words=target_words(target),
        reached=_("%(reached)s av %(number)d", reached=said, number=target.number),
        percent=min(100, 100 * number // target.number),
    )


def households_words(number: int, smallest: int) -> str:
    """A number of households as everybody may know it."""
    return number_words(promise.households(number, smallest=smallest))


def number_words(shown: PublicNumber) -> str:
    if shown.fewer_than is not None:
        return _("färre än %(num)d", num=shown.fewer_than)
    return _("minst %(num)d", num=shown.at_least)


def _figures(snapshots: list[PromiseSnapshot], smallest: int) -> list[tuple[str, str, str]]:
    """(words, villas, apartments)"""
    if len(snapshots) != len(NetworkKind):
        return []
    villa, apartment = snapshots
    return [
        (_("Områden igång"), str(villa.active), str(apartment.active)),
        (_("Områden på väg"), str(villa.starting), str(apartment.starting)),
        (_("Områden som vilar"), str(villa.dormant), str(apartment.dormant)),
        (
            _("Hushåll som är med"),
            households_words(villa.households, smallest),
            households_words(apartment.households, smallest),
        ),
        (_("Startmöten i år"), str(villa.start_meetings), str(apartment.start_meetings)),
        (_("Utbildningar i år, för alla"), str(villa.trainings), str(apartment.trainings)),
    ]


def _day(rows: Session, code: str) -> tuple[date | None, str, str]:
    """(the day that is shown, what was asked for, what is wrong with it)"""
    stored, asked = promise.stored_days(rows, code), request.args.get("datum", "").strip()[:10]
    if not asked:
        return (stored[1] if stored else None), "", ""
    try:
        wanted = date.fromisoformat(asked)
    except ValueError:
        return None, asked, _("Skriv datumet som 2026-11-01")
    day = promise.newest_on(rows, code, wanted)
    if day is None:
        return None, asked, _("Det finns inga siffror så långt tillbaka")
    return day, asked, ""


def _month_ends(rows: Session, code: str) -> list[date]:
    """The last day of every stored month, and the newest stored day."""
    stored = promise.stored_days(rows, code)
    if stored is None:
        return []
    day, found = stored[0], []
    while day <= stored[1]:
        end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found.append(min(end, stored[1]))
        day = end + timedelta(days=1)
    return found


def _served(code: str) -> Municipality:
    found = next((row for row in current.served_municipalities() if row.code == code), None)
    if found is None:
        raise NotFound
    return found


def chosen_municipality() -> Municipality:
    """`?kommun=` one of those in reach; NotFound."""
    wanted, mine = request.args.get("kommun"), current.signed_in_actor().municipality_codes
    found = [row for row in current.served_municipalities() if row.code in mine and wanted in (None, row.code)]
    if not found:
        raise NotFound
    return found[0]


def _admin(rows: Session, chosen: Municipality, form: TargetForm) -> str:
    day = today(current.now())
    stored = promise.newest_on(rows, chosen.code, day)
    snapshots = promise.on_day(rows, chosen.code, stored) if stored else []
    return render_template(
        "promise/admin.html",
        municipality=chosen,
        form=form,
        progress=promise.progress(rows, promise.targets(rows, chosen.code), snapshots, day),
        target_words=target_words,
    )


def _note(rows: Session, code: str, act: str) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="municipality",
        thing_id=code,
        municipality_code=code,
    )
