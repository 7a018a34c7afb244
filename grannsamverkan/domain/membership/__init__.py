"""Membership: slips, joining, approving, one's own page, lists brought in."""

from grannsamverkan.domain.membership.tables import (
    Enrolment,
    ImportedRow,
    ImportState,
    JoinRequest,
    MemberImport,
    RequestState,
    SlipBatch,
)

__all__ = [
    "Enrolment",
    "ImportState",
    "ImportedRow",
    "JoinRequest",
    "MemberImport",
    "RequestState",
    "SlipBatch",
]
