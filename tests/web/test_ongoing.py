"""What is under way: the question that comes first, who may tell of it, and that it rings at once."""

from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan.domain import people, places
from grannsamverkan.domain.alerts import Alert, AlertClass
from grannsamverkan.domain.people import ContactAddress, Level
from grannsamverkan.domain.places import Rules
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]

UNDER_WAY = {"klass": "pagar", "ringt": "ja"}


def set_rules(town: AlertTown, **changes: str | int) -> None:
    with town.runtime.database.write() as session:
        for code in ("1267", "1266", "1285"):
            places.set_rules(session, code, Rules(**{"warning_hold_s": 0, **changes}))  # type: ignore[arg-type]


def written(town: AlertTown) -> list[int | None]:
    with town.runtime.database.read() as session:
        return list(session.exec(select(Alert.id)))


def test_no_means_112_and_nothing_is_written(alert_town: AlertTown) -> None:
    client, before = alert_town.signed_in("polis"), written(alert_town)
    assert "Är 112 ringt?" in client.get("/varningar/pagar").get_data(as_text=True)
    answer = client.post("/varningar/pagar", data={"ringt": "nej", "csrf_token": token(client)})
    assert "Ring 112 nu" in answer.get_data(as_text=True)
    assert written(alert_town) == before


def test_an_answer_is_asked_for(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    answer = client.post("/varningar/pagar", data={"csrf_token": token(client)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel: " in page
    assert page.count("Svara ja eller nej") == 2


def test_the_question_cannot_be_passed_by(alert_town: AlertTown) -> None:
    client, before = alert_town.signed_in("polis"), written(alert_town)
    form = alert_town.form("Nyby", klass="pagar")
    form["csrf_token"] = token(client)
    for answer in (client.get("/varningar/ny?klass=pagar"), client.post("/varningar/ny", data=form)):
        assert answer.headers["Location"] == "/varningar/pagar"
    assert written(alert_town) == before


def test_yes_leads_to_a_form_that_asks_neither_when_nor_how(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    answer = client.post("/varningar/pagar", data={"ringt": "ja", "csrf_token": token(client)}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "<h1>Det pågår nu</h1>" in page
    assert 'name="nar"' not in page
    assert 'name="hur-' not in page
    assert "ons 4/3. 112 är ringt." in page


def test_it_rings_at_once_at_night_and_for_those_who_want_nothing_else(alert_town: AlertTown) -> None:
    """At half past ten in the evening, with a minute's hold on warnings and quiet hours everywhere."""
    set_rules(alert_town, warning_hold_s=60)
    alert_town.runtime.clock.advance(timedelta(hours=9, minutes=30))  # type: ignore[attr-defined]
    with alert_town.runtime.database.write() as session:
        phone = session.exec(select(ContactAddress).where(ContactAddress.channel == 1)).first()
        assert phone is not None
        people.choose_level(session, phone.person_id, Level.ONGOING)
        people.choose_quiet_hours(session, phone.person_id, (20, 9))
        number = phone.value
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, *alert_town.active(), **UNDER_WAY)
    alert = alert_town.alert(alert_id)
    assert alert.alert_class is AlertClass.ONGOING
    assert alert.release_at == alert.approved_at
    assert alert.valid_until is not None
    assert alert.release_at is not None
    assert alert.valid_until - alert.release_at == timedelta(seconds=900)
    assert number in alert_town.sms.addresses
    assert alert_town.sms.wordings[0].valid_for_s == 900
    warning = alert_town.write(client, *alert_town.active())
    page = client.get(f"/varningar/{warning}/granska").get_data(as_text=True)
    assert "Torsdag 5 mars klockan 07.00. Nu är det tysta timmar." in page
    assert "Vill bara ha det som pågår" in page


@pytest.mark.parametrize(("allowed", "statuses"), [("police", (200, 403, 403)), ("everybody", (200, 200, 200))])
def test_police_only_unless_the_municipality_lets_others(
    alert_town: AlertTown, allowed: str, statuses: tuple[int, ...]
) -> None:
    set_rules(alert_town, ongoing_by=allowed)
    for name, status in zip(("polis", "samordnare", "ombud"), statuses, strict=True):
        client = alert_town.signed_in(name)
        assert client.get("/varningar/pagar").status_code == status, name
        assert client.get("/varningar/ny?klass=pagar&ringt=ja").status_code == status, name
        assert ("Det pågår nu" in client.get("/hem").get_data(as_text=True)) is (status == 200)
