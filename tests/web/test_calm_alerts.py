"""Invitations and trials to whole areas through the pages: written, checked, sent, told of, and shown to anybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import col, select

from grannsamverkan.domain import places
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState
from grannsamverkan.domain.lifecycle import Meeting
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]


@pytest.fixture(autouse=True)
def rules(alert_town: AlertTown) -> None:
    """Nothing is put off."""
    set_rules(alert_town)


def set_rules(town: AlertTown, **changes: Any) -> None:
    with town.runtime.database.write() as session:
        places.set_rules(session, "1267", Rules(**{"warning_hold_s": 0, "quiet_from": 0, "quiet_to": 0, **changes}))


def in_a_fortnight(town: AlertTown, days: int = 14) -> str:
    return (in_sweden(town.runtime.clock.now()).date() + timedelta(days=days)).isoformat()


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client), **form})


def invitation(town: AlertTown, **changes: Any) -> dict[str, Any]:
    filled = {"occasion": "safety_walk", "day": in_a_fortnight(town), "clock": "18:00", "minutes": "90"}
    return {**filled, "place": "Torget", "more": "", "kommun": "1267", "var": town.place("Nyby"), **changes}


def checked_id(answer: Any) -> int:
    assert answer.status_code == 303, answer.get_data(as_text=True)
    found = re.fullmatch(r"/varningar/(\d+)/granska", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return int(found[1])


def let_go(town: AlertTown, client: FlaskClient, alert_id: int) -> Alert:
    answer = client.post(f"/varningar/{alert_id}/godkann", data=town.approval(client, alert_id))
    assert answer.headers.get("Location") == f"/varningar/{alert_id}", answer.get_data(as_text=True)
    drain(town.runtime)
    return town.alert(alert_id)


def shown(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_an_invitation_is_written_checked_sent_and_shown(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    assert 'href="/varningar/inbjudan"' in shown(client, "/varningar")
    form = invitation(alert_town, more="Ta med en lykta.")
    alert_id = checked_id(post(client, "/varningar/inbjudan", **form))
    page = shown(client, f"/varningar/{alert_id}/granska")
    for words in ("Granska inbjudan", "trygghetsvandring i Nyby", "Torget", "Skicka inbjudan till", "Ta med en lykta."):
        assert words in page
    assert "knackning" not in page
    assert "Hushåll som vi inte har nått" not in page
    row = let_go(alert_town, client, alert_id)
    assert "Inbjudan: trygghetsvandring, Nyby" in (row.sms_text or "")
    assert "hushåll har fått inbjudan" in shown(client, f"/varningar/{alert_id}")
    public = shown(alert_town.app.test_client(), f"/n/{row.number}")
    for words in ("Inbjudan nr", "trygghetsvandring i Nyby", "Ta med en lykta.", "Gäller", "Lägg in i min kalender"):
        assert words in public
    (event,) = calendar(alert_town, row).walk("VEVENT")
    assert (event["LOCATION"], event["SEQUENCE"]) == ("Torget", 0)
    assert str(event["SUMMARY"]) == "trygghetsvandring i Nyby"
    assert "Inbjudan" in shown(alert_town.app.test_client(), f"/n/{row.number}/lapp")
    assert alert_town.app.test_client().get(f"/n/{row.number}/lapp.pdf").status_code == 200


def calendar(town: AlertTown, row: Alert) -> Any:
    answer = town.app.test_client().get(f"/n/{row.number}/kalender.ics")
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"var": ""}, "Välj minst ett område"),
        ({"place": ""}, "Skriv platsen"),
        ({"day": "2020-01-01"}, "Tiden har redan varit"),
        ({"more": "Ring Kalle på 070-174 06 05"}, "Ta bort"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    alert_town: AlertTown, changes: dict[str, str], words: str
) -> None:
    client, form = alert_town.signed_in("samordnare"), invitation(alert_town, minutes="77", **changes)
    if not form["var"]:
        del form["var"]
    answer = post(client, "/varningar/inbjudan", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "<title>Fel: " in page
    assert 'value="77"' in page


def test_a_draft_is_changed_and_its_number_kept(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    alert_id = checked_id(post(client, "/varningar/inbjudan", **invitation(alert_town)))
    number = alert_town.alert(alert_id).number
    assert 'value="Torget"' in shown(client, f"/varningar/{alert_id}/inbjudan")
    changed = invitation(alert_town, place="Skolan")
    assert checked_id(post(client, f"/varningar/{alert_id}/inbjudan", **changed)) == alert_id
    assert "Skolan" in shown(client, f"/varningar/{alert_id}/granska")
    assert alert_town.alert(alert_id).number == number
    assert alert_town.signed_in("ombud").get(f"/varningar/{alert_id}/inbjudan").status_code == 404


def test_news_reaches_those_who_were_invited_and_the_page_tells_all_of_it(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    alert_id = checked_id(post(client, "/varningar/inbjudan", **invitation(alert_town)))
    first = let_go(alert_town, client, alert_id)
    assert "Påminn, flytta eller ställ in" in shown(client, f"/varningar/{alert_id}")
    form = {"day": in_a_fortnight(alert_town, 21), "clock": "19:00", "minutes": "60", "place": "Skolan"}
    moved_id = checked_id(post(client, f"/varningar/{alert_id}/inbjudna", sag="moved", **form))
    assert f"Exakt dem som fick nr {first.number}." in shown(client, f"/varningar/{moved_id}/granska")
    moved = let_go(alert_town, client, moved_id)
    public = shown(alert_town.app.test_client(), f"/n/{first.number}")
    assert "Ny tid eller plats" in public
    assert "Skolan" in public
    assert f"<del>{first.headline}</del>" in public
    off_id = checked_id(post(client, f"/varningar/{moved_id}/inbjudna", sag="called_off"))
    off = let_go(alert_town, client, off_id)
    assert off.about_id == alert_id
    public = shown(alert_town.app.test_client(), f"/n/{moved.number}")
    assert "Inställt" in public
    found = calendar(alert_town, first)
    (event,) = found.walk("VEVENT")
    assert (found["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert client.get(f"/varningar/{alert_id}/inbjudna").status_code == 404


def test_a_networks_own_meeting_is_invited_to_by_a_message_with_a_number(alert_town: AlertTown) -> None:
    client, network = alert_town.signed_in("ombud"), alert_town.networks["Nyby"]
    form = {"kind": "yearly", "day": in_a_fortnight(alert_town), "clock": "18:00", "minutes": "90"}
    page = post(client, f"/omraden/{network}/moten", place="Byagården", **form).headers["Location"]
    alert_id = checked_id(post(client, f"{page}/bjud-in"))
    assert checked_id(post(client, f"{page}/bjud-in")) == alert_id
    # Moved before it is sent: the draft says how it is now.
    post(client, f"{page}/flytta", **{**form, "place": "Skolan"})
    assert "Skolan" in shown(client, f"/varningar/{alert_id}/inbjudan")
    assert checked_id(post(client, f"{page}/bjud-in")) == alert_id
    row = let_go(alert_town, client, alert_id)
    assert "årsmöte, Nyby" in (row.sms_text or "")
    assert f"nr {row.number}" in shown(client, page)
    # Moved afterwards: the press leads on to what those who are invited are to be told.
    news_id = checked_id(post(client, f"{page}/flytta", **{**form, "place": "Biblioteket"}))
    assert "De som är bjudna vet inte om ändringen än." in shown(client, page)
    let_go(alert_town, client, news_id)
    assert "De som är bjudna vet inte om ändringen än." not in shown(client, page)
    off_id = checked_id(post(client, f"{page}/stall-in", ja="1"))
    assert "Inställt" in (let_go(alert_town, client, off_id).sms_text or "")
    with alert_town.runtime.database.read() as session:
        meeting = session.exec(select(Meeting).order_by(col(Meeting.id).desc())).first()
        assert meeting is not None
        assert meeting.invited_at is not None
        assert session.exec(select(Notice).where(Notice.about == f"meeting:{meeting.id}")).all() == []
    own, by_number = alert_town.app.test_client().get(f"/moten/{meeting.uid}.ics"), calendar(alert_town, row)
    (one,), (other,) = Calendar.from_ical(own.data).walk("VEVENT"), by_number.walk("VEVENT")
    assert (one["UID"], one["SEQUENCE"]) == (other["UID"], other["SEQUENCE"])


def test_an_invitation_that_nobody_has_sent_goes_with_its_meeting(alert_town: AlertTown) -> None:
    client, network = alert_town.signed_in("ombud"), alert_town.networks["Nyby"]
    form = {"kind": "yearly", "day": in_a_fortnight(alert_town), "clock": "18:00", "minutes": "90"}
    page = post(client, f"/omraden/{network}/moten", place="Byagården", **form).headers["Location"]
    alert_id = checked_id(post(client, f"{page}/bjud-in"))
    assert post(client, f"{page}/stall-in", ja="1").headers["Location"] == page
    assert alert_town.alert(alert_id).state is AlertState.DISCARDED


def test_a_trial_to_a_whole_area_needs_two_and_says_what_it_is(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    assert 'href="/varningar/provutskick"' in shown(client, "/varningar")
    assert "Ett prov, ingen varning" in shown(client, "/varningar/provutskick")
    assert post(client, "/varningar/provutskick", kommun="1267").status_code == 422
    form = {"kommun": "1267", "var": alert_town.place("Nyby")}
    alert_id = checked_id(post(client, "/varningar/provutskick", **form))
    page = shown(client, f"/varningar/{alert_id}/granska")
    for words in ("Granska provet", "Ett prov, ingen varning", "TEST från Grannsamverkan Höör", "Be om ett ja"):
        assert words in page
    assert "Det kan inte vänta" not in page
    asked = client.post(f"/varningar/{alert_id}/fraga", data=alert_town.approval(client, alert_id))
    assert asked.status_code == 303
    row = let_go(alert_town, alert_town.signed_in("polis"), alert_id)
    assert row.alert_class is AlertClass.DRILL
    assert "hushåll har fått provet" in shown(client, f"/varningar/{alert_id}")
    public = shown(alert_town.app.test_client(), f"/n/{row.number}")
    assert "Ett prov, ingen varning" in public
    assert alert_town.app.test_client().get(f"/n/{row.number}/lapp").status_code == 404
    atom = alert_town.app.test_client().get("/kommun/1267/varningar.atom").get_data(as_text=True)
    assert "Ett prov: inget har hänt i Nyby" in atom


def test_only_those_whom_the_municipality_lets_may_send_a_trial(alert_town: AlertTown) -> None:
    contact = alert_town.signed_in("ombud")
    assert contact.get("/varningar/provutskick").status_code == 403
    assert 'href="/varningar/provutskick"' not in shown(contact, "/varningar")
    set_rules(alert_town, drill_by="everybody", drill_needs_two="no")
    form = {"kommun": "1267", "var": alert_town.place("Nyby")}
    let_go(alert_town, contact, checked_id(post(contact, "/varningar/provutskick", **form)))


def test_a_warning_is_not_edited_as_anything_else(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    for word in ("inbjudan", "provutskick", "inbjudna"):
        assert client.get(f"/varningar/{alert_id}/{word}").status_code == 404
