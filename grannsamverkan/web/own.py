"""The neighbour's own page: in by a code to one's own phone or mailbox, never by a password."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import advice, alerts, deliveries, membership, people, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.codes import CodePurpose
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.membership import OwnData, RequestState
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.catalogues import LANGUAGES
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web import current, one_time
from grannsamverkan.web.advice_finding import title_of
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.households import address_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.language import keep
from grannsamverkan.web.networks import contact_role_words
from grannsamverkan.web.one_time import AddressForm, CodeForm
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sessions import let_visit

pages = Pages("own")

_NOBODY = 0  # asked for all the same: the work says nothing of whether we know somebody


@pages.get("/min-sida", may=Action.SEE_PUBLIC)
def start() -> ResponseReturnValue:
    if current.may(Action.SEE_OWN):
        return redirect(url_for("own.page"))
    return render_template("own/start.html", form=AddressForm())


@pages.post("/min-sida", may=Action.JOIN)
def ask() -> ResponseReturnValue:
    """The same page, the same work and the same time whether we know the address or not."""
    form = AddressForm()
    given = form.given() if form.validate() else None
    if given is None:
        return render_template("own/start.html", form=form), 422
    try:
        with current.runtime().database.write() as rows:
            address = one_time.known_address(rows, given)
            person = rows.get(Person, address.person_id if address else _NOBODY)
            one_time.ask(rows, CodePurpose.OWN_PAGE, given, address, person.municipality_code if person else "")
    except Refused as refused:
        refuse(form.phone if given.channel is ChannelKind.SMS else form.email, one_time.wait_words(refused))
        return render_template("own/start.html", form=form), 429
    return redirect(url_for("own.code"), 303)


@pages.get("/min-sida/kod", may=Action.SEE_PUBLIC)
def code() -> ResponseReturnValue:
    return render_template("own/code.html", form=CodeForm())


@pages.post("/min-sida/kod", may=Action.JOIN)
def enter() -> ResponseReturnValue:
    form = CodeForm()
    answer = one_time.try_code(form, CodePurpose.OWN_PAGE)
    if answer is None or answer.channel is None:
        return render_template("own/code.html", form=form), 422
    with current.runtime().database.write() as rows:
        address = _address_at_home(rows, answer.channel, answer.lookup)
        person = rows.get(Person, address.person_id) if address else None
        if address is not None:
            people.prove_address(address, now=current.now())
    if person is None:
        raise NotFound
    let_visit(person)
    inside = redirect(url_for("own.page"), 303)
    if person.language != LANGUAGES[0]:  # chosen here before, perhaps in another browser
        keep(inside, person.language)
    return inside


def _address_at_home(rows: Session, channel: ChannelKind, lookup: bytes) -> ContactAddress | None:
    """The address as a neighbour's: whoever works with this too has written it down once more, for work."""
    first = people.confirmed_address(rows, channel, lookup)
    if first is None or membership.is_needed(rows, first.person_id):
        return first
    owners = [person.id or 0 for person in people.owners(rows, channel, lookup)]
    at_home = next((person_id for person_id in owners if membership.is_needed(rows, person_id)), first.person_id)
    return next(row for row in people.confirmed_of(rows, at_home) if (row.channel, row.lookup) == (channel, lookup))


@pages.get("/min-sida/jag", may=Action.SEE_OWN)
def page() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        data = own(rows)
        return shown(data, tips=tips_to(rows, data))


def shown(data: OwnData, *, wrong: tuple[tuple[str, str], ...] = (), tips: "Sequence[Tip]" = ()) -> str:
    """The page; `wrong` as (the id of the field, what is wrong)."""
    return render_template(
        "own/page.html",
        data=data,
        now=current.now(),
        sms=data.address(ChannelKind.SMS),
        email=data.address(ChannelKind.EMAIL),
        channel=ChannelKind,
        address_words=address_words,
        wrong=wrong,
        tips=tips,
    )


@pages.get("/min-sida/allt", may=Action.SEE_OWN)
def everything() -> ResponseReturnValue:
    """All that is kept about the one who asks, to read."""
    with current.runtime().database.read() as rows:
        data = own(rows)
        return render_template(
            "own/everything.html",
            data=data,
            warnings=warnings_to(rows, data),
            tips=tips_to(rows, data),
            address_words=address_words,
            request_words=request_words,
            contact_role_words=contact_role_words,
        )


@pages.get("/min-sida/allt.json", may=Action.SEE_OWN)
def as_file() -> ResponseReturnValue:
    """The same as a file."""
    with current.runtime().database.read() as rows:
        data = own(rows)
        content = json.dumps(as_json(data, warnings_to(rows, data), tips_to(rows, data)), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="mina-uppgifter.json"'}
    return Response(content, 200, headers, mimetype="application/json")


def own(rows: Session) -> OwnData:
    """What is kept about the one who asks."""
    person_id = current.signed_in_actor().person_id
    if person_id is None:
        raise NotFound
    return membership.own_data(rows, person_id)


@dataclass(frozen=True)
class Warned:
    """A warning that went to one of the person's addresses, as long as its copies are known."""

    number: int | None
    channel: ChannelKind
    at: datetime | None
    state: DeliveryState


def warnings_to(rows: Session, data: OwnData) -> list[Warned]:
    """Newest first."""
    copies = deliveries.sent_to(rows, {row.lookup for row in data.addresses if row.confirmed_at is not None})
    sent = {alert_id: alerts.alert(rows, alert_id) for alert_id in {row.alert_id for row in copies}}
    return [Warned(sent[row.alert_id].number, row.channel, row.handed_over_at, row.state) for row in copies]


@dataclass(frozen=True)
class Tip:
    """A tip that a household of the person's has been given; `title` is empty for one that is no more."""

    key: str
    title: str
    place: str
    at: datetime


def tips_to(rows: Session, data: OwnData) -> list[Tip]:
    """Newest first."""
    code = data.person.municipality_code
    titles = {card.key: title_of(card) for card in advice.cards(rows, code)}
    homes = [one.household.id or 0 for one in data.households]
    return [Tip(key, titles.get(key, ""), code, at) for key, at in targeting.given_to(rows, homes)]


def request_words(state: RequestState) -> str:
    return {
        RequestState.WAITING: _("väntar på svar"),
        RequestState.APPROVED: _("insläppt"),
        RequestState.DECLINED: _("inte insläppt"),
        RequestState.WITHDRAWN: _("stängd"),
    }[state]


def as_json(data: OwnData, warnings: list[Warned], tips: list[Tip]) -> dict[str, Any]:
    """Times as ISO 8601 in UTC."""
    person = data.person
    return {
        "name": person.name,
        "language": person.language,
        "level": person.level.value,
        "quiet_hours": [person.quiet_from, person.quiet_to],
        "paused_until": _iso(person.paused_until),
        "since": _iso(person.created_at),
        "households": [
            {
                "network": one.network_name,
                "unit": one.unit_name,
                "label": one.household.label,
                "landline": one.household.landline,
                "shows": one.household.shows.value,
                "to_neighbours": one.household.to_neighbours.value,
                "joined_at": _iso(one.household.joined_at),
            }
            for one in data.households
        ],
        "addresses": [
            {
                "channel": ChannelKind(row.channel).name.lower(),
                "value": row.value,
                "confirmed_at": _iso(row.confirmed_at),
            }
            for row in data.addresses
        ],
        "choices": [
            {
                "channel": ChannelKind(row.channel).name.lower(),
                "text": row.text_version,
                "given_at": _iso(row.given_at),
                "given_by": row.given_by.value,
                "source": row.source,
                "evidence": row.evidence,
                "withdrawn_at": _iso(row.withdrawn_at),
            }
            for row in data.consents
        ],
        "tips": [{"card": one.key, "given_at": _iso(one.at)} for one in tips],
        "requests": [{"asked_at": _iso(row.asked_at), "state": row.state.value} for row in data.requests],
        "interests": [
            {"place": row.place, "kind": row.kind.value, "made_at": _iso(row.made_at)} for row in data.interests
        ],
        "past_households": [
            {
                "network": one.network_name,
                "unit": one.unit_name,
                "joined_at": _iso(one.household.joined_at),
                "left_at": _iso(one.household.left_at),
            }
            for one in data.lived
        ],
        "trained_on": [day.isoformat() for day in data.trained_on],
        "training_seats": [{"invited_at": _iso(seat.invited_at), "came": seat.came} for seat in data.seats],
        "stopped": [{"channel": channel.name.lower(), "since": _iso(since)} for channel, since in data.stopped],
        "warnings": [
            {
                "number": one.number,
                "channel": one.channel.name.lower(),
                "handed_over_at": _iso(one.at),
                "state": one.state.name.lower(),
            }
            for one in warnings
        ],
        "contact_roles": [
            {"role": row.role.value, "since": _iso(row.since), "until": _iso(row.until)} for row in data.roles
        ],
        "messages": [
            {
                "kind": row.kind.value,
                "channel": ChannelKind(row.channel).name.lower(),
                "made_at": _iso(row.made_at),
                "state": row.state.value,
            }
            for row in data.notices
        ],
        "looked_at_by": [
            {"at": _iso(row.at), "role": row.role, "what": row.what, "purpose": row.purpose} for row in data.views
        ],
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
