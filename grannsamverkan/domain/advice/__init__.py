"""Advice: tips for the home from a catalogue, on a municipality's calendar, and who has been given what."""

from grannsamverkan.domain.advice.cards import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic
from grannsamverkan.domain.advice.catalogue import Source, shipped, sources
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
    "PlanEntry",
    "PlanRun",
    "RunState",
    "Season",
    "Source",
    "Topic",
    "shipped",
    "sources",
]
