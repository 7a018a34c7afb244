"""A contact person's households: each as it shows itself, who waits to be let in, and those written in at the door."""

from datetime import UTC, date, datetime, time

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan import printing, tidings
from grannsamverkan.domain import audit, membership, networks, people, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.membership import Choices, DoorEntry, JoinRequest, Place, RequestState, SeenHousehold
from grannsamverkan.domain.networks import Household, Shows, ToNeighbours, WatchNetwork
from grannsamverkan.domain.notices import Change, words
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.phone import PhoneKind, read_phone
from grannsamverkan.foundation.phone import show as show_phone
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.printing import ListedHousehold
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.join import welcome
from grannsamverkan.web.one_time import phone_words, read_mailbox, read_mobile
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.words import date_words, listing

pages = Pages("households")

_DECIDED = "besvarad"

REASONS = {
    "moved": _l("Har flyttat"),
    "wish": _l("Vill inte vara med längre"),
    "mistake": _l("Kom med av misstag"),
    "misuse": _l("Bor inte i området"),
}


class DoorForm(FlaskForm):  # type: ignore[misc]
    """What stands on the signed paper."""

    unit = SelectField(_l("Gata eller trapphus"))
    label = StringField(
        _l("Namn eller husnummer"),
        [Length(max=60, message=_l("Skriv högst 60 tecken")), Guarded(RuleSet.NOTE)],
    )
    phone = StringField(_l("Mobilnummer"))
    email = StringField(_l("Mejladress"))
    landline = StringField(_l("Fast telefon"))
    shows = RadioField(
        _l("Vad får du se av hushållet?"),
        choices=[
            (Shows.NOTHING.value, _l("Ingenting. Hushållet räknas bara.")),
            (Shows.NAME.value, _l("Namnet du skriver nedan")),
            (Shows.CONTACT.value, _l("Namnet du skriver nedan, och hur det nås")),
        ],
        default=Shows.NAME.value,
    )
    listed = BooleanField(_l("Vill stå med namn på grannlistan"))
    paper_on = DateField(_l("Datum på papperet"), [InputRequired(_l("Skriv datumet som står på papperet"))])
    signed = BooleanField(
        _l("Grannen har skrivit under papperet"), [InputRequired(_l("Papperet måste vara underskrivet"))]
    )


class LeaveForm(FlaskForm):  # type: ignore[misc]
    """Why a household leaves."""

    because = RadioField(_l("Varför?"), [InputRequired(_l("Välj varför"))], choices=list(REASONS.items()))


@pages.get("/omraden/<int:network_id>/hushall", may=Action.SEE_HOUSEHOLDS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write(durable=False) as rows:
        network = access.network(rows, network_id, Action.SEE_HOUSEHOLDS)
        told = decided_words(session.pop(_DECIDED, None))
        return render_template("households/page.html", **_shown(rows, network), told=told)


def _shown(rows: Session, network: WatchNetwork) -> dict[str, object]:
    actor = current.signed_in_actor()
    seen = membership.visible_households(rows, actor.person_id, network)
    note_seen(rows, network, seen, "list")
    counted = networks.households_by_unit(rows, [network.id or 0])
    return {
        "network": network,
        "households": seen,
        "all": networks.joined_count(rows, network.id or 0),
        "requests": membership.requests_for(rows, actor.person_id, network),
        "unit_names": networks.unit_names(rows, [network.id or 0]),
        "counted": counted,
        "reached_by": reached_by,
        "address_words": address_words,
    }


@pages.get("/omraden/<int:network_id>/hushall/nytt", may=Action.ADD_HOUSEHOLD)
def new(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        form = _door_form(rows, network)
    return render_template("households/new.html", network=network, form=form)


@pages.post("/omraden/<int:network_id>/hushall/nytt", may=Action.ADD_HOUSEHOLD)
def add(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        form = _door_form(rows, network)
        entry = _entry(form, network)
        if entry is None:
            return render_template("households/new.html", network=network, form=form), 422
        joined = membership.add_at_door(rows, network.municipality_code, entry, now=current.now())
        assert joined.household is not None
        networks.adopt(rows, joined.household, current.signed_in_actor().person_id, now=current.now())
        _note_act(rows, network, "household.added", joined.household.id or 0)
        welcome(rows, joined, network)
    return redirect(url_for("households.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/hushall/forfragan/<int:request_id>", may=Action.DECIDE_JOIN)
def decide(network_id: int, request_id: int) -> ResponseReturnValue:
    """`svar` ja or nej. Whoever was not let in is told, and forgotten. Decided before, by somebody else or a press
    before, it is said what it was."""
    is_approved = request.form.get("svar") == "ja"
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.DECIDE_JOIN)
        actor = current.signed_in_actor()
        asked = membership.request(rows, network_id, request_id)
        theirs = {row.id for row in membership.requests_for(rows, actor.person_id, network)}
        if asked.state is RequestState.WAITING and asked.id not in theirs:
            raise NotFound
        if asked.state is RequestState.WAITING and not is_approved and not is_confirmed():
            return _ask_to_refuse(network, asked)
        decided = membership.decide(
            rows, asked, is_approved=is_approved, account_id=actor.account_id, now=current.now()
        )
        if decided.is_new:
            _note_act(rows, network, f"request.{decided.state.value}", request_id)
            if decided.joined is None:
                tidings.not_let_in(current.runtime(), rows, asked.person_id, network)
            else:
                if decided.joined.household is not None:
                    networks.adopt(rows, decided.joined.household, actor.person_id, now=current.now())
                welcome(rows, decided.joined, network)
    session[_DECIDED] = {"s": decided.state.value, "n": decided.is_new}
    return redirect(url_for("households.page", network_id=network_id), 303)


def _ask_to_refuse(network: WatchNetwork, asked: JoinRequest) -> str:
    shown = asked.label if asked.label and asked.shows is not Shows.NOTHING else _("Hushåll utan namn")
    return ask(
        Question(
            _("Släpp inte in %(name)s?", name=shown),
            [_("Hushållet får veta det, och uppgifterna raderas. Det går inte att ångra.")],
            _("Släpp inte in %(name)s i %(place)s", name=shown, place=network.name),
            url_for("households.page", network_id=network.id),
            [("svar", "nej")],
        )
    )


def decided_words(kept: object) -> str:
    """What came of the answer that was just given; empty when none was."""
    if not isinstance(kept, dict):
        return ""
    is_in = kept.get("s") == RequestState.APPROVED
    if kept.get("s") == RequestState.WITHDRAWN:
        return _("Förfrågan är stängd. Ingen har släppts in.")
    if kept.get("n"):
        return _("Hushållet är insläppt.") if is_in else _("Hushållet är inte insläppt. Det får besked.")
    if is_in:
        return _("Förfrågan var redan besvarad. Hushållet är insläppt.")
    return _("Förfrågan var redan besvarad. Hushållet är inte insläppt.")


@pages.get("/omraden/<int:network_id>/hushall/lista.pdf", may=Action.SEE_HOUSEHOLDS)
def printed(network_id: int) -> ResponseReturnValue:
    """The list on paper; that it was printed is written down."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.SEE_HOUSEHOLDS)
        seen = membership.visible_households(rows, current.signed_in_actor().person_id, network)
        note_seen(rows, network, seen, "print")
        sender = places.served_municipality(rows, network.municipality_code).sender_name
    listed = [
        ListedHousehold(
            one.unit_name,
            one.label,
            reached_by(one.channels),
            ", ".join(address_words(text) for text in (*one.addresses, one.landline) if text),
        )
        for one in seen
    ]
    today = date_words(in_sweden(current.now()).date())
    return pdf(printing.member_list(sender, network.name, listed, printed_on=today), "hushall.pdf")


@pages.get("/omraden/<int:network_id>/hushall/<int:household_id>/lamnar", may=Action.ADD_HOUSEHOLD)
def leaving(network_id: int, household_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network, seen = _own_household(rows, network_id, household_id)
    return render_template("households/leaving.html", network=network, household=seen, form=LeaveForm())


@pages.post("/omraden/<int:network_id>/hushall/<int:household_id>/lamnar", may=Action.ADD_HOUSEHOLD)
def remove(network_id: int, household_id: int) -> ResponseReturnValue:
    form = LeaveForm()
    with current.runtime().database.write() as rows:
        network, seen = _own_household(rows, network_id, household_id)
        if not form.validate():
            return render_template("households/leaving.html", network=network, household=seen, form=form), 422
        household = rows.get(Household, household_id)
        assert household is not None
        told = people.confirmed_addresses(rows, networks.people_of(rows, [household_id]))
        gone = membership.leave(rows, household, now=current.now())
        change = Change.REMOVED if gone else Change.REMOVED_ONE
        said = words.changed(tidings.sender_of(rows, network.municipality_code), change)
        tidings.goodbye(current.runtime(), rows, gone, told, network.municipality_code, said, key="removed")
        _note_act(rows, network, f"household.left.{form.because.data}", household_id)
    return redirect(url_for("households.page", network_id=network_id), 303)


def _own_household(rows: Session, network_id: int, household_id: int) -> tuple[WatchNetwork, SeenHousehold]:
    """One of the households that are this contact person's; NotFound for every other."""
    network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
    seen = membership.visible_households(rows, current.signed_in_actor().person_id, network)
    found = next((one for one in seen if one.id == household_id), None)
    if found is None:
        raise NotFound
    return network, found


def _door_form(rows: Session, network: WatchNetwork) -> DoorForm:
    form = DoorForm(paper_on=in_sweden(current.now()).date())
    names = networks.unit_names(rows, [network.id or 0])
    leaves = networks.leaf_units(rows, network.id or 0)
    if not network.has_member_list:
        del form.listed
    form.unit.choices = [("0", _("Ingen särskild")), *((str(unit.id), names[unit.id or 0]) for unit in leaves)]
    return form


def _entry(form: DoorForm, network: WatchNetwork) -> DoorEntry | None:
    """The paper, read; None with an error at each field that is wrong."""
    is_whole = form.validate()
    given = [
        read(field)
        for field, read in ((form.phone, read_mobile), (form.email, read_mailbox))
        if field.data and field.data.strip()
    ]
    landline = _landline(form.landline)
    label = (form.label.data or "").strip()
    shows = Shows(form.shows.data)
    if shows is not Shows.NOTHING and not label:
        refuse(form.label, _("Skriv ett namn eller husnummer, eller välj att inget ska synas"))
    if is_whole and form.paper_on.data > in_sweden(current.now()).date():
        refuse(form.paper_on, _("Datumet har inte varit än"))
    if not is_whole or None in given or any(field.errors for field in form):
        return None
    return DoorEntry(
        place=Place(network.id or 0, int(form.unit.data) or None),
        choices=Choices(shows, label if shows is not Shows.NOTHING else "", _listed(form, label)),
        addresses=tuple((one.channel, one.value) for one in given if one is not None),
        landline=landline,
        consented_at=_noon(form.paper_on.data),
    )


def _listed(form: DoorForm, label: str) -> ToNeighbours:
    """A name on the network's list, where there is one and the paper says so."""
    is_listed = "listed" in form and form.listed.data and label and Shows(form.shows.data) is not Shows.NOTHING
    return ToNeighbours.NAME if is_listed else ToNeighbours.NOTHING


def _landline(field: StringField) -> str | None:
    if not (field.data and field.data.strip()):
        return None
    try:
        phone = read_phone(field.data)
    except Refused as refused:
        refuse(field, phone_words(refused.code))
        return None
    if phone.kind is PhoneKind.MOBILE:
        refuse(field, _("Det är ett mobilnummer. Skriv det i fältet Mobilnummer."))
    return phone.e164


def _noon(day: date) -> datetime:
    """Midday of the paper's date, and never after now."""
    return min(datetime.combine(day, time(12), STOCKHOLM).astimezone(UTC), current.now())


def note_seen(rows: Session, network: WatchNetwork, seen: list[SeenHousehold], what: str) -> None:
    """These households have been shown to whoever is asking, and they can read that."""
    actor = current.signed_in_actor()
    audit.note_view(
        rows,
        now=current.now(),
        account_id=actor.account_id,
        role=actor.role.value,
        what=what,
        municipality_code=network.municipality_code,
        network_id=network.id or 0,
        household_ids=[one.id for one in seen if one.label],
    )


def _note_act(rows: Session, network: WatchNetwork, act: str, household_id: int) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        row=household_id,
    )


def reached_by(channels: frozenset[ChannelKind]) -> str:
    """How a household is reached."""
    ways = {ChannelKind.SMS: _("Sms"), ChannelKind.EMAIL: _("Mejl")}
    return listing(ways[channel] for channel in ChannelKind if channel in channels) if channels else _("Lapp")


def address_words(address: str) -> str:
    """A number as Swedes write it, a mail address as it is."""
    return show_phone(address) if address.startswith("+") else address
