"""The public page on how the service is doing, in words."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.domain import deliveries
from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

_LATE = timedelta(minutes=2)  # work that should have been begun this long ago is late

pages = Pages("status")


@pages.get("/driftlage", may=Action.SEE_PUBLIC)
def status() -> ResponseReturnValue:
    """Answers 200 even when the database is away: saying so is what the page is for."""
    return render_template("status.html", now=current.now(), sending=_sending())


def _sending() -> str:
    """away, idle, going or late."""
    try:
        with current.runtime().database.read() as session:
            due_at = deliveries.next_due_at(session)
    except SQLAlchemyError:
        return "away"
    if due_at is None:
        return "idle"
    return "late" if due_at + _LATE < current.now() else "going"
