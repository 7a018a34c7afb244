"""The register of contact persons: whoever is shown in it reads by whom, whichever page showed them."""

import pytest

from grannsamverkan.domain import audit, networks, people
from grannsamverkan.domain.audit import ViewEntry
from grannsamverkan.domain.networks import ContactRole
from tests.support.web_town import HOOR, NOW, Town, token
from tests.web.test_exports import own_page


@pytest.fixture
def shown_id(town: Town) -> int:
    """A second contact person of Nyby, beside one who has all its households."""
    with town.runtime.database.write() as rows:
        (first,) = networks.contact_persons(rows, town.network_ids["Nyby"])
        networks.take_over(rows, first, now=NOW)
        person = people.add_person(rows, HOOR, now=NOW, name="Ombud 1")
        network = networks.network(rows, town.network_ids["Nyby"])
        networks.add_contact_person(rows, network, person.id or 0, ContactRole.CONTACT_PERSON, now=NOW)
        return person.id or 0


def views(town: Town) -> list[ViewEntry]:
    with town.runtime.database.read() as rows:
        return audit.views_in(rows, [HOOR])


@pytest.mark.parametrize(
    ("who", "page", "role"),
    [
        ("samordnare", "/kontaktombud", "Samordnare"),
        ("samordnare", "/kontaktombud/dela-ut", "Samordnare"),
        ("kontakt", "/hushall/lamna-over", "Kontaktombud"),
        ("kontakt", "", "Kontaktombud"),
    ],
)
def test_whose_name_a_page_shows_reads_who_saw_it(town: Town, shown_id: int, who: str, page: str, role: str) -> None:
    client = town.signed_in(who)
    for _ in range(2):  # looked at twice within the hour, it is one view
        assert "Ombud 1" in client.get(f"/omraden/{town.network_ids['Nyby']}{page}").get_data(as_text=True)
    (view,) = (one for one in views(town) if one.what == "register")
    assert shown_id in view.person_ids
    assert f"{role}, såg dig i registret över kontaktombud" in own_page(town, shown_id)


def test_nobody_has_looked_at_themselves(town: Town, shown_id: int) -> None:
    town.signed_in("kontakt").get(f"/omraden/{town.network_ids['Nyby']}/hushall/lamna-over")
    (view,) = (one for one in views(town) if one.what == "register")
    assert view.person_ids == [shown_id]


def test_those_who_see_no_names_have_looked_at_nobody(town: Town, shown_id: int) -> None:
    page = town.signed_in("kontakt").get(f"/omraden/{town.network_ids['Nyby']}/kontaktombud").get_data(as_text=True)
    assert "Ombud 1" not in page
    assert views(town) == []


def test_names_at_a_training_are_the_register_too(town: Town, shown_id: int) -> None:
    client = town.signed_in("polis")
    form = {"municipality": HOOR, "day": "2026-03-10", "clock": "18:00", "minutes": "120", "place": "Polishuset"}
    page = client.post("/utbildningar", data={"csrf_token": token(client, "/utbildningar"), **form}).headers["Location"]
    client.post(f"{page}/bjud-in", data={"csrf_token": token(client, "/utbildningar")})
    assert "Ombud 1" in client.get(page).get_data(as_text=True)
    (view,) = views(town)
    assert (view.what, view.network_id, shown_id in view.person_ids) == ("register", None, True)
    assert "Polis, såg dig i registret över kontaktombud" in own_page(town, shown_id)
