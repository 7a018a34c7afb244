"""A circle or a surface ticks whole networks in the writer's reach, says what it did, and is kept nowhere."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.geometry import centre, read_area
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]


def middle(town: AlertTown, name: str) -> str:
    """The middle of a network, as somebody would type it."""
    with town.runtime.database.read() as session:
        area = networks.network(session, town.networks[name]).area
    assert area is not None
    longitude, latitude = centre(read_area(area).outer_rings)
    return f"{latitude:.5f}, {longitude:.5f}"


def tick(town: AlertTown, client: FlaskClient, *ticked: str, **fields: str) -> tuple[int, str]:
    """Press the button: (status, page)."""
    form: MultiDict[str, str] = town.form(*ticked, gor="ringa", **fields)
    form["csrf_token"] = token(client)
    answer = client.post("/varningar/ny", data=form)
    return answer.status_code, answer.get_data(as_text=True)


def ticked(town: AlertTown, page: str) -> set[str]:
    ids = {int(found) for found in re.findall(r'name="var" value="(\d+)" id="[^"]+" checked', page)}
    return {name for name, network_id in town.networks.items() if network_id in ids}


def set_rules(town: AlertTown, **changes: int | str) -> None:
    with town.runtime.database.write() as session:
        places.set_rules(session, "1267", Rules(**changes))  # type: ignore[arg-type]


def households(town: AlertTown, name: str) -> int:
    with town.runtime.database.read() as session:
        return networks.joined_count(session, town.networks[name])


def test_a_circle_by_coordinates_ticks_whole_networks_beside_what_was_ticked(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    status, page = tick(alert_town, client, "Maglasäte", mitt=middle(alert_town, "Nyby"), radie="20")
    assert status == 200
    assert ticked(alert_town, page) == {"Nyby", "Maglasäte"}
    assert "Ett område rörs och är ikryssat: Nyby." in page
    assert 'name="mitt" value="5' in page  # as typed: to be moved a little and tried again


@pytest.mark.parametrize("typed", ["Nyby", "nyby", "Nyby, Höör", "Nybyvägen 12"])
def test_a_circle_by_the_name_of_a_place(alert_town: AlertTown, typed: str) -> None:
    status, page = tick(alert_town, alert_town.signed_in("polis"), mitt=typed, radie="20")
    assert (status, ticked(alert_town, page)) == (200, {"Nyby"}), page[:3000]


def test_a_large_circle_reaches_into_the_next_municipality_and_ticks_that_too(alert_town: AlertTown) -> None:
    status, page = tick(
        alert_town, alert_town.signed_in("polis"), kommuner="1", kommun="1266", mitt="Fulltofta", radie="5000"
    )
    found = ticked(alert_town, page)
    assert status == 200
    assert {"Fulltofta", "Ludvigsborg"} <= found
    assert len({alert_town.networks[name] for name in found}) == len(found)
    coordinator = alert_town.signed_in("samordnare")
    assert tick(alert_town, coordinator, mitt="Fulltofta", radie="5000")[0] == 422  # nothing there is theirs


def test_a_surface_as_corners_or_geojson_ticks_what_it_touches(alert_town: AlertTown) -> None:
    latitude, longitude = (float(one) for one in middle(alert_town, "Nyby").split(", "))
    corners = [(latitude, longitude), (latitude + 0.0004, longitude), (latitude, longitude + 0.0004)]
    lines = "\n".join(f"{north:.5f}, {east:.5f}" for north, east in corners)
    client = alert_town.signed_in("polis")
    assert ticked(alert_town, tick(alert_town, client, yta=lines, mitt="annat")[1]) == {"Nyby"}
    ring = [[east, north] for north, east in [*corners, corners[0]]]
    geojson = json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    assert ticked(alert_town, tick(alert_town, client, yta=geojson)[1]) == {"Nyby"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Skriv var mitten är"),
        ({"mitt": "Nyby", "radie": "stor"}, "Skriv radien i hela meter"),
        ({"mitt": "Nyby", "radie": "9"}, "Radien får vara 10 till 5000 meter"),
        ({"mitt": "Nyby", "radie": "5001"}, "Radien får vara 10 till 5000 meter"),
        ({"mitt": "Atlantis", "radie": "300"}, "Vi hittar ingen sådan plats"),
        ({"mitt": "vägen", "radie": "300"}, "Flera platser heter så"),
        ({"mitt": "58.4, 15.6", "radie": "300"}, "Inget område rörs. Det närmaste ligger"),
        ({"yta": "55.94, 13.55\n55.95, 13.56"}, "minst tre hörn"),
        ({"yta": "55.94, 13.55\nher"}, "Rad 2 går inte att läsa"),
        ({"yta": '{"type": "Point", "coordinates": [13.5, 55.9]}'}, "Rita området som en polygon"),
        ({"yta": "{"}, "Filen är inte GeoJSON"),
        ({"yta": "59.33, 18.06\n59.34, 18.06\n59.33, 18.07"}, "långt från kommunen"),
        ({"yta": "5" * 100_001}, "Texten är för lång"),
    ],
)
def test_what_cannot_be_a_shape_is_said_at_its_field(alert_town: AlertTown, fields: dict[str, str], told: str) -> None:
    status, page = tick(alert_town, alert_town.signed_in("polis"), "Maglasäte", **fields)
    assert status == 422
    assert told in page
    assert "<title>Fel: " in page
    assert ticked(alert_town, page) == {"Maglasäte"}  # what was ticked stays


def test_too_few_homes_take_the_nearest_too_or_are_refused_as_the_municipality_wants(alert_town: AlertTown) -> None:
    client, there = alert_town.signed_in("polis"), {"mitt": "Nyby", "radie": "20"}
    least = households(alert_town, "Nyby") + 1
    set_rules(alert_town, shape_least_households=least)
    status, page = tick(alert_town, client, **there)
    assert (status, len(ticked(alert_town, page))) == (200, 2)
    assert f"Där är färre än {least} hushåll med. Därför är också det närmaste ikryssat: " in page
    set_rules(alert_town, shape_least_households=least, small_shape="refuse")
    status, page = tick(alert_town, client, **there)
    assert (status, ticked(alert_town, page)) == (422, set())
    assert f"Där är färre än {least} hushåll med. Gör ytan större" in page


def test_a_contact_persons_circle_ticks_nothing_but_their_own(alert_town: AlertTown) -> None:
    status, page = tick(alert_town, alert_town.signed_in("ombud"), mitt="Nyby", radie="5000")
    assert (status, ticked(alert_town, page)) == (200, {"Nyby"})


def test_the_shape_is_kept_nowhere(alert_town: AlertTown) -> None:
    """Not with the draft that is written from it, and in no other row."""
    client, here = alert_town.signed_in("polis"), middle(alert_town, "Nyby")
    alert_town.write(client, "Nyby", mitt=here, radie="321", yta="")
    with alert_town.runtime.database.engine.connect() as rows:
        names = rows.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for name in names:
            for row in rows.execute(text(f'SELECT * FROM "{name}"')):
                assert here not in str(tuple(row)), name
