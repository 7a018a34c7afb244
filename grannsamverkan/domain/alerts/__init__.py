"""Alerts: a warning from draft to closed, its number and its frozen wording."""

from grannsamverkan.domain.alerts.actions import (
    EDITABLE,
    approval_hash,
    approve,
    begin_sending,
    change,
    check,
    discard,
    forget_drafts,
    start,
    targets,
)
from grannsamverkan.domain.alerts.catalogue import Advice, AlertKind, DayPart, Dwelling, Method, Source
from grannsamverkan.domain.alerts.drafts import MOST_ADVICE, OLDEST_DAYS, AlertDraft, Target
from grannsamverkan.domain.alerts.guard import FREE_TEXT_MAX_CHARS, Finding, guard_free_text
from grannsamverkan.domain.alerts.queries import (
    PUBLISHED,
    alert,
    being_sent,
    drafts_of,
    latest,
    networks_of,
    places_of,
    published,
    to_release,
)
from grannsamverkan.domain.alerts.tables import Alert, AlertNumber, AlertState, AlertTarget
from grannsamverkan.domain.alerts.worded import Worded, facts_of, mail_template, word
from grannsamverkan.domain.alerts.wording import AlertFacts, advice_sentences, headline

__all__ = [
    "EDITABLE",
    "FREE_TEXT_MAX_CHARS",
    "MOST_ADVICE",
    "OLDEST_DAYS",
    "PUBLISHED",
    "Advice",
    "Alert",
    "AlertDraft",
    "AlertFacts",
    "AlertKind",
    "AlertNumber",
    "AlertState",
    "AlertTarget",
    "DayPart",
    "Dwelling",
    "Finding",
    "Method",
    "Source",
    "Target",
    "Worded",
    "advice_sentences",
    "alert",
    "approval_hash",
    "approve",
    "begin_sending",
    "being_sent",
    "change",
    "check",
    "discard",
    "drafts_of",
    "facts_of",
    "forget_drafts",
    "guard_free_text",
    "headline",
    "latest",
    "mail_template",
    "networks_of",
    "places_of",
    "published",
    "start",
    "targets",
    "to_release",
    "word",
]
