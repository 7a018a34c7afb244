"""A villa network from the first interested neighbour to a living network: its boundary drawn by clicks and put right
with a file, its streets, forty households joined in all four ways, and what a contact person does to warn them."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan.domain import networks
from grannsamverkan.domain.networks import JoinedBy, NetworkState
from grannsamverkan.foundation.geometry import read_area
from tests.journeys import steps
from tests.journeys.stage import Quick, Stage
from tests.journeys.steps import Hand, as_typed, sign_in
from tests.support.browser import DESK
from tests.support.builders import a_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenPage = Callable[..., Page]
SMALL_PHONE = 360
INTERESTED = range(5)
CILLA, DAG = 5, 6
BY_SLIP, BY_WEB, AT_DOOR, ON_PAPER = range(10, 24), range(24, 34), range(34, 42), range(8)
BOUNDARY = [[13.55, 55.93], [13.57, 55.93], [13.57, 55.945], [13.55, 55.945], [13.55, 55.93]]


def test_from_interest_to_a_living_network(open_page: OpenPage, stage: Stage) -> None:
    desk, phone = open_page(DESK), open_page(SMALL_PHONE)

    # ------------------------------------------------------------------ interest, mapping, boundary, start meeting
    steps.tell_interest(open_page(SMALL_PHONE, java_script_enabled=False), stage, 0, "Villa eller radhus", "Ekvägen")
    for number in INTERESTED[1:]:
        steps.tell_interest_quickly(stage, number, "villa", "Ekvägen")
    coordinator = sign_in(desk, stage, "samordnare")
    ekbacken = steps.start_network(coordinator, stage, "Ekbacken", len(INTERESTED))
    steps.step_on(coordinator, stage, ekbacken, "Kartläggning")
    steps.map_network(coordinator, stage, ekbacken, "Ekvägen\nBokvägen", 60)
    draw_boundary(coordinator, stage, ekbacken)
    upload_boundary(coordinator, stage, ekbacken)
    units = steps.units_of(coordinator, stage, ekbacken)
    assert {"Ekvägen", "Bokvägen"} <= set(units)
    meeting = steps.plan_start_meeting(coordinator, stage, ekbacken, "Hos Cilla")
    coordinator.press("button", "Bjud in 5 personer")
    stage.on_phone(a_phone(0), "Startmöte")
    steps.step_on(coordinator, stage, ekbacken, "Startmöte")
    stage.clock.leap(timedelta(days=15))
    coordinator = sign_in(desk, stage, "samordnare")
    coordinator.open(meeting)
    coordinator.fill("Antal deltagare", "11")
    coordinator.press("button", "Spara hur det gick")
    steps.step_on(coordinator, stage, ekbacken, "Utbildning")

    # ------------------------------------------------------------------ two contact persons
    codes = [
        steps.add_contact_person(coordinator, stage, ekbacken, "Cilla Ask", CILLA, "Kontaktombud"),
        steps.add_contact_person(coordinator, stage, ekbacken, "Dag Al", DAG, "Ersättare"),
    ]
    training = steps.plan_training(coordinator, stage, 2)
    stage.clock.leap(timedelta(days=8))
    coordinator = sign_in(desk, stage, "samordnare")
    coordinator.open(training)
    for box in desk.get_by_role("group", name="Vilka kom?").get_by_role("checkbox").all():
        box.check()
    coordinator.press("button", "Spara vilka som kom")
    cilla = steps.make_account(phone, stage, codes[0], "cilla")
    steps.make_account(open_page(SMALL_PHONE), stage, codes[1], "dag")

    # ------------------------------------------------------------------ forty households, all four ways
    slip = steps.print_slips(cilla, stage, ekbacken, "Ekvägen", len(BY_SLIP))
    for number in BY_SLIP[:2]:
        hand = steps.join(open_page(SMALL_PHONE), stage, slip, number, name=f"Ekvägen {number}")
        hand.heading("Nu är du med i Ekbacken")
    for number in BY_SLIP[2:]:
        steps.join_quickly(stage, slip, number, name=f"Ekvägen {number}")
    find = Hand(open_page(SMALL_PHONE))  # somebody who knows their street, and nothing else
    find.open(f"{stage.url}/")
    find.fill("Område, gata eller postnummer", "bokvägen 7")
    find.press("button", "Sök område")
    find.press("link", "Ekbacken")
    for number in BY_WEB[:2]:
        hand = steps.join(
            open_page(SMALL_PHONE, java_script_enabled=False),
            stage,
            find.page.url,
            number,
            part="Bokvägen",
            name=f"Bokvägen {number}",
        )
        hand.heading("Ditt kontaktombud i Ekbacken svarar dig")
    for number in BY_WEB[2:]:
        area = f"/ga-med?omrade={ekbacken}"
        steps.join_quickly(stage, area, number, unit=units["Bokvägen"], name=f"Bokvägen {number}")
    steps.let_in_all(cilla, stage, ekbacken, len(BY_WEB))
    steps.write_in(cilla, stage, ekbacken, "Bokvägen", "Bokvägen 90", phone=as_typed(AT_DOOR[0]))
    steps.write_in(cilla, stage, ekbacken, "Bokvägen", "Bokvägen 91", email="bok91@post.example")
    steps.write_in(cilla, stage, ekbacken, "Bokvägen", "Bokvägen 92", landline="0413-123 45")
    steps.write_in(cilla, stage, ekbacken, "Bokvägen", "Bokvägen 93")
    at_door = Quick(stage)
    at_door.sign_in("cilla")
    for number in AT_DOOR[2:]:
        steps.write_in_quickly(stage, at_door, ekbacken, units["Ekvägen"], f"Dörr {number}", phone=as_typed(number))
    for number in ON_PAPER[2:]:
        steps.write_in_quickly(stage, at_door, ekbacken, units["Ekvägen"], f"Papper {number}")
    with stage.runtime.database.read() as rows:
        joined = networks.living_households(rows, ekbacken)
        assert len(joined) == 40
        assert {one.joined_by for one in joined} == {JoinedBy.SLIP, JoinedBy.WEB, JoinedBy.DOORSTEP}
        assert sum(networks.coverage(rows, ekbacken, guidance=99).households_of.values()) == 40

    # ------------------------------------------------------------------ active, found by everybody, and a first warning
    steps.step_on(coordinator, stage, ekbacken, "Aktiv")
    with stage.runtime.database.read() as rows:
        assert networks.state_of(rows, ekbacken) is NetworkState.ACTIVE
    find = Hand(open_page(SMALL_PHONE))
    find.open(f"{stage.url}/")
    expect(find.page.locator("path.gs-m-area")).to_have_count(1)
    cilla.open(f"{stage.url}/hem")
    cilla.taps = cilla.typed = 0
    cilla.press("link", "Skriv till dina grannar")
    cilla.press("button", "Granska varningen")
    cilla.heading("Granska varningen")
    assert cilla.taps <= 7
    assert cilla.typed <= 60
    cilla.press("checkbox", "Jag vet att det har hänt")
    cilla.press("button", "Skicka varning till")
    on_its_way = re.compile("Varningen skickas strax|av 40 hushåll har fått varningen")  # it goes while one looks
    expect(phone.get_by_role("heading", level=1)).to_have_text(on_its_way)

    # ------------------------------------------------------------------ the contact person hands over to the deputy
    cilla.open(f"{stage.url}/omraden/{ekbacken}/sluta-som-ombud")
    cilla.press("button", "Sluta som kontaktombud")
    with stage.runtime.database.read() as rows:
        assert list(networks.coverage(rows, ekbacken, guidance=99).households_of.values()) == [40]


def draw_boundary(hand: Hand, stage: Stage, network_id: int) -> None:
    """Four clicks around the area; the lines of the field say the same."""
    hand.open(f"{stage.url}/omraden/{network_id}/grans")
    drawing = hand.page.locator(".gs-pick-map figure > div")
    box = drawing.bounding_box()
    assert box is not None
    for across, down in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)):
        drawing.click(position={"x": box["width"] * across, "y": box["height"] * down})
    assert len(hand.page.locator("#corners").input_value().splitlines()) == 4
    expect(hand.page.locator(".gs-pick-map path.gs-m-hit")).to_have_count(1)
    hand.press("button", "Spara gränsen")


def upload_boundary(hand: Hand, stage: Stage, network_id: int) -> None:
    """A file from the municipality's own map says it better."""
    hand.open(f"{stage.url}/omraden/{network_id}/grans")
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [BOUNDARY]}}
    hand.page.locator("#file").set_input_files(
        {"name": "gräns.geojson", "mimeType": "application/geo+json", "buffer": json.dumps(shape).encode()}
    )
    hand.press("button", "Spara gränsen")
    with stage.runtime.database.read() as rows:
        area = networks.network(rows, network_id).area
    assert area is not None
    assert [list(corner) for corner in read_area(area).rings[0]] == BOUNDARY
