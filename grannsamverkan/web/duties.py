"""The contact person's fifteen minutes a month: what is to be done, each closed with one press."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import duties, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.duty_words import link_of, note, parts_of_tasks, task_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import today

pages = Pages("duties")


@pages.get("/kvarten", may=Action.SEE_DUTIES)
def page() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        actor = current.signed_in_actor()
        tasks = _mine(rows)
        newcomers = [
            one
            for network_id in sorted(actor.network_ids)
            for one in duties.newcomers_for(rows, network_id, actor.person_id)
        ]
        checks = [
            network_id
            for network_id in sorted(actor.network_ids)
            if duties.check_to_answer(rows, network_id, actor.person_id) is not None
        ]
        touched = {task.network_id for task in [*tasks, *newcomers]} | set(checks)
        names = networks.names(rows, touched)
        parts = parts_of_tasks(rows, newcomers)
    return render_template(
        "duties/page.html",
        tasks=tasks,
        newcomers=newcomers,
        checks=checks,
        names=names,
        parts=parts,
        month=today(current.now()),
        task_words=task_words,
        link_of=link_of,
    )


@pages.post("/kvarten/<int:task_id>", may=Action.DO_DUTIES)
def done(task_id: int) -> ResponseReturnValue:
    """`gor` klart: done; angra: not done after all. Pressed twice, it stays as it was wanted."""
    with current.runtime().database.write() as rows:
        task = next((one for one in _mine(rows) if one.id == task_id), None)
        if task is None:
            raise NotFound
        press(task, account_id=current.signed_in_actor().account_id)
        note(rows, networks.network(rows, task.network_id), f"task.{'closed' if task.closed_at else 'opened'}", task_id)
    return redirect(url_for("duties.page"), 303)


@pages.post("/omraden/<int:network_id>/uppgifter/<int:task_id>", may=Action.MANAGE_CONTACTS)
def settle(network_id: int, task_id: int) -> ResponseReturnValue:
    """The coordinator has found somebody, or does not need to."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        task = duties.task(rows, network_id, task_id)
        if task.kind is not TaskKind.FILL_VACANCY:
            raise NotFound
        press(task, account_id=current.signed_in_actor().account_id)
        note(rows, network, f"task.{'closed' if task.closed_at else 'opened'}", task_id)
    return redirect(url_for("home.home"), 303)


def press(task: Task, *, account_id: int | None) -> None:
    """Close the task, or open it again, as the button that was pressed says."""
    if request.form.get("gor") == "angra":
        duties.open_again(task)
    else:
        duties.close_task(task, account_id=account_id, now=current.now())


def _mine(rows: Session) -> list[Task]:
    person_id = current.signed_in_actor().person_id
    if person_id is None:
        return []
    return duties.tasks_of(rows, person_id, month_begins=duties.month_begins(today(current.now())))
