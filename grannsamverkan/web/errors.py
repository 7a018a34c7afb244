"""What visitors are told when something is refused or fails. Nothing of the inside is shown: a number leads to it."""

import secrets

import structlog
from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from grannsamverkan.foundation.errors import Conflict, NotAllowed, NotFound, Refused, Unavailable
from grannsamverkan.foundation.logs import where_it_failed
from grannsamverkan.web import api_door
from grannsamverkan.web.pages import declared
from grannsamverkan.web.refusals import note_refusal

_DATABASE_BACK_S = 30
# What has words of its own on the page, and what another system is told.
KNOWN = {
    400: "bad_request",
    401: "key_missing",
    403: "not_allowed",
    404: "not_found",
    405: "no_such_method",
    409: "conflict",
    413: "too_large",
    429: "too_often",
    500: "failed",
    503: "unavailable",
}
_log = structlog.get_logger("grannsamverkan.web.errors")

# The last resort: needs neither database nor template nor a known host.
_LAST_RESORT = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Något gick fel – Grannsamverkan</title></head>
<body><main><h1>Något gick fel</h1><p>Sidan kan inte visas just nu. Försök igen om en stund.</p>
<p>Pågår ett brott? Ring 112. Vill du tipsa polisen? Ring 114 14.</p></main></body></html>
"""


def furnish(app: Flask) -> None:
    app.register_error_handler(NotFound, lambda error: page(404))
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(Refused, lambda error: page(400, reason=error.code))
    app.register_error_handler(Conflict, lambda error: page(409))
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(DataError, lambda error: page(400))  # such as a zero byte, which no text column holds
    app.register_error_handler(SQLAlchemyError, _database_away)
    app.register_error_handler(CSRFError, _foreign_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def page(status: int, *, reason: str = "", number: str = "", after_s: int = 0) -> ResponseReturnValue:
    """The error page for a status; the last resort where even that cannot be drawn. Another system gets a problem."""
    headers = {"Retry-After": str(after_s)} if after_s else {}
    shown = status if status in KNOWN else (400 if status < 500 else 500)
    if f"{request.path}/".startswith(f"{api_door.ROOT}/"):
        return api_door.problem(status, KNOWN[shown], after_s=after_s, number=number)
    if request.routing_exception is not None and status == 400:
        return _LAST_RESORT, 400, headers  # asked under a foreign name: no address can be built for it
    try:
        return render_template("errors/error.html", status=shown, reason=reason, number=number), status, headers
    except Exception as error:  # noqa: BLE001  (whatever it is, the visitor gets a page)
        _log.error("error_page_failed", error=where_it_failed(error))
        return _LAST_RESORT, status, headers


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    route = declared(current_app, request.endpoint)
    reason = "file" if error.code == 413 and route and route.largest_body else ""
    answer = make_response(page(error.code, reason=reason))
    if allowed := getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _not_allowed(_error: NotAllowed) -> ResponseReturnValue:
    note_refusal("not_allowed")
    return page(403)


def _foreign_form(_error: CSRFError) -> ResponseReturnValue:
    note_refusal("form_token")
    return page(403, reason="form")


def _unavailable(error: Unavailable) -> ResponseReturnValue:
    return page(503, after_s=int(error.after_s))


def _database_away(error: SQLAlchemyError) -> ResponseReturnValue:
    _log.error("database_failed", error=where_it_failed(error), endpoint=request.endpoint)
    return page(503, after_s=_DATABASE_BACK_S)


def _unknown(error: Exception) -> ResponseReturnValue:
    """A fault of ours: the page shows a number, the log the place, and nobody the message (it may quote somebody)."""
    number = secrets.token_hex(4)
    _log.error("request_failed", number=number, error=where_it_failed(error), endpoint=request.endpoint)
    return page(500, number=number)
