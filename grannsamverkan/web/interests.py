"""The coordinator's desk: who wants a watch, and the networks that come of it."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import audit, lifecycle, membership, networks, people
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.lifecycle import Interest
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.households import address_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.pages import Pages

pages = Pages("interests")

_SHORTEST_PURPOSE = 5

Fault = tuple[str, str]  # the id of the field, empty for the first box; what is wrong


@pages.get("/intressen", may=Action.SEE_INTERESTS)
def index() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _page(rows)


@pages.post("/intressen/visa/<int:interest_id>", may=Action.SEE_INTERESTS, needs_proof=True)
def reveal(interest_id: int) -> ResponseReturnValue:
    """How the person is reached, once, for a purpose that is written down and shown to them."""
    purpose = request.form.get("syfte", "").strip()
    with current.runtime().database.write() as rows:
        row = _interest(rows, interest_id)
        if len(purpose) < _SHORTEST_PURPOSE:
            return _page(rows, wrong=(f"syfte-{interest_id}", _("Skriv varför du behöver uppgifterna"))), 422
        addresses = people.confirmed_of(rows, row.person_id)
        actor = current.signed_in_actor()
        audit.note_view(
            rows,
            now=current.now(),
            account_id=actor.account_id,
            role=actor.role.value,
            what="reveal",
            municipality_code=row.municipality_code,
            network_id=row.network_id,
            person_ids=[row.person_id],
            purpose=purpose,
        )
        audit.record(
            rows,
            now=current.now(),
            account_id=actor.account_id,
            act="interest.revealed",
            thing="interest",
            thing_id=interest_id,
            municipality_code=row.municipality_code,
        )
        return _page(rows, shown={interest_id: [address_words(one.value) for one in addresses]})


@pages.post("/intressen", may=Action.SEE_INTERESTS)
def act() -> ResponseReturnValue:
    """What is done with the chosen interests (`val`): `gor` new, existing or close."""
    chosen = [one for one in map(read_id, request.form.getlist("val")) if one is not None]
    what = request.form.get("gor", "")
    with current.runtime().database.write() as rows:
        found = [_interest(rows, interest_id) for interest_id in chosen]
        if not found:
            return _page(rows, wrong=("", _("Välj minst en anmälan"))), 422
        if what == "close" and not is_confirmed():
            return _ask_to_close(found)
        try:
            wrong = _done(rows, what, found)
        except Refused:
            wrong = "namn", _("Det finns redan ett område med det namnet")
        if wrong is not None:
            rows.rollback()
            return _page(rows, wrong=wrong, chosen=chosen), 422
        started = found[0].network_id if what == "new" else None
    if started is not None:  # where it says what is missing for the next step
        return redirect(url_for("network_life.page", network_id=started), 303)
    return redirect(url_for("interests.index"), 303)


def _ask_to_close(found: Sequence[Interest]) -> str:
    places = ", ".join(sorted({one.place for one in found}, key=sort_key))
    return ask(
        Question(
            ngettext("Avsluta en anmälan?", "Avsluta %(num)d anmälningar?", len(found)),
            [_("Uppgifterna om dem som anmälde sig raderas. Det går inte att ångra.")],
            ngettext(
                "Avsluta en anmälan från %(places)s",
                "Avsluta %(num)d anmälningar från %(places)s",
                len(found),
                places=places,
            ),
            url_for("interests.index"),
            [("gor", "close"), *(("val", str(one.id)) for one in found)],
        )
    )


def _done(rows: Session, what: str, found: list[Interest]) -> Fault | None:
    """Do it; what is wrong, or nothing."""
    actor, now = current.signed_in_actor(), current.now()
    code = found[0].municipality_code
    if what == "new":
        name = request.form.get("namn", "").strip()[:60]
        if not name:
            return "namn", _("Skriv det nya områdets namn")
        if len({one.kind for one in found}) > 1 or len({one.municipality_code for one in found}) > 1:
            return "", _("Välj anmälningar från samma kommun, och bara villor eller bara lägenheter")
        network = networks.add_network(
            rows, code, name, NetworkKind(found[0].kind), now=now, account_id=actor.account_id
        )
        lifecycle.put_to_network(found, network.id or 0)
    elif what == "existing":
        wanted = read_id(request.form.get("omrade"))
        if wanted is None:
            return "omrade", _("Välj ett område")
        network = access.network(rows, wanted, Action.MANAGE_NETWORK)
        if networks.state_of(rows, wanted) is NetworkState.ENDED:
            return "omrade", _("Området är avslutat. Välj ett annat.")
        lifecycle.put_to_network(found, network.id or 0)
    elif what == "close":
        for one in found:
            lifecycle.close_interest(one, now=now)
            rows.flush()
            membership.erase_person(rows, one.person_id, now=now, unless_needed=True)
            membership.forget_leavers(rows, [one.person_id])
    else:
        return "namn", _("Välj vad du vill göra")
    audit.record(
        rows,
        now=now,
        account_id=actor.account_id,
        act=f"interests.{what}",
        thing="municipality",
        thing_id=code,
        municipality_code=code,
        interests=len(found),
    )
    return None


def _interest(rows: Session, interest_id: int) -> Interest:
    row = rows.get(Interest, interest_id)
    if (
        row is None
        or row.confirmed_at is None
        or row.municipality_code not in current.signed_in_actor().municipality_codes
    ):
        raise NotFound
    return row


def _page(
    rows: Session,
    *,
    wrong: Fault | None = None,
    shown: dict[int, list[str]] | None = None,
    chosen: Sequence[int] = (),
) -> str:
    codes = sorted(current.signed_in_actor().municipality_codes)
    cards = [card for card in networks.cards(rows, codes) if card.state is not NetworkState.ENDED]
    found = lifecycle.interests(rows, codes)
    first = f"val-{found[0].id}" if found else ""
    return render_template(
        "interests.html",
        interests=found,
        chosen=chosen,
        cards=cards,
        names={card.id: card.name for card in cards},
        wrong=[(wrong[0] or first, wrong[1])] if wrong else [],
        shown=shown or {},
    )
