"""Invitations from the writer's side: to what, when, where and whom; and the news for those who have been invited."""

from dataclasses import dataclass
from datetime import time

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange

from grannsamverkan import deciding, flow
from grannsamverkan.domain import alerts, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import (
    EDITABLE,
    FREE_TEXT_MAX_CHARS,
    MOST_PLACE_CHARS,
    OCCASION_WORDS,
    PUBLISHED,
    Alert,
    AlertClass,
    AlertOccasion,
    InvitationDraft,
    News,
    NewsDraft,
    Occasion,
    RuleSet,
    Target,
)
from grannsamverkan.domain.lifecycle import Meeting, MeetingKind, MeetingState
from grannsamverkan.domain.networks import NetworkState, WatchNetwork, state_of
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import access, current
from grannsamverkan.web.alert_preview import source_of
from grannsamverkan.web.approval import to_alert
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded, known_names
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.place_choice import Desk, new_desk, refuse_out_of_reach, stored_desk
from grannsamverkan.web.times import moment

pages = Pages("inviting")


class WhenForm(FlaskForm):  # type: ignore[misc]
    """When and where."""

    day = DateField(_l("Dag"), [InputRequired(_l("Skriv dagen"))])
    clock = TimeField(_l("Klockan"), [InputRequired(_l("Skriv tiden"))], default=time(18))
    minutes = IntegerField(
        _l("Minuter"),
        [InputRequired(_l("Skriv hur länge")), NumberRange(15, 600, _l("Skriv ett tal från 15 till 600"))],
        default=90,
    )
    place = StringField(
        _l("Plats"),
        [
            InputRequired(_l("Skriv platsen")),
            Length(max=MOST_PLACE_CHARS, message=_l("Skriv högst 120 tecken")),
            Guarded(RuleSet.NOTE),
        ],
    )


class InvitationForm(WhenForm):
    """To what, and anything more that there is to say."""

    occasion = RadioField(_l("Vad bjuder du in till?"), default=Occasion.INFORMATION.value)
    more = TextAreaField(
        _l("Något mer? (frivilligt)"),
        [Length(max=FREE_TEXT_MAX_CHARS, message=_l("Skriv högst 200 tecken")), Guarded(RuleSet.ALERT)],
    )

    def __init__(self, **filled: object) -> None:
        super().__init__(**filled)
        self.occasion.choices = [(one.value, _(words.label)) for one, words in OCCASION_WORDS.items()]


class NewsForm(WhenForm):
    """The new time and place; nothing of it is asked for unless it is moved."""


# ------------------------------------------------------------------------------------------------------- write


@pages.get("/varningar/inbjudan", may=Action.WRITE_ALERT)
def compose() -> ResponseReturnValue:
    """`?omrade=` ticks a network."""
    with current.runtime().database.read() as session:
        desk = new_desk(session)
    return _form(desk, InvitationForm())


@pages.post("/varningar/inbjudan", may=Action.WRITE_ALERT)
def submit() -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = new_desk(session)
    return _take_in(desk)


@pages.get("/varningar/<int:alert_id>/inbjudan", may=Action.WRITE_ALERT)
def edit(alert_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = _stored(session, alert_id)
        if desk.alert is None or desk.alert.state not in EDITABLE:
            return to_alert(desk.alert)
        filled = _form_of(alerts.occasion_of(session, alert_id), desk.alert)
    return _form(desk, filled)


@pages.post("/varningar/<int:alert_id>/inbjudan", may=Action.WRITE_ALERT)
def change(alert_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = _stored(session, alert_id)
    return to_alert(desk.alert) if desk.alert and desk.alert.state not in EDITABLE else _take_in(desk)


def _stored(session: Session, alert_id: int) -> Desk:
    desk = stored_desk(session, alert_id)
    if desk.alert is None or desk.alert.alert_class is not AlertClass.INVITATION or desk.alert.about_id is not None:
        raise NotFound
    return desk


def _form_of(row: AlertOccasion, alert: Alert) -> InvitationForm:
    here = in_sweden(row.starts_at)
    return InvitationForm(
        occasion=row.occasion,
        day=here.date(),
        clock=here.time(),
        minutes=row.minutes,
        place=row.place,
        more=alert.free_text,
    )


def _take_in(desk: Desk) -> ResponseReturnValue:
    form, actor, now = InvitationForm(), current.signed_in_actor(), current.now()
    is_whole = form.validate()
    if not desk.chosen.places:
        desk = desk.refused("var", _("Välj minst ett område"))
    if not is_whole or desk.chosen.faults:
        return _form(desk, form, 422)
    refuse_out_of_reach(desk)
    try:
        draft = InvitationDraft(
            targets=desk.chosen.targets,
            occasion=Occasion(form.occasion.data),
            starts_at=moment(form.day.data, form.clock.data),
            minutes=form.minutes.data,
            place=form.place.data.strip(),
            free_text=form.more.data.replace("\r\n", "\n").strip(),
            meeting_id=_meeting_id(desk),
        ).checked_at(now, known_names())
        with current.runtime().database.write() as session:
            if desk.alert is None:
                row = alerts.start(session, draft, author_account_id=actor.account_id, source=desk.source, now=now)
            else:
                row = alerts.alert(session, desk.alert.id or 0, to_change=True)
                alerts.change(session, row, draft, version=desk.alert.version, now=now, account_id=actor.account_id)
            alert_id = row.id or 0
        flow.check_alert(current.runtime(), alert_id=alert_id)
    except Conflict:
        return _form(desk.refused("var", _("Någon annan har ändrat det. Försök igen.")), form, 409)
    except Refused as refused:
        refuse(*_fault(refused, form))
        return _form(desk, form, 422)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


def _meeting_id(desk: Desk) -> int | None:
    if desk.alert is None:
        return None
    with current.runtime().database.read() as session:
        return alerts.occasion_of(session, desk.alert.id or 0).meeting_id


def _fault(refused: Refused, form: WhenForm) -> tuple[object, str]:
    """(field, what is wrong there)"""
    if refused.code == "sms_too_long":
        return form.place, _("Texten ryms inte i två sms. Skriv platsen kortare.")
    if refused.code == "too_far_ahead":
        return form.day, _("Välj en dag inom ett år")
    return form.day, _("Tiden har redan varit")


def _form(desk: Desk, form: InvitationForm, status: int = 200) -> Response:
    content = render_template(
        "alerts/invitation.html",
        desk=desk,
        filled=desk.chosen,
        maps=desk.maps,
        form=form,
        wrong=[*_faults(form), *desk.chosen.faults],
    )
    return make_response(content, status)


def _faults(form: FlaskForm) -> list[tuple[str, str]]:
    return [(field.id, str(words)) for field in form for words in field.errors]


# ------------------------------------------------------------------------------------- a network's own meeting


def what_to_tell(session: Session, meeting: Meeting) -> News | None:
    """What those who were invited to a network's own meeting do not know yet; None when they know how it stands, or
    nobody was invited by an alert."""
    about = alerts.invitation_to(session, meeting.id or 0)
    if about is None:
        return None
    known, is_off = alerts.latest_occasion(session, about)
    if is_off:
        return None
    if meeting.state is MeetingState.CANCELLED:
        return News.CALLED_OFF
    is_as_told = (known.starts_at, known.minutes, known.place) == (meeting.starts_at, meeting.minutes, meeting.place)
    return None if is_as_told else News.MOVED


def invites(session: Session, network: WatchNetwork, meeting: Meeting) -> bool:
    """Whether people are invited to this meeting by an alert: where the network is under way. Before that, those who
    are interested are invited too, and somebody who was told by a notice is told by notices until the end."""
    if meeting.kind is MeetingKind.START or state_of(session, network.id or 0) is not NetworkState.ACTIVE:
        return False
    return meeting.invited_at is None or alerts.invitation_to(session, meeting.id or 0) is not None


def draft_about(session: Session, network: WatchNetwork, meeting: Meeting) -> int:
    """What there is to send about a network's own meeting, as a draft of whoever asks: its invitation, or what those
    who have that do not know yet; the invitation itself when there is nothing more to say."""
    actor, now = current.signed_in_actor(), current.now()
    author_id, source = actor.account_id, source_of(actor)
    about, news = alerts.invitation_to(session, meeting.id or 0), what_to_tell(session, meeting)
    if about is not None and news is not None:
        told = NewsDraft(news, meeting.starts_at, meeting.minutes, meeting.place)
        about = alerts.start_news(session, about, told, author_account_id=author_id, source=source, now=now)
    if about is None:
        written = alerts.drafts_to(session, meeting.id or 0)
        about = next((row for row in written if row.author_account_id == author_id), None)
    if about is None:
        about = alerts.start(session, _draft_to(network, meeting), author_account_id=author_id, source=source, now=now)
    return about.id or 0


def draft_after_change(session: Session, network: WatchNetwork, meeting: Meeting) -> int:
    """The meeting is not as it was: the draft that tells so; 0 when nobody has been told of it. An invitation that
    nobody has let go says how it is now, or is thrown away."""
    now = current.now()
    for row in alerts.drafts_to(session, meeting.id or 0):
        if meeting.state is MeetingState.CANCELLED:
            alerts.discard(session, row, version=row.version, now=now)
        else:
            alerts.change(session, row, _draft_to(network, meeting), version=row.version, now=now)
    return draft_about(session, network, meeting) if what_to_tell(session, meeting) is not None else 0


def _draft_to(network: WatchNetwork, meeting: Meeting) -> InvitationDraft:
    return InvitationDraft(
        targets=(Target(network_id=network.id or 0),),
        occasion=alerts.OCCASION_OF[meeting.kind],
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        place=meeting.place,
        meeting_id=meeting.id,
    )


def to_check(alert_id: int) -> ResponseReturnValue:
    """To the draft's check page; to the page of what has gone already."""
    try:
        flow.check_alert(current.runtime(), alert_id=alert_id)
    except Conflict:
        return redirect(url_for("live.page", alert_id=alert_id), 303)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


# ----------------------------------------------------------------------------------------------------- the news


@dataclass(frozen=True)
class _Invited:
    """The invitation, what it invites to as it stands now, and the network's own meeting, when it is one."""

    about: Alert
    occasion: AlertOccasion
    meeting: Meeting | None
    is_remembered: bool
    unsent: bool

    @property
    def may_tell(self) -> tuple[News, ...]:
        return (News.REMINDER,) if self.meeting is not None else tuple(News)


@pages.get("/varningar/<int:alert_id>/inbjudna", may=Action.WRITE_ALERT)
def news(alert_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = _invited(session, alert_id)
    here = in_sweden(desk.occasion.starts_at)
    form = NewsForm(day=here.date(), clock=here.time(), minutes=desk.occasion.minutes, place=desk.occasion.place)
    return _news_page(desk, form)


@pages.post("/varningar/<int:alert_id>/inbjudna", may=Action.WRITE_ALERT)
def tell(alert_id: int) -> ResponseReturnValue:
    """`sag` is what is told: the draft is kept and shown on the check page. A network's own meeting is moved or called
    off on its own page, and what follows from that begins there."""
    with current.runtime().database.read() as session:
        desk = _invited(session, alert_id)
    form, typed = NewsForm(), request.form.get("sag", "")
    told = next((one for one in desk.may_tell if one.value == typed), None)
    if told is None or not desk.is_remembered or (told is News.MOVED and not form.validate()):
        return _news_page(desk, form, 422)
    starts_at = moment(form.day.data, form.clock.data) if told is News.MOVED else None
    actor, now = current.signed_in_actor(), current.now()
    try:
        draft = NewsDraft(told, starts_at, form.minutes.data or 90, (form.place.data or "").strip())
        draft.checked_at(now, known_names())
        with current.runtime().database.write() as session:
            about = alerts.alert(session, desk.about.id or 0)
            row = alerts.start_news(
                session, about, draft, author_account_id=actor.account_id, source=source_of(actor), now=now
            )
            news_id = row.id or 0
    except Refused as refused:
        refuse(*_fault(refused, form))
        return _news_page(desk, form, 422)
    return to_check(news_id)


def _invited(session: Session, alert_id: int) -> _Invited:
    """NotFound for what is no invitation, has not gone, or is called off or over already."""
    about = access.alert(session, alert_id, Action.WRITE_ALERT)
    if about.story_id is not None:
        about = access.alert(session, about.story_id, Action.WRITE_ALERT)
    is_out = about.state in PUBLISHED and about.release_at is not None and about.release_at <= current.now()
    if about.alert_class is not AlertClass.INVITATION or not is_out:
        raise NotFound
    occasion, is_off = alerts.latest_occasion(session, about)
    if is_off or occasion.starts_at <= current.now():
        raise NotFound
    meeting = session.get(Meeting, occasion.meeting_id) if occasion.meeting_id is not None else None
    return _Invited(
        about=about,
        occasion=occasion,
        meeting=meeting,
        is_remembered=targeting.is_remembered(session, about.id or 0),
        unsent=deciding.has_unsent(session, about),
    )


def may_tell(session: Session, alert: Alert) -> bool:
    """Whether there is something to tell those whom this alert has invited."""
    try:
        _invited(session, alert.id or 0)
    except NotFound:
        return False
    return True


def _news_page(desk: _Invited, form: NewsForm, status: int = 200) -> Response:
    content = render_template(
        "alerts/invited.html",
        desk=desk,
        about=desk.about,
        what=_(OCCASION_WORDS[Occasion(desk.occasion.occasion)].label),
        form=form,
        wrong=_faults(form),
    )
    return make_response(content, status)
