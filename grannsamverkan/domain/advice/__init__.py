"""Advice: tips for the home from a catalogue, on a municipality's calendar, and who has been given what."""

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
    "AdviceGiven",
    "CardAnswer",
    "CardAnswerKind",
    "CardEdition",
    "EntryState",
    "PlanEntry",
    "PlanRun",
    "RunState",
]
