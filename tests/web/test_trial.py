"""A message tried on oneself reaches nobody else, and one that is to wait goes at its time, or not at all."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain import accounts
from grannsamverkan.domain.notices import Notice
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]

MINE = "070-174 06 90"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def post(client: FlaskClient, path: str, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={**form, "csrf_token": token(client)})
    return answer.status_code, answer.headers.get("Location") or answer.get_data(as_text=True)


def waiting(town: AlertTown) -> list[str]:
    """What waits for single persons."""
    with town.runtime.database.read() as session:
        return [row.body for row in session.exec(select(Notice)) if row.body]


def with_a_phone(town: AlertTown, name: str) -> FlaskClient:
    """Signed in, with a phone that a code was sent to."""
    client = town.signed_in(name)
    assert post(client, "/konto", phone=MINE) == (303, "/konto/kod")
    code = re.findall(r"\b\d{6}\b", waiting(town)[-1])[0]
    assert post(client, "/konto/kod", code=code) == (303, "/konto")
    drain(town.runtime)
    town.sms.sent.clear()
    town.sms.wordings.clear()
    return client


def test_a_trial_reaches_only_the_one_who_asks(alert_town: AlertTown) -> None:
    client = with_a_phone(alert_town, "polis")
    alert_id = alert_town.write(client, "Nyby")
    live, trial = (client.get(f"/varningar/{alert_id}/{page}").get_data(as_text=True) for page in ("granska", "prov"))
    assert "Prov till dig själv" in trial
    assert "Skicka prov bara till mig" in trial
    assert "Skicka varning till" not in trial
    assert "btn-danger" not in trial.split("<main", 1)[1]
    assert f'href="/varningar/{alert_id}/prov"' in live
    for _ in range(2):  # a double click
        # whatever else a form may say, it goes nowhere else
        told = post(client, f"/varningar/{alert_id}/prov", phone="070-174 06 05", var="1", adress="1")
        assert told == (303, f"/varningar/{alert_id}/prov?skickat=1")
    drain(alert_town.runtime)
    assert alert_town.sms.addresses == ["+46701740690"]
    assert alert_town.sms.wordings[0].text.startswith("PROV, inget har hänt. Grannsamverkan Höör: ")
    assert alert_town.email.sent == []
    assert alert_town.alert(alert_id).approved_at is None


def test_without_an_address_there_is_no_trial_but_a_way_to_one(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    page = client.get(f"/varningar/{alert_id}/prov").get_data(as_text=True)
    assert "Vi vet inte vart provet ska gå" in page
    assert 'href="/konto"' in page
    post(client, f"/varningar/{alert_id}/prov")
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []


def test_what_has_been_let_go_cannot_be_tried(alert_town: AlertTown) -> None:
    client = with_a_phone(alert_town, "polis")
    alert_id = alert_town.send(client, "Nyby")
    before = len(alert_town.sms.sent)
    assert post(client, f"/varningar/{alert_id}/prov") == (303, f"/varningar/{alert_id}")
    drain(alert_town.runtime)
    assert len(alert_town.sms.sent) == before


# ------------------------------------------------------------------------------------------- one's address at work


def test_an_address_at_work_is_shown_by_a_code_and_can_be_taken_away(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    assert "Utan nummer eller mejl får du inte veta" in client.get("/konto").get_data(as_text=True)
    assert post(client, "/konto", phone="1")[0] == 422
    client = with_a_phone(alert_town, "samordnare")
    page = client.get("/konto").get_data(as_text=True)
    assert MINE in page
    address = re.findall(r'name="adress" value="(\d+)"', page)[0]
    assert post(alert_town.signed_in("polis"), "/konto/bort", adress=address)[0] == 404
    assert post(client, "/konto/bort", adress=address) == (303, "/konto")
    assert MINE not in client.get("/konto").get_data(as_text=True)


def test_a_wrong_code_gives_no_address(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    post(client, "/konto", phone=MINE)
    right = re.findall(r"\b\d{6}\b", waiting(alert_town)[-1])[0]
    assert post(client, "/konto/kod", code=f"{(int(right) + 1) % 1_000_000:06d}")[0] == 422
    assert MINE not in client.get("/konto").get_data(as_text=True)


def test_who_is_a_neighbour_too_keeps_home_and_work_apart(alert_town: AlertTown) -> None:
    """The phone is one that a household in Nyby has."""
    phone = "070-174 06 05"
    police = alert_town.signed_in("polis")
    post(police, "/konto", phone=phone)
    code = re.findall(r"\b\d{6}\b", waiting(alert_town)[-1])[0]
    assert post(police, "/konto/kod", code=code) == (303, "/konto")
    home = alert_town.app.test_client()
    assert post(home, "/min-sida", phone=phone)[0] == 303
    code = re.findall(r"\b\d{6}\b", waiting(alert_town)[-1])[0]
    assert post(home, "/min-sida/kod", code=code)[0] == 303
    assert "Nyby" in home.get("/min-sida/jag").get_data(as_text=True)
    assert post(home, "/min-sida/radera", ja="1")[0] == 303
    assert "<h1>Ditt konto</h1>" in alert_town.signed_in("polis").get("/konto").get_data(as_text=True)
    with alert_town.runtime.database.read() as session:
        account = accounts.account_named(session, "polis")
        assert account is not None
        assert account.ended_at is None


# ------------------------------------------------------------------------------------------------------- later


def test_a_message_waits_for_its_time(alert_town: AlertTown, clock: SetClock) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    at = (clock.now() + timedelta(days=2)).astimezone(STOCKHOLM).replace(hour=18, minute=30)
    when = {"dag": f"{at:%Y-%m-%d}", "klockan": "18:30"}
    assert post(client, f"/varningar/{alert_id}/senare", **when) == (303, f"/varningar/{alert_id}/granska")
    page = client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
    assert "klockan 18.30. Du kan ångra dig ända till dess." in page
    answer = client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    assert answer.status_code == 303
    drain(alert_town.runtime)
    clock.advance(at - clock.now() - timedelta(seconds=1))
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []
    number = alert_town.alert(alert_id).number
    assert client.get(f"/n/{number}").status_code == 404  # nobody knows of it yet
    clock.advance(timedelta(seconds=1))
    drain(alert_town.runtime)
    assert len(alert_town.sms.sent) == len(set(alert_town.sms.addresses)) > 0
    assert client.get(f"/n/{number}").status_code == 200


def test_it_can_be_taken_back_to_the_last_second(alert_town: AlertTown, clock: SetClock) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    at = (clock.now() + timedelta(days=1)).astimezone(STOCKHOLM).replace(hour=12, minute=0, second=0, microsecond=0)
    post(client, f"/varningar/{alert_id}/senare", dag=f"{at:%Y-%m-%d}", klockan="12:00")
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    clock.advance(at - clock.now() - timedelta(seconds=1))
    client = alert_town.signed_in("polis")
    assert post(client, f"/varningar/{alert_id}/angra") == (303, f"/varningar/{alert_id}")
    clock.advance(timedelta(hours=1))
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"dag": "", "klockan": "18:00"}, "Välj dag och tid"),
        ({"dag": "2026-03-03", "klockan": "18:00"}, "Tiden har redan varit"),
        ({"dag": "2026-05-30", "klockan": "18:00"}, "Välj en dag inom 30 dagar"),
        ({"dag": "9999-12-31", "klockan": "23:59"}, "Välj dag och tid"),
        ({"dag": "2026-03-06", "klockan": "25:00"}, "Välj dag och tid"),
    ],
)
def test_a_time_that_is_none_is_refused(alert_town: AlertTown, form: dict[str, str], told: str) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    status, page = post(client, f"/varningar/{alert_id}/senare", **form)
    assert (status, page.count(told)) == (422, 2)
    assert alert_town.alert(alert_id).planned_at is None


def test_a_plan_is_part_of_what_is_approved(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    looked_at = alert_town.approval(client, alert_id)
    post(client, f"/varningar/{alert_id}/senare", dag="2026-03-06", klockan="18:00")
    assert client.post(f"/varningar/{alert_id}/godkann", data=looked_at).status_code == 409
    assert post(client, f"/varningar/{alert_id}/senare", gor="genast")[0] == 303
    assert client.post(f"/varningar/{alert_id}/godkann", data=looked_at).status_code == 303


@pytest.mark.parametrize(
    ("day", "clock_words"),
    [("2026-03-29", "klockan 03.30"), ("2026-10-25", "klockan 02.30")],
)
def test_the_nights_when_the_clock_is_changed(
    alert_town: AlertTown, clock: SetClock, day: str, clock_words: str
) -> None:
    """Half past two: there is none in March, and two in October, of which the first counts."""
    midday = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=STOCKHOLM) - timedelta(days=1)
    clock.advance(midday - clock.now())
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    assert post(client, f"/varningar/{alert_id}/senare", dag=day, klockan="02:30")[0] == 303
    assert f"{clock_words}. Du kan ångra dig" in client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    for _ in range(20):
        clock.advance(timedelta(hours=1))
        drain(alert_town.runtime)
    assert len(alert_town.sms.sent) == len(set(alert_town.sms.addresses)) > 0
