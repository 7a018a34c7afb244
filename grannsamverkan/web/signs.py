"""Signs and stickers of a network: owners, places, orders; and the list of orders for whoever orders."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from grannsamverkan import printing
from grannsamverkan.domain import audit, networks, places, signs
from grannsamverkan.domain.accounts import Action, Role
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.signs import Condition, OrderReason, OrderState, OwnerKind, SignOrder, Wanted
from grannsamverkan.foundation.errors import NotAllowed, Refused
from grannsamverkan.printing import OrderPaper
from grannsamverkan.web import access, current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.times import today
from grannsamverkan.web.words import date_words

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
    contact = StringField(_l("Så når man ägaren"), [Length(max=120, message=_l("Skriv högst 120 tecken"))])
    approved_on = DateField(_l("Har godkänt skyltar den"), [Optional()])


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """Where a sign is to stand."""

    words = StringField(
        _l("Plats"), [InputRequired(_l("Skriv platsen")), Length(max=120, message=_l("Skriv högst 120 tecken"))]
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
    form = OwnerForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        if not form.validate():
            return _page(rows, network, owner=form), 422
        signs.add_owner(
            rows,
            network,
            form.name.data.strip(),
            OwnerKind(form.kind.data),
            contact=(form.contact.data or "").strip(),
            approved_on=form.approved_on.data,
        )
        _note(rows, network, "signs.owner_added")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/agare/<int:owner_id>", may=Action.MANAGE_NETWORK)
def approve(network_id: int, owner_id: int) -> ResponseReturnValue:
    """The owner has said yes today, or (`nej`) takes it back."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        signs.approve(rows, network_id, owner_id, None if "nej" in request.form else today(current.now()))
        _note(rows, network, "signs.owner_answered")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/plats", may=Action.ASK_FOR_SIGNS)
def add_place(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        form = _place_form(rows, network)
        if not form.validate():
            return _page(rows, network, place=form), 422
        signs.add_place(rows, network, form.words.data.strip(), int(form.owner.data) or None)
        _note(rows, network, "signs.place_added")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/plats/<int:place_id>", may=Action.ASK_FOR_SIGNS)
def tell_of_place(network_id: int, place_id: int) -> ResponseReturnValue:
    """`gor`: the sign has been put up, looked at, or taken down today."""
    day = today(current.now())
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        row = signs.place(rows, network_id, place_id)
        what = request.form.get("gor")
        if what == "uppe":
            row.put_up_on = row.put_up_on or day
        elif what == "sedd":
            row.checked_on = day
        elif what == "nere":
            row.removed_on = day
        else:
            raise Refused("place_act")
        _note(rows, network, f"signs.place_{what}")
    return redirect(url_for("signs.page", network_id=network_id), 303)


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
        if lacking:
            return _page(rows, network, order=form, lacking=[condition_words(one, rules) for one in lacking]), 422
        account_id = current.signed_in_actor().account_id
        signs.ask_for(rows, network, wanted, account_id=account_id, now=current.now())
        _note(rows, network, "signs.asked")
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.get("/skyltar", may=Action.ORDER_SIGNS)
def index() -> ResponseReturnValue:
    """Orders in reach that are not settled; `?alla=1` all."""
    with current.runtime().database.read() as rows:
        cards = access.cards_in_reach(rows)
        found = signs.orders(rows, [card.id for card in cards], only_open=request.args.get("alla") != "1")
    return render_template(
        "signs/index.html",
        orders=found,
        names={card.id: card.name for card in cards},
        reason_words=reason_words,
        order_words=order_words,
        may_order=_may_order,
    )


@pages.post("/omraden/<int:network_id>/skyltar/<int:order_id>", may=Action.ORDER_SIGNS)
def settle(network_id: int, order_id: int) -> ResponseReturnValue:
    """`lage`: ordered, delivered or declined, by whoever orders here."""
    wanted = request.form.get("lage", "")
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ORDER_SIGNS)
        row = signs.order(rows, network_id, order_id)
        if not _may_order(row):
            raise NotAllowed
        if wanted not in set(OrderState):
            raise Refused("order_state")
        signs.move_order(rows, row, OrderState(wanted), now=current.now())
        _note(rows, network, f"signs.{wanted}")
    return redirect(url_for("signs.index"), 303)


@pages.get("/omraden/<int:network_id>/skyltar/<int:order_id>.pdf", may=Action.SEE_SIGNS)
def paper(network_id: int, order_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.SEE_SIGNS)
        row = signs.order(rows, network_id, order_id)
        owners = {one.id: one for one in signs.owners(rows, network_id)}
        chosen = signs.order_places(rows, order_id)
        sender = places.served_municipality(rows, network.municipality_code).sender_name
    lines = [
        (
            one.words,
            owners[one.owner_id].name if one.owner_id in owners else "–",
            _approved_words(owners[one.owner_id].approved_on) if one.owner_id in owners else "–",
        )
        for one in chosen
    ]
    made = printing.sign_order(
        sender,
        OrderPaper(
            network=network.name,
            signs=row.signs,
            stickers=row.stickers,
            reason=reason_words(row.reason),
            places=lines,
            conditions=_conditions(row),
            ordered_from=_("polisen") if row.ordered_from == "police" else _("kommunen"),
        ),
        printed_on=date_words(today(current.now())),
    )
    return pdf(made, "bestallning.pdf")


def condition_words(condition: Condition, rules: Rules) -> str:
    """What an order lacks, and what to do."""
    return {
        Condition.ACTIVE: _("Området måste vara aktivt. Gå klart stegen under Läge och nästa steg."),
        Condition.SOMETHING: _("Skriv antal skyltar eller dekaler"),
        Condition.NUMBER: _("Beställ högst %(most)d skyltar åt gången", most=rules.signs_most),
        Condition.PLACES: _("Välj minst en plats"),
        Condition.PLACES_APPROVED: _("Alla valda platser behöver en ägare som har godkänt"),
        Condition.OFF_PUBLIC_ROAD: _("Intyga att ingen plats ligger längs en allmän väg"),
        Condition.COUNTY_PERMIT: _("Utanför tättbebyggt område behövs länsstyrelsens tillstånd"),
        Condition.HOUSE_APPROVED: _("Fastighetsägaren måste godkänna först"),
    }[condition]


def reason_words(reason: OrderReason) -> str:
    return {
        OrderReason.NEW: _("Nytt område"),
        OrderReason.FADED: _("Blekt"),
        OrderReason.VANDALISED: _("Förstört med vilja"),
        OrderReason.BROKEN: _("Trasigt"),
        OrderReason.LOST: _("Borttappat"),
        OrderReason.NEW_MEMBERS: _("Fler har gått med"),
    }[reason]


def order_words(state: OrderState) -> str:
    return {
        OrderState.ASKED: _("Väntar"),
        OrderState.ORDERED: _("Beställt"),
        OrderState.DELIVERED: _("Levererat"),
        OrderState.DECLINED: _("Nekat"),
    }[state]


def _may_order(row: SignOrder) -> bool:
    """Who orders is the municipality's choice: itself, or the police."""
    role = current.signed_in_actor().role
    return role is (Role.POLICE if row.ordered_from == "police" else Role.COORDINATOR)


def _conditions(row: SignOrder) -> list[str]:
    found = [_("Området är aktivt")]
    if row.signs:
        found += [_("Ingen plats ligger längs en allmän väg")]
        found += [_("Inom tättbebyggt område") if row.is_in_built_up_area else _("Länsstyrelsen har gett tillstånd")]
    return found


def _approved_words(day: object) -> str:
    return str(day) if day else "–"


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
    lacking: list[str] | None = None,
) -> str:
    network_id = network.id or 0
    rules = places.rules(rows, network.municipality_code)
    given = [one for one in (owner, place, order) if one is not None]
    return render_template(
        "signs/page.html",
        network=network,
        owner=owner or OwnerForm(formdata=None),
        place=place or _place_form(rows, network),
        order=order or _order_form(rows, network),
        wrong=[(field.id, str(words)) for one in given for field in one for words in field.errors]
        + [("signs", words) for words in lacking or []],
        owners=signs.owners(rows, network_id),
        places=signs.places_of(rows, network_id),
        orders=signs.orders(rows, [network_id]),
        rules=rules,
        reason_words=reason_words,
        order_words=order_words,
    )


def _note(rows: Session, network: WatchNetwork, act: str) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
    )
