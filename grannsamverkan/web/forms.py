"""Forms and their errors, in one pattern: a summary first, the same words at the field, the answers kept."""

from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from wtforms import Field


def refuse(field: Field, words: Any) -> None:
    """Put an error at a field, as if its own check had found it."""
    field.errors = [*field.errors, words]


def faults(form: FlaskForm) -> list[tuple[str, str]]:
    """(the id of the field, what is wrong), in the order of the form: for the summary."""
    return [(field.id, str(words)) for field in form for words in field.errors]


def furnish(app: Flask) -> None:
    app.jinja_env.globals["faults"] = faults
