"""Duties: what contact persons do in fifteen minutes a month, and the yearly check."""

from grannsamverkan.domain.duties.tables import (
    CheckOutcome,
    Task,
    TaskKind,
    YearlyCheck,
)

__all__ = [
    "CheckOutcome",
    "Task",
    "TaskKind",
    "YearlyCheck",
]
