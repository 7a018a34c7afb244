"""Lists taken out and particulars shown: for a purpose that is kept, and read by those it is about."""

import csv
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from grannsamverkan.domain import accounts, audit, lifecycle, membership, networks, people
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import ContactRole, JoinedBy, NetworkKind, Shows
from grannsamverkan.domain.people import GivenBy, Person
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web.csv_files import inert
from tests.support.builders import a_mailbox, a_phone
from tests.support.web_town import HOOR, NOW, Town, token

WHY = "Inför årsmötet den 20 mars"


def own_page(town: Town, person_id: int) -> str:
    """What the person reads about themselves."""
    client = town.visitor()
    with town.runtime.database.write() as rows:
        visit = accounts.open_session(rows, None, {}, NOW, accounts.VISIT, person_id=person_id)
    client.set_cookie("grannsamverkan", visit)
    return client.get("/min-sida/allt").get_data(as_text=True)


def a_person(town: Town, number: int) -> int:
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW)
        for channel, value in ((ChannelKind.SMS, a_phone(number)), (ChannelKind.EMAIL, a_mailbox(number))):
            people.add_address(rows, person, channel, value, now=NOW)
            people.consent(rows, person, channel, given_by=GivenBy.SELF, now=NOW)
        return person.id or 0


def a_household(town: Town, number: int, shows: Shows, label: str) -> int:
    """A household of the contact person's own in Nyby; the id of who lives there."""
    person_id = a_person(town, number)
    with town.runtime.database.write() as rows:
        person = rows.get(Person, person_id)
        assert person is not None
        place = Place(town.network_ids["Nyby"])
        membership.let_in(rows, person, place, Choices(shows, label), JoinedBy.SLIP, now=NOW)
    return person_id


def taken_out(client: FlaskClient, town: Town, name: str, purpose: str = WHY) -> Any:
    path = f"/omraden/{town.network_ids[name]}/ta-ut"
    return client.post(path, data={"csrf_token": token(client, path), "purpose": purpose})


def lines(answer: Any) -> list[list[str]]:
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_a_contact_person_takes_out_what_their_households_show(town: Town) -> None:
    shown = a_household(town, 0, Shows.CONTACT, "=HYPERLINK(1)")
    named = a_household(town, 1, Shows.NAME, "Hus 2")
    hidden = a_household(town, 2, Shows.NOTHING, "")
    client = town.signed_in("kontakt")
    refused = taken_out(client, town, "Nyby", "kort")
    assert refused.status_code == 422
    assert "mellan 10 och 200" in refused.get_data(as_text=True)
    rows = lines(taken_out(client, town, "Nyby"))
    assert rows[0] == ["gata_eller_trapphus", "namn", "nas_med", "nummer_och_mejl", "fast_telefon"]
    by_name = {row[1]: row for row in rows[1:]}
    assert by_name["'=HYPERLINK(1)"][3] == f"070-174 06 05, {a_mailbox(0)}"
    assert by_name["Hus 2"][3] == ""
    assert not any(a_phone(number)[-6:] in cell for row in rows for cell in row for number in (1, 2))
    for person_id, is_told in ((shown, True), (named, True), (hidden, False)):
        page = own_page(town, person_id)
        assert ("tog ut listan" in page) is is_told
        assert (WHY in page) is is_told
    views = town.signed_in("samordnare").get(f"/omraden/{town.network_ids['Nyby']}/visningar").get_data(as_text=True)
    assert WHY in views
    assert "kontakt" in views


def test_the_purpose_is_kept_also_when_no_household_shows_itself(town: Town) -> None:
    a_household(town, 0, Shows.NOTHING, "")
    assert taken_out(town.signed_in("kontakt"), town, "Nyby").status_code == 200
    with town.runtime.database.read() as rows:
        assert [view.purpose for view in audit.views_of_network(rows, town.network_ids["Nyby"])] == [WHY]


def test_the_coordinator_takes_out_the_register_and_each_contact_person_reads_why(town: Town) -> None:
    person_id = a_person(town, 0)
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Sätofta"])
        networks.add_contact_person(rows, network, person_id, ContactRole.LEAD, now=NOW)
    client = town.signed_in("samordnare")
    table = lines(taken_out(client, town, "Sätofta"))
    assert table[0][:3] == ["uppdrag", "namn", "nummer_och_mejl"]
    assert "070-174 06 05" in table[1][2]
    page = own_page(town, person_id)
    assert WHY in page
    assert "Samordnare" in page
    assert WHY in client.get("/visningar").get_data(as_text=True)


@pytest.mark.goal("P19")
def test_whose_interest_is_looked_at_reads_by_whom_when_and_why(town: Town) -> None:
    person_id, other_id = a_person(town, 0), a_person(town, 1)
    ids = []
    with town.runtime.database.write() as rows:
        for one in (person_id, other_id):
            row = lifecycle.tell_interest(rows, HOOR, one, NetworkKind.VILLA, "Ekvägen", wants_to_help=False, now=NOW)
            row.confirmed_at = NOW
            ids.append(row.id)
    client = town.signed_in("samordnare")
    path = f"/intressen/visa/{ids[0]}"
    refused = client.post(path, data={"csrf_token": token(client, "/intressen"), "syfte": ""})
    assert refused.status_code == 422
    assert "070-174 06 05" not in refused.get_data(as_text=True)
    shown = client.post(path, data={"csrf_token": token(client, "/intressen"), "syfte": WHY}).get_data(as_text=True)
    assert "070-174 06 05" in shown
    assert "070-174 06 06" not in shown
    page = own_page(town, person_id)
    assert re.search(rf"onsdag 4 mars, klockan 13\.00: Samordnare, såg dina uppgifter: {WHY}", page)
    assert WHY not in own_page(town, other_id)
    assert WHY in client.get("/visningar").get_data(as_text=True)
    assert WHY not in town.signed_in("samordnare-eslov").get("/visningar").get_data(as_text=True)


@pytest.mark.goal("S21")
@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+46",
        "-1",
        "@x",
        "\t=1",
        "\r1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "﹦1",
        "\0=1",
    ],
)
def test_no_cell_is_calculated(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Hus 1", "070-174 06 05", "Å=1", "", 7, -7, None])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert inert(cell) == cell
