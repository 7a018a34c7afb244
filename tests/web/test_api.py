"""What other systems read with a key: whose it is, what it opens, how it ends, and that nothing stands there that the
public pages do not say."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs  # under schemathesis
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select
from structlog.testing import capture_logs

from grannsamverkan.domain import accounts, networks, places
from grannsamverkan.domain.accounts import ApiKey, Scope
from grannsamverkan.domain.webhooks import Event, WebhookCall
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound, Refused, Unavailable
from grannsamverkan.web import api_door, api_models
from tests.support.lived_in import LivedIn, live_in
from tests.support.web_town import ESLOV, HOOR, NOW, Town

ROOT = "/api/v1"
NAMES = tuple(scope.value for scope in accounts.READING)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    lived = live_in(tmp_path_factory.mktemp("api"))
    yield lived
    lived.town.runtime.close()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_door, "pace", api_door.Pace())


def made(town: Town, *scopes: Scope, code: str = HOOR, days: int = 30) -> str:
    with town.runtime.database.write() as rows:
        return accounts.make_key(rows, "Kartan", code, scopes or accounts.READING, days=days, now=town.clock.now())


def ask(town: Town, name: str, key: str, **more: Any) -> tuple[int, dict[str, Any]]:
    answer = town.visitor().get(f"{ROOT}/{name}", headers={"Authorization": f"Bearer {key}"}, **more)
    assert answer.mimetype == "application/json" if answer.status_code == 200 else api_door.PROBLEM
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, answer.get_json()


@pytest.mark.goal("S32", "S3")
def test_answers_are_what_the_description_says_and_name_nobody(lived: LivedIn) -> None:
    key = made(lived.town)
    found = {name: ask(lived.town, name, key) for name in NAMES}
    models: dict[str, Any] = {
        "networks": api_models.Networks,
        "alerts": api_models.Alerts,
        "statistics": api_models.Statistics,
    }
    for name, (status, body) in found.items():
        assert status == 200
        assert models[name].model_validate_json(json.dumps(body)).municipality == HOOR
    shown = str(found)
    assert "Nyby" in shown
    for hidden in ("Granne 1", "Åsa Öberg", "Nybyvägen 1", "+4670", "070-", "@"):
        assert hidden not in shown
    page = lived.town.visitor().get("/kommun/1267").text
    assert all(one["name"] in page for one in found["networks"][1]["networks"])
    (nyby,) = [one for one in found["networks"][1]["networks"] if one["name"] == "Nyby"]
    assert nyby["joined"] is None or nyby["joined"] % 5 == 0


@pytest.mark.goal("S32", "S2")
def test_a_key_reads_of_its_own_municipality_only(town: Town) -> None:
    here, there = (ask(town, "networks", made(town, code=code))[1] for code in (HOOR, ESLOV))
    assert {one["name"] for one in there["networks"]} == {"Marieholm"}
    assert not {one["name"] for one in here["networks"]} & {"Marieholm"}


@pytest.mark.goal("S32", "S1")
def test_without_a_key_with_a_wrong_one_and_in_the_address_nothing_is_read(town: Town) -> None:
    key = made(town, Scope.NETWORKS)
    assert ask(town, "networks", key)[0] == 200
    problem = {"title": "Forbidden", "status": 403, "error": "scope_missing", "faults": [], "number": ""}
    assert ask(town, "alerts", key) == (403, problem)
    for wrong in ("", "nej", key[:-1], key + "x", "\u00e5"):
        assert ask(town, "networks", wrong.encode("utf-8").decode("latin-1"))[0] == 401
    answer = town.visitor().get(f"{ROOT}/networks?key={key}&access_token={key}")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert town.signed_in("samordnare").get(f"{ROOT}/networks").status_code == 401
    assert town.visitor().post(f"{ROOT}/networks").status_code == 405


@pytest.mark.goal("S32")
def test_a_key_ends_by_its_day_and_at_once_when_it_is_revoked(town: Town) -> None:
    short, other = made(town, days=1), made(town)
    with town.runtime.database.write() as rows:
        assert [row.name for row in accounts.keys(rows)] == ["Kartan", "Kartan"]
        accounts.revoke_key(rows, accounts.keys(rows)[0].id or 0, NOW)
        with pytest.raises(NotFound):
            accounts.revoke_key(rows, 99, NOW)
    assert (ask(town, "networks", short)[0], ask(town, "networks", other)[0]) == (200, 401)
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=1))
    status, told = ask(town, "networks", short)
    assert (status, told["error"]) == (401, "key_unknown")


@pytest.mark.goal("S32")
def test_the_key_is_kept_as_a_hash_and_never_logged_and_its_last_use_is_known(town: Town) -> None:
    with capture_logs() as lines:
        key = made(town)
        ask(town, "networks", key)
        ask(town, "networks", key + "x")
    with town.runtime.database.read() as rows:
        (row,) = rows.exec(select(ApiKey))
    file = Path(town.runtime.database.url.removeprefix("sqlite:///"))
    kept = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert (key.encode() in kept, key in str(lines), row.used_at) == (False, False, town.clock.now())


@pytest.mark.goal("S32", "S44")
def test_a_key_that_asks_without_end_is_told_to_wait_and_others_are_not(town: Town) -> None:
    busy, calm = made(town), made(town)
    statuses = [ask(town, "networks", busy)[0] for _ in range(121)]
    assert (set(statuses[:120]), statuses[120], ask(town, "networks", calm)[0]) == ({200}, 429, 200)


@pytest.mark.goal("S32", "S44")
def test_the_questions_of_a_key_are_counted_whichever_process_answers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process has a count of its own in front of the one that all share, and it is new in each."""
    key, statuses = made(town), []
    for _process in range(3):
        monkeypatch.setattr(api_door, "pace", api_door.Pace())
        statuses += [ask(town, "networks", key)[0] for _ in range(50)]
    assert statuses == [200] * 120 + [429] * 30
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(minutes=1))
    assert ask(town, "networks", key)[0] == 200


def test_questions_at_once_are_each_counted(database: Database) -> None:
    """Ten threads, each with transactions of its own, as so many processes have."""
    with database.write() as rows:
        places.serve(rows, HOOR, mail_name="hoor", now=NOW)
        accounts.make_key(rows, "Kartan", HOOR, accounts.READING, days=30, now=NOW)
        (key_id,) = [row.id or 0 for row in accounts.keys(rows)]

    def ask_often(_who: int) -> int:
        had_room = 0
        for _ in range(10):
            with database.write(durable=False) as rows:
                had_room += accounts.count_question(rows, key_id, most=60, now=NOW)
        return had_room

    with ThreadPoolExecutor(10) as askers:
        assert sum(askers.map(ask_often, range(10))) == 60


@pytest.mark.parametrize(
    ("path", "asked", "status", "code"),
    [
        ("nowhere", {}, 404, "not_found"),
        ("", {}, 404, "not_found"),
        ("networks", {"method": "DELETE"}, 405, "no_such_method"),
        ("networks", {"method": "POST", "data": {"a": "b"}}, 405, "no_such_method"),
        ("drafts", {}, 405, "no_such_method"),
        ("networks", {"base_url": "http://nagon.annan.example"}, 400, "bad_request"),
        ("drafts", {"method": "POST", "data": b"[" * 20_000, "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_what_goes_wrong_before_a_view_is_a_problem_too(
    town: Town, path: str, asked: dict[str, Any], status: int, code: str
) -> None:
    with town.runtime.database.write() as rows:
        account_id = town.account_ids["samordnare"]
        key = accounts.make_key(rows, "Larmet", HOOR, tuple(Scope), days=30, now=NOW, account_id=account_id)
    sent = {"Authorization": f"Bearer {key}", "Idempotency-Key": "1", "Accept": "text/html"}
    answer = town.visitor().open(f"{ROOT}/{path}".rstrip("/"), headers=sent, **asked)
    assert (answer.status_code, answer.mimetype) == (status, api_door.PROBLEM)
    told = api_models.Problem.model_validate_json(answer.get_data())
    assert (told.status, told.error, told.faults) == (status, code, [])
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unavailable("database", 7), 503, "unavailable"),
        (OperationalError("SELECT 1", {}, Exception("hemligt")), 503, "unavailable"),
        (KeyError("hemligt"), 500, "failed"),
    ],
)
def test_what_fails_inside_is_a_problem_too(
    town: Town, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    def fail(*_asked: Any) -> None:
        raise error

    key = made(town)
    monkeypatch.setattr(networks, "cards", fail)
    with capture_logs() as lines:
        answer = town.visitor().get(f"{ROOT}/networks", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.mimetype) == (status, api_door.PROBLEM)
    told = api_models.Problem.model_validate_json(answer.get_data())
    assert (told.status, told.error, bool(told.number)) == (status, code, status == 500)
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "hemligt" not in answer.text
    assert "hemligt" not in str(lines)
    if told.number:
        assert [line["number"] for line in lines if line["event"] == "request_failed"] == [told.number]


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("api_key_name", {"name": " "}),
        ("api_key_name", {"name": "x" * 61}),
        ("api_key_days", {"days": 366}),
        ("api_key_days", {"days": 0}),
        ("api_key_scopes", {"scopes": ()}),
    ],
)
def test_what_cannot_be_a_key(town: Town, code: str, changed: dict[str, Any]) -> None:
    right = {"name": "Kartan", "scopes": (Scope.ALERTS,), "days": 30}
    wanted = {**right, **changed}
    with town.runtime.database.write() as rows, pytest.raises(Refused, match=code):
        accounts.make_key(rows, wanted["name"], HOOR, wanted["scopes"], days=wanted["days"], now=NOW)


@pytest.mark.goal("S3", "S40")
def test_calls_tell_of_what_the_interface_shows_and_are_as_it_is_described(lived: LivedIn) -> None:
    described = lived.town.visitor().get(f"{ROOT}/openapi.json").get_json()
    shown = {
        (story["url"], one["number"], one["kind"]): datetime.fromisoformat(one["sent_at"])
        for story in ask(lived.town, "alerts", made(lived.town))[1]["stories"]
        for one in story["messages"]
    }
    with lived.town.runtime.database.read() as rows:
        calls = [json.loads(row.body) for row in rows.exec(select(WebhookCall).order_by(col(WebhookCall.id)))]
    assert {one["type"] for one in calls} == {"ping", "alert.sent"}
    assert set(described["webhooks"]) == {one.value for one in Event}
    for call in calls:
        body = described["webhooks"][call["type"]]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert jsonschema_rs.is_valid({**body, "components": described["components"]}, call)
        told = call["data"]
        if call["type"] == "ping":
            assert told == {"municipality": HOOR}
            continue
        sent_at = shown[told["story"], told["number"], told["kind"]]
        assert told.keys() == {"municipality", "number", "kind", "story"}
        assert datetime.fromisoformat(call["timestamp"]) == sent_at


@pytest.mark.goal("S32")
def test_the_description_names_every_route_and_every_model(town: Town) -> None:
    told = town.visitor().get(f"{ROOT}/openapi.json").get_json()
    routes = {rule.rule for rule in town.app.url_map.iter_rules() if rule.rule.startswith(ROOT)}
    assert set(told["paths"]) == routes - {f"{ROOT}/openapi.json"}
    named = {part.split('"')[0] for part in str(told).replace("'", '"').split("#/components/schemas/")[1:]}
    assert named == set(told["components"]["schemas"])
    for path, asked in told["paths"].items():
        ((method, operation),) = asked.items()
        assert method == ("post" if path == f"{ROOT}/drafts" else "get")
        assert {"200", "401", "403", "429"} <= set(operation["responses"])
