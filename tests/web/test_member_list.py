"""A network's list for its own neighbours: decided by the network, chosen by each household, seen by those on it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain import accounts, audit, membership, networks, people
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import Household, JoinedBy, Shows, ToNeighbours
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_phone
from tests.support.web_town import HOOR, NOW, Town, token


class Neighbour:
    """Somebody in Nyby on their own page."""

    def __init__(self, town: Town, number: int, label: str, shows: Shows = Shows.NAME) -> None:
        self.town, self.client = town, town.visitor()
        with town.runtime.database.write() as rows:
            person = people.add_person(rows, HOOR, now=NOW)
            people.add_address(rows, person, ChannelKind.SMS, a_phone(number), now=NOW)
            people.consent(rows, person, ChannelKind.SMS, given_by=GivenBy.SELF, now=NOW)
            place = Place(town.network_ids["Nyby"])
            household = membership.let_in(rows, person, place, Choices(shows, label), JoinedBy.SLIP, now=NOW)
            visit = accounts.open_session(rows, None, {}, NOW, accounts.VISIT, person_id=person.id)
            self.household_id = household.id or 0
        self.client.set_cookie("grannsamverkan", visit)
        self.path = f"/min-sida/grannlista/{self.household_id}"

    def page(self) -> str:
        return self.client.get(self.path).get_data(as_text=True)

    def choose(self, shows: str, name: str) -> Any:
        form = {"csrf_token": token(self.client, "/min-sida/jag"), "visa": shows, "namn": name}
        return self.client.post(self.path, data=form)


def decide(client: FlaskClient, town: Town, name: str, on: bool) -> int:
    form = {"csrf_token": token(client), "pa": "1" if on else "0", "ja": "1"}
    return int(client.post(f"/omraden/{town.network_ids[name]}/grannlista", data=form).status_code)


@pytest.fixture
def listed(town: Town) -> Town:
    """Nyby has decided to have a list."""
    assert decide(town.signed_in("samordnare"), town, "Nyby", on=True) == 303
    return town


def test_without_the_networks_decision_there_is_no_list(town: Town) -> None:
    one = Neighbour(town, 0, "Hus 1")
    assert one.client.get(one.path).status_code == 404
    assert one.choose("name", "Hus 1").status_code == 404
    assert "rannlista" not in one.client.get("/min-sida/jag").get_data(as_text=True)
    contact = town.signed_in("kontakt")
    assert contact.get(f"/omraden/{town.network_ids['Nyby']}/grannlista.pdf").status_code == 404
    assert decide(contact, town, "Nyby", on=True) == 403
    lead = town.signed_in("huvud")
    assert decide(lead, town, "Tjörnarp", on=True) == 303
    assert decide(lead, town, "Nyby", on=True) == 404
    with town.runtime.database.read() as rows:
        assert {act.act for act in audit.history(rows, "network", town.network_ids["Tjörnarp"])} == {"member_list.on"}


def test_everybody_is_out_until_they_have_seen_how_it_looks_and_chosen(listed: Town) -> None:
    one, other = Neighbour(listed, 0, "Hus 1"), Neighbour(listed, 1, "Hus 2")
    page = one.page()
    seen = re.findall(r'class="gs-bubble">(.*?)</p>', page)
    assert seen == ["Hus 1", "Hus 1<br>070-174 06 05"]
    assert "Hus 2" not in page
    assert one.choose("contact", "Familjen Ek").status_code == 303
    assert "Hus 2" not in one.page()  # she has not chosen to
    assert "Ek" not in other.page()  # and does not see those who have
    assert other.choose("name", "Hus 2").status_code == 303
    theirs, mine = other.page(), one.page()
    assert "Familjen Ek" in theirs
    assert "070-174 06 05" in theirs
    assert "Hus 2" in mine
    assert "070-174 06 06" not in mine
    with listed.runtime.database.read() as rows:
        said = [notice.body for notice in rows.exec(select(Notice))]
        assert len(said) == 2
        assert all("grannlistan" in text for text in said)


def test_a_name_is_needed_and_nonsense_is_refused(listed: Town) -> None:
    one = Neighbour(listed, 0, "", Shows.NOTHING)
    refused = one.choose("name", " ")
    assert refused.status_code == 422
    assert refused.get_data(as_text=True).count("Skriv ett namn eller husnummer, eller välj") == 2
    assert one.choose("x", "Hus 1").status_code == 400
    other = Neighbour(listed, 1, "Hus 2")
    assert other.client.get(one.path).status_code == 404
    assert one.choose("name", "Hus 1").status_code == 303
    with listed.runtime.database.read() as rows:
        household = rows.get(Household, one.household_id)
        assert household is not None
        assert (household.shows, household.to_neighbours) == (Shows.NOTHING, ToNeighbours.NAME)


@pytest.mark.parametrize("way", ["nothing", "hidden", "leave", "erase", "moved away"])
def test_leaving_the_list_counts_at_once(listed: Town, way: str) -> None:
    one, other = Neighbour(listed, 0, "Hus 1"), Neighbour(listed, 1, "Hus 2")
    for neighbour, name in ((one, "Hus 1"), (other, "Hus 2")):
        neighbour.choose("contact", name)
    assert "Hus 1" in other.page()
    form = {"csrf_token": token(one.client, "/min-sida/jag"), "syns": "nothing", "namn": "", "ja": "1"}
    if way == "nothing":
        one.choose("nothing", "Hus 1")
    elif way == "hidden":
        one.client.post(f"/min-sida/syns/{one.household_id}", data=form)
    elif way == "leave":
        one.client.post(f"/min-sida/lamna/{one.household_id}", data=form)
    elif way == "erase":
        one.client.post("/min-sida/radera", data=form)
    else:
        with listed.runtime.database.write() as rows:
            household = rows.get(Household, one.household_id)
            assert household is not None
            networks.leave(rows, household, now=NOW)
    page = other.page()
    assert "Hus 1" not in page
    assert "070-174 06 05" not in page


def test_who_has_looked_is_written_down_and_shown_as_a_neighbour(listed: Town) -> None:
    one, other = Neighbour(listed, 0, "Hus 1"), Neighbour(listed, 1, "Hus 2")
    for neighbour, name in ((one, "Hus 1"), (other, "Hus 2")):
        neighbour.choose("name", name)
    for _ in range(2):
        other.page()
    page = one.client.get("/min-sida/allt").get_data(as_text=True)
    assert len(re.findall("Granne, såg grannlistan", page)) == 1
    assert "såg grannlistan" not in other.client.get("/min-sida/allt").get_data(as_text=True)
    views = listed.signed_in("samordnare").get(f"/omraden/{listed.network_ids['Nyby']}/visningar")
    assert "En granne" in views.get_data(as_text=True)


def test_staff_see_a_number_and_a_contact_person_prints_what_the_list_shows(listed: Town) -> None:
    one = Neighbour(listed, 0, "Hus 1")
    one.choose("contact", "Familjen Ek")
    area = listed.network_ids["Nyby"]
    for name in ("samordnare", "kontakt"):
        page = listed.signed_in(name).get(f"/omraden/{area}/grannlista").get_data(as_text=True)
        assert "1 av 25 hushåll står på listan" in page
        assert "Familjen Ek" not in page
    assert listed.signed_in("samordnare").get(f"/omraden/{area}/grannlista.pdf").status_code == 403
    assert listed.signed_in("polis").get(f"/omraden/{area}/grannlista").status_code == 403
    assert listed.signed_in("kontakt").get(f"/omraden/{area}/grannlista.pdf").data.startswith(b"%PDF")
    assert "skrev ut listan" in one.client.get("/min-sida/allt").get_data(as_text=True)


def test_a_list_that_ends_is_emptied(listed: Town) -> None:
    one = Neighbour(listed, 0, "Hus 1")
    one.choose("name", "Hus 1")
    client = listed.signed_in("samordnare")
    for on in (False, True):
        assert decide(client, listed, "Nyby", on=on) == 303
    with listed.runtime.database.read() as rows:
        network = networks.network(rows, listed.network_ids["Nyby"])
        assert membership.neighbours(rows, network) == []
    assert "Du står inte på listan" in one.client.get("/min-sida/jag").get_data(as_text=True)


@pytest.mark.parametrize("ticked", [True, False])
def test_a_neighbour_on_paper_is_on_the_list_when_the_paper_says_so(listed: Town, ticked: bool) -> None:
    contact, area = listed.signed_in("kontakt"), listed.network_ids["Nyby"]
    path = f"/omraden/{area}/hushall/nytt"
    form = {"unit": "0", "shows": "name", "label": "Hus 7", "paper_on": "2026-03-01", "signed": "y"}
    form |= {"listed": "y"} if ticked else {}
    assert contact.post(path, data={"csrf_token": token(contact, path), **form}).status_code == 303
    with listed.runtime.database.read() as rows:
        network = networks.network(rows, area)
        assert [one.label for one in membership.neighbours(rows, network)] == (["Hus 7"] if ticked else [])
