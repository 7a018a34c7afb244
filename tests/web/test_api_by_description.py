"""Everything that the description of the interface allows, and much that it does not, asked of it by schemathesis: what
is answered is what is described, what is against the description is refused, and nothing fails."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis import Case, engine, hooks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.schemas import BaseSchema

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Scope
from grannsamverkan.domain.alerts import posted
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import api_door
from tests.support.browser import served
from tests.support.web_town import HOOR, NOW, Town

_EXAMPLES = 20  # of each operation, beside those that cover every rule of its description


def _described(town: Town, address: str) -> BaseSchema:
    """The description as it is served, with a key that may do everything."""
    with town.runtime.database.write() as rows:
        account_id = town.account_ids["samordnare"]
        key = accounts.make_key(rows, "Proven", HOOR, tuple(Scope), days=30, now=NOW, account_id=account_id)
    settings = {
        "headers": {"Authorization": f"Bearer {key}"},
        "generation": {"max-examples": _EXAMPLES, "deterministic": True},
        "cache": {"enabled": False},
        "continue-on-failure": True,
    }
    config = SchemathesisConfig.from_dict(settings)
    schema: BaseSchema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", config=config)
    return schema


@pytest.fixture
def possible(town: Town) -> Iterator[None]:
    """What the description cannot say of a draft: which networks there are, when today is, and what the guard reads."""
    sayable: dict[str, Any] = {
        "networks": [town.network_ids["Nyby"]],
        "happened_on": in_sweden(town.clock.now()).date().isoformat(),
        "free_text": "En ruta är krossad.",
    }

    def before_call(context: object, case: "Case[Any]", _sent: dict[str, Any]) -> None:
        is_right = case.meta is not None and case.meta.generation.mode.is_positive
        if is_right and isinstance(case.body, dict):
            case.body |= sayable

    schemathesis.hook(before_call)
    yield
    hooks.unregister(before_call)


@pytest.mark.goal("S32")
@pytest.mark.usefixtures("possible")
def test_the_interface_is_as_it_is_described(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its limits, which have tests of their own: a question that is told to wait shows nothing else."""
    monkeypatch.setattr(api_door, "_A_MINUTE", 10**6)
    monkeypatch.setattr(api_door, "pace", api_door.Pace())  # what is asked here counts for nobody after it
    monkeypatch.setattr(posted, "MOST_POSTED_A_DAY", 10**6)
    answered: Counter[tuple[str, int]] = Counter()
    found: set[str] = set()
    with served(town.app) as address:
        for event in engine.from_schema(_described(town, address)).execute():
            if isinstance(event, (NonFatalError, FatalError)):
                found.add(repr(event))
            if isinstance(event, ScenarioFinished):
                recorder = event.recorder
                for asked in recorder.interactions.values():
                    if asked.response is not None:
                        answered[recorder.label, asked.response.status_code] += 1
                for checks in recorder.checks.values():
                    found |= {f"{recorder.label} {one.name} {one.failure_info}" for one in checks if one.failure_info}
    assert found == set()
    for operation in ("GET /api/v1/networks", "GET /api/v1/alerts", "GET /api/v1/statistics"):
        assert {200, 401} <= {status for label, status in answered if label == operation}
    assert {200, 201, 401, 422} <= {status for label, status in answered if label == "POST /api/v1/drafts"}, answered
