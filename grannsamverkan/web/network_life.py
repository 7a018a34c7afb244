"""Where a network is in its life: what is missing for the next step, rest, end, merge and split."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from grannsamverkan import succession
from grannsamverkan.domain import duties, lifecycle, networks, places
from grannsamverkan.domain.accounts import Action, Role
from grannsamverkan.domain.lifecycle import EndReason, Gate, GateCode, RestReason
from grannsamverkan.domain.networks import NetworkState, WatchNetwork
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.network_edit import note
from grannsamverkan.web.pages import Pages

pages = Pages("network_life")

REST_WORDS = {
    RestReason.PAUSED: _l("Området tar en paus"),
    RestReason.NO_CONTACT_PERSON: _l("Det finns inget kontaktombud"),
    RestReason.CHECK_UNANSWERED: _l("Ingen har svarat på årskontrollen"),
    RestReason.LOW_ACTIVITY: _l("Det händer för lite i området"),
}
END_WORDS = {
    EndReason.NO_INTEREST: _l("Ingen är intresserad längre"),
    EndReason.WISH: _l("Området vill sluta"),
    EndReason.OTHER: _l("Annat"),
}


class RestForm(FlaskForm):  # type: ignore[misc]
    """Why an active network is to rest."""

    because = RadioField(
        _l("Varför ska området vila?"),
        [InputRequired(_l("Välj varför"))],
        choices=[(reason.value, words) for reason, words in REST_WORDS.items()],
    )


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why a network is to end."""

    because = RadioField(
        _l("Varför ska området avslutas?"),
        [InputRequired(_l("Välj varför"))],
        choices=[(reason.value, words) for reason, words in END_WORDS.items()],
    )


class MergeForm(FlaskForm):  # type: ignore[misc]
    """Which network this one becomes a part of."""

    into = SelectField(_l("Slå ihop med"), [InputRequired(_l("Välj ett område"))])


class SplitForm(FlaskForm):  # type: ignore[misc]
    """The name and the parts of a new network."""

    name = StringField(
        _l("Det nya områdets namn"),
        [DataRequired(_l("Skriv ett namn")), Length(max=60, message=_l("Skriv högst 60 tecken"))],
    )
    units = SelectMultipleField(_l("Delar som flyttar dit"), [InputRequired(_l("Välj minst en del"))])


@pages.get("/omraden/<int:network_id>/lage", may=Action.CHANGE_STATE)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _page(rows, access.network(rows, network_id, Action.CHANGE_STATE))


@pages.post("/omraden/<int:network_id>/lage", may=Action.CHANGE_STATE)
def forward(network_id: int) -> ResponseReturnValue:
    """The next step, from the state that the person looked at (`fran`)."""
    looked_at = request.form.get("fran", "")
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.CHANGE_STATE)
        if looked_at not in set(NetworkState):
            raise Conflict("state_changed")
        actor = current.signed_in_actor()
        try:
            state = lifecycle.step_forward(
                rows, network, NetworkState(looked_at), account_id=actor.account_id, now=current.now()
            )
        except Refused:
            return _page(rows, network, is_refused=True), 422
        note(rows, network, f"network.{state.value}")
    return redirect(url_for("network_life.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/vila", may=Action.CHANGE_STATE)
def resting(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.CHANGE_STATE)
        return _rest_page(rows, network, RestForm())


@pages.post("/omraden/<int:network_id>/vila", may=Action.CHANGE_STATE)
def rest(network_id: int) -> ResponseReturnValue:
    form = RestForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.CHANGE_STATE)
        if not form.validate():
            return _rest_page(rows, network, form), 422
        try:
            reason = RestReason(form.because.data)
            account_id = current.signed_in_actor().account_id
            lifecycle.rest(rows, network, reason, account_id=account_id, now=current.now())
            duties.note_rest(rows, network_id, account_id=account_id, now=current.now())
        except Refused:
            refuse(form.because, _("Området är inte aktivt just nu"))
            return _rest_page(rows, network, form), 422
        note(rows, network, "network.dormant")
    return redirect(url_for("network_life.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/avsluta", may=Action.MANAGE_NETWORK)
def ending(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        return _end_page(rows, network, EndForm())


@pages.post("/omraden/<int:network_id>/avsluta", may=Action.MANAGE_NETWORK)
def end(network_id: int) -> ResponseReturnValue:
    """The network ends: everybody concerned is told and let go, and nothing of it is left under way."""
    form = EndForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        if not form.validate():
            return _end_page(rows, network, form), 422
        try:
            succession.end(
                current.runtime(),
                rows,
                network,
                EndReason(form.because.data),
                account_id=current.signed_in_actor().account_id,
            )
        except Refused as refused:
            refuse(form.because, refused_words(refused))
            return _end_page(rows, network, form), 422
        note(rows, network, "network.ended")
    return redirect(url_for("network_life.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/sla-ihop", may=Action.MANAGE_NETWORK)
def merging(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        return _merge_page(rows, network, _merge_form(rows, network))


@pages.post("/omraden/<int:network_id>/sla-ihop", may=Action.MANAGE_NETWORK)
def merge(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        form = _merge_form(rows, network)
        if not form.validate():
            return _merge_page(rows, network, form), 422
        into = access.network(rows, int(form.into.data), Action.MANAGE_NETWORK)
        account_id, into_id = current.signed_in_actor().account_id, into.id or 0
        try:
            succession.merge(current.runtime(), rows, network, into, account_id=account_id)
        except Refused as refused:
            refuse(form.into, refused_words(refused))
            return _merge_page(rows, network, form), 422
        note(rows, network, "network.merged", into=into_id)
    return redirect(url_for("networks.one", network_id=into_id), 303)


@pages.get("/omraden/<int:network_id>/dela", may=Action.MANAGE_NETWORK)
def splitting(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        return _split_page(rows, network, _split_form(rows, network))


@pages.post("/omraden/<int:network_id>/dela", may=Action.MANAGE_NETWORK)
def split(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        form = _split_form(rows, network)
        if not form.validate():
            return _split_page(rows, network, form), 422
        try:
            moved = succession.split(
                current.runtime(),
                rows,
                network,
                form.name.data.strip(),
                [int(unit_id) for unit_id in form.units.data],
                account_id=current.signed_in_actor().account_id,
            )
        except Refused as refused:
            is_name = refused.code == "network_name_taken"
            refuse(form.name if is_name else form.units, refused_words(refused))
            return _split_page(rows, network, form), 422
        note(rows, network, "network.split", into=moved.into_id)
    return redirect(url_for("networks.one", network_id=moved.into_id), 303)


def gate_words(gate: Gate) -> str:
    """What a condition asks for, and how it stands."""
    has, needs = gate.has, gate.needs
    return {
        GateCode.INTERESTED: _("Minst %(needs)d intresserade hushåll. Nu är det %(has)d.", needs=needs, has=has),
        GateCode.DWELLINGS: _("Bostäderna är räknade. Nu står det %(has)d.", has=has),
        GateCode.MEETING_PLANNED: _("Ett startmöte är bokat."),
        GateCode.MEETING_HELD: _("Startmötet har hållits."),
        GateCode.TRAINED: _("Minst %(needs)d utbildat kontaktombud. Nu är det %(has)d.", needs=needs, has=has),
        GateCode.SHARE: _("Minst %(needs)d av 100 hushåll är med. Nu är det %(has)d.", needs=needs, has=has),
        GateCode.SECOND_PERSON: _("Gärna %(needs)d kontaktombud. Nu är det %(has)d.", needs=needs, has=has),
        GateCode.NOT_TOO_MANY: _("Helst högst %(needs)d hushåll var. Nu är det %(has)d.", needs=needs, has=has),
    }[gate.code]


def refused_words(refused: Refused) -> str:
    """Why a network cannot be merged, split or ended now, and what to do."""
    return {
        "warning_on_its_way": _("En varning är på väg ut här. Vänta några minuter och försök igen."),
        "has_ended": _("Området är redan avslutat"),
        "merge_itself": _("Välj ett annat område"),
        "split_nothing": _("Välj minst en del"),
        "split_everything": _("Lämna kvar minst en del"),
        "network_name_taken": _("Det finns redan ett område med det namnet"),
    }.get(refused.code, _("Det går inte med just de här områdena"))


def reason_words(reason: str | None) -> str:
    """Why a network came to a state; empty where no reason was asked for."""
    if reason == EndReason.MERGED:
        return _("Sammanslaget med ett annat område")
    words = {one.value: said for table in (REST_WORDS, END_WORDS) for one, said in table.items()}
    return str(words.get(reason or "", ""))


def _page(rows: Session, network: WatchNetwork, *, is_refused: bool = False) -> str:
    state = networks.state_of(rows, network.id or 0)
    rules = places.rules(rows, network.municipality_code)
    facts = lifecycle.facts_of(rows, network)
    conditions = lifecycle.gates(state, facts, rules)
    history = lifecycle.history(rows, network.id or 0)
    roles = {row.id: row.role for row in access.accounts_of(rows, history)}
    return render_template(
        "networks/life.html",
        network=network,
        state=state,
        following=lifecycle.NEXT.get(state),
        conditions=conditions,
        is_open=lifecycle.is_open(conditions),
        is_refused=is_refused,
        history=history,
        began={span.state: span.since for span in history},
        roles=roles,
        steps=[one for one in NetworkState if one not in (NetworkState.DORMANT, NetworkState.ENDED)],
        should_split=lifecycle.should_split(facts.households, facts.contact_persons, rules),
        large_parts=_large_parts(rows, network, rules),
        gate_words=gate_words,
        reason_words=reason_words,
        police=Role.POLICE,
    )


def _large_parts(rows: Session, network: WatchNetwork, rules: Rules) -> list[str]:
    """Names of the streets and stairwells that are too many for those who look after them."""
    names = networks.unit_names(rows, [network.id or 0])
    parts = networks.part_coverage(rows, network.id or 0)
    return [
        names[part.unit_id] for part in parts if lifecycle.should_split(part.households, part.contact_persons, rules)
    ]


def _rest_page(rows: Session, network: WatchNetwork, form: RestForm) -> str:
    return render_template(
        "networks/resting.html", network=network, form=form, households=networks.joined_count(rows, network.id or 0)
    )


def _end_page(rows: Session, network: WatchNetwork, form: EndForm) -> str:
    return render_template(
        "networks/ending.html", network=network, form=form, what=succession.consequences(rows, network.id or 0)
    )


def _merge_page(rows: Session, network: WatchNetwork, form: MergeForm) -> str:
    return render_template(
        "networks/merging.html", network=network, form=form, households=networks.joined_count(rows, network.id or 0)
    )


def _split_page(rows: Session, network: WatchNetwork, form: SplitForm) -> str:
    is_counted = networks.dwellings_of(networks.units(rows, network.id or 0)) is not None
    return render_template("networks/splitting.html", network=network, form=form, is_counted=is_counted)


def _merge_form(rows: Session, network: WatchNetwork) -> MergeForm:
    form = MergeForm()
    others = networks.cards(rows, [network.municipality_code])
    fitting = [
        (str(card.id), card.name)
        for card in others
        if card.id != network.id and card.kind is network.kind and card.state is not NetworkState.ENDED
    ]
    form.into.choices = [("", _("Välj")), *fitting] if fitting else []
    return form


def _split_form(rows: Session, network: WatchNetwork) -> SplitForm:
    form = SplitForm()
    counted = networks.households_by_unit(rows, [network.id or 0])
    form.units.choices = [
        (str(unit.id), _("%(name)s, %(num)d hushåll", name=unit.name, num=counted.get(unit.id or 0, 0)))
        for unit in networks.units(rows, network.id or 0)
        if unit.parent_id is None
    ]
    return form
