"""Notices: messages to one person, such as a code, a welcome or an invitation."""

from grannsamverkan.domain.notices.tables import (
    Notice,
    NoticeKind,
    NoticeState,
)

__all__ = [
    "Notice",
    "NoticeKind",
    "NoticeState",
]
