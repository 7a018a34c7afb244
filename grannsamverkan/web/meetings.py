"""A network's meetings: planned, invited to by every channel and on paper, moved, cancelled, held."""

from datetime import time

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from grannsamverkan import notify, printing
from grannsamverkan.domain import alerts, audit, duties, lifecycle, networks, notices, people, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.duties import TaskKind
from grannsamverkan.domain.lifecycle import Addressee, Meeting, MeetingDraft, MeetingKind, MeetingState
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.domain.notices import NoticeKind, Words, words
from grannsamverkan.foundation import calendar_file
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.printing import MeetingPaper
from grannsamverkan.web import access, current, inviting
from grannsamverkan.web.action_points import addressee_words, point_words
from grannsamverkan.web.confirming import is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.notice_times import INVITATION_LIFE
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.times import moment, when_words

pages = Pages("meetings")

TITLES = {MeetingKind.START: "Startmöte", MeetingKind.YEARLY: "Årsmöte", MeetingKind.INFORMATION: "Informationsmöte"}
_AGENDA = {
    MeetingKind.START: (
        "Vad grannsamverkan är",
        "Så gör vi här",
        "Vem vill vara kontaktombud?",
        "Frågor till polis och kommun",
    ),
    MeetingKind.YEARLY: ("Året som gått", "Listan, kontaktombuden och skyltarna", "Vad behöver bli bättre?"),
    MeetingKind.INFORMATION: ("Läget just nu", "Tips om lås, ljus och larm", "Frågor"),
}


class MeetingForm(FlaskForm):  # type: ignore[misc]
    """What, when and where."""

    kind = RadioField(
        _l("Vad för slags möte?"),
        choices=[
            (MeetingKind.START.value, _l("Startmöte")),
            (MeetingKind.YEARLY.value, _l("Årsmöte")),
            (MeetingKind.INFORMATION.value, _l("Informationsmöte")),
        ],
        default=MeetingKind.YEARLY.value,
    )
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


class HeldForm(FlaskForm):  # type: ignore[misc]
    """How many came, and what was said in short."""

    attendance = IntegerField(
        _l("Antal deltagare"),
        [InputRequired(_l("Skriv hur många som kom")), NumberRange(0, 2000, _l("Skriv ett tal från 0 till 2 000"))],
    )
    protocol = TextAreaField(
        _l("Kort om mötet"), [Length(max=2000, message=_l("Skriv högst 2 000 tecken")), Guarded(RuleSet.SHARED)]
    )


class PointForm(FlaskForm):  # type: ignore[misc]
    """What is to be done, by whom."""

    words = StringField(
        _l("Vad ska göras?"),
        [
            InputRequired(_l("Skriv vad som ska göras")),
            Length(max=300, message=_l("Skriv högst 300 tecken")),
            Guarded(RuleSet.SHARED),
        ],
    )
    addressee = SelectField(
        _l("Vem?"),
        choices=[
            (Addressee.OWNER.value, _l("Fastighetsägaren")),
            (Addressee.MUNICIPALITY.value, _l("Kommunen")),
            (Addressee.POLICE.value, _l("Polisen")),
            (Addressee.NETWORK.value, _l("Vi själva")),
        ],
    )
    due_on = DateField(_l("Klart senast"), [Optional()])


@pages.get("/omraden/<int:network_id>/moten", may=Action.SEE_MEETINGS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.SEE_MEETINGS)
        return _page(rows, network, MeetingForm())


@pages.post("/omraden/<int:network_id>/moten", may=Action.PLAN_MEETING)
def plan(network_id: int) -> ResponseReturnValue:
    form = MeetingForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        if not form.validate():
            return _page(rows, network, form), 422
        try:
            row = lifecycle.plan_meeting(rows, network, _draft(form, MeetingKind(form.kind.data)), now=current.now())
        except Refused:
            refuse(form.day, _("Tiden har redan varit"))
            return _page(rows, network, form), 422
        if row.kind is MeetingKind.YEARLY:
            duties.close_open(
                rows,
                network_id,
                TaskKind.YEARLY_MEETING,
                account_id=current.signed_in_actor().account_id,
                now=current.now(),
                because="planned",
            )
        _note(rows, network, "meeting.planned", row)
    return redirect(url_for("meetings.one", network_id=network_id, meeting_id=row.id), 303)


@pages.get("/omraden/<int:network_id>/moten/<int:meeting_id>", may=Action.SEE_MEETINGS)
def one(network_id: int, meeting_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.SEE_MEETINGS)
        return _one(rows, network, lifecycle.meeting(rows, network_id, meeting_id))


@pages.post("/omraden/<int:network_id>/moten/<int:meeting_id>/flytta", may=Action.PLAN_MEETING)
def move(network_id: int, meeting_id: int) -> ResponseReturnValue:
    form = MeetingForm()
    del form.kind
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        row = lifecycle.meeting(rows, network_id, meeting_id)
        if not form.validate():
            return _one(rows, network, row, move=form), 422
        try:
            lifecycle.move_meeting(row, _draft(form, row.kind), now=current.now())
        except Refused:
            refuse(form.day, _("Mötet går inte att flytta dit"))
            return _one(rows, network, row, move=form), 422
        alert_id = 0
        if inviting.invites(rows, network, row):
            alert_id = inviting.draft_after_change(rows, network, row)
        elif row.invited_at is not None:
            _tell(rows, network, row, NoticeKind.MEETING_CHANGED, _changed(rows, network, row), step=f"{row.sequence}")
        _note(rows, network, "meeting.moved", row)
    return _onward(network_id, meeting_id, alert_id)


@pages.get("/omraden/<int:network_id>/moten/<int:meeting_id>/stall-in", may=Action.PLAN_MEETING)
def cancelling(network_id: int, meeting_id: int) -> ResponseReturnValue:
    """Asked first: everybody who was invited is told."""
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        return _cancel_page(rows, network, lifecycle.meeting(rows, network_id, meeting_id))


@pages.post("/omraden/<int:network_id>/moten/<int:meeting_id>/stall-in", may=Action.PLAN_MEETING)
def cancel(network_id: int, meeting_id: int) -> ResponseReturnValue:
    alert_id = 0
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        row = lifecycle.meeting(rows, network_id, meeting_id)
        if row.state is MeetingState.PLANNED and not is_confirmed():
            return _cancel_page(rows, network, row)
        if row.state is MeetingState.PLANNED:
            by_alert = inviting.invites(rows, network, row)
            lifecycle.cancel_meeting(row, now=current.now())
            if by_alert:
                alert_id = inviting.draft_after_change(rows, network, row)
            elif row.invited_at is not None:
                sender = _sender(rows, network)
                said = words.meeting_cancelled(sender, network.name, title=TITLES[row.kind], at=row.starts_at)
                _tell(rows, network, row, NoticeKind.MEETING_CHANGED, said, step=f"{row.sequence}")
            _note(rows, network, "meeting.cancelled", row)
    return _onward(network_id, meeting_id, alert_id)


@pages.post("/omraden/<int:network_id>/moten/<int:meeting_id>/bjud-in", may=Action.PLAN_MEETING)
def invite(network_id: int, meeting_id: int) -> ResponseReturnValue:
    """Where the network is under way, the invitation is a message like others: this leads to its check page, and once
    it has gone, to that of what has changed since.

    Elsewhere everybody is told over every channel they want; pressed again, also after a change, nobody is invited
    twice."""
    alert_id = 0
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        row = lifecycle.meeting(rows, network_id, meeting_id)
        if inviting.invites(rows, network, row):
            alert_id = inviting.draft_about(rows, network, row) if row.starts_at > current.now() else 0
        elif row.state is MeetingState.PLANNED:
            said = words.meeting(
                _sender(rows, network),
                network.name,
                title=TITLES[row.kind],
                at=row.starts_at,
                place=row.place,
                page=_calendar_url(row),
            )
            _tell(rows, network, row, NoticeKind.MEETING, said, step="invited")
            row.invited_at = row.invited_at or current.now()
            _note(rows, network, "meeting.invited", row)
    return _onward(network_id, meeting_id, alert_id)


@pages.post("/omraden/<int:network_id>/moten/<int:meeting_id>/hallet", may=Action.PLAN_MEETING)
def hold(network_id: int, meeting_id: int) -> ResponseReturnValue:
    form = HeldForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        row = lifecycle.meeting(rows, network_id, meeting_id)
        if not form.validate():
            return _one(rows, network, row, held=form), 422
        try:
            lifecycle.hold_meeting(
                row, attendance=form.attendance.data, protocol=form.protocol.data.strip(), now=current.now()
            )
        except Refused:
            refuse(form.attendance, _("Mötet har inte varit än"))
            return _one(rows, network, row, held=form), 422
        _note(rows, network, "meeting.held", row)
    return redirect(url_for("meetings.one", network_id=network_id, meeting_id=meeting_id), 303)


@pages.post("/omraden/<int:network_id>/moten/<int:meeting_id>/atgard", may=Action.PLAN_MEETING)
def add_point(network_id: int, meeting_id: int) -> ResponseReturnValue:
    form = PointForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        row = lifecycle.meeting(rows, network_id, meeting_id)
        if not form.validate():
            return _one(rows, network, row, point=form), 422
        lifecycle.add_point(
            rows,
            row,
            Addressee(form.addressee.data),
            form.words.data.strip(),
            due_on=form.due_on.data,
            now=current.now(),
        )
        _note(rows, network, "point.added", row)
    return redirect(url_for("meetings.one", network_id=network_id, meeting_id=meeting_id), 303)


@pages.get("/omraden/<int:network_id>/moten/<int:meeting_id>/<paper>.pdf", may=Action.SEE_MEETINGS)
def paper(network_id: int, meeting_id: int, paper: str) -> ResponseReturnValue:
    """`inbjudan` for the notice board, `lappar` (two to a page) for those who are reached by paper, `protokoll` to
    write on."""
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.SEE_MEETINGS)
        row = lifecycle.meeting(rows, network_id, meeting_id)
        sender = _sender(rows, network)
        on_paper = _on_paper(rows, network, row)
    if paper == "protokoll":
        return pdf(printing.protocol_form(sender, network.name), "protokoll.pdf")
    if paper not in ("inbjudan", "lappar"):
        raise NotFound
    about = MeetingPaper(
        network=network.name,
        title=TITLES[row.kind],
        when=when_words(row.starts_at),
        place=row.place,
        agenda=_AGENDA[row.kind],
        url=_calendar_url(row),
        news=_news(row),
    )
    if paper == "lappar":
        return pdf(printing.meeting_slips(sender, about, number=max(1, on_paper)), "lappar.pdf")
    return pdf(printing.meeting_invitation(sender, about), "inbjudan.pdf")


@pages.get("/moten/<uid>.ics", may=Action.SEE_PUBLIC)
def calendar(uid: str) -> ResponseReturnValue:
    """The meeting for people's own calendars; the address cannot be guessed."""
    with current.runtime().database.read() as rows:
        row = lifecycle.meeting_with_uid(rows, uid)
        network = networks.network(rows, row.network_id)
    made = calendar_file.event(
        uid=f"{row.uid}@{current.runtime().settings.email.domain}",
        sequence=row.sequence,
        title=f"{TITLES[row.kind]} i {network.name}",
        starts_at=row.starts_at,
        minutes=row.minutes,
        place=row.place,
        url=f"{current.runtime().settings.installation.base_url}/",
        changed_at=row.changed_at,
        is_cancelled=row.state is MeetingState.CANCELLED,
    )
    return Response(made, mimetype="text/calendar")


def meeting_words(state: MeetingState) -> str:
    return {
        MeetingState.PLANNED: _("Planerat"),
        MeetingState.HELD: _("Har hållits"),
        MeetingState.CANCELLED: _("Inställt"),
    }[state]


def _draft(form: MeetingForm, kind: MeetingKind) -> MeetingDraft:
    """Refused: what a draft and a day out of reach refuse."""
    return MeetingDraft(kind, moment(form.day.data, form.clock.data), form.minutes.data, form.place.data.strip())


def _onward(network_id: int, meeting_id: int, alert_id: int) -> ResponseReturnValue:
    """To the check page of what is to be sent now, when there is something; else to the meeting's own."""
    if not alert_id:
        return redirect(url_for("meetings.one", network_id=network_id, meeting_id=meeting_id), 303)
    return inviting.to_check(alert_id)


def _cancel_page(rows: Session, network: WatchNetwork, row: Meeting) -> str:
    reached = len({address.person_id for address in _invited(rows, network, row)})
    return render_template(
        "meetings/cancelling.html",
        network=network,
        meeting=row,
        title=TITLES[row.kind],
        reached=reached,
        by_alert=inviting.invites(rows, network, row),
    )


def _news(row: Meeting) -> str:
    """What paper says first of a meeting that is not as it was announced; empty when it is."""
    if row.state is MeetingState.CANCELLED:
        return printing.CANCELLED
    return "Ändrad tid eller plats" if row.sequence and row.invited_at is not None else ""


def _tell(rows: Session, network: WatchNetwork, row: Meeting, kind: NoticeKind, said: Words, *, step: str) -> None:
    """Tell everybody once of each step: an invitation, or one change."""
    for address in _invited(rows, network, row):
        notices.queue(
            rows,
            address,
            kind,
            said,
            municipality_code=network.municipality_code,
            about=f"meeting:{row.id}",
            key=f"{step}:{address.channel}:{address.lookup.hex()}",
            now=current.now(),
            valid_for=INVITATION_LIFE,
        )
    notify.nudge(current.runtime(), rows)


def _invited(rows: Session, network: WatchNetwork, row: Meeting) -> list[people.ContactAddress]:
    """Every address of the network's members, and for a start meeting of those who are interested."""
    person_ids = networks.members(rows, network.id or 0)
    if row.kind is MeetingKind.START:
        person_ids += [one.person_id for one in lifecycle.interested_in(rows, network.id or 0)]
    return people.confirmed_addresses(rows, sorted(set(person_ids)))


def _on_paper(rows: Session, network: WatchNetwork, row: Meeting) -> int:
    """Households that no phone and no mailbox reaches."""
    network_id = network.id or 0
    person_ids = [address.person_id for address in _invited(rows, network, row)]
    return networks.joined_count(rows, network_id) - networks.reached_count(rows, network_id, person_ids)


def _changed(rows: Session, network: WatchNetwork, row: Meeting) -> Words:
    return words.meeting_changed(
        _sender(rows, network),
        network.name,
        title=TITLES[row.kind],
        at=row.starts_at,
        place=row.place,
        page=_calendar_url(row),
    )


def _calendar_url(row: Meeting) -> str:
    return f"{current.runtime().settings.installation.base_url}{url_for('meetings.calendar', uid=row.uid)}"


def _sender(rows: Session, network: WatchNetwork) -> str:
    return places.served_municipality(rows, network.municipality_code).sender_name


def _page(rows: Session, network: WatchNetwork, form: MeetingForm) -> str:
    return render_template(
        "meetings/page.html",
        network=network,
        form=form,
        meetings=lifecycle.meetings(rows, network.id or 0),
        titles=TITLES,
        meeting_words=meeting_words,
        when_words=when_words,
    )


def _one(
    rows: Session,
    network: WatchNetwork,
    row: Meeting,
    *,
    move: MeetingForm | None = None,
    held: HeldForm | None = None,
    point: PointForm | None = None,
) -> str:
    here = in_sweden(row.starts_at)
    filled = move or MeetingForm(day=here.date(), clock=here.time(), minutes=row.minutes, place=row.place)
    invited = _invited(rows, network, row)
    return render_template(
        "meetings/one.html",
        network=network,
        meeting=row,
        title=TITLES[row.kind],
        move=filled,
        held=held or HeldForm(attendance=row.attendance, protocol=row.protocol),
        point=point or PointForm(),
        points=[one for one in lifecycle.points(rows, [network.id or 0]) if one.meeting_id == row.id],
        reached=len({address.person_id for address in invited}),
        on_paper=_on_paper(rows, network, row),
        news=_news(row),
        invitation=alerts.invitation_to(rows, row.id or 0),
        by_alert=inviting.invites(rows, network, row),
        news_to_tell=inviting.what_to_tell(rows, row),
        outcome={one.value: n for one, n in notices.outcome(rows, f"meeting:{row.id}").items() if n},
        is_past=row.starts_at <= current.now(),
        wrong=[fault for one in (move, held, point) if one is not None for fault in _faults(one)],
        meeting_words=meeting_words,
        addressee_words=addressee_words,
        point_words=point_words,
        when_words=when_words,
    )


def _faults(form: FlaskForm) -> list[tuple[str, str]]:
    return [(field.id, str(words)) for field in form for words in field.errors]


def _note(rows: Session, network: WatchNetwork, act: str, row: Meeting) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        row=row.id or 0,
    )
