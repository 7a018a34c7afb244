"""Audit: one row for each act of a person or of the clock, chained so that a missing or changed row shows."""

from grannsamverkan.domain.audit.actions import record, seal
from grannsamverkan.domain.audit.queries import history, whole
from grannsamverkan.domain.audit.tables import AuditEntry, ViewEntry
from grannsamverkan.domain.audit.views import forget_views_of, note_view, views_in, views_of, views_of_network

__all__ = [
    "AuditEntry",
    "ViewEntry",
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
