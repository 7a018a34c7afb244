"""Advice: tips for the home from a catalogue, on a municipality's calendar, and who has been given what."""

from grannsamverkan.domain.advice.answers import answers_of_year, count_answer
from grannsamverkan.domain.advice.calendar import Feast, Rule, RuleKind, due_between, is_red, next_after
from grannsamverkan.domain.advice.calendar_words import EXAMPLES, MONTHS, in_words, read_rule
<<<<<<< HEAD
from grannsamverkan.domain.advice.cards import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic
from grannsamverkan.domain.advice.catalogue import Source, shipped, sources
from grannsamverkan.domain.advice.choosing import HOMES, for_home, matching, seasons_on
from grannsamverkan.domain.advice.editions import card, cards, edit, history, restore, set_disabled
from grannsamverkan.domain.advice.lint import Fault, framed_sms, lint, lint_texts, longest_sms
=======
from grannsamverkan.domain.advice.card_types import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic
from grannsamverkan.domain.advice.catalogue import Source, shipped, sources
from grannsamverkan.domain.advice.choosing import HOMES, for_home, matching, seasons_on
from grannsamverkan.domain.advice.editions import card, card_history, cards, edit_card, restore_card, set_disabled
from grannsamverkan.domain.advice.linter import Fault, framed_sms, lint, lint_texts, longest_sms
>>>>>>> origin/advice-cards
from grannsamverkan.domain.advice.plan import (
    LATE,
    PRESET,
    add_entry,
    add_preset,
    advance,
    approve_entry,
    change_entry,
    content_of,
    decide,
    due,
    end,
    entries,
    entry,
    forget_given,
    holds,
    note_issued,
    pause,
    resume,
    rule_of,
    run,
    runs,
    skip_next,
    take_missed,
    unskip,
    void,
)
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
    "EXAMPLES",
    "HOMES",
    "LANGUAGES",
    "LATE",
    "MONTHS",
    "PRESET",
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
    "Feast",
    "PlanEntry",
    "PlanRun",
    "Rule",
    "RuleKind",
    "RunState",
    "Season",
    "Source",
    "Topic",
    "add_entry",
    "add_preset",
    "advance",
    "answers_of_year",
    "approve_entry",
    "card",
<<<<<<< HEAD
=======
    "card_history",
>>>>>>> origin/advice-cards
    "cards",
    "change_entry",
    "content_of",
    "count_answer",
    "decide",
    "due",
    "due_between",
<<<<<<< HEAD
    "edit",
=======
    "edit_card",
>>>>>>> origin/advice-cards
    "end",
    "entries",
    "entry",
    "for_home",
    "forget_given",
    "framed_sms",
<<<<<<< HEAD
    "history",
=======
>>>>>>> origin/advice-cards
    "holds",
    "in_words",
    "is_red",
    "lint",
    "lint_texts",
    "longest_sms",
    "matching",
    "next_after",
    "note_issued",
    "pause",
    "read_rule",
<<<<<<< HEAD
    "restore",
=======
    "restore_card",
>>>>>>> origin/advice-cards
    "resume",
    "rule_of",
    "run",
    "runs",
    "seasons_on",
    "set_disabled",
    "shipped",
    "skip_next",
    "sources",
    "take_missed",
    "unskip",
    "void",
]
