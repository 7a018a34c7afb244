"""Signs through the pages: owner's yes, places, an order from asked to put up, and a worn sign in one press."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain import duties, networks, places, signs
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.signs import OrderReason, OrderState, SignOrder
from tests.support.web_town import HOOR, NOW, Town, token

ORDER = {
    "signs": "3",
    "stickers": "0",
    "reason": "new",
    "is_off_public_road": "y",
    "is_in_built_up_area": "y",
    "county_permit_on": "",
}


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, path.split("/skyltar")[0] + "/moten"), **form})


def path_of(town: Town, name: str = "Nyby") -> str:
    return f"/omraden/{town.network_ids[name]}/skyltar"


def orders(town: Town) -> list[SignOrder]:
    with town.runtime.database.read() as rows:
        return list(rows.exec(select(SignOrder)))


def a_place(town: Town, *, approved: str = "2026-03-01") -> str:
    """An owner and a place of theirs in Nyby; the place's id as forms send it."""
    coordinator, path = town.signed_in("samordnare"), path_of(town)
    owner = {"name": "Vägföreningen", "kind": "community_association", "unit": "0", "approved_on": approved}
    assert post(coordinator, f"{path}/agare", contact="vag@post.example", **owner).status_code == 303
    with town.runtime.database.read() as rows:
        owner_id = signs.owners(rows, town.network_ids["Nyby"])[-1].id
    contact = town.signed_in("kontakt")
    assert post(contact, f"{path}/plats", words="Infarten från Nybyvägen", owner=str(owner_id)).status_code == 303
    with town.runtime.database.read() as rows:
        return str(signs.places_of(rows, town.network_ids["Nyby"])[-1].id)


def test_from_the_owners_yes_to_a_sign_that_stands(town: Town) -> None:
    chosen = a_place(town, approved="")
    contact, coordinator, path = town.signed_in("kontakt"), town.signed_in("samordnare"), path_of(town)
    assert "vag@post.example" not in contact.get(path).get_data(as_text=True)
    assert "vag@post.example" in coordinator.get(path).get_data(as_text=True)
    refused = post(contact, path, chosen=chosen, **ORDER)
    assert refused.status_code == 422
    assert refused.get_data(as_text=True).count("Alla valda platser behöver en ägare som har godkänt") == 2
    with town.runtime.database.read() as rows:
        owner_id = signs.owners(rows, town.network_ids["Nyby"])[0].id
    assert post(coordinator, f"{path}/agare/{owner_id}").status_code == 303
    assert post(contact, path, chosen=chosen, **ORDER).status_code == 303
    (order,) = orders(town)
    assert "En beställning av skyltar väntar" in coordinator.get("/hem").get_data(as_text=True)
    assert "av skyltar väntar" not in town.signed_in("polis").get("/hem").get_data(as_text=True)
    paper = contact.get(f"{path}/{order.id}.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert post(contact, f"{path}/{order.id}", lage="ordered").status_code == 403
    assert post(town.signed_in("polis"), f"{path}/{order.id}", lage="ordered").status_code == 403
    for state in ("ordered", "delivered"):
        assert post(coordinator, f"{path}/{order.id}", lage=state).status_code == 303
    assert "Sätt upp skyltarna som har kommit" in contact.get("/kvarten").get_data(as_text=True)
    assert "Allt är uppsatt" in contact.get(path).get_data(as_text=True)
    assert post(contact, f"{path}/{order.id}/uppe").status_code == 303
    assert "Uppe sedan onsdag 4 mars." in contact.get(path).get_data(as_text=True)
    (order,) = orders(town)
    assert (order.state, order.put_up_at) == (OrderState.DELIVERED, NOW)
    with town.runtime.database.read() as rows:
        person_id = networks.contact_persons(rows, town.network_ids["Nyby"])[0].person_id
        (task,) = duties.tasks_of(rows, person_id, month_begins=NOW.date())
        assert task.closed_at == NOW
    assert "Ingen beställning väntar" in coordinator.get("/skyltar").get_data(as_text=True)
    assert "Uppsatt" in coordinator.get("/skyltar?alla=1").get_data(as_text=True)


def test_outside_the_built_up_area_the_county_has_its_say(town: Town) -> None:
    chosen, contact, path = a_place(town), town.signed_in("kontakt"), path_of(town)
    assert "länsstyrelsen" in contact.get(path).get_data(as_text=True)
    outside = {name: value for name, value in ORDER.items() if name != "is_in_built_up_area"}
    refused = post(contact, path, chosen=chosen, **outside)
    assert refused.status_code == 422
    assert 'href="#county_permit_on"' in refused.get_data(as_text=True)
    along = {name: value for name, value in ORDER.items() if name != "is_off_public_road"}
    refused = post(contact, path, chosen=chosen, **along)
    assert refused.status_code == 422
    assert 'href="#is_off_public_road"' in refused.get_data(as_text=True)
    assert post(contact, path, chosen=chosen, **{**outside, "county_permit_on": "2026-02-01"}).status_code == 303


def test_only_an_active_area_orders(town: Town) -> None:
    contact, path = town.signed_in("kontakt"), path_of(town)
    chosen = a_place(town)
    assert post(contact, path, chosen=chosen, **ORDER).status_code == 303
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        networks.enter_state(rows, network, NetworkState.DORMANT, now=NOW)
    refused = post(contact, path, chosen=chosen, **ORDER)
    assert refused.status_code == 422
    assert "Området måste vara aktivt" in refused.get_data(as_text=True)
    late = post(town.signed_in("samordnare"), f"{path}/{orders(town)[0].id}", lage="ordered")
    assert late.status_code == 422
    assert "Nyby är inte aktivt längre" in late.get_data(as_text=True)


@pytest.mark.parametrize("reason", ["faded", "vandalised", "broken"])
def test_a_worn_sign_is_replaced_with_one_press_at_its_place(town: Town, reason: str) -> None:
    chosen, contact, path = a_place(town), town.signed_in("kontakt"), path_of(town)
    assert 'name="anledning"' not in contact.get(path).get_data(as_text=True)
    post(contact, f"{path}/plats/{chosen}", gor="uppe")
    page = contact.get(path).get_data(as_text=True)
    assert set(re.findall(r'name="anledning" value="(\w+)"', page)) == {one.value for one in signs.WORN}
    for _ in range(2):  # a double click
        answer = post(contact, f"{path}/plats/{chosen}/byt", anledning=reason)
        assert answer.headers["Location"] == f"{path}#plats-{chosen}"
    (order,) = orders(town)
    assert (order.signs, order.reason) == (1, OrderReason(reason))
    assert "Ny skylt är på väg" in contact.get(path).get_data(as_text=True)
    assert post(contact, f"{path}/{order.id}/ta-tillbaka", ja="1").status_code == 303
    assert orders(town)[0].state is OrderState.DECLINED
    assert post(contact, f"{path}/plats/{chosen}/byt", anledning="new").status_code == 400


def test_who_orders_is_the_municipalitys_choice(town: Town) -> None:
    with town.runtime.database.write() as rows:
        places.set_rules(rows, HOOR, Rules(signs_ordered_by="police"))
    chosen, path = a_place(town), path_of(town)
    post(town.signed_in("kontakt"), path, chosen=chosen, **ORDER)
    (order,) = orders(town)
    coordinator, police = town.signed_in("samordnare"), town.signed_in("polis")
    assert "av skyltar väntar" not in coordinator.get("/hem").get_data(as_text=True)
    assert "En beställning av skyltar väntar" in police.get("/hem").get_data(as_text=True)
    assert post(coordinator, f"{path}/{order.id}", lage="ordered").status_code == 403
    assert post(police, f"{path}/{order.id}", lage="ordered").status_code == 303
    assert post(police, f"{path}/{order.id}", lage="ordered").status_code == 422  # by somebody else, a moment ago
    assert post(police, f"{path}/{order.id}", lage="nonsens").status_code == 400


def test_a_sign_taken_down_by_mistake_comes_back(town: Town) -> None:
    chosen, contact, path = a_place(town), town.signed_in("kontakt"), path_of(town)
    for act in ("uppe", "sedd", "nere"):
        assert post(contact, f"{path}/plats/{chosen}", gor=act).status_code == 303
    assert "Nedtagna skyltar" in contact.get(path).get_data(as_text=True)
    assert post(contact, f"{path}/plats/{chosen}", gor="tillbaka").status_code == 303
    page = contact.get(path).get_data(as_text=True)
    assert "Nedtagna skyltar" not in page
    assert "Sedd onsdag 4 mars." in page
    assert post(contact, f"{path}/plats/{chosen}", gor="nonsens").status_code == 400


def test_another_networks_places_and_orders_are_not_there(town: Town) -> None:
    chosen = a_place(town)
    other = path_of(town, "Tjörnarp")
    lead = town.signed_in("huvud")
    assert post(lead, f"{other}/plats/{chosen}", gor="uppe").status_code == 404
    assert post(lead, f"{other}/plats/{chosen}/byt", anledning="faded").status_code == 404
    assert post(lead, other, chosen=chosen, **ORDER).status_code == 422
