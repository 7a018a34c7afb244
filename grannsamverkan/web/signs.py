"""Signs and stickers of a network: owners, places with what stands there, and orders asked for."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from grannsamverkan.domain import networks, places, signs
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.networks import NetworkKind, UnitKind, WatchNetwork
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.signs import Condition, OrderReason, OwnerKind, Wanted
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sign_orders import note, order_words, put_up_is_done, reason_words
from grannsamverkan.web.times import today

pages = Pages("signs")


class OwnerForm(FlaskForm):  # type: ignore[misc]
    """Who owns the houses or the ground."""

    name = StringField(
        _l("Ägarens namn"),
        [InputRequired(_l("Skriv ägarens namn")), Length(max=120, message=_l("Skriv högst 120 tecken"))],
    )
    kind = SelectField(
        _l("Vad för slags ägare?"),
        choices=[
            (OwnerKind.LANDLORD.value, _l("Hyresvärd")),
            (OwnerKind.HOUSING_ASSOCIATION.value, _l("Bostadsrättsförening")),
            (OwnerKind.COMMUNITY_ASSOCIATION.value, _l("Samfällighet")),
            (OwnerKind.MUNICIPALITY.value, _l("Kommunen")),
            (OwnerKind.PRIVATE.value, _l("Privat markägare")),
        ],
    )
    unit = SelectField(_l("Vilket hus?"))
    contact = StringField(_l("Så når man ägaren"), [Length(max=120, message=_l("Skriv högst 120 tecken"))])
    approved_on = DateField(_l("Har godkänt skyltar den"), [Optional()])


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """Where a sign is to stand."""

    words = StringField(
        _l("Plats"),
        [
            InputRequired(_l("Skriv platsen")),
            Length(max=120, message=_l("Skriv högst 120 tecken")),
            Guarded(RuleSet.NOTE),
        ],
    )
    owner = SelectField(_l("Vems mark?"))


class OrderForm(FlaskForm):  # type: ignore[misc]
    """What is asked for."""

    signs = IntegerField(_l("Antal skyltar"), [NumberRange(0, 50, _l("Skriv ett tal från 0"))], default=0)
    stickers = IntegerField(_l("Antal dekaler"), [NumberRange(0, 500, _l("Skriv ett tal från 0 till 500"))], default=0)
    reason = SelectField(_l("Anledning"))
    chosen = SelectMultipleField(_l("Platser"))
    is_off_public_road = BooleanField(_l("Ingen av platserna ligger längs en allmän väg"))
    is_in_built_up_area = BooleanField(_l("Alla platser ligger inom tättbebyggt område"), default=True)
    county_permit_on = DateField(_l("Länsstyrelsens tillstånd den"), [Optional()])


@pages.get("/omraden/<int:network_id>/skyltar", may=Action.SEE_SIGNS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _page(rows, access.network(rows, network_id, Action.SEE_SIGNS))


@pages.post("/omraden/<int:network_id>/skyltar/agare", may=Action.MANAGE_NETWORK)
def add_owner(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        form = _owner_form(rows, network)
        if not form.validate():
            return _page(rows, network, owner=form), 422
        signs.add_owner(
            rows,
            network,
            form.name.data.strip(),
            OwnerKind(form.kind.data),
            contact=(form.contact.data or "").strip(),
            approved_on=form.approved_on.data,
            unit=networks.unit_of(rows, network_id, int(form.unit.data) or None),
        )
        note(rows, network, "signs.owner_added")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/agare/<int:owner_id>", may=Action.MANAGE_NETWORK)
def approve(network_id: int, owner_id: int) -> ResponseReturnValue:
    """The owner has said yes today, or (`nej`) takes it back."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        signs.approve(rows, network_id, owner_id, None if "nej" in request.form else today(current.now()))
        note(rows, network, "signs.owner_answered")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/plats", may=Action.ASK_FOR_SIGNS)
def add_place(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        form = _place_form(rows, network)
        if not form.validate():
            return _page(rows, network, place=form), 422
        signs.add_place(rows, network, form.words.data.strip(), int(form.owner.data) or None)
        note(rows, network, "signs.place_added")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/plats/<int:place_id>", may=Action.ASK_FOR_SIGNS)
def tell_of_place(network_id: int, place_id: int) -> ResponseReturnValue:
    """`gor`: the sign has been put up, looked at, taken down today, or is back in the list."""
    day = today(current.now())
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        row = signs.place(rows, network_id, place_id)
        what = request.form.get("gor")
        if what == "uppe":
            signs.put_up_at(rows, row, day=day, now=current.now())
            put_up_is_done(rows, network_id)
        elif what == "sedd":
            row.checked_on = day
        elif what == "nere":
            row.removed_on = day
        elif what == "tillbaka":
            row.removed_on = None
        else:
            raise Refused("place_act")
        note(rows, network, f"signs.place_{what}", place_id)
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/plats/<int:place_id>/byt", may=Action.ASK_FOR_SIGNS)
def replace(network_id: int, place_id: int) -> ResponseReturnValue:
    """`anledning`: the sign that stands there is worn, and a new one is asked for with this one press."""
    reason = request.form.get("anledning", "")
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        row = signs.place(rows, network_id, place_id)
        if reason not in set(signs.WORN):
            raise Refused("not_worn")
        rules = places.rules(rows, network.municipality_code)
        lacking = signs.replacement_lacks(rows, network, row)
        if lacking and signs.open_order_of(rows, row) is None:
            words = [(f"plats-{place_id}", condition_words(one, rules)) for one in lacking]
            return _page(rows, network, lacking=words), 422
        account_id = current.signed_in_actor().account_id
        order = signs.replace(rows, network, row, OrderReason(reason), account_id=account_id, now=current.now())
        note(rows, network, "signs.replacement_asked", order.id or 0)
    return redirect(url_for("signs.page", network_id=network_id, _anchor=f"plats-{place_id}"), 303)


@pages.post("/omraden/<int:network_id>/skyltar", may=Action.ASK_FOR_SIGNS)
def ask(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        form = _order_form(rows, network)
        if not form.validate():
            return _page(rows, network, order=form), 422
        wanted = Wanted(
            signs=form.signs.data or 0,
            stickers=form.stickers.data or 0,
            reason=OrderReason(form.reason.data),
            place_ids=tuple(int(place_id) for place_id in form.chosen.data),
            is_off_public_road=form.is_off_public_road.data,
            is_in_built_up_area=form.is_in_built_up_area.data,
            county_permit_on=form.county_permit_on.data,
        )
        rules = places.rules(rows, network.municipality_code)
        state = networks.state_of(rows, network_id)
        lacking = signs.missing(signs.draft_of(rows, network, wanted), network.kind, state, rules)
        for one in lacking:
            refuse(_field_of(form, one), condition_words(one, rules))
        if lacking:
            return _page(rows, network, order=form), 422
        account_id = current.signed_in_actor().account_id
        signs.ask_for(rows, network, wanted, account_id=account_id, now=current.now())
        note(rows, network, "signs.asked")
    return redirect(url_for("signs.page", network_id=network_id), 303)


def condition_words(condition: Condition, rules: Rules) -> str:
    """What an order lacks, and what to do."""
    return {
        Condition.ACTIVE: _("Området måste vara aktivt. Gå klart stegen under Läge och nästa steg."),
        Condition.SOMETHING: _("Skriv antal skyltar eller dekaler"),
        Condition.NUMBER: _(
            "Beställ högst %(most)d skyltar åt gången. Ett nytt område får minst %(least)d.",
            most=rules.signs_most,
            least=rules.signs_least,
        ),
        Condition.PLACES: _("Välj minst en plats"),
        Condition.PLACES_APPROVED: _("Alla valda platser behöver en ägare som har godkänt"),
        Condition.OFF_PUBLIC_ROAD: _("Intyga att ingen plats ligger längs en allmän väg"),
        Condition.COUNTY_PERMIT: _("Utanför tättbebyggt område behövs länsstyrelsens tillstånd"),
        Condition.HOUSE_APPROVED: _("Varje fastighetsägare måste godkänna först"),
    }[condition]


def _field_of(form: OrderForm, condition: Condition) -> Field:
    """Where in the form the condition is mended; a field that is not shown cannot be."""
    shown = form.chosen if form.chosen.choices else form.signs
    return {
        Condition.PLACES: shown,
        Condition.PLACES_APPROVED: shown,
        Condition.OFF_PUBLIC_ROAD: form.is_off_public_road,
        Condition.COUNTY_PERMIT: form.county_permit_on,
    }.get(condition, form.signs)


def _owner_form(rows: Session, network: WatchNetwork, *, is_empty: bool = False) -> OwnerForm:
    form = OwnerForm(formdata=None) if is_empty else OwnerForm()
    houses = [one for one in networks.units(rows, network.id or 0) if one.kind is UnitKind.BUILDING]
    form.unit.choices = [("0", _("Alla hus, eller marken")), *((str(one.id), one.name) for one in houses)]
    if form.unit.data is None:
        form.unit.data = "0"
    return form


def _place_form(rows: Session, network: WatchNetwork) -> PlaceForm:
    form = PlaceForm()
    form.owner.choices = [
        ("0", _("Vet inte än")),
        *((str(one.id), one.name) for one in signs.owners(rows, network.id or 0)),
    ]
    return form


def _order_form(rows: Session, network: WatchNetwork) -> OrderForm:
    form = OrderForm()
    form.chosen.choices = [(str(one.id), one.words) for one in signs.places_of(rows, network.id or 0)]
    form.reason.choices = [(one.value, reason_words(one)) for one in OrderReason]
    return form


def _page(
    rows: Session,
    network: WatchNetwork,
    *,
    owner: OwnerForm | None = None,
    place: PlaceForm | None = None,
    order: OrderForm | None = None,
    lacking: list[tuple[str, str]] | None = None,
) -> str:
    network_id = network.id or 0
    rules = places.rules(rows, network.municipality_code)
    given = [one for one in (owner, place, order) if one is not None]
    standing = signs.places_of(rows, network_id)
    return render_template(
        "signs/page.html",
        network=network,
        owner=owner or _owner_form(rows, network, is_empty=True),
        place=place or _place_form(rows, network),
        order=order or _order_form(rows, network),
        wrong=[(field.id, str(words)) for one in given for field in one for words in field.errors] + (lacking or []),
        owners=signs.owners(rows, network_id),
        places=standing,
        removed=signs.removed_places(rows, network_id),
        under_way=signs.under_way(rows, network_id),
        worn=signs.WORN,
        units=networks.unit_names(rows, [network_id]),
        is_apartment=network.kind is NetworkKind.APARTMENT,
        orders=signs.orders(rows, [network_id]),
        rules=rules,
        reason_words=reason_words,
        order_words=order_words,
    )
