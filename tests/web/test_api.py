"""What other systems read with a key: whose it is, what it opens, how it ends, and that nothing stands there that the
public pages do not say."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import ApiKey, Scope
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import NotFound, Refused
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
    assert answer.mimetype == "application/json"
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
    assert ask(town, "alerts", key) == (403, {"error": "scope_missing", "faults": []})
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
    assert ask(town, "networks", short) == (401, {"error": "key_unknown", "faults": []})


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
