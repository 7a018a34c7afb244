"""The door for other systems: which key is asked with, what it opens, how often; and refusals as JSON."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from threading import Lock

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from sqlmodel import Session

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import ApiKey, Scope
from grannsamverkan.web import current
from grannsamverkan.web.api_models import Fault, Problem

_A_MINUTE = 120  # questions of one key, to all processes together
ROOT = "/api/v1"
PROBLEM = "application/problem+json"


class Pace:
    """How often each key has asked this process within the minute at hand. The row of the key counts for all of them;
    this stands before it, so that a flood of questions is no flood of writes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: datetime | None = None
        self._asked: Counter[int] = Counter()

    def may_ask(self, key_id: int, now: datetime) -> bool:
        with self._lock:
            if self._since is None or now >= self._since + timedelta(minutes=1):
                self._since = now
                self._asked.clear()
            self._asked[key_id] += 1
            return self._asked[key_id] <= _A_MINUTE


pace = Pace()
Answer = Callable[[Session, str], BaseModel]
Act = Callable[[ApiKey], Response]


def read_with(scope: Scope) -> Callable[[Answer], Callable[[], ResponseReturnValue]]:
    """The view asks for a key with this scope first, and reads of its municipality."""

    def guard(answer: Answer) -> Callable[[], ResponseReturnValue]:
        def read(key: ApiKey) -> Response:
            with current.runtime().database.read() as session:
                return told(answer(session, key.municipality_code))

        return act_with(scope)(wraps(answer)(read))

    return guard


def act_with(scope: Scope) -> Callable[[Act], Callable[[], ResponseReturnValue]]:
    """The same for a view that takes the key itself. It is looked for in the header alone: addresses end up in logs."""

    def guard(act: Act) -> Callable[[], ResponseReturnValue]:
        @wraps(act)
        def view() -> ResponseReturnValue:
            kind, _space, key = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() != "bearer" or not key:
                return problem(401, "key_missing")
            now = current.now()
            with current.runtime().database.read() as session:
                row = accounts.key_of(session, key.strip(), now)
            if row is None or row.id is None:
                return problem(401, "key_unknown")
            if scope not in row.scopes:
                return problem(403, "scope_missing")
            if not _may_ask(row.id, now):
                return problem(429, "too_often", after_s=60)
            return act(row)

        return view

    return guard


def _may_ask(key_id: int, now: datetime) -> bool:
    if not pace.may_ask(key_id, now):
        return False
    with current.runtime().database.write(durable=False) as session:
        return accounts.count_question(session, key_id, most=_A_MINUTE, now=now)


def told(what: BaseModel, status: int = 200) -> Response:
    return Response(what.model_dump_json(), status, mimetype="application/json")


def problem(status: int, code: str, faults: Sequence[Fault] = (), *, after_s: int = 0, number: str = "") -> Response:
    """A refusal; `after_s` is when it is worth asking again."""
    title = HTTPStatus(status).phrase
    answer = told(Problem(title=title, status=status, error=code, faults=list(faults), number=number), status)
    answer.mimetype = PROBLEM
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if after_s:
        answer.headers["Retry-After"] = str(after_s)
    return answer
