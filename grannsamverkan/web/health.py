"""Questions of machines: is the process alive, is it ready. Answers without details."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.domain.accounts import Action
from grannsamverkan.runtime import CLOCK_STILL_S
from grannsamverkan.schema import misfit
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

pages = Pages("health")


@pages.get("/halsa/live", may=Action.SEE_PUBLIC)
def live() -> ResponseReturnValue:
    return jsonify(live=True)


@pages.get("/halsa/redo", may=Action.SEE_PUBLIC)
def ready() -> ResponseReturnValue:
    """200 when the database answers with tables that fit this version and the clock of this process ticks, else 503."""
    is_ready = current.runtime().engine.is_ticking(CLOCK_STILL_S) and _tables_fit()
    return jsonify(ready=is_ready), 200 if is_ready else 503


def _tables_fit() -> bool:
    try:
        return not misfit(current.runtime().database)
    except SQLAlchemyError:
        return False
