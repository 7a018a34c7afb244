"""The contact person's fifteen minutes a month: what is to be done, each closed with one press; and newcomers."""

from datetime import timedelta

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan.domain import audit, duties, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import today

pages = Pages("duties")
newcomer_pages = Pages("newcomers")

_VISIT_WITHIN = timedelta(days=14)


class NewcomerForm(FlaskForm):  # type: ignore[misc]
    """Where somebody has moved in."""

    unit = SelectField(_l("Gata eller trapphus"))
    label = StringField(
        _l("Vilken bostad?"),
        [InputRequired(_l("Skriv vilken bostad")), Length(max=60, message=_l("Skriv högst 60 tecken"))],
    )


@pages.get("/kvarten", may=Action.SEE_DUTIES)
def page() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        tasks = _mine(rows)
        names = {one: networks.network(rows, one).name for one in {task.network_id for task in tasks}}
    return render_template(
        "duties/page.html", tasks=tasks, names=names, month=today(current.now()), task_words=task_words, link_of=link_of
    )


@pages.post("/kvarten/<int:task_id>", may=Action.DO_DUTIES)
def done(task_id: int) -> ResponseReturnValue:
    """Done; or, where it was closed, not done after all."""
    with current.runtime().database.write() as rows:
        task = next((one for one in _mine(rows) if one.id == task_id), None)
        if task is None:
            raise NotFound
        if task.closed_at is None:
            duties.close_task(task, account_id=current.signed_in_actor().account_id, now=current.now())
        else:
            duties.open_again(task)
        network = networks.network(rows, task.network_id)
        _note(rows, network, f"task.{'closed' if task.closed_at else 'opened'}", task_id)
    return redirect(url_for("duties.page"), 303)


@newcomer_pages.get("/omraden/<int:network_id>/nyinflyttade", may=Action.ADD_HOUSEHOLD)
def newcomers(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        return _newcomers(rows, network, _form(rows, network))


@newcomer_pages.post("/omraden/<int:network_id>/nyinflyttade", may=Action.ADD_HOUSEHOLD)
def add_newcomer(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        form = _form(rows, network)
        if not form.validate():
            return _newcomers(rows, network, form), 422
        task = duties.open_task(
            rows,
            network_id,
            TaskKind.NEWCOMER,
            round=f"{current.now().timestamp():.0f}",
            due_on=today(current.now()) + _VISIT_WITHIN,
            now=current.now(),
            unit_id=int(form.unit.data) or None,
            label=form.label.data.strip(),
        )
        _note(rows, network, "newcomer.noted", task.id or 0)
    return redirect(url_for("newcomers.newcomers", network_id=network_id), 303)


@newcomer_pages.post("/omraden/<int:network_id>/nyinflyttade/<int:task_id>", may=Action.ADD_HOUSEHOLD)
def visited(network_id: int, task_id: int) -> ResponseReturnValue:
    """The newcomer has been visited: what stood about them is forgotten."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.ADD_HOUSEHOLD)
        task = duties.task(rows, task_id)
        if task.network_id != network_id or task.kind is not TaskKind.NEWCOMER:
            raise NotFound
        duties.close_task(task, account_id=current.signed_in_actor().account_id, now=current.now())
        _note(rows, network, "newcomer.visited", task_id)
    return redirect(url_for("newcomers.newcomers", network_id=network_id), 303)


def task_words(kind: TaskKind) -> str:
    return {
        TaskKind.INFORM: _("Läs det senaste och för det vidare"),
        TaskKind.LIST_CHECK: _("Se över listan med hushåll"),
        TaskKind.SIGNS_CHECK: _("Titta på skyltarna"),
        TaskKind.YEARLY_MEETING: _("Planera årsmötet"),
        TaskKind.NEWCOMER: _("Hälsa på en nyinflyttad"),
        TaskKind.ASK_AGAIN: _("Fråga igen"),
        TaskKind.FILL_VACANCY: _("Hitta ett kontaktombud"),
        TaskKind.DECIDE_DORMANCY: _("Bestäm om området ska vila"),
    }[kind]


def link_of(task: Task) -> str | None:
    """Where the task is done."""
    endpoint = {
        TaskKind.INFORM: "live.index",
        TaskKind.LIST_CHECK: "households.page",
        TaskKind.SIGNS_CHECK: "signs.page",
        TaskKind.YEARLY_MEETING: "meetings.page",
        TaskKind.NEWCOMER: "newcomers.newcomers",
    }.get(task.kind)
    if endpoint is None:
        return None
    return url_for(endpoint) if endpoint == "live.index" else url_for(endpoint, network_id=task.network_id)


def _mine(rows: Session) -> list[Task]:
    person_id = current.signed_in_actor().person_id
    return (
        duties.tasks_of(rows, person_id, round=duties.round_of(today(current.now()))) if person_id is not None else []
    )


def _newcomers(rows: Session, network: WatchNetwork, form: NewcomerForm) -> str:
    return render_template(
        "duties/newcomers.html",
        network=network,
        form=form,
        newcomers=duties.newcomers(rows, network.id or 0),
        names=networks.unit_names(rows, [network.id or 0]),
        days=places.rules(rows, network.municipality_code).newcomer_days,
    )


def _form(rows: Session, network: WatchNetwork) -> NewcomerForm:
    form = NewcomerForm()
    names = networks.unit_names(rows, [network.id or 0])
    leaves = networks.leaf_units(rows, network.id or 0)
    form.unit.choices = [("0", _("Ingen särskild")), *((str(unit.id), names[unit.id or 0]) for unit in leaves)]
    return form


def _note(rows: Session, network: WatchNetwork, act: str, row: int) -> None:
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
