"""How well the guard does on the labelled sentences of `sentences.tsv`: totals, never a sentence of the sealed half."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grannsamverkan.domain.alerts.guard import IDENTIFIERS, RuleSet, guard

_SENTENCES = Path(__file__).with_name("sentences.tsv")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")

GOALS = {"identifiers": 0.99, "looks": 0.95, "guilt": 0.9, "absence": 0.9, "vehicle": 0.9}
MOST_FALSE_ALARMS = 0.03


@dataclass(frozen=True)
class Sentence:
    """A sentence with its labels; `clean` has none. The sealed half is for totals only."""

    text: str
    labels: frozenset[str]
    is_sealed: bool


def sentences() -> list[Sentence]:
    """All of them, in the order of the file."""
    lines = (line for line in _SENTENCES.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [_sentence(*line.split("\t")) for line in lines]


def _sentence(labels: str, written: str) -> Sentence:
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), written)
    is_sealed = bool(hashlib.sha256(text.encode()).digest()[-1] & 1)
    return Sentence(text, frozenset(labels.split()) - {"clean"}, is_sealed)


def measure(goals: Mapping[str, float] = GOALS) -> dict[str, Any]:
    """Recall by label and false alarms, of both halves. `ok` when the sealed half reaches every goal.

    A label counts as found when the guard names its rule in that sentence; a false alarm is a clean sentence with any
    finding. `wrong_rule`: sentences that are not clean, with a finding beside their labels too.
    """
    all_of_them = sentences()
    sealed = _figures([one for one in all_of_them if one.is_sealed])
    reached = {name: sealed[name]["recall"] >= goal for name, goal in goals.items()}
    reached["false_alarms"] = sealed["false_alarms"]["share"] <= MOST_FALSE_ALARMS
    return {
        "ok": all(reached.values()),
        "goals": {**goals, "false_alarms": MOST_FALSE_ALARMS},
        "reached": reached,
        "sealed": sealed,
        "open": _figures([one for one in all_of_them if not one.is_sealed]),
    }


def _figures(half: list[Sentence]) -> dict[str, Any]:
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    alarms = wrong = 0
    for sentence in half:
        named = {finding.code for finding in guard(sentence.text, RuleSet.ALERT)}
        wanted.update(sentence.labels)
        found.update(sentence.labels & named)
        alarms += not sentence.labels and bool(named)
        wrong += bool(sentence.labels) and bool(named - sentence.labels)
    clean = sum(not sentence.labels for sentence in half)
    shares = {label: _recall(found[label], wanted[label]) for label in sorted(wanted)}
    return {
        "sentences": len(half),
        "identifiers": _recall(sum(found[label] for label in IDENTIFIERS), sum(wanted[label] for label in IDENTIFIERS)),
        **shares,
        "false_alarms": {"found": alarms, "of": clean, "share": round(alarms / clean, 4) if clean else 0.0},
        "wrong_rule": {"found": wrong, "of": len(half) - clean},
    }


def _recall(found: int, wanted: int) -> dict[str, Any]:
    return {"found": found, "of": wanted, "recall": round(found / wanted, 4) if wanted else 1.0}
