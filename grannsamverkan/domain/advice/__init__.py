"""Advice: tips for the home from a catalogue, on a municipality's calendar, and who has been given what."""

from grannsamverkan.domain.advice.cards import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic
from grannsamverkan.domain.advice.catalogue import Source, shipped, sources
from grannsamverkan.domain.advice.lint import Fault, framed_sms, lint, lint_texts, longest_sms
from grannsamverkan.domain.advice.tables import (
    AdviceGiven,
    CardAnswer,
    CardAnswerKind,
    CardEdition,
    EntryState,
    PlanEntry,
    PlanRun,
    RunState,
)

__all__ = [
    "LANGUAGES",
    "AdviceGiven",
    "Card",
    "CardAnswer",
    "CardAnswerKind",
    "CardDwelling",
    "CardEdition",
    "CardTexts",
    "Effort",
    "EntryState",
    "Fault",
    "PlanEntry",
    "PlanRun",
    "RunState",
    "Season",
    "Source",
    "Topic",
    "framed_sms",
    "lint",
    "lint_texts",
    "longest_sms",
    "shipped",
    "sources",
]
