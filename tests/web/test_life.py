"""The life of a network through the pages: from nothing to active, its people and meetings, merge, split and end."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from grannsamverkan.domain import alerts, lifecycle, membership, networks, people
from grannsamverkan.domain.alerts import Target
from grannsamverkan.domain.lifecycle import MeetingState
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import ContactPerson, JoinedBy, NetworkState, Shows, WatchNetwork
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_phone, a_started_alert
from tests.support.web_town import HOOR, NOW, Town, token


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/omraden/nytt"), **form})


def state_of(town: Town, network_id: int) -> NetworkState:
    with town.runtime.database.read() as rows:
        return networks.state_of(rows, network_id)


def forward(town: Town, client: FlaskClient, network_id: int) -> int:
    fran = state_of(town, network_id).value
    return int(post(client, f"/omraden/{network_id}/lage", fran=fran).status_code)


def a_household(town: Town, network_id: int, number: int, unit_id: int | None = None) -> int:
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=town.clock.now())
        people.add_address(rows, person, ChannelKind.SMS, a_phone(number), now=town.clock.now())
        people.consent(rows, person, ChannelKind.SMS, given_by=people.GivenBy.SELF, now=town.clock.now())
        choices = Choices(Shows.NAME, f"Hus {number}")
        place = Place(network_id, unit_id)
        return membership.let_in(rows, person, place, choices, JoinedBy.SLIP, now=town.clock.now()).id or 0


def created(town: Town, client: FlaskClient, name: str, kind: str, parts: str) -> int:
    answer = post(
        client, "/omraden/nytt", municipality=HOOR, name=name, kind=kind, dwellings="8", postcodes="243 31, 24332"
    )
    assert answer.status_code == 303
    network_id = int(re.findall(r"\d+", answer.headers["Location"])[0])
    assert post(client, f"/omraden/{network_id}/delar", parts=parts).status_code == 303
    return network_id


@pytest.mark.parametrize(
    ("kind", "parts"), [("villa", "Ekvägen\nBokvägen"), ("apartment", "Linden 1: A, B, C")], ids=["villa", "apartment"]
)
def test_from_interest_to_active_and_a_resignation(town: Town, kind: str, parts: str) -> None:
    client = town.signed_in("samordnare")
    area = created(town, client, "Ekbacken", kind, parts)
    assert state_of(town, area) is NetworkState.INTEREST
    refused = post(client, f"/omraden/{area}/lage", fran="interest")
    assert refused.status_code == 422
    assert "Minst 5 intresserade" in refused.get_data(as_text=True)
    for number in range(5):
        a_household(town, area, number)
    assert forward(town, client, area) == 303
    assert forward(town, client, area) == 422

    meeting = {"kind": "start", "day": "2026-03-20", "clock": "18:00", "minutes": "90", "place": "Församlingshemmet"}
    answer = post(client, f"/omraden/{area}/moten", **meeting)
    page = answer.headers["Location"]
    assert forward(town, client, area) == 303
    for _ in range(2):
        assert post(client, f"{page}/bjud-in").status_code == 303
    with town.runtime.database.read() as rows:
        invited = [row for row in rows.exec(select(Notice)) if row.kind is NoticeKind.MEETING]
        assert len(invited) == 5
        assert "fredag 20 mars klockan 18.00" in invited[0].body
    assert post(client, f"{page}/hallet", attendance="4", protocol="").status_code == 422
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=17))
    client = town.signed_in("samordnare")
    bad = post(client, f"{page}/hallet", attendance="4", protocol="Ring 070-174 06 05")
    assert bad.status_code == 422
    assert post(client, f"{page}/hallet", attendance="4", protocol="Bra möte.").status_code == 303
    assert post(client, f"{page}/atgard", words="Laga porten", addressee="owner", due_on="").status_code == 303
    assert "Laga porten" in client.get("/atgarder?vem=alla").get_data(as_text=True)
    assert forward(town, client, area) == 303

    assert forward(town, client, area) == 422
    path = f"/omraden/{area}/kontaktombud"
    new = {
        "helper": "0",
        "name": "Åsa Öberg",
        "phone": "070-174 06 50",
        "email": "",
        "role": "contact_person",
        "unit": "0",
    }
    assert post(client, path, **new).status_code == 303
    assert post(client, path, **{**new, "name": "Bo Ek", "phone": "070-174 06 51", "role": "deputy"}).status_code == 303
    with town.runtime.database.read() as rows:
        first, second = networks.contact_persons(rows, area)
    assert post(client, f"{path}/{first.id}/utbildad", trained_on="2030-01-01").status_code == 422
    assert post(client, f"{path}/{first.id}/utbildad", trained_on="2026-03-19").status_code == 303
    assert forward(town, client, area) == 303
    assert state_of(town, area) is NetworkState.ACTIVE
    with town.runtime.database.read() as rows:
        assert networks.coverage(rows, area, guidance=12).households_of == {first.id: 5}

    assert post(client, f"{path}/{first.id}/sluta", because="wish").status_code == 303
    with town.runtime.database.read() as rows:
        assert networks.coverage(rows, area, guidance=12).households_of == {second.id: 5}
        assert [span.state for span in lifecycle.history(rows, area)][:2] == [
            NetworkState.ACTIVE,
            NetworkState.TRAINING,
        ]
    page = client.get(f"/omraden/{area}/lage").get_data(as_text=True)
    assert "Aktiv" in page


def test_training_gives_each_who_came_the_date(town: Town) -> None:
    client = town.signed_in("polis")
    form = {"municipality": HOOR, "day": "2026-03-10", "clock": "18:00", "minutes": "120", "place": "Polishuset"}
    page = post_as(client, "/utbildningar", **form).headers["Location"]
    assert post_as(client, f"{page}/bjud-in").status_code == 303
    with town.runtime.database.read() as rows:
        training = lifecycle.trainings(rows, [HOOR])[0]
        seats = lifecycle.seats(rows, training)
    assert len(seats) == 2
    assert post_as(client, f"{page}/hallen", kom=str(seats[0].person_id)).status_code == 422
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=7))
    client = town.signed_in("polis")
    assert post_as(client, f"{page}/hallen", kom=str(seats[0].person_id)).status_code == 303
    with town.runtime.database.read() as rows:
        assert list(lifecycle.trained(rows, [seat.person_id for seat in seats])) == [seats[0].person_id]
        assert lifecycle.training(rows, training.id or 0).state is MeetingState.HELD
    calendar = client.get(f"/utbildningar/{training.uid}.ics").get_data(as_text=True)
    assert "DTSTART;TZID=Europe/Stockholm:20260310T180000" in calendar


def post_as(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/utbildningar"), **form})


def test_an_invited_contact_person_makes_an_account_once(town: Town) -> None:
    client, area = town.signed_in("samordnare"), town.network_ids["Sätofta"]
    path = f"/omraden/{area}/kontaktombud"
    new = {"helper": "0", "name": "Åsa", "phone": "", "email": "asa@post.example", "role": "lead", "unit": "0"}
    assert post(client, path, **new).status_code == 303
    with town.runtime.database.read() as rows:
        role = networks.contact_persons(rows, area)[0]
    post(client, f"{path}/{role.id}/bjud-in")
    page = client.get(path).get_data(as_text=True)
    code = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", page)[0]
    assert code not in client.get(path).get_data(as_text=True)
    visitor = town.visitor()
    form = {"csrf_token": token(visitor, "/inbjudan"), "code": code, "name": "åsa", "password": "kort"}
    assert visitor.post("/inbjudan", data=form).status_code == 422
    form["password"] = "tre ord om dagen räcker"
    assert visitor.post("/inbjudan", data=form).headers["Location"] == "/hem"
    assert visitor.get(f"/omraden/{area}/hushall").status_code == 200
    again = town.visitor()
    form = {**form, "csrf_token": token(again, "/inbjudan"), "name": "någon annan"}
    assert again.post("/inbjudan", data=form).status_code == 422


def test_merge_keeps_the_past_and_moves_everybody(town: Town) -> None:
    client = town.signed_in("samordnare")
    area, into = created(town, client, "Västra", "villa", "Ekvägen"), town.network_ids["Nyby"]
    with town.runtime.database.read() as rows:
        unit_id = networks.units(rows, area)[0].id
    for number in range(3):
        a_household(town, area, number, unit_id)
    with town.runtime.database.write() as rows:
        row = networks.network(rows, area)
        networks.enter_state(rows, row, NetworkState.ACTIVE, now=NOW)
    assert isinstance(town.clock, SetClock)
    before = town.clock.now() + timedelta(hours=1)
    town.clock.advance(timedelta(days=1))
    with town.runtime.database.read() as rows:
        counted = networks.counts(rows, before, [HOOR])
    client = town.signed_in("samordnare")
    assert post(client, f"/omraden/{area}/sla-ihop", into=str(into)).headers["Location"] == f"/omraden/{into}"
    with town.runtime.database.read() as rows:
        assert networks.counts(rows, before, [HOOR]) == counted
        assert networks.joined_count(rows, into) == 27
        assert networks.joined_count(rows, area) == 0
        assert networks.network(rows, area).merged_into_id == into
    assert state_of(town, area) is NetworkState.ENDED


def test_split_takes_parts_with_their_households_and_contact_persons(town: Town) -> None:
    client = town.signed_in("samordnare")
    area = created(town, client, "Stora", "apartment", "Hus 1: A, B\nHus 2: A")
    with town.runtime.database.write() as rows:
        units = {name: unit_id for unit_id, name in networks.unit_names(rows, [area]).items()}
        network = networks.network(rows, area)
        person = people.add_person(rows, HOOR, now=NOW)
        unit = networks.unit_of(rows, area, units["Hus 2"])
        networks.add_contact_person(
            rows, network, person.id or 0, networks.ContactRole.CONTACT_PERSON, now=NOW, unit=unit
        )
    a_household(town, area, 0, units["Hus 1 A"])
    a_household(town, area, 1, units["Hus 2 A"])
    assert post(client, f"/omraden/{area}/dela", name="Nyby", units=str(units["Hus 2"])).status_code == 422
    both = [str(units["Hus 1"]), str(units["Hus 2"])]
    assert post(client, f"/omraden/{area}/dela", name="Lilla", units=both).status_code == 422
    assert post(client, f"/omraden/{area}/dela", name="Lilla", units=str(units["Hus 2"])).status_code == 303
    with town.runtime.database.read() as rows:
        fresh = rows.exec(select(WatchNetwork).where(WatchNetwork.name == "Lilla")).one()
        assert networks.joined_count(rows, fresh.id or 0) == networks.joined_count(rows, area) == 1
        assert len(networks.contact_persons(rows, fresh.id or 0)) == 1
        assert networks.coverage(rows, fresh.id or 0, guidance=12).unassigned == 0


def test_an_ended_network_lets_its_households_go_and_tells_them(town: Town) -> None:
    client, area = town.signed_in("samordnare"), town.network_ids["Sätofta"]
    a_household(town, area, 0)
    assert post(client, f"/omraden/{area}/avsluta").status_code == 422
    assert post(client, f"/omraden/{area}/avsluta", because="wish").status_code == 303
    assert state_of(town, area) is NetworkState.ENDED
    with town.runtime.database.read() as rows:
        assert networks.joined_count(rows, area) == 0
        assert [row.kind for row in rows.exec(select(Notice))] == [NoticeKind.CHANGED]


def test_an_active_network_rests_and_comes_back_only_with_a_trained_person(town: Town) -> None:
    client, area = town.signed_in("samordnare"), town.network_ids["Nyby"]
    assert post(client, f"/omraden/{area}/vila", because="paused").status_code == 303
    assert state_of(town, area) is NetworkState.DORMANT
    assert forward(town, client, area) == 422
    with town.runtime.database.write() as rows:
        role = rows.exec(select(ContactPerson).where(col(ContactPerson.network_id) == area)).one()
        lifecycle.note_training(rows, role.person_id, NOW.date(), now=NOW)
    assert forward(town, client, area) == 303


SQUARE = "55.94, 13.50\n55.95, 13.50\n55.95, 13.52"


def test_a_boundary_is_typed_or_uploaded(town: Town) -> None:
    client, area = town.signed_in("samordnare"), town.network_ids["Nyby"]
    path = f"/omraden/{area}/grans"
    assert post(client, path, corners=SQUARE).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert "55.940000, 13.500000" in page
    geojson = b'{"type":"Polygon","coordinates":[[[13.5,55.9],[13.6,55.9],[13.6,56.0],[13.5,55.9]]]}'
    assert post(client, path, corners="", file=(BytesIO(geojson), "omrade.geojson")).status_code == 303
    assert "55.900000, 13.600000" in client.get(path).get_data(as_text=True)
    two = f"{SQUARE}\n\n55.96, 13.54\n55.97, 13.54\n55.97, 13.56"
    assert post(client, path, corners=two).status_code == 303
    assert "55.950000, 13.520000\n\n55.960000, 13.540000" in client.get(path).get_data(as_text=True)
    for corners, said in (
        (SQUARE[:12], "minst tre"),
        ("hej", "Rad 1"),
        ("13.50, 55.94\n13.52, 55.94\n13.52, 55.95", "bytt plats"),
        ("55.94, 13.50\n55.95, 13.52\n55.94, 13.52\n55.955, 13.503", "korsar sig själv"),
        ("59.3, 18.0\n59.31, 18.0\n59.31, 18.02", "långt från kommunen"),
        ("55.8, 13.4\n56.1, 13.4\n56.1, 13.8", "kvadratkilometer"),
        ("", "minst tre"),
    ):
        answer = post(client, path, corners=corners)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert post(client, path, corners="", file=(BytesIO(b"\xff\xfe"), "x")).status_code == 422
    assert post(client, path, **{"ta-bort": "1", "ja": "1"}).status_code == 303


def test_parts_are_added_renamed_and_removed_only_when_empty(town: Town) -> None:
    client = town.signed_in("samordnare")
    area = created(town, client, "Ek", "apartment", "Hus 1: A, B")
    for parts, said in (("Hus 1", "finns redan"), ("Hus 2: A, A", "samma namn")):
        answer = post(client, f"/omraden/{area}/delar", parts=parts)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    with town.runtime.database.read() as rows:
        units = {name: unit_id for unit_id, name in networks.unit_names(rows, [area]).items()}
    assert set(units) == {"Hus 1", "Hus 1 A", "Hus 1 B"}
    a_household(town, area, 0, units["Hus 1 A"])
    path = f"/omraden/{area}/delar/{units['Hus 1 A']}"
    assert "1 hushåll" in post(client, f"{path}/ta-bort").get_data(as_text=True)
    assert post(client, path, name="B", dwellings="").status_code == 422
    assert post(client, path, name="Norra", dwellings="12").status_code == 303
    assert post(client, f"/omraden/{area}/delar/{units['Hus 1 B']}/ta-bort", ja="1").status_code == 303


def test_a_part_that_was_warned_is_taken_out_of_use_and_its_warning_stays(town: Town) -> None:
    client, area = town.signed_in("samordnare"), town.network_ids["Nyby"]
    assert post(client, f"/omraden/{area}/delar", parts="Ekvägen\nBokvägen").status_code == 303
    with town.runtime.database.read() as rows:
        units = {name: unit_id for unit_id, name in networks.unit_names(rows, [area]).items()}
    oak, beech = units["Ekvägen"], units["Bokvägen"]
    a_household(town, area, 0, oak)
    with town.runtime.database.write() as rows:
        alert = a_started_alert(rows, area, targets=(Target(network_id=area, unit_id=oak),))
        alert_id = alert.id or 0
        network, unit = networks.network(rows, area), networks.unit_of(rows, area, oak)
        batch = membership.make_batch(rows, network, unit, slips=2, days=9, account_id=1, now=NOW)
        asker = people.add_person(rows, HOOR, now=NOW)
        membership.ask_to_be_let_in(rows, asker, Place(area, oak), Choices(), now=NOW)
    path = f"/omraden/{area}/delar/{oak}"
    refused = post(client, f"{path}/ta-bort")
    assert refused.status_code == 422
    assert "Flytta dem till en annan del först" in refused.get_data(as_text=True)
    assert "Flytta ett hushåll" in client.get(path).get_data(as_text=True)
    assert post(client, f"{path}/flytta", till="999").status_code == 422
    assert post(client, f"{path}/flytta", till=str(beech)).status_code == 303
    assert post(client, f"{path}/ta-bort", ja="1").status_code == 303
    assert client.get(path).status_code == 404
    with town.runtime.database.read() as rows:
        assert [unit.id for unit in networks.units(rows, area)] == [beech]
        assert networks.living_in(rows, beech) == 1
        assert alerts.places_of(rows, alert_id) == ["Ekvägen"]
        assert [one.unit_id for one in membership.requests(rows, [area])] == [None]
        called_back = membership.batch(rows, area, batch.id or 0)
        assert not membership.is_usable(called_back, NOW)
    for page in (f"/omraden/{area}/lappar", f"/omraden/{area}/kontaktombud", f"/varningar/ny?omrade={area}"):
        choices = re.findall(r"<option[^>]*>([^<]*)|<label[^>]*>([^<]*)", client.get(page).get_data(as_text=True))
        assert "Ekvägen" not in {words.strip() for one in choices for words in one}
    assert post(client, f"/omraden/{area}/delar", parts="Ekvägen").status_code == 303
    with town.runtime.database.read() as rows:
        assert {unit.id for unit in networks.units(rows, area)} == {oak, beech}


def test_rules_are_kept_and_nonsense_is_refused(town: Town) -> None:
    client = town.signed_in("samordnare")
    page = client.get("/installningar").get_data(as_text=True)
    filled = dict(re.findall(r'name="(\w+)"[^>]*value="(\d+)"', page))
    filled |= {
        "signs_ordered_by": "police",
        "office_lets_in": "no",
        "ongoing_by": "staff",
        "contact_alert_needs_two": "no",
        "small_shape": "refuse",
        "advice_after_warning": "no",
        "drill_by": "staff",
        "drill_needs_two": "yes",
        "contact_text": "Ring växeln",
    }
    wrong = post(client, "/installningar", **{**filled, "signs_least": "9"})
    assert wrong.status_code == 422
    assert post(client, "/installningar", **{**filled, "interested_least": "3"}).status_code == 303
    with town.runtime.database.read() as rows:
        from grannsamverkan.domain import places

        kept = places.rules(rows, HOOR)
        assert (kept.interested_least, kept.signs_ordered_by, kept.least_share_percent) == (3, "police", 50)
        assert places.served_municipality(rows, HOOR).contact_text == "Ring växeln"
