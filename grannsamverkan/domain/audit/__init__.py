"""Audit: one row for each act of a person or of the clock, chained so that a missing or changed row shows."""

from grannsamverkan.domain.audit.actions import record, seal
from grannsamverkan.domain.audit.queries import history, whole
from grannsamverkan.domain.audit.tables import AuditEntry

__all__ = ["AuditEntry", "history", "record", "seal", "whole"]
