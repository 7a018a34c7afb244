"""Another system posts a draft: once, held to the rules of the form, marked as its own, and sent by people alone."""

import dataclasses
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from grannsamverkan import flow
from grannsamverkan.domain import accounts, alerts
from grannsamverkan.domain.accounts import Scope
from grannsamverkan.domain.alerts import AlertState, PostedDraft
from grannsamverkan.domain.deliveries import Delivery
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.web import api_door
from tests.support.browser import PHONE, assert_accessible, served, sign_in
from tests.support.web_town import ESLOV, HOOR, NOW, PASSWORD, Town, token

PATH = "/api/v1/drafts"


def made(town: Town, *scopes: Scope, code: str = HOOR, by: str = "samordnare") -> str:
    with town.runtime.database.write() as rows:
        account_id = town.account_ids[by]
        return accounts.make_key(
            rows, "Larmet", code, scopes or (Scope.DRAFTS,), days=30, now=NOW, account_id=account_id
        )


def body(town: Town, *names: str, **changed: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "kind": "burglary_home",
        "dwelling": "villa",
        "happened_on": in_sweden(town.clock.now()).date().isoformat(),
        "day_part": "night_to",
        "advice": ["lock", "light_outside"],
        "networks": [town.network_ids[name] for name in names or ("Nyby",)],
    }
    return {**usual, **changed}


def post(town: Town, key: str, once: str = "1", **changed: Any) -> tuple[int, dict[str, Any]]:
    answer = town.visitor().post(
        PATH,
        data=json.dumps(body(town, **changed)),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": once},
    )
    expected = "application/json" if answer.status_code < 400 else api_door.PROBLEM
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (expected, "no-store")
    return answer.status_code, answer.get_json()


def read(town: Town, ask: Callable[[Session], Any]) -> Any:
    with town.runtime.database.read() as rows:
        return ask(rows)


@pytest.mark.goal("S32")
def test_a_posted_draft_waits_for_people_says_whose_it_is_and_goes_nowhere_by_itself(town: Town) -> None:
    status, told = post(town, made(town), free_text="En ruta är krossad.")
    assert status == 201
    assert told["url"].endswith(f"/varningar/{told['id']}")
    row = read(town, lambda rows: alerts.alert(rows, told["id"]))
    assert (row.state, row.source, row.free_text) == (AlertState.DRAFT, "municipality", "En ruta är krossad.")
    assert read(town, lambda rows: rows.exec(select(Delivery)).all()) == []
    for name in ("samordnare", "polis"):
        client = town.signed_in(name)
        assert "Ett utkast från ett annat system väntar" in client.get("/hem").text
        assert "Från systemet Larmet" in client.get("/varningar").text
        form = client.get(f"/varningar/{told['id']}/andra").text
        assert ("Systemet Larmet har skrivit utkastet" in form, "En ruta är krossad." in form) == (True, True)
    for name in ("kontakt", "samordnare-eslov"):
        client = town.signed_in(name)
        assert client.get(f"/varningar/{told['id']}/andra").status_code == 404
        assert "Larmet" not in client.get("/varningar").text


@pytest.mark.goal("S32")
def test_the_same_post_makes_one_draft_and_another_under_its_name_is_refused(town: Town) -> None:
    key = made(town)
    first, again = post(town, key, "larm-7"), post(town, key, "larm-7")
    assert (first[0], again[0], first[1]) == (201, 200, again[1])
    status, told = post(town, key, "larm-7", dwelling="apartment")
    assert (status, told["error"]) == (409, "idempotency_key_used")
    assert post(town, made(town), "larm-7")[0] == 201  # another system's names are its own
    assert len(read(town, lambda rows: rows.exec(select(PostedDraft)).all())) == 2


@pytest.mark.goal("S32")
def test_a_draft_that_was_thrown_away_is_not_begun_anew_by_a_repeated_post(town: Town) -> None:
    key = made(town)
    _status, told = post(town, key)
    client = town.signed_in("polis")
    thrown = client.post(f"/varningar/{told['id']}/slang", data={"csrf_token": token(client), "ja": "1"})
    assert thrown.status_code == 303
    assert post(town, key) == (200, told)
    assert "annat system" not in client.get("/hem").text


@pytest.mark.goal("S32")
def test_of_many_posts_at_once_one_is_kept(town: Town) -> None:
    key = made(town)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: post(town, key), range(8)))
    assert sorted(status for status, _told in found) == [200] * 7 + [201]
    assert len({told["id"] for _status, told in found}) == 1


@pytest.mark.goal("S32", "S44")
def test_a_key_begins_so_many_a_day_whoever_answers_it(town: Town) -> None:
    """They are counted in the rows, which every process reads."""
    key = made(town)
    assert {post(town, key, f"{number}")[0] for number in range(alerts.MOST_POSTED_A_DAY)} == {201}
    status, told = post(town, key, "till")
    assert (status, told["error"]) == (429, "too_many_drafts")
    assert (post(town, key, "0")[0], post(town, made(town), "till")[0]) == (200, 201)
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=1, seconds=1))
    assert post(town, key, "till")[0] == 201


@pytest.mark.goal("S32")
@pytest.mark.parametrize(
    ("changed", "error", "at"),
    [
        ({"free_text": "Ring Anna Andersson på 070-174 06 05"}, "free_text_points_out", "free_text"),
        ({"free_text": "Personnummer 850312-1234"}, "free_text_points_out", "free_text"),
        ({"free_text": "x" * 201}, "not_a_draft", "free_text"),
        ({"free_text": "noll\x00"}, "not_a_draft", "free_text"),
        ({"kind": "murder"}, "not_a_draft", "kind"),
        ({"advice": []}, "not_a_draft", "advice"),
        ({"advice": ["lock"] * 5}, "not_a_draft", "advice"),
        ({"happened_on": "2099-01-01"}, "date_in_future", "happened_on"),
        ({"happened_on": "2020-01-01"}, "date_too_old", "happened_on"),
        ({"networks": [9999]}, "network_unknown", "networks"),
        ({"networks": [2**40]}, "network_unknown", "networks"),
        ({"networks": []}, "not_a_draft", "networks"),
        ({"channels": ["sms"]}, "not_a_draft", "channels"),
        ({"alert_class": "ongoing"}, "not_a_draft", "alert_class"),
    ],
)
def test_what_the_form_would_not_take_is_refused_by_field_and_rule(
    town: Town, changed: dict[str, Any], error: str, at: str
) -> None:
    status, told = post(town, made(town), **changed)
    assert (status, told["error"]) == (422, error)
    assert {one["at"] for one in told["faults"]} == {at}
    assert not any(word in json.dumps(told) for word in ("Anna", "070", "850312", "murder"))
    assert read(town, lambda rows: rows.exec(select(PostedDraft)).all()) == []


@pytest.mark.goal("S32")
def test_each_finding_of_the_guard_says_where_it_stands(town: Town) -> None:
    text = "Ring Anna Andersson på 070-174 06 05"
    _status, told = post(town, made(town), free_text=text)
    found = {one["rule"]: text[one["start"] : one["end"]] for one in told["faults"]}
    assert found == {"name": "Anna Andersson", "phone": "070-174 06 05"}


@pytest.mark.goal("S32", "S2")
def test_a_key_posts_in_its_own_municipality_and_only_with_the_scope(town: Town) -> None:
    theirs = made(town, code=ESLOV, by="samordnare-eslov")
    assert post(town, theirs)[1]["error"] == "network_unknown"
    assert post(town, made(town, Scope.NETWORKS))[0] == 403
    assert post(town, "gs_nej")[0] == 401
    with town.runtime.database.write() as rows, pytest.raises(Refused, match="api_key_of_nobody"):
        accounts.make_key(rows, "Larmet", HOOR, [Scope.DRAFTS], days=1, now=NOW)


def test_what_is_no_post_of_a_draft(town: Town) -> None:
    headers = {"Authorization": f"Bearer {made(town)}", "Idempotency-Key": "1"}

    def sent(data: bytes, mimetype: str = "application/json", **changed: str) -> tuple[int, str]:
        answer = town.visitor().post(PATH, data=data, content_type=mimetype, headers={**headers, **changed})
        return answer.status_code, answer.get_json()["error"]

    right = json.dumps(body(town)).encode()
    assert sent(right, "text/plain") == (415, "not_json")
    assert sent(b"{") == (422, "not_a_draft")
    assert sent(b" " * 10_001) == (413, "too_large")
    for name in ("", "å", "x" * 65, "två ord"):
        assert sent(right, **{"Idempotency-Key": name.encode().decode("latin-1")}) == (400, "idempotency_key")


@pytest.mark.goal("S32")
def test_where_two_persons_are_needed_the_system_is_none_of_them(town: Town) -> None:
    """Whoever looks at it first is the first person; neither they nor the maker of the key alone can let it go."""
    _status, told = post(town, made(town))
    with town.runtime.database.write() as rows:
        alerts.alert(rows, told["id"]).over_quiet_hours = True
    runtime = dataclasses.replace(town.runtime, engine=InlineEngine())
    alert_id, content = told["id"], flow.check_alert(runtime, alert_id=told["id"]).content
    for name in ("polis", "samordnare"):
        with pytest.raises(Refused, match="second_person_needed"):
            flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=town.account_ids[name], content=content)
    flow.ask_for_approval(runtime, alert_id=alert_id, account_id=town.account_ids["polis"], content=content)
    with pytest.raises(Refused, match="second_person_needed"):
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=town.account_ids["polis"], content=content)
    gone = flow.approve_alert(
        runtime, alert_id=alert_id, approver_account_id=town.account_ids["samordnare"], content=content
    )
    assert gone.state is AlertState.APPROVED


@pytest.mark.browser
def test_whoever_opens_it_reads_whose_it_is_until_it_is_sent(open_page: Callable[..., Page], town: Town) -> None:
    post(town, made(town))
    page = open_page(PHONE)
    with served(town.app) as address:
        sign_in(page, address, "samordnare", PASSWORD)
        page.get_by_role("link", name="Ett utkast från ett annat system väntar").click()
        assert_accessible(page)
        page.get_by_role("row", name="Från systemet Larmet").get_by_role("link").click()
        expect(page.get_by_text("Systemet Larmet har skrivit utkastet.")).to_be_visible()
        assert_accessible(page)
        page.get_by_role("button", name="Granska varningen").last.click()
        expect(page.get_by_text("Systemet Larmet har börjat utkastet.")).to_be_visible()
        assert_accessible(page)
