"""What tasks and yearly checks are called, and where a task is done."""

from flask import url_for
from sqlmodel import Session

from grannsamverkan.domain import audit, networks
from grannsamverkan.domain.duties import CHECK_ROUND, LOST_ROUND, ORDER_ROUND, CheckOutcome, Task, TaskKind, YearlyCheck
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _

_DONE_AT = {
    TaskKind.INFORM: "live.index",
    TaskKind.LIST_CHECK: "households.page",
    TaskKind.SIGNS_CHECK: "signs.page",
    TaskKind.YEARLY_MEETING: "meetings.page",
    TaskKind.NEWCOMER: "newcomers.newcomers",
    TaskKind.ASK_AGAIN: "households.page",
    TaskKind.FILL_VACANCY: "contacts.page",
    TaskKind.DECIDE_DORMANCY: "checks.page",
}


def task_words(task: Task) -> str:
    if task.round.startswith(ORDER_ROUND):
        return _("Sätt upp skyltarna som har kommit")
    if task.kind is TaskKind.TAKE_DOWN:
        return _("Ta ner lappen: %(paper)s", paper=task.label) if task.label else _("Ta ner lappen")
    if task.round.startswith(LOST_ROUND):
        return _("Fråga ett hushåll hur det vill nås. Det som vi skickar kommer inte längre fram.")
    words = {
        TaskKind.INFORM: _("Läs det senaste och för det vidare"),
        TaskKind.LIST_CHECK: _("Se över listan med hushåll"),
        TaskKind.SIGNS_CHECK: _("Titta på skyltarna"),
        TaskKind.YEARLY_MEETING: _("Planera årsmötet"),
        TaskKind.NEWCOMER: _("Hälsa på en nyinflyttad"),
        TaskKind.ASK_AGAIN: _("Fråga igen"),
        TaskKind.FILL_VACANCY: _("Hitta ett kontaktombud"),
        TaskKind.DECIDE_DORMANCY: _("Bestäm om området ska vila"),
    }[task.kind]
    return _("%(task)s, efter årskontrollen", task=words) if task.round.startswith(CHECK_ROUND) else words


def link_of(task: Task) -> str | None:
    """Where the task is done, signed in."""
    endpoint = _DONE_AT.get(task.kind)
    if endpoint is None:
        return None
    return url_for(endpoint) if endpoint == "live.index" else url_for(endpoint, network_id=task.network_id)


def outcome_words(check: YearlyCheck) -> str:
    """How it stands with a yearly check."""
    if check.outcome is CheckOutcome.FINE:
        return _("Allt är i ordning")
    if check.outcome is CheckOutcome.KEPT:
        return _("Kommunen eller polisen har låtit området vara igång")
    if check.outcome is CheckOutcome.DORMANT:
        return _("Området fick vila")
    if check.answered_at is not None:
        return _("Besvarad. Något behöver göras.")
    return _("Kommunen ska bestämma") if check.passed_on_at is not None else _("Väntar på svar")


def parts_of_tasks(rows: Session, tasks: list[Task]) -> dict[int, str]:
    """The names of the parts that tasks are about."""
    return networks.unit_names(rows, sorted({task.network_id for task in tasks}))


def note(rows: Session, network: WatchNetwork, act: str, row: int, *, role_id: int | None = None) -> None:
    """An act on the network's duties in the audit log. `role_id`: whose link it was, where nobody had signed in."""
    actor = current.actor()
    facts = {} if role_id is None else {"by_link_of": role_id}
    audit.record(
        rows,
        now=current.now(),
        account_id=actor.account_id if actor is not None and role_id is None else None,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        row=row,
        **facts,
    )
