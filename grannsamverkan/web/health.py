"""Questions of machines: is the process alive, is it ready. Answers without details."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.domain.accounts import Action
from grannsamverkan.schema import revisions
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

pages = Pages("health")


@pages.get("/halsa/live", may=Action.SEE_PUBLIC)
def live() -> ResponseReturnValue:
    return jsonify(live=True)


@pages.get("/halsa/redo", may=Action.SEE_PUBLIC)
def ready() -> ResponseReturnValue:
    """200 when the database answers and its tables are those of this version, else 503."""
    is_ready = _tables_fit()
    return jsonify(ready=is_ready), 200 if is_ready else 503


def _tables_fit() -> bool:
    try:
        has, newest = revisions(current.runtime().database)
    except SQLAlchemyError:
        return False
    return has is not None and has == newest
