"""An apartment network from the first interested neighbour to a living network, in a real browser on the whole product:
three stairwells, forty households joined in all four ways, two contact persons, one of whom hands over."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from sqlmodel import Session

from grannsamverkan.domain import networks, people
from grannsamverkan.domain.networks import JoinedBy
from grannsamverkan.domain.people import StopEntry
from grannsamverkan.foundation.ports import ChannelKind
from tests.journeys import steps
from tests.journeys.stage import Quick, Stage
from tests.journeys.steps import as_typed, sign_in
from tests.support.browser import DESK, assert_accessible
from tests.support.builders import a_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
SMALL_PHONE = 360
STAIRWELLS = ("Eken 1 A", "Eken 1 B", "Eken 1 C")
INTERESTED = range(5)
ASA, BO = 5, 6  # the phones of the two contact persons
BY_SLIP, BY_WEB, AT_DOOR, ON_PAPER = range(10, 24), range(24, 34), range(34, 42), range(8)


def test_from_interest_to_a_living_network(open_page: OpenPage, stage: Stage) -> None:
    desk, phone, mobile = open_page(DESK), open_page(SMALL_PHONE), open_page(SMALL_PHONE)

    # ------------------------------------------------------------------ interest, mapping, start meeting
    steps.tell_interest(open_page(SMALL_PHONE), stage, 0, "Lägenhet", "Kvarteret Eken")
    for number in INTERESTED[1:]:
        steps.tell_interest_quickly(stage, number, "apartment", "Kvarteret Eken")
    coordinator = sign_in(desk, stage, "samordnare")
    coordinator.reads("5 intresserade väntar på svar")
    eken = steps.start_network(coordinator, stage, "Kvarteret Eken", len(INTERESTED))
    steps.step_on(coordinator, stage, eken, "Kartläggning")
    steps.map_network(coordinator, stage, eken, "Eken 1: A, B, C", 48)
    steps.add_owner(coordinator, stage, eken, "Brf Eken", "Bostadsrättsförening")
    units = steps.units_of(coordinator, stage, eken)
    meeting = steps.plan_start_meeting(coordinator, stage, eken, "Föreningens lokal")
    coordinator.press("button", "Bjud in 5 personer")
    for number in INTERESTED:
        assert "18.30" in stage.on_phone(a_phone(number), "Startmöte")
    steps.step_on(coordinator, stage, eken, "Startmöte")
    stage.clock.leap(timedelta(days=15))
    coordinator = sign_in(desk, stage, "samordnare")
    coordinator.open(meeting)
    coordinator.fill("Antal deltagare", "14")
    coordinator.press("button", "Spara hur det gick")
    coordinator.reads("Har hållits")
    steps.step_on(coordinator, stage, eken, "Utbildning")

    # ------------------------------------------------------------------ two contact persons, trained
    codes = [
        steps.add_contact_person(coordinator, stage, eken, "Åsa Öberg", ASA, "Kontaktombud"),
        steps.add_contact_person(coordinator, stage, eken, "Bo Ek", BO, "Kontaktombud"),
    ]
    training = steps.plan_training(coordinator, stage, 2)
    assert "Polishuset" in stage.on_phone(a_phone(ASA), "Utbildning")
    stage.clock.leap(timedelta(days=8))
    coordinator = sign_in(desk, stage, "samordnare")
    coordinator.open(training)
    for box in desk.get_by_role("group", name="Vilka kom?").get_by_role("checkbox").all():
        box.check()
    coordinator.press("button", "Spara vilka som kom")
    asa = steps.make_account(phone, stage, codes[0], "asa")
    asa.heading("Du är kontaktombud i Kvarteret Eken")
    bo = steps.make_account(mobile, stage, codes[1], "bo")

    # ------------------------------------------------------------------ forty households, all four ways
    slip = steps.print_slips(asa, stage, eken, STAIRWELLS[0], len(BY_SLIP))
    assert urlsplit(slip).path == "/ga-med"
    for number in BY_SLIP[:2]:
        joiner = open_page(SMALL_PHONE, java_script_enabled=number % 2 == 0)  # one of them without scripts
        hand = steps.join(joiner, stage, slip, number, name=f"Lägenhet {number}")
        hand.heading("Nu är du med i Kvarteret Eken")
        assert len(hand.pages) <= 5, hand.pages
        assert hand.inputs <= 4  # number, code, yes, and a name for those who want
        assert_accessible(joiner) if number % 2 == 0 else None
        assert "Kvarteret Eken" in stage.on_phone(a_phone(number), "Du får sms för")
    for number in BY_SLIP[2:]:
        steps.join_quickly(stage, slip, number, name=f"Lägenhet {number}")

    for number in BY_WEB[:2]:
        hand = steps.join(
            open_page(SMALL_PHONE), stage, f"{stage.url}/omrade/{eken}", number, part=STAIRWELLS[1], name=f"B {number}"
        )
        hand.heading("Ditt kontaktombud i Kvarteret Eken svarar dig")
        assert len(hand.pages) <= 6, hand.pages  # the area's own page, and five more
    for number in BY_WEB[2:]:
        steps.join_quickly(stage, f"/ga-med?omrade={eken}", number, unit=units[STAIRWELLS[1]], name=f"B {number}")
    steps.let_in_all(bo, stage, eken, len(BY_WEB))

    steps.write_in(asa, stage, eken, STAIRWELLS[2], "C 34", phone=as_typed(AT_DOOR[0]))
    steps.write_in(asa, stage, eken, STAIRWELLS[2], "C 35", email="c35@post.example")
    at_door = Quick(stage)
    at_door.sign_in("asa")
    for number in AT_DOOR[2:]:
        unit = units[STAIRWELLS[2]]
        steps.write_in_quickly(stage, at_door, eken, unit, f"C {number}", phone=as_typed(number))
    steps.write_in(asa, stage, eken, STAIRWELLS[2], "Papper 0", landline="0413-123 45")
    steps.write_in(asa, stage, eken, STAIRWELLS[2], "Papper 1")
    for number in ON_PAPER[2:]:
        steps.write_in_quickly(stage, at_door, eken, units[STAIRWELLS[2]], f"Papper {number}", landline="0413-123 45")
    with stage.runtime.database.read() as rows:
        joined = networks.living_households(rows, eken)
        assert len(joined) == 40
        assert {one.joined_by for one in joined} == {JoinedBy.SLIP, JoinedBy.WEB, JoinedBy.DOORSTEP}

    # ------------------------------------------------------------------ active, and its signs
    steps.step_on(coordinator, stage, eken, "Aktiv")
    asa.open(f"{stage.url}/omraden/{eken}/skyltar")
    asa.fill("Antal skyltar", "0")
    asa.fill("Antal dekaler", "40")
    asa.press("button", "Be om beställning")
    coordinator.open(f"{stage.url}/skyltar")
    coordinator.reads("40 dekaler")
    coordinator.press("button", "Beställ")

    # ------------------------------------------------------------------ one hands over
    assert sum(_shares(stage, eken)) == 40  # who came by slip was given to the one with fewest
    bo.open(f"{stage.url}/hem")
    bo.press("link", "Lämna över i Kvarteret Eken")
    bo.press("button", "Sluta som kontaktombud")
    bo.heading("Du har inget uppdrag just nu")
    assert _shares(stage, eken) == [40]
    asa.open(f"{stage.url}/omraden/{eken}/hushall")
    asa.reads("40 hushåll är dina")

    # ------------------------------------------------------------------ STOPP by SMS, and leaving on one's own page
    stage.answer(a_phone(BY_SLIP[0]), "Stopp tack")
    stage.on_phone(a_phone(BY_SLIP[0]), "inga fler")
    with stage.runtime.database.read() as rows:
        assert _wants_sms(rows, BY_SLIP[1])
        assert not _wants_sms(rows, BY_SLIP[0])
    leaver = steps.own_page(open_page(SMALL_PHONE), stage, BY_SLIP[1], codes_before=1)
    leaver.press("link", "Lämna Kvarteret Eken")
    leaver.press("button", "Lämna Kvarteret Eken")
    leaver.heading("Tack för att du var med")
    with stage.runtime.database.read() as rows:
        assert len(networks.living_households(rows, eken)) == 39


def _shares(stage: Stage, network_id: int) -> list[int]:
    """How many households each contact person has."""
    with stage.runtime.database.read() as rows:
        return sorted(networks.coverage(rows, network_id, guidance=99).households_of.values())


def _wants_sms(rows: Session, phone: int) -> bool:
    lookup = people.lookup_of(rows, ChannelKind.SMS, a_phone(phone))
    return rows.get(StopEntry, (ChannelKind.SMS, lookup)) is None
