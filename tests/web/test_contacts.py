"""Contact persons through the pages: coverage, hand-over with the successor invited, vacancies, households, silence."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from grannsamverkan import rounds
from grannsamverkan.domain import accounts, duties, networks, people
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.domain.networks import ContactPerson, ContactRole, HouseholdAssignment, NetworkState, UnitKind
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import show
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_phone
from tests.support.web_town import HOOR, NOW, Town, token


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    network = path.split("/")[2]
    return client.post(path, data={"csrf_token": token(client, f"/omraden/{network}/moten"), **form})


def a_role(
    town: Town, network: str, role: ContactRole, number: int, *, unit_id: int | None = None, sms: bool = False
) -> ContactPerson:
    """Somebody new who carries a role, with a mailbox or a phone, and without an account."""
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW, name=f"Ombud {number}")
        channel = ChannelKind.SMS if sms else ChannelKind.EMAIL
        people.add_address(rows, person, channel, a_phone(number) if sms else a_mailbox(number), now=NOW)
        people.consent(rows, person, channel, given_by=people.GivenBy.OFFICE, now=NOW)
        row = networks.network(rows, town.network_ids[network])
        unit = networks.unit_of(rows, row.id or 0, unit_id)
        return networks.add_contact_person(rows, row, person.id or 0, role, now=NOW, unit=unit)


def roles(town: Town, network: str) -> list[ContactPerson]:
    with town.runtime.database.read() as rows:
        return networks.contact_persons(rows, town.network_ids[network])


def told(town: Town, kind: NoticeKind) -> list[str]:
    with town.runtime.database.read() as rows:
        return list(rows.exec(select(Notice.body).where(Notice.kind == kind).order_by(col(Notice.id))))


def shares(town: Town, network: str) -> dict[int, int]:
    with town.runtime.database.read() as rows:
        return networks.coverage(rows, town.network_ids[network], guidance=15).households_of


def given_all(town: Town, role: ContactPerson, network: str) -> None:
    with town.runtime.database.write() as rows:
        kept = networks.contact_person(rows, town.network_ids[network], role.id or 0)
        networks.take_over(rows, kept, now=NOW)


# ------------------------------------------------------------------------------------------------ hand-over


def test_whoever_follows_gets_households_and_tasks_is_told_and_invited(town: Town) -> None:
    (mine,) = roles(town, "Nyby")
    given_all(town, mine, "Nyby")
    rounds.plan_duties(town.runtime)
    deputy = a_role(town, "Nyby", ContactRole.DEPUTY, 7)
    path = f"/omraden/{town.network_ids['Nyby']}/sluta-som-ombud"
    client = town.signed_in("kontakt")
    assert "Sluta som kontaktombud" in client.get(path).get_data(as_text=True)
    assert client.post(path, data={"csrf_token": token(client, path), "ja": "1"}).status_code == 303
    assert [role.id for role in roles(town, "Nyby")] == [deputy.id]
    assert shares(town, "Nyby") == {deputy.id: 24}
    with town.runtime.database.read() as rows:
        theirs = duties.tasks_of(rows, deputy.person_id, month_begins=NOW.date().replace(day=1))
        assert len(theirs) == 3
        assert duties.waiting(rows, [town.network_ids["Nyby"]]) == []
    taken_over, invited = told(town, NoticeKind.INVITATION)
    assert "Du har nu hand om 24 hushåll där." in taken_over
    code = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", invited)[0]
    visitor = town.visitor()
    form = {"csrf_token": token(visitor, "/inbjudan"), "code": code, "name": "ny", "password": "tre ord om dagen"}
    assert visitor.post("/inbjudan", data=form).headers["Location"] == "/hem"
    assert "Dina 24 hushåll" in visitor.get("/hem").get_data(as_text=True)


def test_a_successor_with_an_account_needs_no_code(town: Town) -> None:
    lead = roles(town, "Tjörnarp")[0]
    with town.runtime.database.write() as rows:
        person = rows.get(people.Person, lead.person_id)
        assert person is not None
        people.add_address(rows, person, ChannelKind.SMS, a_phone(3), now=NOW)
        people.consent(rows, person, ChannelKind.SMS, given_by=people.GivenBy.SELF, now=NOW)
    leaving = a_role(town, "Tjörnarp", ContactRole.CONTACT_PERSON, 8)
    given_all(town, leaving, "Tjörnarp")
    path = f"/omraden/{town.network_ids['Tjörnarp']}/kontaktombud/{leaving.id}/sluta"
    assert post(town.signed_in("samordnare"), path, because="moved").status_code == 303
    (said,) = told(town, NoticeKind.INVITATION)
    assert "8 hushåll" in said
    assert "http" not in said


def test_the_last_one_who_leaves_makes_a_vacancy_that_the_coordinator_sees_and_fills(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    (mine,) = roles(town, "Nyby")
    area = town.network_ids["Nyby"]
    coordinator = town.signed_in("samordnare")
    assert post(coordinator, f"/omraden/{area}/kontaktombud/{mine.id}/sluta", because="died").status_code == 303
    first_page = coordinator.get("/hem").get_data(as_text=True)
    assert "Det är löst i Nyby" in first_page
    assert "/tackning?visa=vakant" in first_page
    assert "saknar kontaktombud" in coordinator.get(f"/omraden/{area}/kontaktombud").get_data(as_text=True)
    rounds.keep_vacancies(town.runtime)  # the clock adds no second one
    with town.runtime.database.read() as rows:
        ours = Task.network_id == area
        assert len(rows.exec(select(Task).where(Task.kind == TaskKind.FILL_VACANCY, ours)).all()) == 1
    new = {"helper": "0", "name": "Åsa", "phone": "070-174 06 60", "email": "", "role": "lead", "unit": "0"}
    assert post(coordinator, f"/omraden/{area}/kontaktombud", **new).status_code == 303
    assert "Det är löst i Nyby" not in coordinator.get("/hem").get_data(as_text=True)
    (fresh,) = roles(town, "Nyby")
    with town.runtime.database.read() as rows:  # what the one before left open is theirs
        assert len(duties.tasks_of(rows, fresh.person_id, month_begins=NOW.date().replace(day=1))) == 3


# ------------------------------------------------------------------------------------------------ coverage


def test_the_coverage_page_says_what_is_missing_where(town: Town) -> None:
    (mine,) = roles(town, "Nyby")
    given_all(town, mine, "Nyby")  # 24 households for one person
    a_role(town, "Tjörnarp", ContactRole.DEPUTY, 9)
    client = town.signed_in("samordnare")

    def listed(wanted: str) -> set[str]:
        page = client.get(f"/tackning?visa={wanted}").get_data(as_text=True)
        return set(re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>', page))

    assert listed("vakant") == {"Sätofta"}
    assert listed("ersattare") == {"Nyby", "Sätofta"}
    assert listed("for-manga") == {"Nyby"}
    assert listed("utan") == {"Sätofta", "Tjörnarp"}
    assert listed("tyst") == set()
    assert listed("") == {"Nyby", "Sätofta", "Tjörnarp"}
    assert listed("nonsens") == listed("")
    assert "Marieholm" in town.signed_in("samordnare-eslov").get("/tackning").get_data(as_text=True)
    assert "Marieholm" not in client.get("/tackning").get_data(as_text=True)
    assert client.get("/tackning?sida=x").status_code == 200


def test_a_silent_contact_person_shows_to_the_coordinator_only(town: Town) -> None:
    for _ in range(6):
        rounds.plan_duties(town.runtime)
        assert isinstance(town.clock, SetClock)
        town.clock.advance(timedelta(days=31))
    client, area = town.signed_in("samordnare"), town.network_ids["Nyby"]
    assert "tysta kontaktombud" in client.get("/hem").get_data(as_text=True)
    assert "Nyby" in client.get("/tackning?visa=tyst").get_data(as_text=True)
    assert "Tyst sedan onsdag 4 mars" in client.get(f"/omraden/{area}/kontaktombud").get_data(as_text=True)
    contact = town.signed_in("kontakt")
    assert "Tyst sedan" not in contact.get(f"/omraden/{area}/kontaktombud").get_data(as_text=True)
    path = re.findall(r"/kvarten/\d+", contact.get("/kvarten").get_data(as_text=True))[0]
    contact.post(path, data={"csrf_token": token(contact, "/kvarten"), "gor": "klart"})
    assert "Tyst sedan" not in client.get(f"/omraden/{area}/kontaktombud").get_data(as_text=True)


# ------------------------------------------------------------------------------------------------ households


def two_streets(town: Town) -> tuple[int, int]:
    """Nyby's households on Ekvägen (10) and Bokvägen (14)."""
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        oak, beech = (networks.add_unit(rows, network, UnitKind.STREET, name) for name in ("Ekvägen", "Bokvägen"))
        for place, household in enumerate(networks.living_households(rows, network.id or 0)):
            household.unit_id = oak.id if place < 10 else beech.id
        return oak.id or 0, beech.id or 0


def test_a_street_is_given_to_a_contact_person(town: Town) -> None:
    oak, beech = two_streets(town)
    (mine,) = roles(town, "Nyby")
    other = a_role(town, "Nyby", ContactRole.CONTACT_PERSON, 7)
    client, path = town.signed_in("samordnare"), f"/omraden/{town.network_ids['Nyby']}/kontaktombud/dela-ut"
    assert "Ombud 7, kontaktombud, hela området" in client.get(path).get_data(as_text=True)
    assert post(client, path, unit=str(oak), role=str(mine.id), ja="1").status_code == 303
    assert post(client, path, unit=str(beech), role=str(other.id), ja="1").status_code == 303
    assert shares(town, "Nyby") == {mine.id: 10, other.id: 14}
    assert post(client, path, unit=str(oak), role=str(other.id), ja="1").status_code == 303
    assert shares(town, "Nyby") == {other.id: 24}
    foreign = roles(town, "Tjörnarp")[0]
    assert post(client, path, unit=str(oak), role=str(foreign.id)).status_code == 422
    with town.runtime.database.read() as rows:  # history is kept
        assert (
            len(rows.exec(select(HouseholdAssignment).where(col(HouseholdAssignment.until).is_not(None))).all()) == 10
        )


def test_a_contact_person_hands_over_only_households_of_their_own(town: Town) -> None:
    oak, _ = two_streets(town)
    (mine,) = roles(town, "Nyby")
    deputy = a_role(town, "Nyby", ContactRole.DEPUTY, 7)
    area = town.network_ids["Nyby"]
    with town.runtime.database.write() as rows:
        networks.assign_part(rows, networks.contact_person(rows, area, mine.id or 0), oak, now=NOW)
        ids = [one.id or 0 for one in networks.living_households(rows, area)]
    client, path = town.signed_in("kontakt"), f"/omraden/{area}/hushall/lamna-over"
    assert client.get(path).get_data(as_text=True).count('type="checkbox"') == 10
    assert post(client, path, role=str(deputy.id)).status_code == 422
    assert post(client, path, chosen=str(ids[20]), role=str(deputy.id)).status_code == 422
    assert post(client, path, chosen=[str(one) for one in ids[:4]], role=str(deputy.id)).status_code == 303
    assert shares(town, "Nyby") == {mine.id: 6, deputy.id: 4}
    assert post(client, path, chosen=str(ids[0]), role=str(deputy.id)).status_code == 422


def test_a_lead_and_a_deputy_are_chosen_by_role_and_part(town: Town) -> None:
    oak, _ = two_streets(town)
    client, path = town.signed_in("samordnare"), f"/omraden/{town.network_ids['Nyby']}/kontaktombud"
    (mine,) = roles(town, "Nyby")
    known = {"name": "", "phone": "", "email": ""}
    assert post(client, path, helper=str(mine.person_id), role="lead", unit="0", **known).status_code == 303
    new = {"helper": "0", "name": "Bo", "phone": "070-174 06 61", "email": "", "role": "deputy", "unit": str(oak)}
    assert post(client, path, **new).status_code == 303
    assert {(role.role, role.unit_id) for role in roles(town, "Nyby")} == {
        (ContactRole.CONTACT_PERSON, None),
        (ContactRole.LEAD, None),
        (ContactRole.DEPUTY, oak),
    }
    with town.runtime.database.read() as rows:
        account = accounts.account_of(rows, mine.person_id)
        assert account is not None
        assert account.role is accounts.Role.LEAD_CONTACT_PERSON
    page = client.get(path).get_data(as_text=True)
    assert "Bo" in page
    assert ">Bo<" not in town.signed_in("polis").get(path).get_data(as_text=True)
    assert town.signed_in("samordnare-eslov").get(path).status_code == 404


def test_an_ended_network_takes_no_more_contact_persons(town: Town) -> None:
    client, network_id = town.signed_in("samordnare"), town.network_ids["Sätofta"]
    with town.runtime.database.write() as rows:
        networks.enter_state(rows, networks.network(rows, network_id), NetworkState.ENDED, now=NOW)
    before = len(roles(town, "Sätofta"))
    path = f"/omraden/{network_id}/kontaktombud"
    assert "Lägg till kontaktombudet" not in client.get(path).get_data(as_text=True)
    form = {
        "helper": "0",
        "name": "Åsa Ek",
        "phone": show(a_phone(7)),
        "email": "",
        "role": "contact_person",
        "unit": "0",
    }
    answer = post(client, path, **form)
    assert answer.status_code == 422
    assert "Området är avslutat" in answer.get_data(as_text=True)
    assert "Fråga dem som har anmält intresse" not in answer.get_data(as_text=True)
    assert len(roles(town, "Sätofta")) == before
    with town.runtime.database.write() as rows, pytest.raises(Refused, match="network_ended"):
        networks.add_contact_person(rows, networks.network(rows, network_id), 1, ContactRole.DEPUTY, now=NOW)


def test_no_two_fields_of_a_neighbour_who_is_written_in_have_the_same_words(town: Town) -> None:
    page = town.signed_in("kontakt").get(f"/omraden/{town.network_ids['Nyby']}/hushall/nytt").get_data(as_text=True)
    labels = re.findall(r"<label[^>]*>([^<]+)</label>", page)
    assert "Namn eller husnummer" in labels
    assert len(labels) == len(set(labels))


def test_a_household_that_is_called_by_its_street_says_so_once(town: Town) -> None:
    area = town.network_ids["Nyby"]
    with town.runtime.database.write() as rows:
        (mine,) = networks.contact_persons(rows, area)
        street = networks.add_unit(rows, networks.network(rows, area), UnitKind.STREET, "Ekvägen")
        for label in ("Ekvägen 4", "Ek"):
            networks.add_household(rows, networks.network(rows, area), now=NOW, unit=street, label=label)
        networks.take_over(rows, mine, now=NOW)
    page = town.signed_in("kontakt").get(f"/omraden/{area}/hushall/lamna-over").get_data(as_text=True)
    assert ">Ekvägen 4</label>" in page
    assert ">Ekvägen, Ek</label>" in page


def test_an_ended_network_lacks_nobody(town: Town) -> None:
    area = town.network_ids["Sätofta"]
    client = town.signed_in("samordnare")
    for is_ended in (False, True):
        if is_ended:
            with town.runtime.database.write() as rows:
                networks.enter_state(rows, networks.network(rows, area), NetworkState.ENDED, now=NOW)
        assert ("Sätofta" in client.get("/omraden?vakant=1").get_data(as_text=True)) is not is_ended
        row = client.get("/omraden?q=S%C3%A4tofta").get_data(as_text=True)
        assert ("Vakant" in row) is not is_ended
