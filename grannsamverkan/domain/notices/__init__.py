"""Notices: messages to one person, such as a code, a welcome or an invitation."""

from grannsamverkan.domain.notices import words
from grannsamverkan.domain.notices.actions import (
    FINAL,
    cancel_about,
    cancel_waiting,
    cancel_waiting_for,
    forget,
    may_get,
    queue,
    settle,
    waits_until,
    wake_set_back,
)
from grannsamverkan.domain.notices.mail import NoticeSender, render
from grannsamverkan.domain.notices.queries import being_called, calling_since, due, outcome, sent_to
from grannsamverkan.domain.notices.tables import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.notices.words import Change, Concerned, KeyChange, Say, SignInChange, Words

__all__ = [
    "FINAL",
    "Change",
    "Concerned",
    "KeyChange",
    "Notice",
    "NoticeKind",
    "NoticeSender",
    "NoticeState",
    "Say",
    "SignInChange",
    "Words",
    "being_called",
    "calling_since",
    "cancel_about",
    "cancel_waiting",
    "cancel_waiting_for",
    "due",
    "forget",
    "may_get",
    "outcome",
    "queue",
    "render",
    "sent_to",
    "settle",
    "waits_until",
    "wake_set_back",
    "words",
]
