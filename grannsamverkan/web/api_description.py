"""The description of the interface (OpenAPI 3.1), made from the models that are sent and answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from grannsamverkan import __version__
from grannsamverkan.domain.accounts import Scope
from grannsamverkan.domain.webhooks import AlertCall, Event, PingCall
from grannsamverkan.web.api_door import PROBLEM, ROOT
from grannsamverkan.web.api_drafts import ONCE, ONCE_PATTERN
from grannsamverkan.web.api_models import Alerts, Draft, Networks, NewDraft, Problem, Statistics

Schema = dict[str, Any]
_REFUSALS = {
    "401": "key_missing, or key_unknown: expired and revoked keys are unknown",
    "403": "scope_missing",
    "429": "too_often, or too_many_drafts: Retry-After says when",
    "500": "failed: a fault of ours; number says which",
    "503": "unavailable: Retry-After says when",
}
_OF_A_POST = {
    "400": "idempotency_key: the header is missing, or is no 1 to 64 printable characters",
    "409": "idempotency_key_used: something else was posted under it",
    "413": "too_large",
    "415": "not_json",
    "422": "not_a_draft, or the rule that is broken; `faults` say where",
}
_CALLS: dict[Event, tuple[type[BaseModel], str]] = {
    Event.SENT: (AlertCall, "A message has begun to go to the municipality's neighbours."),
    Event.CORRECTED: (AlertCall, "The same of one that puts another right, which has `wrong_until` from then on."),
    Event.CLOSED: (AlertCall, "The message goes to nobody any more."),
    Event.PING: (PingCall, "Somebody tries whether calls arrive."),
}
_SIGNED = {
    "webhook-id": "the same at every try of a call: what has been taken under it is taken already",
    "webhook-timestamp": "when this try was made, in seconds since 1970",
    "webhook-signature": "v1, and HMAC-SHA256 over id, time and body as Standard Webhooks has it; one for each secret",
}
_POSTED = {"201": "The draft is new.", "200": "It was posted before under the same Idempotency-Key."}


@dataclass(frozen=True)
class _Reading:
    scope: Scope
    answer: type[BaseModel]


_READINGS = {
    f"{ROOT}/networks": _Reading(Scope.NETWORKS, Networks),
    f"{ROOT}/alerts": _Reading(Scope.ALERTS, Alerts),
    f"{ROOT}/statistics": _Reading(Scope.STATISTICS, Statistics),
}


@cache
def openapi() -> Schema:
    """The whole of it; no key is needed to read it."""
    answers: list[type[BaseModel]] = [Problem, Draft, *(one.answer for one in _READINGS.values())]
    answers += [AlertCall, PingCall]
    shown: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    shown.append((NewDraft, "validation"))
    _places, schemas = models_json_schema(shown, ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Grannsamverkan", "version": __version__},
        "security": [{"key": []}],
        "paths": {path: {"get": _read(one)} for path, one in _READINGS.items()} | {f"{ROOT}/drafts": {"post": _post()}},
        "webhooks": {event.value: {"post": _call(event, *one)} for event, one in _CALLS.items()},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _read(one: _Reading) -> Schema:
    words = (one.answer.__doc__ or "").strip()
    return {
        "operationId": one.scope.value,
        "summary": words,
        "responses": {"200": _in_json(one.answer, words)} | _refused(_REFUSALS.items()),
    }


def _post() -> Schema:
    once = {"name": ONCE, "in": "header", "required": True, "schema": {"type": "string", "pattern": ONCE_PATTERN}}
    return {
        "operationId": Scope.DRAFTS.value,
        "summary": (NewDraft.__doc__ or "").strip(),
        "parameters": [once],
        "requestBody": {"required": True, **_in_json(NewDraft, "The draft")},
        "responses": {status: _in_json(Draft, words) for status, words in _POSTED.items()}
        | _refused((_REFUSALS | _OF_A_POST).items()),
    }


def _call(event: Event, model: type[BaseModel], words: str) -> Schema:
    """What the receiver of a call is asked for; nothing of its answer is read but the status."""
    text = {"type": "string"}
    return {
        "operationId": event.value,
        "summary": words,
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": what, "schema": text}
            for name, what in _SIGNED.items()
        ],
        "requestBody": {"required": True, **_in_json(model, words)},
        "responses": {
            "2XX": {"description": "It was taken."},
            "410": {"description": "Nobody is there any more: nothing is called again before somebody has said so."},
            "default": {"description": "It is tried again, less and less often, for three days."},
        },
    }


def _refused(refusals: Iterable[tuple[str, str]]) -> Schema:
    return {status: _in_json(Problem, words, PROBLEM) for status, words in refusals}


def _in_json(model: type[BaseModel], words: str, mimetype: str = "application/json") -> Schema:
    shape = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": words, "content": {mimetype: {"schema": shape}}}
