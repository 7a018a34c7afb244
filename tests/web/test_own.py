"""The neighbour's own page: in by a code, and every choice counts at once."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from grannsamverkan.domain import accounts, advice, membership, networks, people, targeting
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.advice import AdviceGiven
from grannsamverkan.domain.deliveries import Delivery, DeliveryState
from grannsamverkan.domain.membership import Choices, DoorEntry, Place
from grannsamverkan.domain.networks import ContactRole, Household, JoinedBy, NetworkState, Shows, UnitKind
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Level, Person
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_neighbour, a_phone, a_started_alert
from tests.support.web_town import HOOR, NOW, PASSWORD, Town, token


@pytest.fixture
def neighbour(town: Town) -> int:
    """The id of a person in Nyby with a phone and a mailbox."""
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW)
        for channel, value in ((ChannelKind.SMS, a_phone(0)), (ChannelKind.EMAIL, a_mailbox(0))):
            people.add_address(rows, person, channel, value, now=NOW)
            people.consent(rows, person, channel, given_by=GivenBy.SELF, now=NOW)
        place = Place(town.network_ids["Nyby"])
        membership.let_in(rows, person, place, Choices(Shows.NAME, "Hus 3"), JoinedBy.SLIP, now=NOW)
        return person.id or 0


def last_code(town: Town) -> str:
    with town.runtime.database.read() as rows:
        notice = rows.exec(select(Notice).where(Notice.kind == NoticeKind.CODE).order_by(col(Notice.id).desc())).first()
        found = re.search(r"\b\d{6}\b", notice.body if notice else "")
        assert found is not None
        return found[0]


def inside(town: Town, *, email: str = "") -> FlaskClient:
    client = town.visitor()
    way = {"email": email} if email else {"phone": "070-174 06 05"}
    data = {"csrf_token": token(client, "/min-sida"), **way}
    assert client.post("/min-sida", data=data).status_code == 303
    data = {"csrf_token": token(client, "/min-sida/kod"), "code": last_code(town)}
    assert client.post("/min-sida/kod", data=data).headers["Location"] == "/min-sida/jag"
    return client


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/min-sida/jag"), **form})


def test_the_way_in_and_out(town: Town, neighbour: int) -> None:
    client = inside(town)
    page = client.get("/min-sida/jag").get_data(as_text=True)
    assert "Du är med i Nyby" in page
    assert "070-174 06 05" in page
    cookie = client.get_cookie("grannsamverkan")
    assert cookie is not None
    post(client, "/logga-ut")
    assert client.get("/min-sida/jag").status_code == 302
    client.set_cookie("grannsamverkan", cookie.value)
    assert client.get("/min-sida/jag").status_code == 302


def test_a_stranger_is_answered_as_a_neighbour(town: Town, neighbour: int) -> None:
    answers = []
    for phone in ("070-174 06 05", "070-174 06 06"):
        client = town.visitor()
        answer = client.post("/min-sida", data={"csrf_token": token(client, "/min-sida"), "phone": phone})
        code = client.get("/min-sida/kod").get_data(as_text=True)
        answers.append((answer.status_code, answer.get_data(), re.sub(r'value="[^"]+"', "", code)))
    assert answers[0] == answers[1]
    with town.runtime.database.read() as rows:
        assert len(rows.exec(select(Notice)).all()) == 1


def test_a_neighbour_reaches_no_staff_page(town: Town, neighbour: int) -> None:
    client = inside(town)
    for path in ("/hem", "/omraden", "/varningar", f"/omraden/{town.network_ids['Nyby']}/hushall"):
        assert client.get(path).status_code == 403


def test_each_choice_is_kept_and_told(town: Town, neighbour: int) -> None:
    client = inside(town)
    assert post(client, "/min-sida/niva", niva="ongoing").status_code == 303
    assert post(client, "/min-sida/tysta-timmar", fran="21", till="7").status_code == 303
    assert post(client, "/min-sida/sprak", sprak="en").status_code == 303
    assert post(client, "/min-sida/paus").status_code == 303
    household = town_household(town, neighbour)
    assert post(client, f"/min-sida/syns/{household.id}", syns="nothing", namn="x").status_code == 303
    with town.runtime.database.read() as rows:
        person = rows.get(Person, neighbour)
        assert person is not None
        assert (person.level, person.quiet_from, person.quiet_to, person.language) == (Level.ONGOING, 21, 7, "en")
        assert person.paused_until is not None
        told = [row for row in rows.exec(select(Notice)) if row.kind is NoticeKind.CHANGED]
        assert len(told) == 10  # five changes, on both channels
    assert town_household(town, neighbour).label is None
    assert post(client, "/min-sida/paus", slut="1").status_code == 303
    assert post(client, "/min-sida/tysta-timmar", fran="", till="").status_code == 303


def town_household(town: Town, person_id: int) -> Household:
    with town.runtime.database.read() as rows:
        return membership.households_of(rows, person_id)[0]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/min-sida/niva", {"niva": "x"}),
        ("/min-sida/sprak", {"sprak": "x"}),
        ("/min-sida/syns/99999", {"syns": "name"}),
    ],
)
def test_nonsense_changes_nothing(town: Town, neighbour: int, path: str, form: dict[str, str]) -> None:
    assert post(inside(town), path, **form).status_code in (400, 404)
    with town.runtime.database.read() as rows:
        assert [row for row in rows.exec(select(Notice)) if row.kind is NoticeKind.CHANGED] == []


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("7", "7", "Välj två olika tider"),
        ("99", "7", "två olika"),
        ("7", "", "både från och till"),
        ("", "7", "både från"),
    ],
)
def test_quiet_hours_that_are_none_are_refused_at_the_field(
    town: Town, neighbour: int, begins: str, ends: str, said: str
) -> None:
    answer = post(inside(town), "/min-sida/tysta-timmar", fran=begins, till=ends)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel:" in page
    assert page.count(said) == 2
    assert 'href="#fran"' in page


def told(town: Town) -> dict[str, list[str]]:
    """The messages about changes, by address."""
    with town.runtime.database.read() as rows:
        addresses = {row.id: row.value for row in rows.exec(select(ContactAddress))}
        found: dict[str, list[str]] = {}
        for row in rows.exec(select(Notice).where(Notice.kind == NoticeKind.CHANGED).order_by(col(Notice.id))):
            found.setdefault(addresses[row.address_id], []).append(row.body)
        return found


BOTH = {a_phone(0), a_mailbox(0)}


@pytest.mark.goal("S14")
@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/min-sida/niva", {"niva": "ongoing"}, "vilka meddelanden du får"),
        ("/min-sida/sprak", {"sprak": "en"}, "You have changed language"),
        ("/min-sida/tysta-timmar", {"fran": "21", "till": "7"}, "tysta timmar"),
        ("/min-sida/paus", {}, "paus i 14 dagar"),
        ("/min-sida/paus", {"slut": "1"}, "Din paus är slut"),
        ("/min-sida/kanaler", {"mejl": "1"}, "hur du får våra meddelanden"),
        ("/min-sida/kanaler", {}, "hur du får våra meddelanden"),
        ("/min-sida/syns/{household}", {"syns": "nothing", "namn": ""}, "kontaktombud får se"),
        ("/min-sida/lamna/{household}", {"ja": "1"}, "inte med längre"),
        ("/min-sida/radera", {"ja": "1"}, "raderade"),
    ],
)
def test_every_change_is_told_over_the_channels_of_before(
    town: Town, neighbour: int, path: str, form: dict[str, str], said: str
) -> None:
    client = inside(town)
    assert post(client, path.format(household=town_household(town, neighbour).id), **form).status_code == 303
    found = told(town)
    assert set(found) == BOTH
    assert all(said in text for texts in found.values() for text in texts)


def test_a_pause_lasts_fourteen_days_and_can_be_ended(town: Town, neighbour: int) -> None:
    client = inside(town)
    post(client, "/min-sida/paus")
    with town.runtime.database.read() as rows:
        person = rows.get(Person, neighbour)
        assert person is not None
        assert person.paused_until == NOW + timedelta(days=14)
    page = client.get("/min-sida/jag").get_data(as_text=True)
    assert "Du har paus till onsdag 18 mars" in page
    assert "Pausa i 14 dagar" not in page
    post(client, "/min-sida/paus", slut="1")
    with town.runtime.database.read() as rows:
        person = rows.get(Person, neighbour)
        assert person is not None
        assert person.paused_until is None
    assert "Pausa i 14 dagar" in client.get("/min-sida/jag").get_data(as_text=True)


def test_the_language_is_that_of_the_pages_also_in_another_browser(town: Town, neighbour: int) -> None:
    client = inside(town)
    post(client, "/min-sida/sprak", sprak="en")
    assert '<html lang="en">' in client.get("/min-sida/jag").get_data(as_text=True)
    assert '<html lang="en">' in inside(town).get("/min-sida/jag").get_data(as_text=True)
    post(client, "/min-sida/sprak", sprak="sv")
    assert '<html lang="sv">' in client.get("/min-sida/jag").get_data(as_text=True)


# ---------------------------------------------------------------------------------------------------------- moving


def a_part(town: Town, network: str, street: str, carrier: bool = False) -> int:
    """A street; with a contact person of its own, if wanted."""
    with town.runtime.database.write() as rows:
        row = networks.network(rows, town.network_ids[network])
        unit = networks.add_unit(rows, row, UnitKind.STREET, street)
        if carrier:
            person = people.add_person(rows, HOOR, now=NOW)
            networks.add_contact_person(rows, row, person.id or 0, ContactRole.CONTACT_PERSON, now=NOW, unit=unit)
        return unit.id or 0


def moved(client: FlaskClient, household: Household, network_id: int, unit_id: int, label: str = "Hus 8") -> Any:
    start = f"/min-sida/flytta/{household.id}"
    assert client.get(start).status_code == 200
    path = post(client, start, network=str(network_id)).headers["Location"]
    assert path == f"{start}/{network_id}"
    assert client.get(path).status_code == 200
    return post(client, path, unit=str(unit_id), label=label)


def test_moving_to_another_network_asks_its_contact_person_and_leaves_the_old_one(town: Town, neighbour: int) -> None:
    client, before = inside(town), town_household(town, neighbour)
    street, area = a_part(town, "Tjörnarp", "Sjövägen"), town.network_ids["Tjörnarp"]
    old = town.signed_in("kontakt")
    old_page = f"/omraden/{town.network_ids['Nyby']}/hushall"
    seen = r'<th scope="row">Hus 3</th>'
    assert len(re.findall(seen, old.get(old_page).get_data(as_text=True))) == 1
    assert moved(client, before, area, street).headers["Location"] == "/min-sida/jag"
    assert re.findall(seen, old.get(old_page).get_data(as_text=True)) == []
    assert set(told(town)) == BOTH
    assert "Ditt kontaktombud har inte svarat än" in client.get("/min-sida/jag").get_data(as_text=True)
    with town.runtime.database.write() as rows:
        assert membership.forget_leavers(rows, membership.left_with_addresses(rows)) == 0
        (asked,) = membership.requests(rows, [area])
        assert (asked.unit_id, asked.label, asked.shows) == (street, "Hus 8", Shows.NAME)
        assert all(row.withdrawn_at is None for row in rows.exec(select(Consent)))
    fresh = town.signed_in("huvud")
    page = f"/omraden/{area}/hushall"
    assert "Hus 8" in fresh.get(page).get_data(as_text=True)
    form = {"csrf_token": token(fresh, page), "svar": "ja"}
    fresh.post(f"{page}/forfragan/{asked.id}", data=form)
    household = town_household(town, neighbour)
    assert (household.network_id, household.unit_id, household.label) == (area, street, "Hus 8")
    with town.runtime.database.read() as rows:
        assert people.is_wanted(rows, ChannelKind.SMS, lookup(rows, a_phone(0)))


def test_moving_within_a_network_counts_at_once_and_changes_contact_person(town: Town, neighbour: int) -> None:
    client, before, area = inside(town), town_household(town, neighbour), town.network_ids["Nyby"]
    street = a_part(town, "Nyby", "Nya gatan", carrier=True)
    assert moved(client, before, area, street, "Hus 99").status_code == 303
    after = town_household(town, neighbour)
    assert (after.unit_id, after.label, after.shows) == (street, "Hus 99", Shows.NAME)
    assert after.id != before.id
    assert "Hus 99" not in town.signed_in("kontakt").get(f"/omraden/{area}/hushall").get_data(as_text=True)
    with town.runtime.database.read() as rows:
        carrier = networks.assigned_to(rows, after.id or 0)
        assert networks.contact_person(rows, area, carrier or 0).unit_id == street
        assert networks.joined_count(rows, area) == 25


def test_where_one_cannot_move_is_said_or_not_found(town: Town, neighbour: int) -> None:
    client, household = inside(town), town_household(town, neighbour)
    start = f"/min-sida/flytta/{household.id}"
    assert post(client, start, network="").status_code == 422
    same = post(client, f"{start}/{town.network_ids['Nyby']}", unit="0", label="Hus 3")
    assert same.status_code == 422
    assert "Där bor du redan" in same.get_data(as_text=True)
    with town.runtime.database.write() as rows:
        person = rows.get(Person, neighbour)
        assert person is not None
        other = Place(town.network_ids["Sätofta"])
        membership.let_in(rows, person, other, Choices(), JoinedBy.WEB, now=NOW)
        networks.enter_state(rows, networks.network(rows, town.network_ids["Tjörnarp"]), NetworkState.ENDED, now=NOW)
    there = post(client, f"{start}/{town.network_ids['Sätofta']}", unit="0", label="Hus 3")
    assert there.status_code == 422
    assert "redan med där" in there.get_data(as_text=True)
    for name in ("Marieholm", "Tjörnarp"):
        assert client.get(f"{start}/{town.network_ids[name]}").status_code == 404
        assert post(client, f"{start}/{town.network_ids[name]}", unit="0", label="x").status_code == 404
    assert client.get("/min-sida/flytta/1").status_code == 404  # somebody else's


def test_one_of_two_who_share_a_household_leaves_alone(town: Town, neighbour: int) -> None:
    with town.runtime.database.write() as rows:
        other = people.add_person(rows, HOOR, now=NOW)
        people.add_address(rows, other, ChannelKind.SMS, a_phone(5), now=NOW)
        people.consent(rows, other, ChannelKind.SMS, given_by=GivenBy.SELF, now=NOW)
        household = membership.households_of(rows, neighbour)[0]
        networks.join(rows, household, other.id or 0, now=NOW)
        other_id = other.id or 0
    assert post(inside(town), f"/min-sida/lamna/{household.id}", ja="1").status_code == 303
    assert set(told(town)) == BOTH
    with town.runtime.database.read() as rows:
        assert membership.households_of(rows, neighbour) == []
        (left,) = membership.households_of(rows, other_id)
        assert (left.id, left.label) == (household.id, "Hus 3")
        assert people.is_wanted(rows, ChannelKind.SMS, lookup(rows, a_phone(5)))


def test_a_channel_is_given_up_and_taken_back(town: Town, neighbour: int) -> None:
    client = inside(town)
    post(client, "/min-sida/kanaler", mejl="1")
    with town.runtime.database.read() as rows:
        assert not people.is_wanted(rows, ChannelKind.SMS, people.lookup_of(rows, ChannelKind.SMS, a_phone(0)))
    post(client, "/min-sida/kanaler", mejl="1", sms="1")
    with town.runtime.database.read() as rows:
        assert people.is_wanted(rows, ChannelKind.SMS, people.lookup_of(rows, ChannelKind.SMS, a_phone(0)))
        assert len(rows.exec(select(Consent)).all()) == 3


def written_in_once_more(town: Town, *addresses: tuple[ChannelKind, str]) -> int:
    """Somebody at the door, with these addresses on a paper."""
    with town.runtime.database.write() as rows:
        place = Place(town.network_ids["Nyby"])
        entry = DoorEntry(place, Choices(Shows.NAME, "Hus 9"), addresses, None, NOW)
        return membership.add_at_door(rows, HOOR, entry, now=NOW).person.id or 0


def wants(town: Town, phone: str) -> bool:
    with town.runtime.database.read() as rows:
        return people.is_wanted(rows, ChannelKind.SMS, lookup(rows, phone), unpaused_at=NOW)


def test_what_is_given_up_is_given_up_wherever_the_address_is_written_down(town: Town, neighbour: int) -> None:
    written_in_once_more(town, (ChannelKind.SMS, a_phone(0)))
    client = inside(town)
    post(client, "/min-sida/paus")
    assert not wants(town, a_phone(0))
    post(client, "/min-sida/paus", slut="1")
    assert wants(town, a_phone(0))
    post(client, "/min-sida/kanaler", mejl="1")
    assert not wants(town, a_phone(0))


def test_whoever_has_an_address_on_paper_only_decides_for_themselves(town: Town, neighbour: int) -> None:
    """A contact person writes a neighbour's number on a paper with a mailbox of their own, and comes in by that."""
    written_in_once_more(town, (ChannelKind.SMS, a_phone(0)), (ChannelKind.EMAIL, a_mailbox(7)))
    stranger = inside(town, email=a_mailbox(7))
    post(stranger, "/min-sida/kanaler", mejl="1")
    post(stranger, "/min-sida/paus")
    assert wants(town, a_phone(0))
    with town.runtime.database.write() as rows:
        people.stop(rows, ChannelKind.SMS, lookup(rows, a_phone(0)), source="reply", now=NOW)
    post(stranger, "/min-sida/kanaler", mejl="1", sms="1")
    assert not wants(town, a_phone(0)), "only its owner takes a stop back"
    post(stranger, "/min-sida/radera", ja="1")
    assert town_household(town, neighbour).label == "Hus 3"
    owner = inside(town)
    assert "Hus 3" in owner.get("/min-sida/jag").get_data(as_text=True)
    post(owner, "/min-sida/kanaler", mejl="1", sms="1")
    assert wants(town, a_phone(0))


@pytest.mark.parametrize("way", ["/min-sida/paus", "/min-sida/kanaler", "/min-sida/radera"])
def test_a_number_typed_into_a_form_stops_nothing_that_waits_for_its_owner(
    town: Town, neighbour: int, way: str
) -> None:
    other = a_phone(5)
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        a_neighbour(rows, network, sms=other)
        alert = a_started_alert(rows, network.id or 0)
        targeting.take_slice(
            rows, alert, after_id=0, size=100, batch_size=10, priority=10, heeds_quiet_hours=True, now=NOW
        )
    client = inside(town)
    post(client, "/min-sida/ny-adress", phone="070-174 06 10")
    post(client, way, ja="1")
    with town.runtime.database.read() as rows:
        states = {row.lookup: DeliveryState(row.state) for row in rows.exec(select(Delivery))}
        assert states[lookup(rows, other)] is DeliveryState.QUEUED
        assert states[lookup(rows, a_phone(0))] is DeliveryState.STOPPED


def test_a_new_number_that_once_said_stop_gets_messages_again(town: Town, neighbour: int) -> None:
    with town.runtime.database.write() as rows:
        people.stop(rows, ChannelKind.SMS, lookup(rows, a_phone(2)), source="reply", now=NOW)
    client = inside(town)
    post(client, "/min-sida/ny-adress", phone="070-174 06 07")
    post(client, "/min-sida/ny-adress/kod", code=last_code(town))
    assert wants(town, a_phone(2))


def test_erasing_ends_the_account_of_a_contact_person(town: Town, neighbour: int) -> None:
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        networks.add_contact_person(rows, network, neighbour, ContactRole.DEPUTY, now=NOW)
        draft = AccountDraft("jag", PASSWORD, Role.CONTACT_PERSON, municipality_code=HOOR, person_id=neighbour)
        accounts.add_account(rows, draft, NOW, passwords=CHEAP)
    contact = town.signed_in("jag")
    post(inside(town), "/min-sida/radera", ja="1")
    assert contact.get("/hem").status_code == 302


def test_a_new_number_counts_when_its_code_is_right(town: Town, neighbour: int) -> None:
    client = inside(town)
    assert post(client, "/min-sida/ny-adress", phone="070-174 06 07").status_code == 303
    with town.runtime.database.read() as rows:
        assert people.confirmed_address(rows, ChannelKind.SMS, lookup(rows, a_phone(2))) is None
    assert post(client, "/min-sida/ny-adress/kod", code=last_code(town)).status_code == 303
    with town.runtime.database.read() as rows:
        assert people.confirmed_address(rows, ChannelKind.SMS, lookup(rows, a_phone(2))) is not None
        assert people.confirmed_address(rows, ChannelKind.SMS, lookup(rows, a_phone(0))) is None
        told = [row for row in rows.exec(select(Notice)) if row.kind is NoticeKind.CHANGED]
        old = {row.address_id for row in told}
        assert {a_phone(0), a_mailbox(0)} == {
            address.value for address in rows.exec(select(ContactAddress)) if address.id in old
        }


def lookup(rows: Any, value: str) -> bytes:
    return people.lookup_of(rows, ChannelKind.SMS, value)


@pytest.mark.goal("P3")
def test_all_of_it_as_a_file(town: Town, neighbour: int) -> None:
    client = inside(town)
    assert client.get("/min-sida/allt").status_code == 200
    data = json.loads(client.get("/min-sida/allt.json").data)
    assert data["households"][0]["label"] == "Hus 3"
    assert set(data) == {
        *("name", "language", "level", "quiet_hours", "paused_until", "since", "households", "past_households"),
        *("addresses", "stopped", "choices", "requests", "interests", "contact_roles", "trained_on"),
        *("training_seats", "messages", "warnings", "tips", "looked_at_by"),
    }
    assert [choice["text"] for choice in data["choices"]] == [people.CONSENT_TEXT_VERSION] * 2
    assert {row["value"] for row in data["addresses"]} == {a_phone(0), a_mailbox(0)}


@pytest.mark.goal("P4")
@pytest.mark.parametrize("way", ["leave", "erase"])
def test_leaving_erases_and_ends_the_visit(town: Town, neighbour: int, way: str) -> None:
    client, household = inside(town), town_household(town, neighbour)
    path = f"/min-sida/lamna/{household.id}" if way == "leave" else "/min-sida/radera"
    assert client.get(path).status_code == 200
    assert post(client, path, ja="1").headers["Location"] == "/min-sida/hejda"
    assert client.get("/min-sida/jag").status_code == 302
    with town.runtime.database.write() as rows:
        assert membership.households_of(rows, neighbour) == []
        for notice in rows.exec(select(Notice)):
            rows.delete(notice)  # as sent and forgotten
        rows.flush()
        assert membership.forget_leavers(rows, membership.left_with_addresses(rows)) == 2
        assert rows.exec(select(ContactAddress)).all() == []
        assert networks.joined_count(rows, town.network_ids["Nyby"]) == 24


def test_the_tips_that_a_household_has_had_are_on_its_page(town: Town, neighbour: int) -> None:
    with town.runtime.database.write() as rows:
        home = membership.own_data(rows, neighbour).households[0].household
        for alert_id, (key, days) in enumerate((("las-cykeln", 40), ("hostlov", 3)), start=1):
            at = NOW - timedelta(days=days)
            rows.add(AdviceGiven(alert_id=alert_id, household_id=home.id or 0, card_key=key, given_at=at, by_sms=True))
    client = inside(town)
    titles = [advice.shipped()[key].texts["sv"].title for key in ("hostlov", "las-cykeln")]
    for page in ("/min-sida/jag", "/min-sida/allt"):
        text = client.get(page).text
        assert "Råd som ditt hushåll har fått" in text
        assert text.index(titles[0]) < text.index(titles[1])  # the newest first
        assert f'href="/tips/hostlov?kommun={HOOR}"' in text
    kept = json.loads(client.get("/min-sida/allt.json").text)
    assert [one["card"] for one in kept["tips"]] == ["hostlov", "las-cykeln"]
