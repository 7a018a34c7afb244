"""Sessions under Flask and Flask-Login: rows for those who have signed in, a short signed cookie for a stranger's form.

A signed-in browser holds a random id and the database the rest, so that signing out ends the session whoever kept a
copy of the cookie. A stranger has no row: the signed cookie holds nothing but the token of the form they have open, so
that looking at pages never writes to the database.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, login_user
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from werkzeug.datastructures import CallbackDict

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Account, Actor, Role, SessionLimits, SignInSession
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.errors import NotAllowed, NotFound
from grannsamverkan.foundation.logs import where_it_failed
from grannsamverkan.settings import Settings
from grannsamverkan.web import current
from grannsamverkan.web.security import is_https

ACCOUNT = "_user_id"  # where Flask-Login keeps who has signed in
SIGNED_IN_BY = "hos"  # with whose sign-in, where it is not ours
_PERSON = "p"  # before the number of a neighbour on their own page
_FORM_LIFE_S = 7200
# What stands in a browser's name of itself, the tellings first that others have in theirs too.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_WITHOUT_SESSION = ("/v/", "/halsa/", "/ingang/", "/policy-rapport", "/.well-known/", "/api/")
_log = structlog.get_logger("grannsamverkan.web.sessions")


class DoorSession(CallbackDict[str, Any], SessionMixin):
    """A request's session. `session_id` is set when a row stands behind it."""

    def __init__(self, content: dict[str, Any] | None = None, session_id: str | None = None) -> None:
        def changed(mine: "DoorSession") -> None:
            mine.modified = True

        super().__init__(content or {}, changed)
        self.session_id = session_id
        self.signed_in_as = self.get(ACCOUNT)
        self.modified = False
        self.is_due = False
        self.is_unreadable = False
        self.is_renewed = False
        self.proven_at: datetime | None = None


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who has signed in, as Flask-Login wants it."""

    def __init__(self, account: Account, actor: Actor) -> None:
        self.id = str(account.id)
        self.sign_in_name = account.sign_in_name
        self.actor = actor


class Visiting(UserMixin):  # type: ignore[misc]
    """A neighbour on their own page."""

    def __init__(self, person: Person) -> None:
        self.id = f"{_PERSON}{person.id}"
        self.actor = Actor(0, Role.NEIGHBOUR, frozenset({person.municipality_code}), person_id=person.id)


class DoorSessions(SessionInterface):
    """Reads and writes the sessions; see the module."""

    def __init__(self, settings: Settings) -> None:
        prefix = "__Host-" if is_https(settings) else ""
        self.cookie, self.form_cookie = f"{prefix}grannsamverkan", f"{prefix}formular"
        self._secure = is_https(settings)
        self._limits = _limits(settings)

    def open_session(self, app: Flask, request: Request) -> DoorSession:
        if request.path.startswith(_WITHOUT_SESSION):
            return DoorSession()
        session_id = request.cookies.get(self.cookie)
        try:
            found = self._read(session_id) if session_id else None
        except SQLAlchemyError as error:
            _log.error("session_unreadable", error=where_it_failed(error))
            found = DoorSession()
            found.is_unreadable = True
        return found if found is not None else self._read_form(app, request)

    def _read(self, session_id: str) -> DoorSession | None:
        now = current.now()
        with current.runtime().database.read() as rows:
            row = accounts.find_session(rows, session_id, now, self._limits)
            if row is None:
                return None
            found = DoorSession({**row.content, ACCOUNT: _name_of(row)}, session_id)
            found.is_due = accounts.is_due_for_touch(row, now)
            found.proven_at = row.proven_at
            return found

    def _read_form(self, app: Flask, request: Request) -> DoorSession:
        cookie = request.cookies.get(self.form_cookie)
        if not cookie:
            return DoorSession()
        try:
            content = _serializer(app).loads(cookie, max_age=_FORM_LIFE_S)
        except BadSignature:
            return DoorSession()
        return DoorSession({key: value for key, value in content.items() if not key.startswith("_")})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, DoorSession) or session.is_unreadable:
            return
        if session.accessed or session.modified:
            response.vary.add("Cookie")
        try:
            self._save(app, session, response)
        except SQLAlchemyError as error:  # the answer stands; a new sign-in is then not kept
            _log.error("session_not_saved", error=where_it_failed(error))

    def _save(self, app: Flask, session: DoorSession, response: Response) -> None:
        account_id = session.get(ACCOUNT)
        if account_id != session.signed_in_as:
            self._change_account(session, account_id, response)
        elif session.session_id and (session.modified or session.is_due):
            self._keep(session, session.session_id)
        if session.is_renewed and session.session_id and account_id == session.signed_in_as:
            self._set(response, self.cookie, session.session_id)
        if account_id is None and session.modified:
            self._save_form(app, session, response)

    def _change_account(self, session: DoorSession, account_id: str | None, response: Response) -> None:
        """Somebody signed in or out: the old id is dead, and a new one is made for whoever is in now."""
        with current.runtime().database.write() as rows:
            if session.session_id:
                accounts.close_session(rows, session.session_id)
            if account_id is None:
                response.delete_cookie(self.cookie, secure=self._secure, httponly=True, samesite="Lax")
                return
            new_id = self._open(rows, account_id, _content(session))
        self._set(response, self.cookie, new_id)
        response.delete_cookie(self.form_cookie, secure=self._secure, httponly=True, samesite="Lax")

    def _open(self, rows: Session, name: str, content: dict[str, Any]) -> str:
        now = current.now()
        if name.startswith(_PERSON):
            person_id = int(name.removeprefix(_PERSON))
            return accounts.open_session(rows, None, content, now, accounts.VISIT, person_id=person_id)
        self._tell_of_new_device(rows, int(name), now)
        return accounts.open_session(rows, int(name), content, now, self._limits, device=device())

    def _tell_of_new_device(self, rows: Session, account_id: int, now: datetime) -> None:
        """Not in a demo, where everybody is made up."""
        runtime = current.runtime()
        if not runtime.settings.is_demo and accounts.is_new_device(rows, account_id, device() or "", now):
            account = accounts.account(rows, account_id)
            tidings.sign_in_changed(runtime, rows, account, SignInChange.NEW_DEVICE)

    def _keep(self, session: DoorSession, session_id: str) -> None:
        with current.runtime().database.write(durable=False) as rows:
            if session.modified:
                accounts.save_content(rows, session_id, _content(session), current.now())
            else:
                accounts.touch(rows, session_id, current.now())

    def _save_form(self, app: Flask, session: DoorSession, response: Response) -> None:
        content = _content(session)
        if content:
            self._set(response, self.form_cookie, str(_serializer(app).dumps(content)))
        else:
            response.delete_cookie(self.form_cookie, secure=self._secure, httponly=True, samesite="Lax")

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, secure=self._secure, httponly=True, samesite="Lax", path="/")


def _limits(settings: Settings) -> SessionLimits:
    return SessionLimits(timedelta(minutes=settings.web.idle_min), timedelta(hours=settings.web.absolute_h))


def session_limits() -> SessionLimits:
    """How long an account's sessions live."""
    return _limits(current.runtime().settings)


def session_id() -> str | None:
    """By which this browser is known; None for a stranger."""
    return session.session_id if isinstance(session, DoorSession) else None


def proven_at() -> datetime | None:
    """When whoever uses this browser last showed who they are; None for a stranger."""
    return session.proven_at if isinstance(session, DoorSession) else None


def prove_again() -> None:
    """Whoever is signed in on this browser has just shown anew who they are: it goes on under a new session id."""
    if not isinstance(session, DoorSession) or session.session_id is None:
        raise NotAllowed
    with current.runtime().database.write() as rows:
        session.session_id = accounts.renew_session(rows, session.session_id, current.now())
    session.proven_at, session.is_renewed = current.now(), True


def device() -> str | None:
    """What the browser says that it is, in two words that its owner knows it by: Firefox, Windows."""
    says = request.headers.get("User-Agent", "")
    found = [next((words for sign, words in signs if sign in says), "") for signs in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or None


def _name_of(row: SignInSession) -> str:
    """Whose session it is, as Flask-Login keeps it: an account's number, or p and a person's."""
    return str(row.account_id) if row.person_id is None else f"{_PERSON}{row.person_id}"


def _content(session: DoorSession) -> dict[str, Any]:
    return {key: value for key, value in session.items() if key != ACCOUNT}


def _serializer(app: Flask) -> Any:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    if serializer is None:
        raise RuntimeError("no key to sign with")
    return serializer


def furnish(app: Flask, settings: Settings) -> None:
    app.session_interface = DoorSessions(settings)
    manager = LoginManager()
    manager.session_protection = None  # a phone changes its address on the way; the row is the protection
    manager.init_app(app)
    manager.user_loader(_load)


def _load(account_id: str) -> "SignedIn | Visiting | None":
    """Read anew for every request, so that a changed role or an ended account counts at once."""
    with current.runtime().database.read() as rows:
        if account_id.startswith(_PERSON):
            person = rows.get(Person, int(account_id.removeprefix(_PERSON)))
            return None if person is None else Visiting(person)
        try:
            account = accounts.account(rows, int(account_id))
        except (NotFound, ValueError):
            return None
        return None if account.ended_at is not None else SignedIn(account, accounts.actor(rows, account))


def let_visit(person: Person) -> None:
    """The neighbour is on their own page in this browser, with a new session id and nothing left of what was before."""
    session.clear()
    login_user(Visiting(person))
    g.pop("csrf_token", None)
    generate_csrf()


def let_in(account: Account) -> None:
    """Sign the account in on this browser, with a new session id and nothing left of what was before."""
    with current.runtime().database.read() as rows:
        actor = accounts.actor(rows, account)
    session.clear()
    login_user(SignedIn(account, actor))
    g.pop("csrf_token", None)  # Flask-WTF's copy of the token before
    generate_csrf()  # now, so that no page that is only looked at has to write one
