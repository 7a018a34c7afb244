"""What people do on the way of a network, page by page: each function is one errand of one person."""

import re
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Page, expect

from tests.journeys.stage import PASSWORD, Quick, Stage
from tests.support.builders import a_phone
from tests.support.papers import codes_on, pages_of

Pressed = Literal["button", "link", "checkbox", "radio"]


@dataclass
class Hand:
    """Somebody's hand on a page: counts the pages they met, the fields they filled, what they pressed and typed."""

    page: Page
    pages: list[str] = field(default_factory=list)
    inputs: int = 0
    taps: int = 0
    typed: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(15_000)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self._met()

    def press(self, role: Pressed, name: str, *, exact: bool = False) -> None:
        found = self.page.get_by_role("main").get_by_role(role, name=name, exact=exact).first
        found.click()
        self.taps += 1
        self.inputs += role in ("checkbox", "radio")
        self._met()

    def fill(self, label: str, text: str) -> None:
        written = self.page.locator("input:not([type=radio], [type=checkbox]), textarea")
        self.page.get_by_role("main").get_by_label(label, exact=True).and_(written).first.fill(text)
        self.inputs += 1
        self.typed += len(text)

    def choose(self, label: str, words: str) -> None:
        self.page.get_by_role("main").get_by_label(label, exact=True).first.select_option(label=words)
        self.inputs += 1

    def reads(self, words: str) -> None:
        """The page says so."""
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def _met(self) -> None:
        title = self.page.get_by_role("heading", level=1).first.inner_text()
        if not self.pages or self.pages[-1] != title:
            self.pages.append(title)


def sign_in(page: Page, stage: Stage, name: str) -> Hand:
    hand = Hand(page)
    hand.open(f"{stage.url}/logga-in")
    hand.fill("Användarnamn", name)
    hand.fill("Lösenord", PASSWORD)
    hand.press("button", "Logga in", exact=True)
    return hand


# ------------------------------------------------------------------------------------------------------ neighbours


def tell_interest(page: Page, stage: Stage, phone: int, kind: str, place: str) -> None:
    hand = Hand(page)
    hand.open(f"{stage.url}/")
    hand.press("link", "Anmäl intresse")
    hand.press("radio", kind)
    hand.fill("Gata eller område", place)
    hand.fill("Mobilnummer", as_typed(phone))
    hand.press("button", "Anmäl intresse")
    hand.fill("Koden med sex siffror", stage.code_on(a_phone(phone)))
    hand.press("button", "Gå vidare")
    hand.heading("Tack för din anmälan")


def tell_interest_quickly(stage: Stage, phone: int, kind: str, place: str) -> None:
    visitor = Quick(stage)
    visitor.open("/anmal-intresse/1267")
    visitor.send("/anmal-intresse/1267", kind=kind, place=place, phone=as_typed(phone), wants_to_help="y")
    visitor.send("/anmal-intresse/kod", code=stage.code_on(a_phone(phone)))
    assert visitor.at.endswith("/klart")


def join(page: Page, stage: Stage, start: str, phone: int, *, part: str = "", name: str) -> Hand:
    """From the address on a slip, or from the area's page; how much of a work it was stands in the hand."""
    hand = Hand(page)
    hand.open(start)
    if part:
        hand.press("link", "Gå med i")
        hand.press("radio", part)
    hand.press("button", "Gå vidare")
    hand.fill("Mobilnummer", as_typed(phone))
    hand.press("button", "Skicka koden")
    hand.fill("Koden med sex siffror", stage.code_on(a_phone(phone)))
    hand.press("button", "Gå vidare")
    hand.press("checkbox", "Ja, skicka till mig")
    hand.fill("Namn eller husnummer", name)
    hand.press("button", "Gå med i")
    return hand


def join_quickly(stage: Stage, start: str, phone: int, *, unit: str = "", name: str) -> None:
    visitor = Quick(stage)
    visitor.open(start)
    code = re.search(r'name="code"[^>]* value="([^"]*)"', visitor.page)
    path = start.removeprefix(stage.url)
    visitor.send(path.partition("?")[0] if code else path, **({"code": code[1]} if code else {"unit": unit}))
    visitor.send("/ga-med/hur", phone=as_typed(phone))
    visitor.send("/ga-med/kod", code=stage.code_on(a_phone(phone)))
    visitor.send("/ga-med/val", wants="y", shows="name", label=name)
    assert visitor.at.endswith("/ga-med/klart"), visitor.at


def own_page(page: Page, stage: Stage, phone: int, *, codes_before: int) -> Hand:
    hand = Hand(page)
    hand.open(f"{stage.url}/min-sida")
    hand.fill("Mobilnummer", as_typed(phone))
    hand.press("button", "Skicka koden")
    hand.fill("Koden med sex siffror", stage.code_on(a_phone(phone), after=codes_before))
    hand.press("button", "Gå vidare")
    return hand


def as_typed(phone: int) -> str:
    """070-174 06 05, as a person writes it."""
    digits = f"0{a_phone(phone).removeprefix('+46')}"
    return f"{digits[:3]}-{digits[3:6]} {digits[6:8]} {digits[8:]}"


# ------------------------------------------------------------------------------------------------- contact persons


def make_account(page: Page, stage: Stage, code: str, name: str) -> Hand:
    hand = Hand(page)
    hand.open(f"{stage.url}/inbjudan")
    hand.fill("Din kod", code)
    hand.fill("Välj ett användarnamn", name)
    hand.fill("Välj ett lösenord", PASSWORD)
    hand.press("button", "Gör mitt konto")
    return hand


def print_slips(hand: Hand, stage: Stage, network_id: int, part: str, number: int) -> str:
    """The address in the QR code of freshly printed slips, read off the paper as a phone's camera does."""
    hand.open(f"{stage.url}/omraden/{network_id}/lappar")
    hand.choose("Gata eller trapphus", part)
    hand.fill("Antal lappar", str(number))
    hand.press("button", "Gör lappar")
    link = hand.page.get_by_role("link", name="Små lappar").first.get_attribute("href")
    answer = hand.page.context.request.get(stage.url + (link or ""))
    assert answer.ok
    pictures = pages_of(answer.body())
    assert len(pictures) == -(-number // 4)
    found = codes_on(pictures[0])
    assert len(found) == 1, found  # all slips carry the same code
    return found.pop()


def write_in(hand: Hand, stage: Stage, network_id: int, part: str, name: str, **reached: str) -> None:
    """At the door, off the paper that the neighbour has signed; without an address they get paper only."""
    labels = {"phone": "Mobilnummer", "email": "Mejladress", "landline": "Fast telefon"}
    hand.open(f"{stage.url}/omraden/{network_id}/hushall")
    hand.press("link", "Skriv in en granne")
    hand.choose("Gata eller trapphus", part)
    hand.fill("Namn eller husnummer", name)
    for kind, value in reached.items():
        hand.fill(labels[kind], value)
    hand.fill("Datum på papperet", stage.day(0))
    hand.press("checkbox", "Grannen har skrivit under")
    hand.press("button", "Skriv in hushållet")
    hand.reads(name)


def write_in_quickly(stage: Stage, visitor: Quick, network_id: int, unit: str, name: str, **reached: str) -> None:
    path = f"/omraden/{network_id}/hushall/nytt"
    visitor.open(path)
    visitor.send(path, unit=unit, shows="name", label=name, paper_on=stage.day(0), signed="y", **reached)
    assert visitor.at.endswith("/hushall"), visitor.at


def let_in_all(hand: Hand, stage: Stage, network_id: int, number: int) -> None:
    hand.open(f"{stage.url}/omraden/{network_id}/hushall")
    for _ in range(number):
        hand.press("button", "Släpp in", exact=True)
    expect(hand.page.get_by_role("button", name="Släpp in", exact=True)).to_have_count(0)


# ------------------------------------------------------------------------------------------------------ coordinator


def start_network(hand: Hand, stage: Stage, name: str, interested: int) -> int:
    """From the interests to a network; its id."""
    hand.open(f"{stage.url}/intressen")
    boxes = hand.page.get_by_role("checkbox")
    expect(boxes).to_have_count(interested)
    for place in range(interested):
        boxes.nth(place).check()
    hand.fill("Nytt område", name)
    hand.press("button", "Starta området")
    hand.heading(f"Läge och nästa steg för {name}")
    found = re.search(r"/omraden/(\d+)", hand.page.url)
    assert found is not None
    return int(found[1])


def step_on(hand: Hand, stage: Stage, network_id: int, to: str) -> None:
    """The next step, which is open."""
    hand.open(f"{stage.url}/omraden/{network_id}/lage")
    hand.press("button", f"Gå till {to}")
    expect(hand.page.locator(".gs-steps [aria-current]")).to_contain_text(to)


def map_network(hand: Hand, stage: Stage, network_id: int, parts: str, dwellings: int) -> None:
    hand.open(f"{stage.url}/omraden/{network_id}/delar")
    hand.page.locator("#parts").fill(parts)
    hand.press("button", "Lägg till delarna")
    hand.open(f"{stage.url}/omraden/{network_id}/andra")
    hand.page.locator("#dwellings").fill(str(dwellings))
    hand.page.locator("#postcodes").fill("243 31")
    hand.press("button", "Spara ändringarna")


def add_owner(hand: Hand, stage: Stage, network_id: int, name: str, kind: str) -> None:
    hand.open(f"{stage.url}/omraden/{network_id}/skyltar")
    hand.page.get_by_text("Lägg till en ägare").click()
    hand.page.locator("#name").fill(name)
    hand.page.locator("#kind").select_option(label=kind)
    hand.page.locator("#approved_on").fill(stage.day(0))
    hand.press("button", "Lägg till ägaren")
    hand.reads(name)


def plan_start_meeting(hand: Hand, stage: Stage, network_id: int, place: str) -> str:
    """The address of the meeting's page; it is in two weeks."""
    hand.open(f"{stage.url}/omraden/{network_id}/moten")
    hand.press("radio", "Startmöte")
    hand.fill("Dag", stage.day(14))
    hand.fill("Klockan", "18:30")
    hand.fill("Plats", place)
    hand.press("button", "Planera mötet")
    return hand.page.url


def add_contact_person(hand: Hand, stage: Stage, network_id: int, name: str, phone: int, role: str) -> str:
    """The code with which they make an account."""
    hand.open(f"{stage.url}/omraden/{network_id}/kontaktombud")
    hand.fill("Namn", name)
    hand.fill("Mobilnummer", as_typed(phone))
    hand.press("radio", role, exact=True)
    hand.press("button", "Lägg till kontaktombudet")
    row = hand.page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="Ge en kod för konto").click()
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", hand.page.get_by_role("status").inner_text())
    assert found is not None
    return found[0]


def plan_training(hand: Hand, stage: Stage, invited: int) -> str:
    hand.open(f"{stage.url}/utbildningar")
    hand.fill("Dag", stage.day(7))
    hand.fill("Klockan", "18:00")
    hand.fill("Plats", "Polishuset i Eslöv")
    hand.press("button", "Planera utbildningen")
    page = hand.page.url
    hand.press("button", f"Bjud in {invited} kontaktombud")
    return page


def units_of(hand: Hand, stage: Stage, network_id: int) -> dict[str, str]:
    """The parts that one can join in, by name."""
    hand.open(f"{stage.url}/omraden/{network_id}/lappar")
    options = hand.page.locator("#unit option").evaluate_all("all => all.map(one => [one.textContent, one.value])")
    return dict(options)
