"""Audit: one row for each act of a person or of the clock, chained so that a missing or changed row shows."""

from grannsamverkan.domain.audit.actions import LET_GO, forget_acts, record, seal
from grannsamverkan.domain.audit.queries import begins_at, history, whole
from grannsamverkan.domain.audit.tables import AuditEntry, ViewEntry
from grannsamverkan.domain.audit.views import (
    forget_views,
    forget_views_of,
    note_view,
    views_in,
    views_of,
    views_of_network,
)

__all__ = [
    "LET_GO",
    "AuditEntry",
    "ViewEntry",
    "begins_at",
    "forget_acts",
    "forget_views",
    "forget_views_of",
    "history",
    "note_view",
    "record",
    "seal",
    "views_in",
    "views_of",
    "views_of_network",
    "whole",
]
