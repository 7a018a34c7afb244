"""The budget for SMS on the pages: where it is set, where it is looked at, and where it is asked why."""

import re
from dataclasses import asdict

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.alerts import ReasonKind
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]

HOOR, HORBY = "1267", "1266"
RULES = places.Rules(warning_hold_s=0, quiet_from=0, quiet_to=0, warnings_a_week=20)
PLACES = ("Nyby", "Fulltofta")
ASKED = "Skriv varför det ska gå ut fast budgeten inte räcker"


@pytest.fixture
def town(alert_town: AlertTown) -> AlertTown:
    """Nothing is put off, and what has gone this year has cost something."""
    with alert_town.runtime.database.write() as session:
        for code in (HOOR, HORBY):
            places.set_rules(
                session, code, places.Rules(warning_hold_s=0, quiet_from=0, quiet_to=0, warnings_a_week=20)
            )
    alert_town.send(alert_town.signed_in("polis"), "Nyby")
    return alert_town


def set_budget(client: FlaskClient, kronor: str) -> int:
    """Send the page of the rules with this budget; the status."""
    form = {**asdict(RULES), "sms_kronor_a_year": kronor, "csrf_token": token(client)}
    return client.post("/installningar", data=form).status_code


def check_page(client: FlaskClient, alert_id: int) -> str:
    return client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)


def press(town: AlertTown, client: FlaskClient, alert_id: int, **form: str) -> tuple[int, str]:
    answer = client.post(f"/varningar/{alert_id}/godkann", data={**town.approval(client, alert_id), **form})
    return answer.status_code, answer.headers.get("Location") or answer.get_data(as_text=True)


def test_a_coordinator_sets_it_and_sees_what_is_left(town: AlertTown) -> None:
    client = town.signed_in("samordnare")
    assert 'id="budget"' not in client.get("/varningar").get_data(as_text=True)
    assert set_budget(client, "-1") == 422
    assert set_budget(client, "100000") == 303
    page = client.get("/varningar").get_data(as_text=True)
    assert re.search(r"Budget för sms 2026: 100\s000 kronor\. Använt och bokat: [\d\s]+,\d\d kronor\.", page)
    assert "Budgeten är" not in page
    assert set_budget(client, "1") == 303
    assert "Budgeten är slut" in client.get("/varningar").get_data(as_text=True)
    assert 'id="budget"' not in town.signed_in("ombud").get("/varningar").get_data(as_text=True)
    assert set_budget(client, "0") == 303
    assert 'id="budget"' not in client.get("/varningar").get_data(as_text=True)


def test_the_check_page_says_what_is_left_and_what_will_be(town: AlertTown) -> None:
    client = town.signed_in("polis")
    alert_id = town.write(client, "Nyby")
    assert "budgeten för sms" not in check_page(client, alert_id)
    set_budget(town.signed_in("samordnare"), "100000")
    page = check_page(client, alert_id)
    left, after = re.findall(
        r"Kvar av budgeten för sms 2026: ([\d\s,]+) kronor av [\d\s]+\. Efter det här: ([\d\s,]+) k", page
    )[0]
    cost = re.findall(r'<td class="gs-r">([\d,]+)</td></tr></tfoot>', page)[0]
    assert number(left) - number(after) == pytest.approx(number(cost))
    assert number(cost) > 0
    assert 'id="skal"' not in page
    assert press(town, client, alert_id)[0] == 303


def number(shown: str) -> float:
    return float(re.sub(r"\s", "", shown).replace(",", "."))


def test_going_over_it_is_asked_about_and_what_is_said_is_shown_to_colleagues(town: AlertTown) -> None:
    set_budget(town.signed_in("samordnare"), "1")
    client = town.signed_in("polis")
    alert_id = town.write(client, "Nyby")
    page = check_page(client, alert_id)
    assert "Budgeten för sms 2026 räcker inte. Kvar: 0,00 kronor av 1." in page
    assert "Varför ska det gå ut fast budgeten inte räcker?" in page
    status, page = press(town, client, alert_id)
    assert (status, page.count(ASKED)) == (422, 2)  # above the page, and at the field
    assert press(town, client, alert_id, skal="Tre inbrott i natt.") == (303, f"/varningar/{alert_id}")
    drain(town.runtime)
    with town.runtime.database.read() as session:
        assert alerts.reasons_of(session, alert_id) == {ReasonKind.OVER_BUDGET: "Tre inbrott i natt."}
    live = f"/varningar/{alert_id}"
    assert "Gick ut fast en gräns var nådd" in town.signed_in("samordnare").get(live).get_data(as_text=True)
    assert "Tre inbrott i natt." not in town.signed_in("ombud").get(live).get_data(as_text=True)


def test_one_message_to_several_is_asked_once_and_says_where(town: AlertTown) -> None:
    set_budget(town.signed_in("samordnare"), "1")
    client = town.signed_in("polis")
    form: MultiDict[str, str] = town.form(*PLACES, kommuner="1")
    form.setlist("kommun", [HOOR, HORBY])
    form["csrf_token"] = token(client)
    where = client.post("/varningar/ny", data=form).headers["Location"]
    page = client.get(where).get_data(as_text=True)
    assert re.search(r"<strong>Höör:</strong> Budgeten för sms 2026 räcker inte", page)
    assert "<strong>Hörby:</strong> Budgeten" not in page
    sent = MultiDict({"csrf_token": token(client, where), "sant": "ja"})
    sent.setlist("innehall", re.findall(r'name="innehall" value="([^"]+)"', page))
    answer = client.post(where, data=sent)
    assert (answer.status_code, answer.get_data(as_text=True).count(ASKED)) == (422, 2)
    sent["skal"] = "Tre inbrott i natt."
    assert client.post(where, data=sent).status_code == 303
