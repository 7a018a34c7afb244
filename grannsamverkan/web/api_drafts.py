"""Another system posts the draft of a warning. It is held to what the form is held to, and never sent by this."""

import re

from flask import Response, request
from pydantic import ValidationError

from grannsamverkan import deciding
from grannsamverkan.domain import alerts, networks
from grannsamverkan.domain.accounts import Action, ApiKey, Scope
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.web import current
from grannsamverkan.web.api_door import ROOT, act_with, problem, told
from grannsamverkan.web.api_models import Draft, Fault, NewDraft
from grannsamverkan.web.pages import Pages

_LARGEST = 10_000  # bytes
ONCE, ONCE_PATTERN = "Idempotency-Key", "^[!-~]{1,64}$"
_IS_ONCE = re.compile(ONCE_PATTERN)
_TOO_MANY_AFTER_S = 3600
# The field that each rule is about, where it is about one.
_FIELDS = {
    "no_target": "networks",
    "network_unknown": "networks",
    "network_not_active": "networks",
    "sms_too_long": "networks",
    "date_in_future": "happened_on",
    "date_too_old": "happened_on",
    "no_advice": "advice",
    "too_much_advice": "advice",
    "advice_missing": "advice",
    "free_text_points_out": "free_text",
}

pages = Pages("api_drafts")


@pages.post(f"{ROOT}/drafts", may=Action.ASK_BY_KEY, largest_body=_LARGEST)
@act_with(Scope.DRAFTS)
def post_draft(key: ApiKey) -> Response:
    """201 for a new draft, 200 for the one that was posted before under the same name."""
    once = request.headers.get(ONCE, "")
    if not _IS_ONCE.match(once):
        return problem(400, "idempotency_key")
    if request.mimetype != "application/json":
        return problem(415, "not_json")
    try:
        posted = NewDraft.model_validate_json(request.get_data())
    except ValidationError as error:
        return problem(422, "not_a_draft", [_misfit(found["loc"], found["type"]) for found in error.errors()])
    return _post(key, posted, once)


def _post(key: ApiKey, posted: NewDraft, once: str) -> Response:
    runtime, draft = current.runtime(), posted.draft()
    try:
        with runtime.database.write() as session:
            row, is_new = deciding.post_draft(runtime, session, draft, key_id=key.id or 0, once=once)
            found = Draft(id=row.id or 0, url=f"{runtime.settings.installation.base_url}/varningar/{row.id}")
    except NotFound:
        return problem(401, "key_unknown")
    except Conflict:
        return problem(409, "idempotency_key_used")
    except Refused as refused:
        if refused.code == "too_many_posted":
            return problem(429, "too_many_drafts", after_s=_TOO_MANY_AFTER_S)
        return problem(422, refused.code, _faults(key, posted, refused))
    return told(found, 201 if is_new else 200)


def _faults(key: ApiKey, posted: NewDraft, refused: Refused) -> list[Fault]:
    if refused.code != "free_text_points_out":
        return [Fault(at=_FIELDS.get(refused.code, ""), rule=refused.code)]
    with current.runtime().database.read() as session:
        names = networks.names_within(session, [key.municipality_code])
    return [
        Fault(at="free_text", rule=one.code, start=one.start, end=one.end)
        for one in alerts.guard_free_text(posted.free_text, names)
    ]


def _misfit(where: tuple[int | str, ...], rule: str) -> Fault:
    """Where in the body, `networks.0`, and the rule as pydantic calls it; never what stood there."""
    return Fault(at=".".join(str(part) for part in where), rule=rule)
