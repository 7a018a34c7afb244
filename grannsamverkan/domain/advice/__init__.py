"""Advice: tips for the home from a catalogue, on a municipality's calendar, and who has been given what."""

from grannsamverkan.domain.advice.answers import answers_of_year, count_answer
from grannsamverkan.domain.advice.card_types import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic
from grannsamverkan.domain.advice.catalogue import Source, shipped, sources
from grannsamverkan.domain.advice.choosing import HOMES, for_home, matching, seasons_on
from grannsamverkan.domain.advice.editions import card, cards, edit, history, restore, set_disabled
from grannsamverkan.domain.advice.linter import Fault, framed_sms, lint, lint_texts, longest_sms
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
    "HOMES",
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
    "answers_of_year",
    "card",
    "cards",
    "count_answer",
    "edit",
    "for_home",
    "framed_sms",
    "history",
    "lint",
    "lint_texts",
    "longest_sms",
    "matching",
    "restore",
    "seasons_on",
    "set_disabled",
    "shipped",
    "sources",
]
