"""The list for a network's own neighbours: decided by its lead or the coordinator, printed by a contact person."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import printing
from grannsamverkan.domain import audit, membership, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import ContactRole, WatchNetwork
from grannsamverkan.foundation.errors import NotAllowed, NotFound
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import is_confirmed
from grannsamverkan.web.households import address_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.reach import is_neighbour
from grannsamverkan.web.words import date_words

pages = Pages("member_list")


@pages.get("/omraden/<int:network_id>/grannlista", may=Action.SEE_MEMBER_LIST)
def page(network_id: int) -> ResponseReturnValue:
    """Whether there is a list, and how many stand on it; never who."""
    with current.runtime().database.read() as rows:
        return _page(rows, access.network(rows, network_id, Action.SEE_MEMBER_LIST))


@pages.post("/omraden/<int:network_id>/grannlista", may=Action.DECIDE_MEMBER_LIST)
def decide(network_id: int) -> ResponseReturnValue:
    """`pa` 1: there is a list from now on; else there is none, and everybody's choice ends."""
    is_on = request.form.get("pa") == "1"
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.DECIDE_MEMBER_LIST)
        if not _may_decide(rows, network):
            raise NotAllowed
        if not is_on and not is_confirmed():
            return _page(rows, network)
        membership.decide_member_list(rows, network, is_on=is_on)
        audit.record(
            rows,
            now=current.now(),
            account_id=current.signed_in_actor().account_id,
            act="member_list.on" if is_on else "member_list.off",
            thing="network",
            thing_id=network_id,
            municipality_code=network.municipality_code,
        )
    return redirect(url_for("member_list.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/grannlista.pdf", may=Action.SEE_HOUSEHOLDS)
def printed(network_id: int) -> ResponseReturnValue:
    """On paper, for those on it who have no page of their own. That it was printed is written down."""
    actor = current.signed_in_actor()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.SEE_HOUSEHOLDS)
        if not network.has_member_list:
            raise NotFound
        listed = membership.neighbours(rows, network)
        audit.note_view(
            rows,
            now=current.now(),
            account_id=actor.account_id,
            role=actor.role.value,
            what="print",
            municipality_code=network.municipality_code,
            network_id=network_id,
            household_ids=[one.id for one in listed],
        )
        sender = places.served_municipality(rows, network.municipality_code).sender_name
    lines = [(one.unit_name, one.label, ", ".join(map(address_words, one.addresses))) for one in listed]
    today = date_words(in_sweden(current.now()).date())
    return pdf(printing.neighbour_list(sender, network.name, lines, printed_on=today), "grannlista.pdf")


def _page(rows: Session, network: WatchNetwork) -> str:
    return render_template(
        "member_list.html",
        network=network,
        number=len(membership.neighbours(rows, network)),
        all=networks.joined_count(rows, network.id or 0),
        may_decide=_may_decide(rows, network),
    )


def _may_decide(rows: Session, network: WatchNetwork) -> bool:
    """The coordinator, and whoever leads this very network."""
    actor = current.signed_in_actor()
    if not current.may(Action.DECIDE_MEMBER_LIST):
        return False
    roles = networks.contact_persons(rows, network.id or 0)
    leads = any(role.person_id == actor.person_id and role.role is ContactRole.LEAD for role in roles)
    return leads or not is_neighbour(actor)
