"""The neighbour's own choice of the network's list: see how it would look, choose, and then see the others."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import audit, membership
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import Neighbour, OwnHousehold
from grannsamverkan.domain.networks import ToNeighbours
from grannsamverkan.domain.notices import Change
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import current
from grannsamverkan.web.households import address_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.own import own
from grannsamverkan.web.own_changes import tell
from grannsamverkan.web.pages import Pages

pages = Pages("own_neighbours")


@pages.get("/min-sida/grannlista/<int:household_id>", may=Action.SEE_OWN)
def page(household_id: int) -> ResponseReturnValue:
    """The choice; for those who stand on the list also the list, and that they looked is written down."""
    with current.runtime().database.write(durable=False) as rows:
        mine = _mine(rows, household_id)
        household = mine.household
        return _page(
            rows, mine, chosen=household.to_neighbours, label=household.label or "", listed=_listed(rows, mine)
        )


@pages.post("/min-sida/grannlista/<int:household_id>", may=Action.CHANGE_OWN)
def choose(household_id: int) -> ResponseReturnValue:
    """`visa` nothing, name or contact; `namn` what the household is called."""
    wanted, label = request.form.get("visa", ""), request.form.get("namn", "").strip()[:60]
    if wanted not in set(ToNeighbours):
        raise Refused("to_neighbours")
    with current.runtime().database.write() as rows:
        data = own(rows)
        mine = _mine(rows, household_id)
        try:
            membership.show_neighbours(rows, mine.household, ToNeighbours(wanted), label)
        except Refused:
            wrong = _("Skriv ett namn eller husnummer, eller välj att inte stå på listan")
            return _page(rows, mine, chosen=ToNeighbours(wanted), label=label, listed=None, wrong=wrong), 422
        tell(rows, data, Change.LIST)
    return redirect(url_for("own_neighbours.page", household_id=household_id), 303)


def _mine(rows: Session, household_id: int) -> OwnHousehold:
    """One's own household, in a network that has a list; NotFound."""
    found = next((one for one in own(rows).households if one.household.id == household_id), None)
    if found is None or not found.network.has_member_list:
        raise NotFound
    return found


def _listed(rows: Session, mine: OwnHousehold) -> list[Neighbour] | None:
    """The list, as one of those who stand on it sees it; None for everybody else."""
    if mine.household.to_neighbours is ToNeighbours.NOTHING:
        return None
    found = membership.neighbours(rows, mine.network)
    actor = current.signed_in_actor()
    audit.note_view(
        rows,
        now=current.now(),
        account_id=actor.account_id,
        role=actor.role.value,
        what="neighbours",
        municipality_code=mine.network.municipality_code,
        network_id=mine.network.id,
        household_ids=[one.id for one in found if one.id != mine.household.id],
        viewer_person_id=actor.person_id,
    )
    return found


def _page(
    rows: Session,
    mine: OwnHousehold,
    *,
    chosen: ToNeighbours,
    label: str,
    listed: list[Neighbour] | None,
    wrong: str = "",
) -> str:
    return render_template(
        "own/neighbours.html",
        own=mine,
        chosen=chosen.value,
        label=label,
        seen_by_name=membership.as_seen(rows, mine.household, ToNeighbours.NAME),
        seen_whole=membership.as_seen(rows, mine.household, ToNeighbours.CONTACT),
        neighbours=listed,
        wrong=wrong,
        address_words=address_words,
    )
