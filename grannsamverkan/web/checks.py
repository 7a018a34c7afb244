"""The yearly check of a network: four questions for its lead, and a decision by a person where nobody answers."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import RadioField
from wtforms.validators import InputRequired

from grannsamverkan.domain import duties, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.duties import Answers, YearlyCheck
from grannsamverkan.domain.networks import ContactPerson, NetworkState, WatchNetwork
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.duty_words import note, outcome_words
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("checks")

_YES_NO = [("ja", _l("Ja")), ("nej", _l("Nej"))]


class CheckForm(FlaskForm):  # type: ignore[misc]
    """The four questions."""

    list_in_order = RadioField(
        _l("Stämmer listan med hushåll?"), [InputRequired(_l("Svara om listan stämmer"))], choices=_YES_NO
    )
    contacts_in_order = RadioField(
        _l("Finns de kontaktombud och ersättare som behövs?"),
        [InputRequired(_l("Svara om kontaktombuden räcker"))],
        choices=_YES_NO,
    )
    signs_in_order = RadioField(
        _l("Är skyltarna uppe och hela?"), [InputRequired(_l("Svara om skyltarna är hela"))], choices=_YES_NO
    )
    meeting_held = RadioField(
        _l("Har ni haft årsmöte, eller är det bokat?"), [InputRequired(_l("Svara om årsmötet"))], choices=_YES_NO
    )

    def answers(self) -> Answers:
        return Answers(
            list_in_order=self.list_in_order.data == "ja",
            contacts_in_order=self.contacts_in_order.data == "ja",
            signs_in_order=self.signs_in_order.data == "ja",
            meeting_held=self.meeting_held.data == "ja",
        )


@pages.get("/omraden/<int:network_id>/arskontroll", may=Action.SEE_CHECKS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _page(rows, access.network(rows, network_id, Action.SEE_CHECKS), CheckForm())


@pages.post("/omraden/<int:network_id>/arskontroll", may=Action.DO_DUTIES)
def answer(network_id: int) -> ResponseReturnValue:
    form = CheckForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.DO_DUTIES)
        actor = current.signed_in_actor()
        role = next(
            (one for one in duties.whom_to_ask(rows, network_id) if one.person_id == actor.person_id),
            None,
        )
        check = duties.open_check(rows, network_id)
        if role is None or check is None:
            raise NotFound
        if not form.validate():
            return _page(rows, network, form), 422
        take_answers(rows, network, check, form, role)
    return redirect(url_for("checks.page", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/arskontroll/beslut", may=Action.CHANGE_STATE)
def decide(network_id: int) -> ResponseReturnValue:
    """`beslut` behall or vila, by the municipality or the police; a later one overrules an earlier one."""
    wanted = request.form.get("beslut")
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.CHANGE_STATE)
        if wanted not in ("behall", "vila"):
            raise Refused("check_decision")
        account_id = current.signed_in_actor().account_id
        outcome = duties.decide(rows, network, keeps=wanted == "behall", account_id=account_id, now=current.now())
        note(rows, network, f"check.{outcome.value}", 0)
    home = request.form.get("fran") == "hem"
    return redirect(url_for("home.home") if home else url_for("checks.page", network_id=network_id), 303)


def take_answers(
    rows: Session,
    network: WatchNetwork,
    check: YearlyCheck,
    form: CheckForm,
    role: ContactPerson,
    *,
    by_link: bool = False,
) -> None:
    """Write down the answers; where somebody else was first, theirs stay."""
    actor = current.actor()
    try:
        duties.answer_check(
            rows,
            check,
            form.answers(),
            role,
            account_id=None if by_link or actor is None else actor.account_id,
            now=current.now(),
        )
    except Conflict:
        return
    note(rows, network, "check.answered", check.id or 0, role_id=role.id if by_link else None)


def _page(rows: Session, network: WatchNetwork, form: CheckForm) -> str:
    network_id = network.id or 0
    actor = current.signed_in_actor()
    found = duties.checks_of(rows, network_id)
    return render_template(
        "checks/page.html",
        network=network,
        form=form,
        checks=found,
        mine=duties.check_to_answer(rows, network_id, actor.person_id),
        waits=duties.open_check(rows, network_id),
        can_keep=duties.rests_because_unanswered(rows, network_id),
        is_active=networks.state_of(rows, network_id) is NetworkState.ACTIVE,
        outcome_words=outcome_words,
    )
