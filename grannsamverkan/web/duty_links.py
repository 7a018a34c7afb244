"""Duties by link: what a contact person finds when they follow the link in a mail, without signing in.

The page shows the network's name and the tasks, and nothing about anybody. Looking changes nothing: mail programs and
virus scanners follow links on their own.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import alerts, duties, networks, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.duties import Task
from grannsamverkan.domain.networks import ContactPerson, NetworkState
from grannsamverkan.domain.targeting import Forwarding
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.checks import CheckForm, take_answers
from grannsamverkan.web.duties import press
from grannsamverkan.web.duty_words import note, parts_of_tasks, task_words
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import today

pages = Pages("duty_links")

_WITHOUT_TOKEN = {"csrf": False}  # no session: the link itself is the leave


@pages.get("/uppgifter/<token>", may=Action.SEE_PUBLIC)
def page(token: str) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        try:
            role = _role(rows, token)
        except NotFound:
            return _dead()
        return _page(rows, token, role, CheckForm(meta=_WITHOUT_TOKEN))


@pages.post("/uppgifter/<token>/<int:task_id>", may=Action.DUTIES_BY_LINK)
def done(token: str, task_id: int) -> ResponseReturnValue:
    """`gor` klart or angra, as when signed in."""
    with current.runtime().database.write() as rows:
        try:
            role = _role(rows, token)
        except NotFound:
            return _dead()
        task = next((one for one in _tasks(rows, role) if one.id == task_id), None)
        if task is None:
            raise NotFound
        press(task, account_id=None)
        network = networks.network(rows, role.network_id)
        note(rows, network, f"task.{'closed' if task.closed_at else 'opened'}", task_id, role_id=role.id)
    return redirect(url_for("duty_links.page", token=token), 303)


@pages.post("/uppgifter/<token>/arskontroll", may=Action.DUTIES_BY_LINK)
def answer(token: str) -> ResponseReturnValue:
    form = CheckForm(meta=_WITHOUT_TOKEN)
    with current.runtime().database.write() as rows:
        try:
            role = _role(rows, token)
        except NotFound:
            return _dead()
        check = duties.check_to_answer(rows, role.network_id, role.person_id)
        if check is not None:
            if not form.validate():
                return _page(rows, token, role, form), 422
            take_answers(rows, networks.network(rows, role.network_id), check, form, role, by_link=True)
    return redirect(url_for("duty_links.page", token=token, svarat=1), 303)


@pages.post("/uppgifter/<token>/vidare/<int:alert_id>", may=Action.DUTIES_BY_LINK)
def pass_on(token: str, alert_id: int) -> ResponseReturnValue:
    """Pass a warning on to the neighbours of the role's network, as when signed in. Safe to repeat."""
    with current.runtime().database.read() as rows:
        try:
            role = _role(rows, token)
        except NotFound:
            return _dead()
        if all(row.alert_id != alert_id for row in targeting.forwardings_to(rows, role.network_id)):
            raise NotFound
    flow.pass_on(current.runtime(), alert_id=alert_id, role_id=role.id or 0, account_id=None)
    return redirect(url_for("duty_links.page", token=token, vidare=alert_id), 303)


def _role(rows: Session, token: str) -> ContactPerson:
    return duties.read_duties_token(rows, token, today=today(current.now()))


def _tasks(rows: Session, role: ContactPerson) -> list[Task]:
    """What the person has to do in that network, newcomers among it; nothing while it is not active."""
    if networks.state_of(rows, role.network_id) is not NetworkState.ACTIVE:
        return []
    begins = duties.month_begins(today(current.now()))
    own = duties.tasks_of(rows, role.person_id, month_begins=begins, network_id=role.network_id)
    return [*own, *duties.newcomers_for(rows, role.network_id, role.person_id)]


def _page(rows: Session, token: str, role: ContactPerson, form: CheckForm) -> str:
    tasks = _tasks(rows, role)
    return render_template(
        "duties/link.html",
        token=token,
        to_pass_on=_to_pass_on(rows, role),
        passed_on=_passed_on(rows, role),
        network=networks.network(rows, role.network_id),
        tasks=tasks,
        parts=parts_of_tasks(rows, tasks),
        check=duties.check_to_answer(rows, role.network_id, role.person_id),
        form=form,
        has_answered="svarat" in request.args,
        task_words=task_words,
    )


def _to_pass_on(rows: Session, role: ContactPerson) -> list[tuple[Forwarding, Alert]]:
    """Warnings that wait for a contact person of the network, with what they say."""
    waiting = targeting.waiting_in(rows, [role.network_id], now=current.now())
    found = [(one, alerts.alert(rows, one.alert_id)) for one in waiting]
    return [(one, alert) for one, alert in found if alert.stopped_at is None]


def _passed_on(rows: Session, role: ContactPerson) -> Forwarding | None:
    """The one that was just passed on, or had been; None for one that went by itself or was stopped."""
    asked = request.args.get("vidare", type=read_id)
    rows_there = targeting.forwardings_to(rows, role.network_id)
    return next((one for one in rows_there if one.alert_id == asked and one.forwarded_at is not None), None)


def _dead() -> ResponseReturnValue:
    """The same for every link that opens nothing: made up, too old, or somebody's who has been replaced."""
    return render_template("duties/dead_link.html"), 404
