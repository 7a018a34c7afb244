"""The question before an act that cannot be taken back: it names the thing and how many, and only a yes to it acts.

A view asks `is_confirmed` before it acts. Where no page of its own has asked before, it answers with `ask`: the same
address once more, with what was sent and the yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request

YES = {"ja": "1"}


@dataclass(frozen=True)
class Question:
    """`title` the question, `follows` what comes of it, `yes` the button, `back` the page to stay on instead. `kept`
    are the fields of the form that led here."""

    title: str
    follows: Sequence[str]
    yes: str
    back: str
    kept: Sequence[tuple[str, str]] = ()


def is_confirmed() -> bool:
    """Whether the form says yes to what its page has asked."""
    return all(request.form.get(name) == value for name, value in YES.items())


def ask(question: Question) -> str:
    """The page that asks; nothing has changed."""
    return render_template("confirm.html", question=question, address=request.full_path.rstrip("?"))
