"""Errands with nothing but a keyboard: what has the focus can be seen, and nothing lies over it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import DESK, PHONE, assert_accessible, carry, served
from tests.support.lived_in import LivedIn, live_in
from tests.support.web_town import PASSWORD

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
_MOST_TABS = 150
_MENU_ROW_PX = 60
# Whether what has the focus shows a line around itself, is within the window, and is what lies on top there.
_SEEN = """() => {
  const one = document.activeElement, box = one.getClientRects()[0], style = getComputedStyle(one);
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const isMarked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const isOnTop = one.contains(top) || !!top?.closest('a, label, li')?.contains(one);
  return isMarked && isOnTop && box.bottom > 0 && box.top < innerHeight;
}"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    lived = live_in(tmp_path_factory.mktemp("keyboard"))
    yield lived
    lived.town.runtime.close()


@pytest.fixture(scope="module")
def address(lived: LivedIn) -> Iterator[str]:
    with served(lived.town.app) as address:
        yield address


class Keys:
    """A person at a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: Locator) -> None:
        """Tab on until this has the focus; all that has it on the way is seen."""
        expect(wanted).to_be_visible()
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(_SEEN), self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            if wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"no way to {wanted} by Tab")

    def write(self, label: str, text: str) -> None:
        self.to(self.page.get_by_role("main").get_by_label(label, exact=True).first)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        self.to(self.page.get_by_role("main").get_by_label(label).first)
        self.page.keyboard.press("Space")

    def press(self, role: str, name: str) -> None:
        self.to(self.page.get_by_role("main").get_by_role(role, name=name).first)  # type: ignore[arg-type]
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)


def test_a_neighbour_finds_the_area_joins_and_pauses(open_page: OpenPage, lived: LivedIn, address: str) -> None:
    page = open_page(PHONE)
    keys = Keys(page)
    page.goto(address)
    keys.write("Område, gata eller postnummer", "Nybyv")
    page.keyboard.press("Enter")
    keys.press("link", "Nyby")
    keys.press("link", "Gå med i Nyby")
    keys.to(page.get_by_role("radio").first)  # arrows choose within the group
    page.keyboard.press("Space")
    keys.press("button", "Gå vidare")
    keys.write("Mobilnummer", "070-174 06 97")
    page.keyboard.press("Enter")
    keys.heading("Skriv koden du fick")
    keys.write("Koden med sex siffror", lived.last_code())
    page.keyboard.press("Enter")
    keys.tick("Ja, skicka till mig")
    keys.press("button", "Gå med i Nyby")
    keys.heading("Ditt kontaktombud i Nyby svarar dig")

    own = open_page(PHONE)
    carry(own.context, lived.on_own_page(), address)
    own.goto(f"{address}/min-sida/jag")
    Keys(own).press("button", "Pausa i 14 dagar")
    expect(own.get_by_role("main")).to_contain_text("Du har paus till")


def test_a_contact_person_signs_in_answers_and_is_done(open_page: OpenPage, lived: LivedIn, address: str) -> None:
    page = open_page(PHONE)
    keys = Keys(page)
    page.goto(f"{address}/logga-in")
    keys.write("Användarnamn", "kontakt")
    keys.write("Lösenord", PASSWORD)
    page.keyboard.press("Enter")
    keys.heading("Dina 13 hushåll")
    keys.press("link", "Kryssa av uppgifter")
    keys.press("button", "Klart")
    expect(page.get_by_role("main")).to_contain_text("2 av ")
    page.goto(f"{address}{lived.address('/omraden/{network}/hushall')}")
    keys.press("button", "Släpp in")
    expect(page.get_by_role("main")).to_contain_text("14 hushåll är dina")


def test_staff_start_a_network_plan_a_meeting_and_warn(open_page: OpenPage, lived: LivedIn, address: str) -> None:
    page = open_page(DESK)
    carry(page.context, lived.town.signed_in("samordnare"), address)
    keys = Keys(page)
    page.goto(f"{address}/omraden")
    keys.press("link", "Nytt område")
    keys.write("Områdets namn", "Bokbacken")
    keys.tick("Villor")
    keys.press("button", "Skapa område")
    keys.heading("Bokbacken")
    page.goto(f"{address}{lived.address('/omraden/{network}/grans')}")
    keys.to(page.locator("#corners"))  # a boundary can be typed too
    page.goto(f"{address}/installningar")
    keys.write("Hushåll per kontaktombud, riktmärke", "11")
    keys.press("button", "Spara inställningarna")
    expect(page.get_by_role("status")).to_contain_text("Sparat")

    police = open_page(DESK)
    carry(police.context, lived.town.signed_in("polis"), address)
    officer = Keys(police)
    police.goto(f"{address}/varningar/ny")
    officer.tick("Nyby")
    officer.press("button", "Granska varningen")
    officer.heading("Granska varningen")


def test_a_coordinator_plans_approves_skips_and_pauses_a_tip(open_page: OpenPage, lived: LivedIn, address: str) -> None:
    page = open_page(DESK)
    carry(page.context, lived.town.signed_in("samordnare"), address)
    keys = Keys(page)
    page.goto(f"{address}/rad/kalender")
    keys.press("link", "Nytt utskick")
    keys.write("När?", "första torsdagen i augusti kl 12")
    keys.press("button", "Spara och läs igenom")
    keys.press("button", "Godkänn utskicket")
    keys.press("button", "Hoppa över")
    expect(page.get_by_role("main")).to_contain_text("Hoppas över")
    keys.press("link", "Ändra råd, tid eller område")
    keys.write("När?", "andra torsdagen i augusti kl 12")
    keys.press("button", "Spara och läs igenom")
    keys.press("button", "Godkänn utskicket")
    keys.press("button", "Pausa")
    expect(page.get_by_role("button", name="Fortsätt")).to_be_visible()
    keys.press("button", "Avsluta")
    keys.heading("Avsluta utskicket?")
    keys.press("button", "Avsluta")
    keys.heading("Råd i Höör")


@pytest.mark.parametrize("who", ["samordnare", "polis", "kontakt"])
def test_the_menu_takes_two_rows_of_a_phone_and_unfolds(
    open_page: OpenPage, lived: LivedIn, address: str, who: str
) -> None:
    """Without scripts, in both languages, and where one is can always be seen."""
    page = open_page(PHONE, java_script_enabled=False)
    carry(page.context, lived.browsing_as(who), address)
    menu = page.get_by_role("navigation").first
    for language in ("English", "Svenska"):
        for path in ("/hem", "/varningar", "/installningar" if who == "samordnare" else "/atgarder"):
            page.goto(address + path)
            assert menu.evaluate("menu => menu.offsetHeight") <= 2 * _MENU_ROW_PX
            expect(menu.locator("[aria-current]")).to_be_visible()
        page.get_by_role("button", name=language).click()


def test_the_rest_of_a_long_menu_is_a_key_away(open_page: OpenPage, lived: LivedIn, address: str) -> None:
    page = open_page(PHONE)
    carry(page.context, lived.browsing_as("samordnare"), address)
    page.goto(f"{address}/hem")
    keys, last = Keys(page), page.get_by_role("navigation").first.get_by_role("link", name="Inställningar")
    expect(last).to_be_hidden()
    keys.to(page.get_by_text("Mer i menyn"))
    page.keyboard.press("Enter")
    assert_accessible(page)
    keys.to(last)
    page.keyboard.press("Enter")
    keys.heading("Inställningar")
