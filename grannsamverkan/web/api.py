"""What other systems of a municipality read, with a key of theirs: public facts as JSON, and a description in OpenAPI.

Nothing stands here that the public pages do not say. A key only says for whom it is read, how often, and until when.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, wraps
from threading import Lock
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema
from sqlmodel import Session

from grannsamverkan import __version__
from grannsamverkan.domain import accounts, alerts, networks, places, receipts
from grannsamverkan.domain.accounts import Action, ApiKey, Scope
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.web import current
from grannsamverkan.web.delivery_figures import is_few
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.public import public_card

_A_MINUTE = 120  # questions of one key to one process
_ROOT = "/api/v1"

pages = Pages("api")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Network(_Model):
    """A watch network. `joined`: at least so many households, null where it is not told."""

    id: int
    name: str
    kind: str
    state: str
    joined: int | None
    dwellings: int | None


class Networks(_Model):
    """The municipality's networks that have not ended."""

    municipality: str
    networks: list[Network]


class Message(_Model):
    """One message as it was sent. `wrong_until`: when it was put right, null while it stands."""

    number: int
    kind: str
    sent_at: datetime
    headline: str
    free_text: str
    wrong_until: datetime | None


class Story(_Model):
    """A message and what followed it, the first one first, and the areas that it went to."""

    url: str
    areas: list[str]
    ends_at: datetime
    messages: list[Message]


class Alerts(_Model):
    """What the municipality's neighbours were sent lately, as on the public pages."""

    municipality: str
    stories: list[Story]


class Month(_Model):
    """The warnings of a month, and within how many seconds half of the copies were handed over and proven; null where
    too few households stand behind it."""

    month: str
    warnings: int
    handed_over_p50_s: float | None
    proven_p50_s: float | None


class Statistics(_Model):
    """The last twelve months."""

    municipality: str
    months: list[Month]


class Problem(_Model):
    """What was wrong: key_missing, key_unknown, scope_missing, too_often."""

    error: str


class _Pace:
    """How often each key has asked this process within the minute at hand."""

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


_pace = _Pace()
Answer = Callable[[Session, str], BaseModel]


def _for_keys_with(scope: Scope) -> Callable[[Answer], Callable[[], ResponseReturnValue]]:
    """The view asks for a key with this scope first, in the header and nowhere else: addresses end up in logs."""

    def guard(answer: Answer) -> Callable[[], ResponseReturnValue]:
        @wraps(answer)
        def view() -> ResponseReturnValue:
            kind, _space, key = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() != "bearer" or not key:
                return _problem(401, "key_missing")
            database, now = current.runtime().database, current.now()
            with database.read() as session:
                row = accounts.key_of(session, key.strip(), now)
            if row is None or row.id is None:
                return _problem(401, "key_unknown")
            if scope not in row.scopes:
                return _problem(403, "scope_missing")
            if not _pace.may_ask(row.id, now):
                return _problem(429, "too_often")
            return _answered(answer, row, now)

        return view

    return guard


def _answered(answer: Answer, row: ApiKey, now: datetime) -> Response:
    database = current.runtime().database
    if accounts.is_due_for_note(row, now):
        with database.write(durable=False) as session:
            accounts.note_use(session, row.id or 0, now)
    with database.read() as session:
        return Response(answer(session, row.municipality_code).model_dump_json(), mimetype="application/json")


def _problem(status: int, code: str) -> Response:
    answer = Response(Problem(error=code).model_dump_json(), status, mimetype="application/json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer


@pages.get(f"{_ROOT}/networks", may=Action.ASK_BY_KEY)
@_for_keys_with(Scope.NETWORKS)
def read_networks(session: Session, code: str) -> Networks:
    alive = [card for card in networks.cards(session, [code]) if card.state is not NetworkState.ENDED]
    shown = [public_card(card, number) for number, card in enumerate(alive, start=1)]
    return Networks(
        municipality=code,
        networks=[
            Network(
                id=one.id,
                name=one.name,
                kind=one.kind.value,
                state=one.state.value,
                joined=one.joined,
                dwellings=one.dwellings,
            )
            for one in shown
        ],
    )


@pages.get(f"{_ROOT}/alerts", may=Action.ASK_BY_KEY)
@_for_keys_with(Scope.ALERTS)
def read_alerts(session: Session, code: str) -> Alerts:
    base_url = current.runtime().settings.installation.base_url
    found = alerts.stories(session, code, base_url=base_url, now=current.now())
    return Alerts(municipality=code, stories=[_story(one, base_url) for one in found])


def _story(story: alerts.Story, base_url: str) -> Story:
    return Story(
        url=f"{base_url}/n/{story.first.number}",
        areas=list(story.places),
        ends_at=story.ends_at,
        messages=[
            Message(
                number=one.number,
                kind=one.alert_class.value,
                sent_at=one.sent_at,
                headline=one.headline,
                free_text=one.free_text,
                wrong_until=one.wrong_until,
            )
            for one in story.messages
        ],
    )


@pages.get(f"{_ROOT}/statistics", may=Action.ASK_BY_KEY)
@_for_keys_with(Scope.STATISTICS)
def read_statistics(session: Session, code: str) -> Statistics:
    smallest = places.rules(session, code).small_number

    def half(ladder: receipts.Ladder | None) -> float | None:
        return None if ladder is None or is_few(ladder.copies, smallest) else ladder.p50_s

    return Statistics(
        municipality=code,
        months=[
            Month(
                month=f"{one.first:%Y-%m}",
                warnings=one.warnings,
                handed_over_p50_s=half(one.to_hand_over),
                proven_p50_s=half(one.to_proof),
            )
            for one in receipts.months(session, code, now=current.now())
        ],
    )


@pages.get(f"{_ROOT}/openapi.json", may=Action.SEE_PUBLIC, cache_s=3600)
def description() -> ResponseReturnValue:
    return openapi()


_ANSWERS: dict[str, tuple[Scope, type[BaseModel]]] = {
    f"{_ROOT}/networks": (Scope.NETWORKS, Networks),
    f"{_ROOT}/alerts": (Scope.ALERTS, Alerts),
    f"{_ROOT}/statistics": (Scope.STATISTICS, Statistics),
}


@cache
def openapi() -> dict[str, Any]:
    """The description (OpenAPI 3.1), made from the models that the answers are made of."""
    models: list[type[BaseModel]] = [Problem, *(model for _scope, model in _ANSWERS.values())]
    _places, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Grannsamverkan", "version": __version__},
        "security": [{"key": []}],
        "paths": {path: {"get": _operation(scope, model)} for path, (scope, model) in _ANSWERS.items()},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(scope: Scope, model: type[BaseModel]) -> dict[str, Any]:
    told: dict[str, type[BaseModel]] = {"200": model, "401": Problem, "403": Problem, "429": Problem}
    return {
        "operationId": scope.value,
        "summary": (model.__doc__ or "").strip(),
        "responses": {
            status: {
                "description": (one.__doc__ or "").strip(),
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{one.__name__}"}}},
            }
            for status, one in told.items()
        },
    }
