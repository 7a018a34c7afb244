"""The police's events as background: how coarse they are, what they said before, and the way to a warning."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from grannsamverkan.domain import police
from grannsamverkan.foundation.clock import STOCKHOLM, SetClock
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]


def row(event_id: int, at: datetime, **told: Any) -> dict[str, Any]:
    local = at.astimezone(STOCKHOLM)
    usual = {
        "id": event_id,
        "datetime": f"{local:%Y-%m-%d} {local.hour}:{local:%M:%S} +01:00",
        "name": f"{local.day} mars {local:%H.%M}, Inbrott, Höör",
        "summary": "Inbrott i villa.",
        "url": "/aktuellt/",
        "type": "Inbrott",
        "location": {"name": "Höör", "gps": "55.9,13.5"},
    }
    return usual | told


def take(town: AlertTown, clock: SetClock, *rows: dict[str, Any]) -> None:
    with town.runtime.database.write() as session:
        police.take_in(session, json.dumps(rows).encode(), seen_at=clock.now())


def page_of(client: FlaskClient, query: str = "kommun=1267") -> str:
    return client.get(f"/polishandelser?{query}").get_data(as_text=True)


def test_events_say_how_coarse_they_are_and_never_send(alert_town: AlertTown, clock: SetClock) -> None:
    yesterday = clock.now() - timedelta(days=1)
    county = row(2, yesterday, name="3 mars 13.00, Inbrott, Skåne län", location={"name": "Skåne län", "gps": "55,13"})
    fire = row(3, yesterday, name="3 mars 13.00, Brand, Höör", type="Brand", summary="Det brinner i en soptunna.")
    take(alert_town, clock, row(1, yesterday), county, fire)
    client = alert_town.signed_in("polis")
    page = page_of(client)
    assert "Någonstans i Höörs kommun" in page
    assert "Polisen säger bara länet" in page
    assert "soptunna" not in page
    assert "soptunna" in page_of(client, "kommun=1267&alla=1")
    assert "<form" not in page.split("<main", 1)[1].split("<section", 1)[1]  # links only: nothing here acts
    assert alert_town.sms.sent == []


def test_an_edited_event_shows_what_it_said_before(alert_town: AlertTown, clock: SetClock) -> None:
    yesterday = clock.now() - timedelta(days=1)
    take(alert_town, clock, row(1, yesterday))
    clock.advance(timedelta(minutes=20))
    take(alert_town, clock, row(1, yesterday, summary="Försök till inbrott i villa."))
    page = page_of(alert_town.signed_in("polis"))
    assert "Ändrad en gång" in page
    assert re.search(r"<del>[^<]*Inbrott i villa\.</del>", page)
    assert "Försök till inbrott i villa." in page


def test_an_event_begins_a_warning_that_remembers_it(alert_town: AlertTown, clock: SetClock) -> None:
    take(alert_town, clock, row(1, clock.now() - timedelta(days=1)))
    client = alert_town.signed_in("polis")
    assert 'href="/varningar/ny?handelse=1"' in page_of(client)
    form_page = client.get("/varningar/ny?handelse=1").get_data(as_text=True)
    assert 'id="nar-igar" checked' in form_page
    assert 'value="day" selected' in form_page
    form = alert_town.form("Nyby", handelse="1", nar="igar")
    form["csrf_token"] = token(client)
    location = client.post("/varningar/ny", data=form).headers["Location"]
    assert alert_town.alert(int(location.split("/")[2])).police_event_id == 1
    assert client.get("/varningar/ny?handelse=99").status_code == 404


def test_a_municipality_out_of_reach_is_not_shown(alert_town: AlertTown, clock: SetClock) -> None:
    take(
        alert_town,
        clock,
        row(1, clock.now(), name="4 mars 12.00, Inbrott, Eslöv", location={"name": "Eslöv", "gps": "0,0"}),
    )
    assert "Polisens händelser i Höör" in page_of(alert_town.signed_in("samordnare"), "kommun=1285")
    assert "Någonstans i Eslövs" not in page_of(alert_town.signed_in("samordnare"), "kommun=1285")
    assert "Någonstans i Eslövs kommun" in page_of(alert_town.signed_in("polis"), "kommun=1285")
