"""Newcomers in a network: written up by dwelling, visited, and forgotten; with a welcome on paper to bring along."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan.domain import duties, membership, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.duty_words import note
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import today

pages = Pages("newcomers")

_VISIT_WITHIN = timedelta(days=14)
_SLIPS = 10  # of a batch made for newcomers: enough for a stairwell's year


class NewcomerForm(FlaskForm):  # type: ignore[misc]
    """Where somebody has moved in. `key` keeps a form that is sent twice from being two newcomers."""

    key = HiddenField()
    unit = SelectField(_l("Gata eller trapphus"))
    label = StringField(
        _l("Vilken bostad?"),
        [
            InputRequired(_l("Skriv vilken bostad")),
            Length(max=60, message=_l("Skriv högst 60 tecken")),
            Guarded(RuleSet.NOTE),
        ],
    )


@pages.get("/omraden/<int:network_id>/nyinflyttade", may=Action.ADD_HOUSEHOLD)
def newcomers(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        return _page(rows, network, _form(rows, network))


@pages.post("/omraden/<int:network_id>/nyinflyttade", may=Action.ADD_HOUSEHOLD)
def add_newcomer(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        form = _form(rows, network)
        if not form.validate():
            return _page(rows, network, form), 422
        task = duties.note_newcomer(
            rows,
            network_id,
            networks.unit_of(rows, network_id, int(form.unit.data) or None),
            form.label.data.strip(),
            key=form.key.data or "",
            due_on=today(current.now()) + _VISIT_WITHIN,
            now=current.now(),
        )
        note(rows, network, "newcomer.noted", task.id or 0)
    return redirect(url_for("newcomers.newcomers", network_id=network_id, sparat=1), 303)


@pages.post("/omraden/<int:network_id>/nyinflyttade/<int:task_id>", may=Action.ADD_HOUSEHOLD)
def visited(network_id: int, task_id: int) -> ResponseReturnValue:
    """The newcomer has been visited: what stood about them is forgotten."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        task = duties.newcomer_for(rows, network_id, task_id, current.signed_in_actor().person_id)
        duties.close_task(task, account_id=current.signed_in_actor().account_id, now=current.now())
        note(rows, network, "newcomer.visited", task_id)
    return redirect(url_for("newcomers.newcomers", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/nyinflyttade/<int:task_id>/valkommen", may=Action.ADD_HOUSEHOLD)
def welcome(network_id: int, task_id: int) -> ResponseReturnValue:
    """On to a welcome on paper, with a code of the newcomer's part: one that can be used already, else a new one."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        actor = current.signed_in_actor()
        task = duties.newcomer_for(rows, network_id, task_id, actor.person_id)
        made = membership.batches(rows, network_id)
        batch = next(
            (one for one in made if one.unit_id == task.unit_id and membership.is_usable(one, current.now())), None
        )
        if batch is None:
            try:
                batch = membership.make_batch(
                    rows,
                    network,
                    networks.unit_of(rows, network_id, task.unit_id),
                    slips=_SLIPS,
                    days=places.rules(rows, network.municipality_code).slip_days,
                    account_id=actor.account_id,
                    now=current.now(),
                )
            except Refused:
                return _page(rows, network, _form(rows, network), wrong=_("Området är avslutat.")), 422
            note(rows, network, "slips.made", batch.id or 0)
        batch_id = batch.id
    return redirect(url_for("slips.paper", network_id=network_id, batch_id=batch_id, paper="valkommen"), 303)


def _page(rows: Session, network: WatchNetwork, form: NewcomerForm, *, wrong: str = "") -> str:
    return render_template(
        "duties/newcomers.html",
        network=network,
        form=form,
        wrong=[("unit", wrong)] if wrong else [],
        newcomers=duties.newcomers_for(rows, network.id or 0, current.signed_in_actor().person_id),
        names=networks.unit_names(rows, [network.id or 0]),
        days=places.rules(rows, network.municipality_code).newcomer_days,
        is_saved="sparat" in request.args,
    )


def _form(rows: Session, network: WatchNetwork) -> NewcomerForm:
    form = NewcomerForm()
    names = networks.unit_names(rows, [network.id or 0])
    leaves = networks.leaf_units(rows, network.id or 0)
    form.unit.choices = [("0", _("Ingen särskild")), *((str(unit.id), names[unit.id or 0]) for unit in leaves)]
    form.key.data = form.key.data or duties.form_key()
    return form
