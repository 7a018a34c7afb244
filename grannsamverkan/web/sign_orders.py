"""Orders of signs and stickers: the list of whoever orders, each order's way, and its form on paper."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import printing
from grannsamverkan.domain import audit, duties, networks, places, signs
from grannsamverkan.domain.accounts import Action, Role
from grannsamverkan.domain.duties import ORDER_ROUND, TaskKind
from grannsamverkan.domain.networks import NetworkState, WatchNetwork
from grannsamverkan.domain.signs import OrderReason, OrderState, SignOrder
from grannsamverkan.foundation.errors import NotAllowed, Refused
from grannsamverkan.printing import OrderPaper
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.paging import kept, sheet
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.times import today
from grannsamverkan.web.words import date_words

pages = Pages("sign_orders")

_PER_PAGE = 50


@pages.get("/skyltar", may=Action.ORDER_SIGNS)
def index() -> ResponseReturnValue:
    """Orders in reach whose signs are not up yet; `?alla=1` all; `?sida=`."""
    with current.runtime().database.read() as rows:
        return _index(rows)


@pages.post("/omraden/<int:network_id>/skyltar/<int:order_id>", may=Action.ORDER_SIGNS)
def settle(network_id: int, order_id: int) -> ResponseReturnValue:
    """`lage`: ordered, delivered or declined, by whoever orders here. What is delivered is somebody's to put up."""
    wanted = request.form.get("lage", "")
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ORDER_SIGNS)
        row = signs.order(rows, network_id, order_id)
        if not may_order(row):
            raise NotAllowed
        if wanted not in set(OrderState):
            raise Refused("order_state")
        if wanted == OrderState.DECLINED and not is_confirmed():
            return _ask_to_decline(network, row)
        try:
            signs.move_order(rows, row, OrderState(wanted), now=current.now())
        except Refused as refused:
            return _index(rows, wrong=_refused_words(refused, network)), 422
        if row.state is OrderState.DELIVERED:
            _have_put_up(rows, row)
        note(rows, network, f"signs.{wanted}", order_id)
    return redirect(url_for("sign_orders.index", **kept("alla", "sida")), 303)


@pages.post("/omraden/<int:network_id>/skyltar/<int:order_id>/uppe", may=Action.ASK_FOR_SIGNS)
def put_up(network_id: int, order_id: int) -> ResponseReturnValue:
    """Everything that was delivered stands in its place."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        row = signs.order(rows, network_id, order_id)
        signs.put_up(rows, row, day=today(current.now()), now=current.now())
        put_up_is_done(rows, network_id)
        note(rows, network, "signs.put_up", order_id)
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/skyltar/<int:order_id>/ta-tillbaka", may=Action.ASK_FOR_SIGNS)
def take_back(network_id: int, order_id: int) -> ResponseReturnValue:
    """Nobody has ordered it yet, and it is not wanted after all."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ASK_FOR_SIGNS)
        row = signs.order(rows, network_id, order_id)
        if row.state is OrderState.ASKED and not is_confirmed():
            return _ask_to_take_back(network, row)
        signs.take_back(row)
        note(rows, network, "signs.taken_back", order_id)
    return redirect(url_for("signs.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/skyltar/<int:order_id>.pdf", may=Action.SEE_SIGNS)
def paper(network_id: int, order_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.SEE_SIGNS)
        row = signs.order(rows, network_id, order_id)
        owners = {one.id: one for one in signs.owners(rows, network_id)}
        chosen = signs.order_places(rows, order_id)
        sender = places.served_municipality(rows, network.municipality_code).sender_name
        is_active = networks.state_of(rows, network_id) is NetworkState.ACTIVE
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
            conditions=_conditions(row, is_active=is_active),
            ordered_from=_("polisen") if row.ordered_from == places.POLICE else _("kommunen"),
        ),
        printed_on=date_words(today(current.now())),
    )
    return pdf(made, "bestallning.pdf")


def reason_words(reason: OrderReason) -> str:
    return {
        OrderReason.NEW: _("Nytt område"),
        OrderReason.FADED: _("Blekt"),
        OrderReason.VANDALISED: _("Förstört med vilja"),
        OrderReason.BROKEN: _("Trasigt"),
        OrderReason.LOST: _("Borttappat"),
        OrderReason.NEW_MEMBERS: _("Fler har gått med"),
    }[reason]


def order_words(row: SignOrder) -> str:
    """How far an order has come."""
    if row.put_up_at is not None:
        return _("Uppsatt")
    return {
        OrderState.ASKED: _("Väntar"),
        OrderState.ORDERED: _("Beställt"),
        OrderState.DELIVERED: _("Levererat"),
        OrderState.DECLINED: _("Nekat"),
    }[row.state]


def may_order(row: SignOrder) -> bool:
    """Who orders is the municipality's choice: itself, or the police."""
    role = current.signed_in_actor().role
    return role is (Role.POLICE if row.ordered_from == places.POLICE else Role.COORDINATOR)


def put_up_is_done(rows: Session, network_id: int) -> None:
    """The tasks to put signs up are done where nothing that was delivered waits any more."""
    waits = [one for one in signs.orders(rows, [network_id], only_open=True) if one.state is OrderState.DELIVERED]
    if not waits:
        duties.close_round(
            rows,
            network_id,
            ORDER_ROUND,
            account_id=current.signed_in_actor().account_id,
            now=current.now(),
        )


def note(rows: Session, network: WatchNetwork, act: str, row: int = 0) -> None:
    """An act on the network's signs in the audit log."""
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        row=row,
    )


def _ask_to_decline(network: WatchNetwork, row: SignOrder) -> str:
    return ask(
        Question(
            _("Neka beställningen från %(place)s?", place=network.name),
            [_("De som bad om skyltarna ser att svaret är nej. Det går inte att ångra.")],
            _("Neka %(place)s %(what)s", place=network.name, what=_ordered(row)),
            url_for("sign_orders.index", **kept("alla", "sida")),
            [("lage", OrderState.DECLINED.value)],
        )
    )


def _ask_to_take_back(network: WatchNetwork, row: SignOrder) -> str:
    return ask(
        Question(
            _("Ta tillbaka beställningen?"),
            [_("Ingen har beställt än. Vill ni ha skyltarna senare får ni be om dem på nytt.")],
            _("Ta tillbaka %(what)s till %(place)s", what=_ordered(row), place=network.name),
            url_for("signs.page", network_id=network.id),
        )
    )


def _ordered(row: SignOrder) -> str:
    """How many signs and stickers."""
    return (
        ngettext("en skylt", "%(num)d skyltar", row.signs)
        + ", "
        + ngettext("en dekal", "%(num)d dekaler", row.stickers)
    )


def _have_put_up(rows: Session, row: SignOrder) -> None:
    """A task for those who answer for the network."""
    for role in duties.whom_to_ask(rows, row.network_id):
        duties.open_task(
            rows,
            row.network_id,
            TaskKind.SIGNS_CHECK,
            round=f"{ORDER_ROUND}{row.id}",
            due_on=today(current.now()) + duties.ACT_WITHIN,
            now=current.now(),
            contact_person_id=role.id,
        )


def _index(rows: Session, *, wrong: str = "") -> str:
    cards = access.cards_in_reach(rows)
    found = signs.orders(rows, [card.id for card in cards], only_open=request.args.get("alla") != "1")
    return render_template(
        "signs/index.html",
        sheet=sheet(found, size=_PER_PAGE),
        found=len(found),
        kept=kept("alla"),
        names={card.id: card.name for card in cards},
        reason_words=reason_words,
        order_words=order_words,
        may_order=may_order,
        wrong=wrong,
    )


def _refused_words(refused: Refused, network: WatchNetwork) -> str:
    if refused.code == "order_not_active":
        return _("%(place)s är inte aktivt längre. Neka beställningen, eller väck området först.", place=network.name)
    return _("Någon har redan ändrat beställningen. Se läget här under.")


def _conditions(row: SignOrder, *, is_active: bool) -> list[str]:
    """What is known to be fulfilled. For a sign in the place of a worn one the road is known only from before."""
    found = [_("Området är aktivt")] if is_active else []
    if row.reason in signs.WORN:
        found.append(_("Skylten ersätter en som redan sitter på platsen"))
    if row.signs and row.is_off_public_road:
        found += [_("Ingen plats ligger längs en allmän väg")]
        found += [_("Inom tättbebyggt område") if row.is_in_built_up_area else _("Länsstyrelsen har gett tillstånd")]
    return found


def _approved_words(day: object) -> str:
    return str(day) if day else "–"
