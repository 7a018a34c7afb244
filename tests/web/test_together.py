"""One message to several municipalities: one form, one check page, one press; an alert for each, by its own rules."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select
from werkzeug.datastructures import MultiDict

from grannsamverkan.domain import accounts, alerts, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.alerts import Alert, AlertState, ReasonKind
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown, receive
from tests.support.web_town import token

__all__ = ["alert_town"]

HOOR, HORBY, ESLOV = "1267", "1266", "1285"
TOWNS = {HOOR: "Höör", HORBY: "Hörby", ESLOV: "Eslöv"}
PLACES = ("Nyby", "Fulltofta")


def set_rules(town: AlertTown, code: str, **changes: int) -> None:
    with town.runtime.database.write() as session:
        usual = {"warning_hold_s": 0, "quiet_from": 0, "quiet_to": 0}
        places.set_rules(session, code, Rules(**{**usual, **changes}))  # type: ignore[arg-type]


@pytest.fixture
def town(alert_town: AlertTown) -> AlertTown:
    for code in TOWNS:
        set_rules(alert_town, code)
    return alert_town


def form_of(
    town: AlertTown, client: FlaskClient, codes: tuple[str, ...], *ticked: str, **changes: str
) -> MultiDict[str, str]:
    form: MultiDict[str, str] = town.form(*ticked, kommuner="1", **changes)
    form.setlist("kommun", list(codes))
    form["csrf_token"] = token(client)
    return form


def write(
    town: AlertTown, client: FlaskClient, *ticked: str, codes: tuple[str, ...] = (HOOR, HORBY), **changes: str
) -> list[Alert]:
    """Fill in the form; the drafts, in the order of their municipalities' codes."""
    answer = client.post("/varningar/ny", data=form_of(town, client, codes, *(ticked or PLACES), **changes))
    assert answer.status_code == 303, re.findall("gs-error.*", answer.get_data(as_text=True))
    assert answer.headers["Location"].endswith("/tillsammans")
    alert_id = int(answer.headers["Location"].split("/")[2])
    return joint(town, alert_id)


def joint(town: AlertTown, alert_id: int) -> list[Alert]:
    with town.runtime.database.read() as session:
        return alerts.joint(session, alerts.alert(session, alert_id))


def page_of(client: FlaskClient, alert: Alert) -> str:
    answer = client.get(f"/varningar/{alert.id}/tillsammans")
    assert answer.status_code == 200, answer.headers
    return answer.get_data(as_text=True)


def approval(client: FlaskClient, alert: Alert, **changes: str) -> MultiDict[str, str]:
    page = page_of(client, alert)
    form = MultiDict({"csrf_token": token(client, f"/varningar/{alert.id}/tillsammans"), "sant": "ja", **changes})
    form.setlist("innehall", re.findall(r'name="innehall" value="([^"]+)"', page))
    return form


def press(client: FlaskClient, alert: Alert, **changes: str) -> tuple[int, str]:
    """Press the button: (status, page or where it leads)."""
    answer = client.post(f"/varningar/{alert.id}/tillsammans", data=approval(client, alert, **changes))
    return answer.status_code, answer.headers.get("Location") or answer.get_data(as_text=True)


def states(town: AlertTown, *rows: Alert) -> list[str]:
    return [town.alert(row.id or 0).state.value for row in rows]


# ---------------------------------------------------------------------------------------------------------- writing


def test_one_form_gives_each_municipality_its_own_alert_with_the_same_words(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client, fri="Altandörren var uppbruten.")
    assert [horby.municipality_code, hoor.municipality_code] == [HORBY, HOOR]
    assert horby.joint_id == hoor.joint_id == horby.id
    assert horby.number != hoor.number
    assert horby.free_text == hoor.free_text == "Altandörren var uppbruten."
    page = page_of(client, hoor)
    assert "Grannsamverkan Hörby: Inbrott i villa, Fulltofta," in page
    assert "Grannsamverkan Höör: Inbrott i villa, Nyby," in page
    assert f"Nr {horby.number}" in page
    assert f"Nr {hoor.number}" in page
    assert re.search(r"Skicka till \d+ hushåll i Hörby och Höör", page)


def test_a_municipality_without_a_tick_inside_gets_nothing_and_one_alone_is_as_before(town: AlertTown) -> None:
    client = town.signed_in("polis")
    form = form_of(town, client, (HOOR, HORBY), "Nyby")
    location = client.post("/varningar/ny", data=form).headers["Location"]
    assert location.endswith("/granska")
    assert town.alert(int(location.split("/")[2])).joint_id is None
    form = form_of(town, client, (HOOR,), "Nyby", "Fulltofta")  # Hörby is not ticked any more
    assert client.post("/varningar/ny", data=form).headers["Location"].endswith("/granska")
    form = form_of(town, client, (), "Nyby")
    answer = client.post("/varningar/ny", data=form)
    assert (answer.status_code, "Välj minst ett område" in answer.get_data(as_text=True)) == (422, True)


def test_only_the_police_write_to_several(town: AlertTown) -> None:
    coordinator = town.signed_in("samordnare")
    assert 'name="kommun"' not in coordinator.get("/varningar/ny").get_data(as_text=True)
    answer = coordinator.post("/varningar/ny", data=form_of(town, coordinator, (HOOR, HORBY), *PLACES))
    assert answer.status_code == 404
    police = town.signed_in("polis").get("/varningar/ny").get_data(as_text=True)
    assert police.count('type="checkbox" name="kommun"') == 3


def test_changing_one_changes_all_adds_what_is_new_and_throws_away_what_is_left_out(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    page = client.get(f"/varningar/{hoor.id}/andra").get_data(as_text=True)
    assert f'name="med" value="{horby.id}-{horby.version}"' in page
    for name in PLACES:
        assert re.search(rf'name="var" value="{town.networks[name]}" id="[^"]+" checked', page)
    changes = {"version": str(hoor.version), "med": f"{horby.id}-{horby.version}", "fri": "Altanen."}
    form = form_of(town, client, (HOOR, ESLOV), "Nyby", "Marieholm", **changes)
    assert client.post(f"/varningar/{hoor.id}/andra", data=form).status_code == 303
    rows = joint(town, hoor.id or 0)
    assert [row.municipality_code for row in rows] == [HOOR, ESLOV]
    assert {row.free_text for row in rows} == {"Altanen."}
    assert rows[1].id == horby.id  # its draft is written anew for another municipality
    form = form_of(town, client, (HOOR,), "Nyby", version=str(rows[0].version), med=f"{rows[1].id}-{rows[1].version}")
    assert client.post(f"/varningar/{hoor.id}/andra", data=form).headers["Location"] == f"/varningar/{hoor.id}/granska"
    assert states(town, *rows) == ["checked", "discarded"]


def test_a_change_beside_one_that_somebody_else_has_changed_changes_none(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    for med in ({"med": f"{horby.id}-{horby.version - 1}"}, {}):
        form = form_of(town, client, (HOOR, HORBY), *PLACES, version=str(hoor.version), fri="Altanen.", **med)
        assert client.post(f"/varningar/{hoor.id}/andra", data=form).status_code == 409
        assert [row.free_text for row in joint(town, hoor.id or 0)] == ["", ""]


# ---------------------------------------------------------------------------------------------------------- sending


def test_one_press_sends_both_each_under_its_own_name(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    assert press(client, hoor) == (303, f"/varningar/{hoor.id}")
    drain(town.runtime)
    assert states(town, horby, hoor) == ["sending", "sending"]
    with town.runtime.database.read() as session:
        by_alert = {row.id: alerts.alert(session, row.id or 0).sms_text or "" for row in (horby, hoor)}
    assert by_alert[horby.id or 0].startswith("Grannsamverkan Hörby:")
    assert by_alert[hoor.id or 0].startswith("Grannsamverkan Höör:")
    with town.runtime.database.read() as session:
        english = {one.sms_text for row in (horby, hoor) for one in alerts.translations(session, row.id or 0)}
    assert {wording.text for wording in town.sms.wordings} == {*by_alert.values(), *english}
    page = client.get(f"/varningar/{hoor.id}").get_data(as_text=True)
    assert "Samma varning i andra kommuner" in page
    assert f'href="/varningar/{horby.id}"' in page


def test_the_numbers_are_those_that_are_then_sent(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    households = int(re.findall(r"Skicka till (\d+) hushåll", page_of(client, hoor))[0])
    press(client, hoor)
    drain(town.runtime)
    with town.runtime.database.read() as session:
        rows = session.exec(select(Audience).where(col(Audience.left_out).is_(None))).all()
    assert sum(row.alert_id in (horby.id, hoor.id) for row in rows) == households > 0


def test_without_the_tick_or_with_changed_content_none_goes(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    form = approval(client, hoor)
    del form["sant"]
    answer = client.post(f"/varningar/{hoor.id}/tillsammans", data=form)
    assert (answer.status_code, "Kryssa i rutan" in answer.get_data(as_text=True)) == (422, True)
    form = approval(client, hoor)
    contents = form.getlist("innehall")
    for wrong in ([], [contents[0]], [contents[0], f"{hoor.id}:{'0' * 64}"]):
        form.setlist("innehall", wrong)
        answer = client.post(f"/varningar/{hoor.id}/tillsammans", data=form)
        assert (answer.status_code, "har ändrats sedan du läste" in answer.get_data(as_text=True)) == (409, True)
    for wrong in (["x"], [f"9999:{'0' * 64}"]):
        form.setlist("innehall", wrong)
        assert client.post(f"/varningar/{hoor.id}/tillsammans", data=form).status_code == 404
    assert states(town, horby, hoor) == ["checked", "checked"]


def test_pressed_by_many_at_once_each_goes_once(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    form = approval(client, hoor)
    browsers = [town.signed_in("polis") for _ in range(6)]
    forms = [{**form.to_dict(flat=False), "csrf_token": [token(one)]} for one in browsers]

    def send(one: tuple[FlaskClient, dict[str, list[str]]]) -> int:
        return one[0].post(f"/varningar/{hoor.id}/tillsammans", data=MultiDict(one[1])).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(send, zip(browsers, forms, strict=True))) == {303}
    drain(town.runtime)
    assert len(town.sms.sent) == len({(copy.delivery_id) for copy in town.sms.sent}) > 0
    assert states(town, horby, hoor) == ["sending", "sending"]


def test_one_that_cannot_go_keeps_the_other_back_too(town: AlertTown) -> None:
    """All or nothing: the second one's week is full, and no reason is given."""
    client = town.signed_in("polis")
    set_rules(town, HORBY, warnings_a_week=1)
    town.send(client, "Fulltofta", kommun=HORBY)
    before = len(town.sms.sent)
    horby, hoor = write(town, client)
    status, page = press(client, hoor)
    assert (status, "Skriv varför de ska få en varning till" in page) == (422, True)
    drain(town.runtime)
    assert states(town, horby, hoor) == ["checked", "checked"]
    assert len(town.sms.sent) == before
    assert press(client, hoor, skal="Det är en ny serie.") == (303, f"/varningar/{hoor.id}")


# ------------------------------------------------------------------------------------------------- a second person


def second(town: AlertTown) -> FlaskClient:
    with town.runtime.database.write() as session:
        area = places.municipality(session, HOOR).local_police_area_id
        draft = AccountDraft("polis-2", "en lampa i varje fönster", Role.POLICE, local_police_area_id=area)
        accounts.add_account(session, draft, town.runtime.clock.now(), passwords=CHEAP)
    client = town.app.test_client()
    form = {"name": "polis-2", "password": "en lampa i varje fönster", "csrf_token": token(client)}
    assert client.post("/logga-in", data=form).status_code == 303
    return client


def test_where_two_are_needed_that_one_waits_and_the_other_goes(town: AlertTown) -> None:
    set_rules(town, HORBY, two_persons_above=1)
    first = town.signed_in("polis")
    horby, hoor = write(town, first)
    page = page_of(first, hoor)
    assert re.search(r"Skicka till \d+ hushåll i Höör, be om ett ja i Hörby", page)
    assert "Bara den kommunen väntar." in page
    form = approval(first, hoor)
    for _ in range(2):  # pressed twice it goes once
        answer = first.post(f"/varningar/{hoor.id}/tillsammans", data=form)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/varningar/{hoor.id}")
    drain(town.runtime)
    assert states(town, horby, hoor) == ["checked", "sending"]
    page = first.get(f"/varningar/{hoor.id}").get_data(as_text=True)
    assert "är inte skickad" in page
    other = second(town)
    assert "Säg ja eller nej" in other.get("/hem").get_data(as_text=True)
    answer = other.post(f"/varningar/{horby.id}/godkann", data=town.approval(other, horby.id or 0))
    assert answer.headers["Location"] == f"/varningar/{horby.id}"
    drain(town.runtime)
    assert states(town, horby, hoor) == ["sending", "sending"]


def test_where_all_need_two_all_are_asked_about_and_another_lets_them_go_in_one_press(town: AlertTown) -> None:
    for code in (HOOR, HORBY):
        set_rules(town, code, two_persons_above=1)
    first = town.signed_in("polis")
    horby, hoor = write(town, first)
    assert "Be om ett ja i Hörby och Höör" in page_of(first, hoor)
    assert press(first, hoor) == (303, f"/varningar/{hoor.id}/tillsammans")
    page = page_of(first, hoor)
    assert page.count("Väntar på ja") == 2
    assert 'name="innehall"' not in page  # nothing left to press for
    other = second(town)
    assert press(other, horby) == (303, f"/varningar/{horby.id}")
    assert states(town, horby, hoor) == ["approved", "approved"]


def test_the_page_of_one_leads_to_them_all_and_a_coordinator_sees_only_theirs(town: AlertTown) -> None:
    client = town.signed_in("polis")
    _horby, hoor = write(town, client)
    page = client.get(f"/varningar/{hoor.id}/granska").get_data(as_text=True)
    assert "Samma varning väntar också i Hörby." in page
    assert f'href="/varningar/{hoor.id}/tillsammans"' in page
    coordinator = town.signed_in("samordnare")
    answer = coordinator.get(f"/varningar/{hoor.id}/tillsammans")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/varningar/{hoor.id}/granska")
    assert "Samma varning väntar" not in coordinator.get(f"/varningar/{hoor.id}/granska").get_data(as_text=True)
    assert coordinator.get(f"/varningar/{_horby.id}/tillsammans").status_code == 404


def test_all_drafts_are_thrown_away_at_once(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    assert "Släng alla 2 utkast" in page_of(client, hoor)
    form = {"csrf_token": token(client), "ja": "1", "alla": "1"}
    assert client.post(f"/varningar/{hoor.id}/slang", data=form).status_code == 303
    assert states(town, horby, hoor) == ["discarded", "discarded"]


# ----------------------------------------------------------------------------------------------------------- after


def test_within_the_hold_all_are_taken_back_by_one_press(town: AlertTown) -> None:
    for code in (HOOR, HORBY):
        set_rules(town, code, warning_hold_s=60)
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    press(client, hoor)
    assert "Ångra i alla kommuner" in client.get(f"/varningar/{hoor.id}").get_data(as_text=True)
    form = {"csrf_token": token(client), "alla": "1"}
    assert client.post(f"/varningar/{hoor.id}/angra", data=form).status_code == 303
    drain(town.runtime)
    assert town.sms.sent == []
    assert all(town.alert(row.id or 0).stopped_at for row in (horby, hoor))


@pytest.mark.parametrize(("word", "told"), [("ratta", "not_true"), ("folj-upp", "same"), ("faran-over", "over")])
def test_what_follows_is_begun_for_all_from_any_of_them(town: AlertTown, clock: SetClock, word: str, told: str) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    press(client, hoor)
    drain(town.runtime)
    receive(town)
    page = client.get(f"/varningar/{hoor.id}/{word}").get_data(as_text=True)
    assert re.search(rf'name="med" value="{horby.id}" id="med-{horby.id}" checked', page)
    form = {"csrf_token": token(client), "sag": told, "med": str(horby.id)}
    where = client.post(f"/varningar/{hoor.id}/{word}", data=form).headers["Location"]
    assert where.endswith("/tillsammans")
    rows = joint(town, int(where.split("/")[2]))
    assert [(row.municipality_code, row.about_id) for row in rows] == [(HORBY, horby.id), (HOOR, hoor.id)]
    page = page_of(client, rows[0])
    assert 'name="sant"' not in page
    clock.advance(timedelta(seconds=200))
    assert press(client, rows[0]) == (303, f"/varningar/{rows[0].id}")
    assert {row.state for row in joint(town, rows[0].id or 0)} == {AlertState.APPROVED}


def test_what_follows_may_be_for_one_alone(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    press(client, hoor)
    drain(town.runtime)
    form = {"csrf_token": token(client), "sag": "same"}
    where = client.post(f"/varningar/{hoor.id}/folj-upp", data=form).headers["Location"]
    assert where.endswith("/granska")
    assert town.alert(int(where.split("/")[2])).joint_id is None
    form["med"] = "9999"  # nobody's
    assert client.post(f"/varningar/{horby.id}/folj-upp", data=form).headers["Location"].endswith("/granska")


def test_written_again_for_one_alone_the_others_draft_is_thrown_away(town: AlertTown) -> None:
    client = town.signed_in("polis")
    horby, hoor = write(town, client)
    press(client, hoor)
    drain(town.runtime)
    form = {"csrf_token": token(client), "sag": "same", "med": str(horby.id)}
    where = client.post(f"/varningar/{hoor.id}/folj-upp", data=form).headers["Location"]
    both = joint(town, int(where.split("/")[2]))
    form = {"csrf_token": token(client), "sag": "more"}
    assert client.post(f"/varningar/{hoor.id}/folj-upp", data=form).headers["Location"].endswith("/granska")
    assert states(town, *both) == ["discarded", "checked"]


def test_a_reason_is_kept_where_it_was_needed_and_nowhere_else(town: AlertTown) -> None:
    client = town.signed_in("polis")
    set_rules(town, HORBY, warnings_a_week=1)
    town.send(client, "Fulltofta", kommun=HORBY)
    horby, hoor = write(town, client)
    assert press(client, hoor, skal="Det är en ny serie.")[0] == 303
    with town.runtime.database.read() as session:
        kept = [set(alerts.reasons_of(session, row.id or 0)) for row in (horby, hoor)]
    assert kept == [{ReasonKind.OVER_BUDGET}, set()]
