"""The guard at the door: every request passes here before its view, and what is not allowed in words is refused."""

from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized

from grannsamverkan.domain.accounts import Action
from grannsamverkan.foundation.errors import NotAllowed, Unavailable
from grannsamverkan.web import current, proving
from grannsamverkan.web.pages import declared
from grannsamverkan.web.refusals import note_refusal
from grannsamverkan.web.security import site_of
from grannsamverkan.web.sessions import DoorSession

_csrf = CSRFProtect()
_SAFE = frozenset({"GET", "HEAD"})

# A provider's own signature is checked in its view, and so is another system's key, which no browser sends by itself.
# Browsers report by themselves, and change nothing. The language is chosen, and a tip answered, by visitors who have no
# session, and doing it for somebody is no harm: there the browser's own word on where the form came from is enough.
# Whoever does duties by link has no session either, and another site cannot know the link.
_WITHOUT_TOKEN = frozenset(
    {
        Action.PROVIDER_CALLBACK,
        Action.REPORT_POLICY,
        Action.ASK_BY_KEY,
        Action.STOP_BY_LINK,
        Action.DUTIES_BY_LINK,
        Action.CHOOSE_LANGUAGE,
        Action.ANSWER_ADVICE,
    }
)

# Sent from elsewhere: providers call, and mail programs stop a mail by themselves (RFC 8058). The call's signature
# and the secret in the link are what lets them.
_FROM_ELSEWHERE = frozenset({Action.PROVIDER_CALLBACK, Action.STOP_BY_LINK})


def furnish(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked for below, after the permission
    app.config["WTF_CSRF_SSL_STRICT"] = False  # it wants a Referer, which our Referrer-Policy holds back
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token lives as long as its session
    _csrf.init_app(app)
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.routing_exception is not None:
        raise request.routing_exception
    route = declared(current_app, request.endpoint)
    if route is None:
        raise NotFound
    if isinstance(session, DoorSession) and session.is_unreadable and route.action is not Action.SEE_PUBLIC:
        raise Unavailable("database")
    if request.method not in _SAFE and route.action not in _FROM_ELSEWHERE:
        _refuse_foreign_forms()
    if not current.may(route.action):
        return _refuse()
    if route.largest_body:  # before the form is read for its token, and only for those who may send it
        request.max_content_length = route.largest_body
    if request.method not in _SAFE and route.action not in _WITHOUT_TOKEN:
        _csrf.protect()
    if route.needs_proof and proving.is_due():
        return proving.question()
    return None


def _refuse() -> ResponseReturnValue:
    """Whoever is signed in is told no; a stranger may sign in and come back."""
    if current.actor() is not None:
        raise NotAllowed
    if request.method not in _SAFE:
        note_refusal("signed_out")
        raise Unauthorized
    return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))


def _refuse_foreign_forms() -> None:
    """Another site's page may not act here: by Sec-Fetch-Site, or by Origin for browsers that do not send that.

    An Origin of null says nothing: our own Referrer-Policy makes browsers send it with our own forms.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:
        is_ours = origin == "null" or urlsplit(origin).netloc in {request.host, site_of(current.runtime().settings)}
    if not is_ours:
        note_refusal("foreign_form")
        raise Forbidden
