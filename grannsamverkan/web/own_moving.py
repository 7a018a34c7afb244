"""Moving house on one's own page: which network, which part, and what follows."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan.domain import membership, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import OwnData, OwnHousehold, Place
from grannsamverkan.domain.networks import NetworkState, Shows, WatchNetwork
from grannsamverkan.domain.notices import Change
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.own import own
from grannsamverkan.web.own_changes import tell
from grannsamverkan.web.pages import Pages

pages = Pages("own_moving")

_NOWHERE = "0"


class NetworkForm(FlaskForm):  # type: ignore[misc]
    """Which network one moves to."""

    network = SelectField(_l("Område"), [InputRequired(_l("Välj ett område"))])


class PartForm(FlaskForm):  # type: ignore[misc]
    """Which part of it, and what the household is called there."""

    unit = RadioField(_l("Var bor du då?"), [InputRequired(_l("Välj var du bor"))])
    label = StringField(_l("Namn eller husnummer"), [Length(max=60, message=_l("Skriv högst 60 tecken"))])


@pages.get("/min-sida/flytta/<int:household_id>", may=Action.CHANGE_OWN)
def page(household_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        data = own(rows)
        mine = _mine(data, household_id)
        return render_template("own/moving.html", own=mine, form=_network_form(rows, data))


@pages.post("/min-sida/flytta/<int:household_id>", may=Action.CHANGE_OWN)
def choose(household_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        data = own(rows)
        mine, form = _mine(data, household_id), _network_form(rows, data)
        if not form.validate():
            return render_template("own/moving.html", own=mine, form=form), 422
    address = url_for("own_moving.part", household_id=household_id, network_id=int(form.network.data))
    return redirect(address, 303)


@pages.get("/min-sida/flytta/<int:household_id>/<int:network_id>", may=Action.CHANGE_OWN)
def part(household_id: int, network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        data = own(rows)
        mine, network = _mine(data, household_id), _network(rows, data, network_id)
        form = _part_form(rows, network, mine.household.label or "")
        return _part_page(mine, network, form)


@pages.post("/min-sida/flytta/<int:household_id>/<int:network_id>", may=Action.CHANGE_OWN)
def move(household_id: int, network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        data = own(rows)
        mine, network = _mine(data, household_id), _network(rows, data, network_id)
        form = _part_form(rows, network)
        if not form.validate():
            return _part_page(mine, network, form), 422
        label = (form.label.data or "").strip() if mine.household.shows is not Shows.NOTHING else ""
        try:
            place = Place(network_id, int(form.unit.data) or None)
            membership.move(rows, data.person, mine.household, place, label, now=current.now())
        except Refused as refused:
            refuse(form.unit, refused_words(refused))
            return _part_page(mine, network, form), 422
        tell(rows, data, Change.MOVED)
    return redirect(url_for("own.page"), 303)


def refused_words(refused: Refused) -> str:
    return {
        "same_place": _("Där bor du redan. Välj en annan del."),
        "already_there": _("Du är redan med där. Lämna i stället det gamla området."),
    }.get(refused.code, _("Området är avslutat. Välj ett annat."))


def _mine(data: OwnData, household_id: int) -> OwnHousehold:
    found = next((one for one in data.households if one.household.id == household_id), None)
    if found is None:
        raise NotFound
    return found


def _network(rows: Session, data: OwnData, network_id: int) -> WatchNetwork:
    """A network of one's own municipality that can be joined; NotFound."""
    network = networks.network(rows, network_id)
    is_there = network.municipality_code == data.person.municipality_code
    if not is_there or networks.state_of(rows, network_id) is NetworkState.ENDED:
        raise NotFound
    return network


def _network_form(rows: Session, data: OwnData) -> NetworkForm:
    form = NetworkForm()
    cards = networks.cards(rows, [data.person.municipality_code])
    open_cards = [card for card in cards if card.state is not NetworkState.ENDED]
    form.network.choices = [("", _("Välj")), *((str(card.id), card.name) for card in open_cards)]
    return form


def _part_form(rows: Session, network: WatchNetwork, label: str = "") -> PartForm:
    form = PartForm(label=label)
    names = networks.unit_names(rows, [network.id or 0])
    leaves = networks.leaf_units(rows, network.id or 0)
    form.unit.choices = [
        *((str(unit.id), names[unit.id or 0]) for unit in leaves),
        (_NOWHERE, _("Vet inte, eller annat")),
    ]
    return form


def _part_page(mine: OwnHousehold, network: WatchNetwork, form: PartForm) -> str:
    return render_template("own/moving_part.html", own=mine, network=network, form=form)
