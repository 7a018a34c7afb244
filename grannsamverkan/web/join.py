"""Joining: a code from a slip or an area, an address, six digits, a choice. One question a page, and no password."""

from datetime import timedelta

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan import tidings
from grannsamverkan.domain import audit, membership, networks, people, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.codes import CodePurpose
from grannsamverkan.domain.membership import Choices, Joined, JoinOutcome, Place
from grannsamverkan.domain.networks import Shows, WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web import current, errors, one_time
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.lately import lately
from grannsamverkan.web.one_time import AddressForm, CodeForm
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.public import messages_a_year

pages = Pages("join")

_PLACE, _DONE = "plats", "gick_med"
_NOWHERE = "0"
# Codes of no slip from one visitor: enough for whoever misreads theirs, and no machine gets through them.
_GUESSES, _GUESSES_IN = 20, timedelta(minutes=5)


class SlipForm(FlaskForm):  # type: ignore[misc]
    """The code on the slip."""

    code = StringField(_l("Koden på lappen"), [InputRequired(_l("Skriv koden som står på lappen"))])


class UnitForm(FlaskForm):  # type: ignore[misc]
    """Stairwell or street."""

    unit = RadioField(_l("Var bor du?"), [InputRequired(_l("Välj var du bor"))])


class ChoicesForm(FlaskForm):  # type: ignore[misc]
    """The choice itself: an empty box that has to be ticked, what the contact person may see, and in which language."""

    wants = BooleanField(_l("Ja, skicka till mig"), [InputRequired(_l("Kryssa i rutan om du vill vara med"))])
    shows = RadioField(
        _l("Vad får ditt kontaktombud se?"),
        choices=[
            (Shows.NOTHING.value, _l("Ingenting. Jag räknas bara.")),
            (Shows.NAME.value, _l("Namnet jag skriver här")),
            (Shows.CONTACT.value, _l("Namnet, och hur jag nås")),
        ],
        default=Shows.NAME.value,
    )
    label = StringField(
        _l("Namn eller husnummer"),
        [Length(max=60, message=_l("Skriv högst 60 tecken")), Guarded(RuleSet.NOTE)],
    )
    language = RadioField(
        _l("Vilket språk vill du ha i sms och mejl?"), choices=[("sv", "Svenska"), ("en", "English")], default=language
    )


@pages.get("/ga-med", may=Action.SEE_PUBLIC)
def start() -> ResponseReturnValue:
    """`?kod=` from a slip's QR code, or `?omrade=` from the area's page: then the street or stairwell is asked here."""
    asked, form = read_id(request.args.get("omrade")), SlipForm(code=request.args.get("kod", ""))
    with current.runtime().database.read() as rows:
        if asked is not None:
            network = membership.joinable(rows, asked)
            if network.id != asked:
                return redirect(url_for("join.start", omrade=network.id))
            return _start_page(rows, form, network)
        batch = membership.batch_with_code(rows, form.code.data or "")
        if batch is None or not membership.is_usable(batch, current.now()):
            wait_s = _wait_after_a_guess() if form.code.data else 0
            return errors.page(429, after_s=wait_s) if wait_s else _start_page(rows, form)
        of_slip = membership.joinable(rows, batch.network_id)
        return _start_page(rows, form, units_of=of_slip if batch.unit_id is None else None)


@pages.post("/ga-med", may=Action.JOIN)
def begin() -> ResponseReturnValue:
    asked, form = read_id(request.args.get("omrade")), SlipForm()
    with current.runtime().database.read() as rows:
        if asked is not None:
            return _go_on(rows, Place(membership.joinable(rows, asked).id or 0))
        if not form.validate():
            return _start_page(rows, form), 422
        batch = membership.batch_with_code(rows, form.code.data or "")
        if batch is not None:
            membership.joinable(rows, batch.network_id)
        if batch is None or not membership.is_usable(batch, current.now()):
            wait_s = _wait_after_a_guess()
            if wait_s:
                return errors.page(429, after_s=wait_s)
            refuse(form.code, _("Koden stämmer inte, eller så har den gått ut. Be ditt kontaktombud om en ny."))
            return _start_page(rows, form), 422
        return _go_on(rows, Place(batch.network_id, batch.unit_id, batch.id))


def _wait_after_a_guess() -> int:
    """A code of no slip was tried once more: seconds to wait when it was tried too often from here, else 0."""
    return lately("join.guesses", _GUESSES, _GUESSES_IN).wait(current.visitor(), current.now())


def _start_page(
    rows: Session, form: SlipForm, network: WatchNetwork | None = None, *, units_of: WatchNetwork | None = None
) -> str:
    """The first page; for a network, with how often it writes. The part is asked for here where it is not known."""
    in_parts = network or units_of
    units = _unit_form(rows, in_parts).unit if in_parts is not None else None
    card = networks.cards(rows, [network.municipality_code], [network.id or 0])[0] if network is not None else None
    return render_template(
        "join/start.html",
        form=form,
        network=network,
        card=card,
        messages=messages_a_year(rows, card) if card is not None else None,
        units=units if units is not None and len(units.choices) > 1 else None,
    )


def _go_on(rows: Session, place: Place) -> ResponseReturnValue:
    """To the address, or first to the part where that was not said on the first page."""
    said = request.form.get("unit", "")
    choices = dict(_unit_form(rows, networks.network(rows, place.network_id)).unit.choices)
    if place.unit_id is None and said in choices:
        place = Place(place.network_id, int(said) or None, place.batch_id)
        _remember(place)
        return redirect(url_for("join.how"), 303)
    _remember(place)
    return redirect(url_for("join.how" if place.unit_id else "join.where"), 303)


@pages.blueprint.errorhandler(Refused)
def ended(refused: Refused) -> ResponseReturnValue:
    """A network that has ended says so, and where one begins anew."""
    if refused.code != "network_ended":
        return errors.page(400)
    forget_place()
    with current.runtime().database.read() as rows:
        municipality = places.municipality(rows, str(refused.facts["municipality"]))
    return render_template("join/ended.html", municipality=municipality), 410


@pages.get("/ga-med/var", may=Action.SEE_PUBLIC)
def where() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        _p, network = _place(rows)
        form = _unit_form(rows, network)
    if len(form.unit.choices) == 1:
        return redirect(url_for("join.how"))
    return render_template("join/where.html", form=form, network=network)


@pages.post("/ga-med/var", may=Action.JOIN)
def choose_where() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        place, network = _place(rows)
        form = _unit_form(rows, network)
    if not form.validate():
        return render_template("join/where.html", form=form, network=network), 422
    unit_id = int(form.unit.data) or None
    _remember(Place(place.network_id, unit_id, place.batch_id))
    return redirect(url_for("join.how"), 303)


@pages.get("/ga-med/hur", may=Action.SEE_PUBLIC)
def how() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        _p, network = _place(rows)
    return render_template("join/how.html", form=AddressForm(), network=network)


@pages.post("/ga-med/hur", may=Action.JOIN)
def give_address() -> ResponseReturnValue:
    form = AddressForm()
    with current.runtime().database.read() as rows:
        place, network = _place(rows)
    given = form.given() if form.validate() else None
    if given is None:
        return render_template("join/how.html", form=form, network=network), 422
    try:
        with current.runtime().database.write() as rows:
            ticket, code = one_time.hashed_ticket(rows), network.municipality_code
            address = membership.begin(rows, ticket, place, code, given.channel, given.value, now=current.now())
            one_time.ask(rows, CodePurpose.JOIN, given, address, code)
    except Refused as refused:
        refuse(form.phone if given.channel is ChannelKind.SMS else form.email, one_time.wait_words(refused))
        return render_template("join/how.html", form=form, network=network), 429
    return redirect(url_for("join.code"), 303)


@pages.get("/ga-med/kod", may=Action.SEE_PUBLIC)
def code() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        _place(rows)
    return render_template("join/code.html", form=CodeForm())


@pages.post("/ga-med/kod", may=Action.JOIN)
def try_code() -> ResponseReturnValue:
    form = CodeForm()
    answer = one_time.try_code(form, CodePurpose.JOIN)
    if answer is None:
        return render_template("join/code.html", form=form), 422
    with current.runtime().database.write() as rows:
        membership.confirm(rows, one_time.hashed_ticket(rows), answer.lookup, now=current.now())
    return redirect(url_for("join.choices"), 303)


@pages.get("/ga-med/val", may=Action.SEE_PUBLIC)
def choices() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        _p, network = _place(rows)
        _confirmed(rows)
    return render_template("join/choices.html", form=ChoicesForm(), network=network)


@pages.post("/ga-med/val", may=Action.JOIN)
def choose() -> ResponseReturnValue:
    form = ChoicesForm()
    with current.runtime().database.read() as rows:
        _p, network = _place(rows)
        _confirmed(rows)
    if not form.validate():
        return render_template("join/choices.html", form=form, network=network), 422
    shows = Shows(form.shows.data)
    label = (form.label.data or "").strip() if shows is not Shows.NOTHING else ""
    with current.runtime().database.write() as rows:
        joined = membership.finish(rows, one_time.hashed_ticket(rows), Choices(shows, label), now=current.now())
        people.choose_language(rows, joined.person.id or 0, form.language.data)
        if joined.is_new:
            _tell(rows, joined)
    forget_place()
    session[_DONE] = {"n": joined.network_id, "o": joined.outcome.value}
    return redirect(url_for("join.done"), 303)


def forget_place() -> None:
    """What comes next in this browser is another joining."""
    session.pop(_PLACE, None)
    one_time.forget_ticket()


@pages.get("/ga-med/klart", may=Action.SEE_PUBLIC)
def done() -> ResponseReturnValue:
    """What came of it; bookmarked or opened again, it does nothing anew."""
    kept = session.get(_DONE)
    if not isinstance(kept, dict):
        return redirect(url_for("join.start"))
    with current.runtime().database.read() as rows:
        network = networks.successor(rows, int(kept["n"]))
        served = places.served_municipality(rows, network.municipality_code)
        card = networks.cards(rows, [network.municipality_code], [network.id or 0])[0]
    return render_template(
        "join/done.html",
        network=network,
        card=card,
        outcome=JoinOutcome(kept["o"]),
        sender=served.sender_name,
        number=_number(),
    )


@pages.get("/ga-med/kontakt.vcf", may=Action.SEE_PUBLIC)
def contact_card() -> ResponseReturnValue:
    """The number our SMS come from, to be kept among the phone's contacts."""
    number = _number()
    if not number:
        raise NotFound
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Grannsamverkan",
        "ORG:Grannsamverkan",
        f"TEL;TYPE=CELL:{number}",
        "END:VCARD",
    )
    card = "".join(f"{line}\r\n" for line in lines)
    headers = {"Content-Disposition": 'attachment; filename="grannsamverkan.vcf"'}
    return Response(card, 200, headers, mimetype="text/vcard")


def _number() -> str:
    sender = current.runtime().settings.sms.sender
    return sender if sender.startswith("+") else ""


def _tell(rows: Session, joined: Joined) -> None:
    """Say welcome over the new channel, and write down that somebody joined or asked."""
    network = networks.network(rows, joined.network_id)
    audit.record(
        rows,
        now=current.now(),
        account_id=None,
        act=f"membership.{joined.outcome.value}",
        thing="network",
        thing_id=joined.network_id,
        municipality_code=network.municipality_code,
    )
    if joined.outcome is JoinOutcome.JOINED:
        welcome(rows, joined, network)


def welcome(rows: Session, joined: Joined, network: WatchNetwork) -> None:
    """A welcome to every address of the new household."""
    tidings.welcome(current.runtime(), rows, joined, network)


def _remember(place: Place) -> None:
    session[_PLACE] = {"n": place.network_id, "u": place.unit_id, "b": place.batch_id}


def _place(rows: Session) -> tuple[Place, WatchNetwork]:
    """Where this browser is about to join. NotFound where it has not said; Refused: network_ended."""
    kept = session.get(_PLACE)
    if not isinstance(kept, dict):
        raise NotFound
    place = Place(int(kept["n"]), kept.get("u"), kept.get("b"))
    network = membership.joinable(rows, place.network_id)
    if network.id != place.network_id:  # it has become a part of another while the form was open
        place = Place(network.id or 0, None, place.batch_id)
        _remember(place)
    return place, network


def _confirmed(rows: Session) -> None:
    if membership.enrolment(rows, one_time.hashed_ticket(rows), now=current.now()).confirmed_at is None:
        raise NotFound


def _unit_form(rows: Session, network: WatchNetwork) -> UnitForm:
    form = UnitForm()
    names = networks.unit_names(rows, [network.id or 0])
    leaves = networks.leaf_units(rows, network.id or 0)
    form.unit.choices = [(str(unit.id), names[unit.id or 0]) for unit in leaves] + [
        (_NOWHERE, _("Vet inte, eller annat"))
    ]
    return form
