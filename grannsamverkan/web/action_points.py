"""What meetings asked others to do: each addressee's list, answers to it, and the owner's on paper."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import printing
from grannsamverkan.domain import audit, lifecycle, places, signs
from grannsamverkan.domain.accounts import Action, Role
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.lifecycle import ActionPoint, Addressee, PointState
from grannsamverkan.foundation.errors import NotAllowed, Refused
from grannsamverkan.printing import PointPaper
from grannsamverkan.web import access, current
from grannsamverkan.web.guarding import refusal
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.paging import kept, sheet
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.times import today
from grannsamverkan.web.words import date_words

pages = Pages("action_points")

LONGEST_ANSWER = 300
_PER_PAGE = 30
_ALL = "alla"
# Whose points are shown first, and who answers for whom: the owner's are carried by the coordinator.
_OWN = {Role.POLICE: Addressee.POLICE, Role.COORDINATOR: Addressee.MUNICIPALITY}
_ANSWERS = {
    Role.POLICE: {Addressee.POLICE},
    Role.COORDINATOR: {Addressee.MUNICIPALITY, Addressee.OWNER, Addressee.NETWORK},
    Role.CONTACT_PERSON: {Addressee.NETWORK},
    Role.LEAD_CONTACT_PERSON: {Addressee.NETWORK},
}


@pages.get("/atgarder", may=Action.SEE_MEETINGS)
def page() -> ResponseReturnValue:
    """Action points in reach; `?vem=` one addressee or alla, else one's own; `?alla=1` the finished ones too, `?sida=`
    a page."""
    with current.runtime().database.read() as rows:
        return _page(rows)


@pages.post("/omraden/<int:network_id>/atgarder/<int:point_id>", may=Action.PLAN_MEETING)
def answer(network_id: int, point_id: int) -> ResponseReturnValue:
    """`lage` and `svar`: how far it has come, said by the addressee or who speaks for them."""
    state, words = request.form.get("lage", ""), request.form.get("svar", "").strip()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.PLAN_MEETING)
        row = lifecycle.point(rows, network_id, point_id)
        if not may_answer(row):
            raise NotAllowed
        if state not in set(PointState):
            raise Refused("point_state")
        wrong = _wrong_with(words)
        if wrong:
            return _page(rows, wrong={point_id: wrong}, typed={point_id: words}), 422
        lifecycle.answer_point(row, PointState(state), words, now=current.now())
        audit.record(
            rows,
            now=current.now(),
            account_id=current.signed_in_actor().account_id,
            act=f"point.{state}",
            thing="network",
            thing_id=network_id,
            municipality_code=network.municipality_code,
            row=point_id,
        )
    return redirect(url_for("action_points.page", _anchor=f"p-{point_id}", **kept("vem", "alla", "sida")), 303)


@pages.get("/omraden/<int:network_id>/atgarder/agare.pdf", may=Action.MANAGE_NETWORK)
def owner_letter(network_id: int) -> ResponseReturnValue:
    """The open points of the property owner, as a letter that the coordinator sends."""
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        served = places.served_municipality(rows, network.municipality_code)
        found = lifecycle.points(rows, [network_id], addressee=Addressee.OWNER, only_open=True)
        owners = [one.name for one in signs.owners(rows, network_id) if one.kind in signs.HOUSE_OWNERS]
    made = printing.owner_letter(
        served.sender_name,
        PointPaper(
            network=network.name,
            owners=owners,
            points=[(one.words, date_words(one.due_on) if one.due_on else "", point_words(one.state)) for one in found],
            contact=served.contact_text,
        ),
        printed_on=date_words(today(current.now())),
    )
    return pdf(made, "till-fastighetsagaren.pdf")


def may_answer(point: ActionPoint) -> bool:
    """Whether the one who asks says how far this point has come."""
    return point.addressee in _ANSWERS.get(current.signed_in_actor().role, set())


def addressee_words(addressee: Addressee) -> str:
    return {
        Addressee.OWNER: _("Fastighetsägaren"),
        Addressee.MUNICIPALITY: _("Kommunen"),
        Addressee.POLICE: _("Polisen"),
        Addressee.NETWORK: _("Vi själva"),
    }[addressee]


def point_words(state: PointState) -> str:
    return {
        PointState.OPEN: _("Inte påbörjat"),
        PointState.STARTED: _("Påbörjat"),
        PointState.DONE: _("Klart"),
        PointState.DECLINED: _("Blir inte av"),
    }[state]


def _wrong_with(words: str) -> str:
    if len(words) > LONGEST_ANSWER:
        return _("Skriv högst 300 tecken")
    return refusal(words, RuleSet.SHARED)


def _page(rows: Session, *, wrong: dict[int, str] | None = None, typed: dict[int, str] | None = None) -> str:
    own = _OWN.get(current.signed_in_actor().role)
    wanted = request.args.get("vem") or (own.value if own else _ALL)
    cards = access.cards_in_reach(rows)
    found = lifecycle.points(
        rows,
        [card.id for card in cards],
        addressee=Addressee(wanted) if wanted in set(Addressee) else None,
        only_open=request.args.get("alla") != "1",
    )
    shown: dict[str, Any] = {
        "sheet": sheet(found, size=_PER_PAGE),
        "kept": {**kept("alla"), "vem": wanted},
        "names": {card.id: card.name for card in cards},
        "wanted": wanted,
        "letters": sorted({one.network_id for one in found if one.addressee is Addressee.OWNER}),
        "wrong": wrong or {},
        "typed": typed or {},
    }
    return render_template(
        "meetings/points.html",
        **shown,
        addressees=list(Addressee),
        states=list(PointState),
        addressee_words=addressee_words,
        point_words=point_words,
        may_answer=may_answer,
        longest=LONGEST_ANSWER,
    )
