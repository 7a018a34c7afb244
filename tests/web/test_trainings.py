"""Trainings through the pages: seats told once, who came, corrected, cancelled; and who counts for the gate."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import col, select

from grannsamverkan.domain import lifecycle, networks, people, places
from grannsamverkan.domain.lifecycle import GateCode, MeetingState, TrainingSession
from grannsamverkan.domain.networks import ContactRole, NetworkState
from grannsamverkan.domain.notices import Notice
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_phone
from tests.support.web_town import HOOR, NOW, Town, token

TRAINING = {"municipality": HOOR, "day": "2026-03-10", "clock": "18:00", "minutes": "120", "place": "Polishuset"}
LINDEN = "Kvarteret Linden"


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/utbildningar"), **form})


def a_contact(town: Town, role: ContactRole, number: int, network: str = LINDEN) -> int:
    """The id of a person with a phone and a mailbox who carries a role."""
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW, name=f"Ombud {number}")
        for channel, address in ((ChannelKind.SMS, a_phone(number)), (ChannelKind.EMAIL, a_mailbox(number))):
            people.add_address(rows, person, channel, address, now=NOW)
            people.consent(rows, person, channel, given_by=people.GivenBy.OFFICE, now=NOW)
        row = networks.network(rows, town.network_ids[network])
        networks.add_contact_person(rows, row, person.id or 0, role, now=NOW)
        return person.id or 0


def the_training(town: Town) -> TrainingSession:
    with town.runtime.database.read() as rows:
        return lifecycle.trainings(rows, [HOOR])[0]


def told(town: Town) -> list[str]:
    with town.runtime.database.read() as rows:
        return [row.body for row in rows.exec(select(Notice).order_by(col(Notice.id)))]


def trained(town: Town, *person_ids: int) -> set[int]:
    with town.runtime.database.read() as rows:
        return set(lifecycle.trained(rows, person_ids))


def test_a_training_to_which_nobody_is_invited_is_cancelled_without_counting_to_nought(town: Town) -> None:
    client = town.signed_in("polis")
    page = post(client, "/utbildningar", **TRAINING).headers["Location"]
    said = client.get(f"{page}/stall-in").get_data(as_text=True)
    assert "Ingen är inbjuden än. Det går inte att ångra." in said


def a_past_training(town: Town, client: FlaskClient) -> str:
    """The page of a training that has been, to which everybody was invited."""
    page = str(post(client, "/utbildningar", **TRAINING).headers["Location"])
    assert post(client, f"{page}/bjud-in").status_code == 303
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=7))
    return page


def test_everybody_gets_a_seat_and_is_told_once_by_every_channel(town: Town) -> None:
    a_contact(town, ContactRole.CONTACT_PERSON, 1)
    client = town.signed_in("polis")
    page = post(client, "/utbildningar", **TRAINING).headers["Location"]
    for _ in range(2):
        assert post(client, f"{page}/bjud-in").status_code == 303
    assert len(told(town)) == 2
    assert all("tisdag 10 mars klockan 18.00" in body and "Polishuset" in body for body in told(town))
    a_contact(town, ContactRole.DEPUTY, 2)
    assert "Bjud in ett kontaktombud" in client.get(page).get_data(as_text=True)
    post(client, f"{page}/bjud-in")
    assert len(told(town)) == 4


def test_cancelled_is_told_and_taken_out_of_calendars(town: Town) -> None:
    a_contact(town, ContactRole.CONTACT_PERSON, 1)
    client = town.signed_in("polis")
    page = post(client, "/utbildningar", **TRAINING).headers["Location"]
    post(client, f"{page}/bjud-in")
    assert "3 kontaktombud har en plats" in client.get(f"{page}/stall-in").get_data(as_text=True)
    assert post(client, f"{page}/stall-in", ja="1").status_code == 303
    assert post(client, f"{page}/stall-in", ja="1").status_code == 422
    assert sum("INSTÄLLT" in body or "inställd" in body for body in told(town)) == 2
    found: Any = Calendar.from_ical(town.visitor().get(f"/utbildningar/{the_training(town).uid}.ics").data)
    (event,) = found.walk("VEVENT")
    assert (found["METHOD"], event["STATUS"], int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 1)
    held = post(client, f"{page}/hallen")
    assert held.status_code == 422
    assert "Utbildningen är inställd" in held.get_data(as_text=True)


def test_who_came_is_trained_and_a_wrong_tick_is_corrected(town: Town) -> None:
    first, second = (a_contact(town, ContactRole.CONTACT_PERSON, number) for number in (1, 2))
    page = a_past_training(town, town.signed_in("polis"))
    client = town.signed_in("polis")
    assert post(client, f"{page}/hallen", kom=[str(first), "999999", "x"]).status_code == 303
    assert trained(town, first, second) == {first}
    assert post(client, f"{page}/hallen", kom=[str(second)]).status_code == 303
    assert trained(town, first, second) == {second}
    assert the_training(town).state is MeetingState.HELD


def test_a_training_elsewhere_is_not_undone_by_ours(town: Town) -> None:
    person = a_contact(town, ContactRole.CONTACT_PERSON, 1)
    with town.runtime.database.write() as rows:
        lifecycle.note_training(rows, person, NOW.date(), now=NOW)
    page = a_past_training(town, town.signed_in("polis"))
    assert post(town.signed_in("polis"), f"{page}/hallen").status_code == 303
    assert trained(town, person) == {person}


def gate(town: Town) -> tuple[int, bool]:
    """How many trained the gate of Kvarteret Linden counts, and whether that is enough."""
    with town.runtime.database.read() as rows:
        network = networks.network(rows, town.network_ids[LINDEN])
        facts = lifecycle.facts_of(rows, network)
        conditions = lifecycle.gates(NetworkState.TRAINING, facts, places.rules(rows, HOOR))
        found = next(one for one in conditions if one.code is GateCode.TRAINED)
        return found.has, found.is_met


def test_only_trained_contact_persons_count_for_the_gate(town: Town) -> None:
    contact, deputy = a_contact(town, ContactRole.CONTACT_PERSON, 1), a_contact(town, ContactRole.DEPUTY, 2)
    elsewhere = a_contact(town, ContactRole.CONTACT_PERSON, 3, "Sätofta")
    page = a_past_training(town, town.signed_in("polis"))
    client = town.signed_in("polis")
    assert gate(town) == (0, False)
    post(client, f"{page}/hallen", kom=[str(deputy), str(elsewhere)])
    assert gate(town) == (0, False)
    post(client, f"{page}/hallen", kom=[str(deputy), str(elsewhere), str(contact)])
    assert gate(town) == (1, True)
    with town.runtime.database.write() as rows:
        (role,) = networks.open_contact_roles(rows, contact)
        networks.end_role(rows, role, because="wish", now=town.clock.now())
    assert gate(town) == (0, False)


@pytest.mark.parametrize(
    "changes",
    [{"day": "2026-03-01"}, {"day": "0001-01-01"}, {"minutes": "x"}, {"place": ""}, {"municipality": "0180"}],
    ids=str,
)
def test_what_is_no_training_is_refused(town: Town, changes: dict[str, str]) -> None:
    answer = post(town.signed_in("polis"), "/utbildningar", **{**TRAINING, **changes})
    assert answer.status_code == 422
    assert "<title>Fel:" in answer.get_data(as_text=True)


def test_another_municipalitys_training_is_not_there(town: Town) -> None:
    page = post(town.signed_in("samordnare"), "/utbildningar", **TRAINING).headers["Location"]
    other = town.signed_in("samordnare-eslov")
    assert other.get(page).status_code == 404
    assert post(other, f"{page}/bjud-in").status_code == 404
    assert town.signed_in("polis").get(page).status_code == 200
