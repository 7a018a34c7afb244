"""Training of contact persons, by police and municipality: planned, invited to, held."""

from datetime import time

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange

from grannsamverkan import notify
from grannsamverkan.domain import audit, lifecycle, networks, notices, people, places
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.lifecycle import MeetingState, TrainingSession
from grannsamverkan.domain.notices import NoticeKind, Words, words
from grannsamverkan.foundation import calendar_file
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.notice_times import INVITATION_LIFE
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.register import shown_names
from grannsamverkan.web.times import moment, when_words

pages = Pages("trainings")


class TrainingForm(FlaskForm):  # type: ignore[misc]
    """When and where."""

    municipality = SelectField(_l("Kommun"))
    day = DateField(_l("Dag"), [InputRequired(_l("Skriv dagen"))])
    clock = TimeField(_l("Klockan"), [InputRequired(_l("Skriv tiden"))], default=time(18))
    minutes = IntegerField(
        _l("Minuter"),
        [InputRequired(_l("Skriv hur länge")), NumberRange(15, 600, _l("Skriv ett tal från 15 till 600"))],
        default=120,
    )
    place = StringField(
        _l("Plats"),
        [
            InputRequired(_l("Skriv platsen")),
            Length(max=120, message=_l("Skriv högst 120 tecken")),
            Guarded(RuleSet.NOTE),
        ],
    )
    is_online = BooleanField(_l("Hålls på nätet"))


@pages.get("/utbildningar", may=Action.MANAGE_TRAINING)
def index() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _index(rows, _form())


@pages.post("/utbildningar", may=Action.MANAGE_TRAINING)
def plan() -> ResponseReturnValue:
    form = _form()
    with current.runtime().database.write() as rows:
        if not form.validate():
            return _index(rows, form), 422
        try:
            row = lifecycle.plan_training(
                rows,
                form.municipality.data,
                starts_at=moment(form.day.data, form.clock.data),
                minutes=form.minutes.data,
                place=form.place.data.strip(),
                is_online=form.is_online.data,
                now=current.now(),
            )
        except Refused:
            refuse(form.day, _("Tiden har redan varit"))
            return _index(rows, form), 422
        _note(rows, row, "training.planned")
    return redirect(url_for("trainings.one", training_id=row.id), 303)


@pages.get("/utbildningar/<int:training_id>", may=Action.MANAGE_TRAINING)
def one(training_id: int) -> ResponseReturnValue:
    with current.runtime().database.write(durable=False) as rows:
        return _one(rows, _training(rows, training_id))


@pages.post("/utbildningar/<int:training_id>/bjud-in", may=Action.MANAGE_TRAINING)
def invite(training_id: int) -> ResponseReturnValue:
    """Everybody who has no seat yet gets one, and is told over every channel of theirs. Pressed twice: told once."""
    with current.runtime().database.write() as rows:
        row = _training(rows, training_id)
        invited = lifecycle.to_invite(rows, row) if row.state is MeetingState.PLANNED else []
        lifecycle.seat(rows, row, invited, now=current.now())
        sender = places.served_municipality(rows, row.municipality_code).sender_name
        page = f"{current.runtime().settings.installation.base_url}{url_for('trainings.calendar', uid=row.uid)}"
        _tell(rows, row, invited, words.training(sender, when=when_words(row.starts_at), place=row.place, page=page))
        _note(rows, row, "training.invited")
    return redirect(url_for("trainings.one", training_id=training_id), 303)


@pages.post("/utbildningar/<int:training_id>/hallen", may=Action.MANAGE_TRAINING)
def hold(training_id: int) -> ResponseReturnValue:
    """`kom`: the people who came, each trained from that day."""
    came = [one for one in map(read_id, request.form.getlist("kom")) if one is not None]
    with current.runtime().database.write() as rows:
        row = _training(rows, training_id)
        try:
            lifecycle.hold_training(rows, row, came, now=current.now())
        except Refused as refused:
            is_off = refused.code == "not_planned"
            wrong = _("Utbildningen är inställd") if is_off else _("Utbildningen har inte varit än")
            return _one(rows, row, wrong=wrong), 422
        _note(rows, row, "training.held")
    return redirect(url_for("trainings.one", training_id=training_id), 303)


@pages.get("/utbildningar/<int:training_id>/stall-in", may=Action.MANAGE_TRAINING)
def cancelling(training_id: int) -> ResponseReturnValue:
    """Asked first: everybody who has a seat is told."""
    with current.runtime().database.read() as rows:
        return _cancel_page(rows, _training(rows, training_id))


@pages.post("/utbildningar/<int:training_id>/stall-in", may=Action.MANAGE_TRAINING)
def cancel(training_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        row = _training(rows, training_id)
        if row.state is MeetingState.PLANNED and not is_confirmed():
            return _cancel_page(rows, row)
        try:
            lifecycle.cancel_training(row, now=current.now())
        except Refused:
            return _one(rows, row, wrong=_("Den går inte att ställa in")), 422
        sender = places.served_municipality(rows, row.municipality_code).sender_name
        said = words.training_cancelled(sender, when=when_words(row.starts_at))
        _tell(rows, row, [seat.person_id for seat in lifecycle.seats(rows, row)], said)
        _note(rows, row, "training.cancelled")
    return redirect(url_for("trainings.one", training_id=training_id), 303)


@pages.get("/utbildningar/<uid>.ics", may=Action.SEE_PUBLIC)
def calendar(uid: str) -> ResponseReturnValue:
    """The training for people's own calendars; the address cannot be guessed."""
    with current.runtime().database.read() as rows:
        row = lifecycle.training_with_uid(rows, uid)
    made = calendar_file.event(
        uid=f"{row.uid}@{current.runtime().settings.email.domain}",
        sequence=row.sequence,
        title="Utbildning för kontaktombud",
        starts_at=row.starts_at,
        minutes=row.minutes,
        place=row.place,
        url=f"{current.runtime().settings.installation.base_url}/",
        changed_at=row.changed_at,
        is_cancelled=row.state is MeetingState.CANCELLED,
    )
    return Response(made, mimetype="text/calendar")


def _cancel_page(rows: Session, row: TrainingSession) -> str:
    return render_template("trainings/cancelling.html", training=row, seats=len(lifecycle.seats(rows, row)))


def _training(rows: Session, training_id: int) -> TrainingSession:
    def find(session: Session) -> tuple[TrainingSession, Thing]:
        row = lifecycle.training(session, training_id)
        return row, Thing(row.municipality_code)

    return access.allowed(rows, find, Action.MANAGE_TRAINING)


def _tell(rows: Session, row: TrainingSession, person_ids: list[int], said: Words) -> None:
    for address in people.confirmed_addresses(rows, person_ids):
        notices.queue(
            rows,
            address,
            NoticeKind.MEETING,
            said,
            municipality_code=row.municipality_code,
            about=f"training:{row.id}",
            key=f"{row.sequence}:{address.id}",
            now=current.now(),
            valid_for=INVITATION_LIFE,
        )
    notify.nudge(current.runtime(), rows)


def _index(rows: Session, form: TrainingForm) -> str:
    codes = sorted(current.signed_in_actor().municipality_codes)
    return render_template(
        "trainings/index.html",
        trainings=lifecycle.trainings(rows, codes),
        form=form,
        names={row.code: row.name for row in current.served_municipalities()},
    )


def _one(rows: Session, row: TrainingSession, wrong: str = "") -> str:
    seats = lifecycle.seats(rows, row)
    return render_template(
        "trainings/one.html",
        training=row,
        seats=seats,
        names=shown_names(rows, [seat.person_id for seat in seats], row.municipality_code),
        where=networks.networks_of_people(rows, [seat.person_id for seat in seats]),
        to_invite=len(lifecycle.to_invite(rows, row)),
        outcome={
            state.value: number for state, number in notices.outcome(rows, f"training:{row.id}").items() if number
        },
        is_past=row.starts_at <= current.now(),
        wrong=wrong,
    )


def _form() -> TrainingForm:
    form = TrainingForm()
    codes = current.signed_in_actor().municipality_codes
    form.municipality.choices = [(row.code, row.name) for row in current.served_municipalities() if row.code in codes]
    if not form.municipality.choices:
        raise NotFound
    return form


def _note(rows: Session, row: TrainingSession, act: str) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="training",
        thing_id=row.id or 0,
        municipality_code=row.municipality_code,
    )
