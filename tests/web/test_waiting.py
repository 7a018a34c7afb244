"""Households that wait where no contact person can answer: the coordinator sees how many and where, never who."""

import pytest
from sqlmodel import select

from grannsamverkan.domain import accounts, membership, networks, people, places
from grannsamverkan.domain.membership import Choices, JoinRequest, Place
from grannsamverkan.domain.networks import ContactRole, Shows, UnitKind
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_phone
from tests.support.web_town import HOOR, NOW, Town, token


def asks(town: Town, name: str, number: int, unit_id: int | None = None) -> None:
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW)
        people.add_address(rows, person, ChannelKind.SMS, a_phone(number), now=NOW)
        people.consent(rows, person, ChannelKind.SMS, given_by=GivenBy.SELF, now=NOW)
        place = Place(town.network_ids[name], unit_id)
        membership.ask_to_be_let_in(rows, person, place, Choices(Shows.NAME, "Familjen Hemlig"), now=NOW)


def a_street(town: Town, name: str, street: str) -> int:
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids[name])
        return networks.add_unit(rows, network, UnitKind.STREET, street).id or 0


@pytest.mark.goal("S3")
def test_the_coordinator_sees_how_many_and_where_and_never_who(town: Town) -> None:
    street = a_street(town, "Sätofta", "Ringsjövägen")
    for number in range(2):
        asks(town, "Sätofta", number, street)
    asks(town, "Nyby", 2)  # a contact person with an account sees this one
    client = town.signed_in("samordnare")
    assert "2 hushåll väntar där inget kontaktombud kan svara" in client.get("/hem").get_data(as_text=True)
    page = client.get("/vantar").get_data(as_text=True)
    assert "Ringsjövägen" in page
    assert "Sätofta" in page
    assert "Nyby" not in page
    assert "Hemlig" not in page
    assert "070" not in page
    assert "Släpp in" not in page
    assert "hushåll väntar" not in town.signed_in("samordnare-eslov").get("/hem").get_data(as_text=True)


@pytest.mark.parametrize("has_account", [False, True])
def test_a_contact_person_without_an_account_sees_nobody(town: Town, has_account: bool) -> None:
    street = a_street(town, "Sätofta", "Ringsjövägen")
    asks(town, "Sätofta", 0, street)
    with town.runtime.database.write() as rows:
        network, person = networks.network(rows, town.network_ids["Sätofta"]), people.add_person(rows, HOOR, now=NOW)
        unit = networks.unit_of(rows, town.network_ids["Sätofta"], street)
        networks.add_contact_person(rows, network, person.id or 0, ContactRole.CONTACT_PERSON, now=NOW, unit=unit)
        if has_account:
            draft = accounts.AccountDraft(
                "nytt ombud", "en lampa i varje fönster", accounts.Role.CONTACT_PERSON, person_id=person.id
            )
            accounts.add_account(rows, draft, NOW, passwords=accounts.CHEAP)
    page = town.signed_in("samordnare").get("/vantar").get_data(as_text=True)
    assert ("Ringsjövägen" in page) is not has_account


def test_the_office_lets_in_only_where_the_municipality_has_decided_so(town: Town) -> None:
    street = a_street(town, "Sätofta", "Ringsjövägen")
    asks(town, "Sätofta", 0, street)
    asks(town, "Nyby", 1)
    client, area = town.signed_in("samordnare"), town.network_ids["Sätofta"]
    path = f"/omraden/{area}/vantar"
    assert client.post(path, data={"csrf_token": token(client), "del": street}).status_code == 403
    with town.runtime.database.write() as rows:
        places.set_rules(rows, HOOR, Rules(office_lets_in=places.YES))
    assert "Släpp in ett hushåll" in client.get("/vantar").get_data(as_text=True)
    assert client.post(path, data={"csrf_token": token(client), "del": "0"}).status_code == 404
    other = f"/omraden/{town.network_ids['Nyby']}/vantar"
    assert client.post(other, data={"csrf_token": token(client), "del": "0"}).status_code == 404
    assert client.post(path, data={"csrf_token": token(client), "del": street}).status_code == 303
    with town.runtime.database.read() as rows:
        assert [row.unit_id for row in networks.living_households(rows, area)][-1] == street
        assert [row.kind for row in rows.exec(select(Notice))] == [NoticeKind.WELCOME]
        assert len(membership.requests(rows, [town.network_ids["Nyby"]])) == 1
        assert len(rows.exec(select(JoinRequest)).all()) == 2
