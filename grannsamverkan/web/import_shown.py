"""A list as its page shows it: waiting to be decided on, taken in, or taken back."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import RadioField, StringField
from wtforms.validators import Length

from grannsamverkan.domain import audit
from grannsamverkan.domain.membership import ImportState, MemberImport, lists
from grannsamverkan.domain.networks import Shows, WatchNetwork
from grannsamverkan.web import current, import_words
from grannsamverkan.web.i18n import lazy_gettext as _l

_FIRST_ROWS, _MOST_PROBLEMS = 10, 100


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Yes to what was looked at."""

    shows = RadioField(
        _l("Vad får kontaktombuden se av hushållen?"),
        choices=[
            (Shows.NOTHING.value, _l("Ingenting. Hushållet räknas bara.")),
            (Shows.NAME.value, _l("Namn eller husnummer")),
            (Shows.CONTACT.value, _l("Namn, och hur det nås")),
        ],
        default=Shows.NAME.value,
    )
    source = StringField(_l("Var kommer listan ifrån?"), [Length(max=100, message=_l("Skriv högst 100 tecken"))])


def shown(
    rows: Session,
    network: WatchNetwork,
    brought: MemberImport,
    form: DecisionForm | None = None,
    *,
    faults: list[tuple[str, str]] | None = None,
) -> str:
    """The list as it is now: waiting to be decided on, taken in, or taken back."""
    if brought.state is ImportState.PREVIEW:
        return _waiting(rows, network, brought, form or DecisionForm(), faults or [])
    return render_template(
        "imports/done.html",
        network=network,
        brought=brought,
        faults_found=faults or [],
        is_undone=brought.state is ImportState.UNDONE,
        may_be_undone=lists.may_be_undone(brought, now=current.now()),
        taken_words=import_words.taken_words(brought.facts.get("households", 0), brought.facts.get("letters", 0)),
        undo_until=(brought.applied_at or brought.made_at) + lists.UNDO_WITHIN,
        batches=lists.letter_batches(rows, brought),
        waiting=lists.waiting_letters(rows, brought),
    )


def _waiting(
    rows: Session, network: WatchNetwork, brought: MemberImport, form: DecisionForm, faults: list[tuple[str, str]]
) -> str:
    plan, lines = lists.plan_of(rows, brought, now=current.now())
    columns = lists.columns(rows, brought)
    problems = [row for row in plan.rows if row.outcome is lists.Outcome.PROBLEM]
    return render_template(
        "imports/waiting.html",
        network=network,
        brought=brought,
        form=form,
        faults_found=faults,
        columns=columns,
        taken=[column for column in columns if column.index in lists.taken_columns(brought)],
        choices=[(meaning.value, import_words.meaning_words(meaning)) for meaning in lists.CHOICES],
        plan=plan,
        first=[(row, lines[row.reading.number].cells, _at_cells(row)) for row in plan.rows[:_FIRST_ROWS]],
        problems=[(row, lines[row.reading.number].cells) for row in problems[:_MOST_PROBLEMS]],
        more_problems=max(0, len(problems) - _MOST_PROBLEMS),
        figures=_figures(plan),
        taken_words=import_words.taken_words(plan.households, plan.letters),
        Meaning=lists.Meaning,
        meaning_words=import_words.meaning_words,
        outcome_words=import_words.outcome_words,
        problem_words=import_words.problem_words,
    )


def _at_cells(row: lists.Judged) -> dict[int | None, str]:
    """The first thing wrong with each cell; None: with the row."""
    found: dict[int | None, str] = {}
    for problem in row.reading.problems:
        found.setdefault(problem.column, import_words.problem_words(problem.code))
    return found


def _figures(plan: lists.Plan) -> dict[str, Any]:
    return {
        "households": plan.households,
        "letters": plan.letters,
        "problems": plan.count(lists.Outcome.PROBLEM),
        "duplicates": plan.count(lists.Outcome.DUPLICATE),
        "known": plan.count(lists.Outcome.KNOWN),
    }


def note(rows: Session, network: WatchNetwork, act: str, brought: MemberImport, facts: Mapping[str, Any]) -> None:
    """Write down an act: counts only."""
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        list=brought.id or 0,
        **facts,
    )
