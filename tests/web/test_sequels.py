"""After a message: three presses to put it right, taking it back, stopping it, and what waits for a follow-up."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from grannsamverkan import flow, upkeep
from grannsamverkan.domain import places
from grannsamverkan.domain.alerts import AlertClass, AlertState
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown, receive
from tests.support.web_town import token

__all__ = ["alert_town"]


def set_rules(town: AlertTown, **changes: int) -> None:
    with town.runtime.database.write() as session:
        places.set_rules(session, "1267", Rules(**{"warning_hold_s": 0, "quiet_from": 0, "quiet_to": 0, **changes}))  # type: ignore[arg-type]


def post(client: FlaskClient, path: str, **form: str) -> str:
    """Where the answer leads."""
    answer = client.post(path, data={**form, "csrf_token": token(client)})
    assert answer.status_code == 303, (answer.status_code, answer.get_data(as_text=True)[:3000])
    return answer.headers["Location"]


def send_sequel(town: AlertTown, client: FlaskClient, alert_id: int, word: str, **form: str) -> int:
    """The way from the live page: choose, and send on the check page. The new alert's id."""
    checked = post(client, f"/varningar/{alert_id}/{word}", **form)
    found = re.search(r"/varningar/(\d+)/granska", checked)
    assert found
    sequel = int(found[1])
    approval = town.approval(client, sequel)
    del approval["sant"]
    assert client.post(f"/varningar/{sequel}/godkann", data=approval).headers["Location"] == f"/varningar/{sequel}"
    drain(town.runtime)
    return sequel


def test_a_correction_takes_three_presses_and_says_how_many_it_reaches(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    receive(alert_town)
    mistaken = set(alert_town.sms.addresses), set(alert_town.email.addresses)
    live = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert f'href="/varningar/{alert_id}/ratta"' in live  # one
    page = client.get(f"/varningar/{alert_id}/ratta").get_data(as_text=True)
    assert 'name="sag" value="not_true"' in page  # two
    checked = post(client, f"/varningar/{alert_id}/ratta", sag="not_true")
    page = client.get(checked).get_data(as_text=True)
    reached = int(re.findall(r"Skicka rättelsen till exakt (\d+) hushåll", page)[0])  # three
    assert 'name="sant"' not in page
    number = alert_town.alert(alert_id).number
    assert f"RÄTTELSE av nr {number}. Det har inte hänt." in page
    before = len(alert_town.sms.sent), len(alert_town.email.sent)
    sequel = send_sequel(alert_town, client, alert_id, "ratta", sag="not_true")
    alert_town.runtime.clock.advance(timedelta(minutes=2))  # type: ignore[attr-defined]
    drain(alert_town.runtime)
    assert set(alert_town.sms.addresses[before[0] :]) == mistaken[0]
    assert set(alert_town.email.addresses[before[1] :]) == mistaken[1]
    corrected = client.get(f"/varningar/{sequel}").get_data(as_text=True)
    assert f"av {reached} hushåll har fått" in corrected
    assert "Hör ihop med" in corrected
    assert f'href="/varningar/{sequel}"' in client.get(f"/varningar/{alert_id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "sms"),
    [
        ({"sag": "place", "plats": "Maglasäte"}, "Rätt plats är Maglasäte, inte Nyby."),
        ({"sag": "place", "plats": "Storgatan 4"}, "Det hände inte i Nyby."),
        ({"sag": "time", "datum": "2026-03-02", "del": "evening"}, "Rätt tid är mån 2/3 kväll."),
        ({"sag": "what", "vad": "car_crime", "forsok": "ja"}, "Rätt är: Bilinbrottsförsök vid villa i Nyby."),
    ],
)
def test_what_was_wrong_is_put_right(alert_town: AlertTown, form: dict[str, str], sms: str) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    sequel = send_sequel(alert_town, client, alert_id, "ratta", **form)
    assert sms in (alert_town.alert(sequel).sms_text or "")


@pytest.mark.parametrize(
    ("form", "told", "at"),
    [
        ({}, "Välj vad du vill säga", "sag"),
        ({"sag": "over"}, "Välj vad du vill säga", "sag"),
        ({"sag": "time", "datum": "x"}, "Välj ett datum", "datum"),
        ({"sag": "time", "datum": "2026-03-05"}, "Datumet har inte varit än", "datum"),
        ({"sag": "what", "vad": "x"}, "Välj vad det var", "vad"),
        ({"sag": "not_true", "fri": "Ring 070-174 06 05"}, "Ta bort telefonnumret", "fri"),
    ],
)
def test_what_cannot_be_told_is_refused_at_its_field(
    alert_town: AlertTown, form: dict[str, str], told: str, at: str
) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    answer = client.post(f"/varningar/{alert_id}/ratta", data={**form, "csrf_token": token(client)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel: " in page
    assert page.count(told) == 2
    assert f'<a href="#{at}">' in page


def test_a_second_try_changes_the_draft_and_makes_no_other(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    first = post(client, f"/varningar/{alert_id}/ratta", sag="not_true")
    stale = alert_town.approval(client, int(first.split("/")[2]))
    assert post(client, f"/varningar/{alert_id}/ratta", sag="place") == first
    answer = client.post(first.replace("granska", "godkann"), data=stale)
    assert answer.status_code == 409
    drain(alert_town.runtime)
    assert "RÄTTELSE" not in "".join(wording.text for wording in alert_town.sms.wordings)
    assert client.get(first.replace("granska", "andra")).headers["Location"] == f"/varningar/{alert_id}/ratta"


def test_a_follow_up_of_a_correction_is_about_the_first(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    correction = send_sequel(alert_town, client, alert_id, "ratta", sag="place", plats="Maglasäte")
    follow_up = send_sequel(alert_town, client, correction, "folj-upp", sag="nothing_more")
    row = alert_town.alert(follow_up)
    assert (row.alert_class, row.about_id, row.right_place) == (AlertClass.FOLLOW_UP, alert_id, "Maglasäte")
    number = alert_town.alert(alert_id).number
    assert f"Uppföljning av nr {number}. Inget mer har hänt i Maglasäte sedan 4/3" in (row.sms_text or "")
    over = send_sequel(alert_town, client, alert_id, "faran-over", sag="over")
    assert f"Faran är över (nr {number}) i Maglasäte." in (alert_town.alert(over).sms_text or "")


# ------------------------------------------------------------------------------------------- taking back and stopping


def test_the_hold_can_be_used_to_the_last_second(alert_town: AlertTown, clock: SetClock) -> None:
    set_rules(alert_town, warning_hold_s=60)
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    page = client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
    assert "Efter 60 sekunder. Till dess kan du ångra dig." in page
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    clock.advance(timedelta(seconds=59))
    drain(alert_town.runtime)
    page = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert "Du kan ångra dig till 13.01.00." in page
    assert f"/varningar/{alert_id}/ratta" not in page
    assert client.get(f"/varningar/{alert_id}/ratta").status_code == 404
    for _ in range(2):
        assert post(client, f"/varningar/{alert_id}/angra") == f"/varningar/{alert_id}"
    clock.advance(timedelta(seconds=30))
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []
    page = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    number = alert_town.alert(alert_id).number
    assert f"Nr {number} är tillbakatagen" in page
    assert client.get(f"/n/{number}").status_code == 404
    again = client.get(f"/varningar/ny?lik={alert_id}").get_data(as_text=True)
    assert f'id="var-{alert_town.networks["Nyby"]}" checked' in again
    assert 'action="/varningar/ny"' in again


def test_too_late_to_take_back_stops_what_is_left(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    flow.fan_out(alert_town.runtime, alert_id=alert_id)
    question = client.get(f"/varningar/{alert_id}/stoppa").get_data(as_text=True)
    assert re.search(r"Just nu väntar \d+ hushåll av 24\.", question)
    assert post(client, f"/varningar/{alert_id}/angra") == f"/varningar/{alert_id}"
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []
    page = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert "Utskicket stoppades." in page
    assert "Stoppa det som inte är skickat" not in page
    assert client.get(f"/varningar/{alert_id}/stoppa").headers["Location"] == f"/varningar/{alert_id}"
    assert alert_town.alert(alert_id).state is AlertState.SENDING
    assert "Stoppad" in client.get("/varningar").get_data(as_text=True)


def test_who_may_stop_and_go_on(alert_town: AlertTown) -> None:
    police = alert_town.signed_in("polis")
    theirs = alert_town.send(police, "Nyby")
    own = alert_town.send(alert_town.signed_in("ombud"), "Nyby")
    expected = {
        "samordnare": (200, 200),
        "ombud": (404, 200),
        "huvudombud": (404, 404),
        "admin": (403, 403),
    }
    for name, statuses in expected.items():
        client = alert_town.signed_in(name)
        for word in ("folj-upp", "faran-over", "ratta"):
            found = tuple(client.get(f"/varningar/{alert_id}/{word}").status_code for alert_id in (theirs, own))
            assert found == statuses, (name, word)
        stopped = client.post(f"/varningar/{theirs}/stoppa", data={"csrf_token": token(client), "ja": "1"}).status_code
        assert stopped == {200: 303}.get(statuses[0], statuses[0]), name
        draft = alert_town.write(police, "Nyby")
        assert client.post(f"/varningar/{draft}/angra", data={"csrf_token": token(client)}).status_code in {403, 404}


# ------------------------------------------------------------------------------------------------- what waits


def test_a_warning_without_a_follow_up_waits_for_its_author_and_the_staff(
    alert_town: AlertTown, clock: SetClock
) -> None:
    set_rules(alert_town, follow_up_days=3)
    alert_id = alert_town.send(alert_town.signed_in("ombud"), "Nyby")
    clock.advance(timedelta(days=2, hours=23))
    line = f'href="/varningar/{alert_id}/folj-upp"'
    assert line not in alert_town.signed_in("samordnare").get("/hem").get_data(as_text=True)
    clock.advance(timedelta(hours=1))
    for name, waits in {"samordnare": True, "polis": True, "ombud": True, "huvudombud": False}.items():
        assert (line in alert_town.signed_in(name).get("/hem").get_data(as_text=True)) is waits, name
    send_sequel(alert_town, alert_town.signed_in("samordnare"), alert_id, "folj-upp", sag="same")
    for name in ("samordnare", "ombud"):
        assert line not in alert_town.signed_in(name).get("/hem").get_data(as_text=True)


def test_when_the_list_is_forgotten_nothing_can_follow(alert_town: AlertTown, clock: SetClock) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    receive(alert_town)
    clock.advance(timedelta(hours=6))
    flow.close_alerts(alert_town.runtime)
    clock.advance(timedelta(days=31))
    upkeep.forget(alert_town.runtime)
    client = alert_town.signed_in("polis")
    page = client.get(f"/varningar/{alert_id}/ratta").get_data(as_text=True)
    assert "Vi vet inte längre vilka som fick den" in page
    answer = client.post(f"/varningar/{alert_id}/ratta", data={"sag": "not_true", "csrf_token": token(client)})
    assert answer.status_code == 422
