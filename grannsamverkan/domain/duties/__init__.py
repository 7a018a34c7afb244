"""Duties: what contact persons do in fifteen minutes a month, and the yearly check."""

from grannsamverkan.domain.duties.following import end_tasks, follow
from grannsamverkan.domain.duties.months import plan_month, round_of
from grannsamverkan.domain.duties.tables import CheckOutcome, Task, TaskKind, YearlyCheck
from grannsamverkan.domain.duties.tasks import (
    close_task,
    close_vacancy,
    forget_newcomers,
    newcomers,
    open_again,
    open_task,
    task,
    tasks_of,
    waiting,
)

__all__ = [
    "CheckOutcome",
    "Task",
    "TaskKind",
    "YearlyCheck",
    "close_task",
    "close_vacancy",
    "end_tasks",
    "follow",
    "forget_newcomers",
    "newcomers",
    "open_again",
    "open_task",
    "plan_month",
    "round_of",
    "task",
    "tasks_of",
    "waiting",
]
