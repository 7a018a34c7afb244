"""Every form, refused, in a real Chromium: the title begins with "Fel:", the summary takes the focus, each of its links
lands on a field that says the same, and what was typed stands there still."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.support.browser import PHONE, assert_accessible, carry, keep_screenshot, served
from tests.support.lived_in import LivedIn, live_in

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Refused:
    """A form: whose, on which page, what is typed into which field (by its id), and the button that sends it.

    An empty text takes away what stands there; of what is typed, `kept` has to be there afterwards.
    """

    who: str
    address: str
    button: str
    typed: dict[str, str] = field(default_factory=dict)
    kept: str = ""
    unfold: str = ""


_N = "/omraden/{network}"
FORMS = (
    Refused("", "/ga-med", "Gå vidare", {"code": "K7MP"}, "code"),
    Refused("går med 1", "/ga-med/var", "Gå vidare"),
    Refused("går med 2", "/ga-med/hur", "Skicka koden", {"phone": "070 174 06 1"}, "phone"),
    Refused("går med 3", "/ga-med/kod", "Gå vidare", {"code": "12"}),
    Refused("går med 4", "/ga-med/val", "Gå med i Nyby", {"label": "Nybyvägen 3"}, "label"),
    Refused("", "/anmal-intresse/1267", "Anmäl intresse", {"place": "Ekvägen", "phone": "08-1"}, "place"),
    Refused("", "/inbjudan", "Gör mitt konto", {"name": "åsa", "password": "kort"}, "name"),
    Refused("", "/min-sida", "Skicka koden", {"phone": "12"}, "phone"),
    Refused("", "/min-sida/kod", "Gå vidare", {"code": "x"}),
    Refused("", "/logga-in", "Logga in", {"name": "åsa"}, "name"),
    Refused("", "/n", "Kontrollera", {"nr": "x"}, "nr"),
    Refused("", "/kommun/1267/lofte", "Visa läget den dagen", {"datum": "1999-01-01"}, "datum"),
    Refused("granne", "/min-sida/ny-adress", "Skicka koden", {"phone": "12"}, "phone"),
    Refused("granne", "/min-sida/ny-adress/kod", "Gå vidare", {"code": "x"}),
    Refused("kontakt", f"{_N}/hushall/nytt", "Skriv in hushållet", {"label": "Hus 9", "phone": "1"}, "label"),
    Refused("kontakt", f"{_N}/hushall/{{household}}/lamnar", "Ta bort 1 hushåll från Nyby"),
    Refused("kontakt", f"{_N}/lappar", "Gör lappar", {"number": "0"}, "number"),
    Refused("kontakt", f"{_N}/moten", "Planera mötet", {"place": "Biblioteket"}, "place"),
    Refused("kontakt", f"{_N}/moten/{{meeting}}", "Spara ändringen", {"place": ""}),
    Refused("kontakt", f"{_N}/moten/{{held}}", "Spara hur det gick", {"protocol": "Ring 070-174 06 05"}, "protocol"),
    Refused("kontakt", f"{_N}/moten/{{held}}", "Lägg till det som ska göras"),
    Refused("kontakt", f"{_N}/skyltar", "Be om beställning", {"signs": "2"}, "signs"),
    Refused("kontakt", f"{_N}/skyltar", "Lägg till platsen", unfold="Lägg till en plats"),
    Refused("samordnare", f"{_N}/skyltar", "Lägg till ägaren", unfold="Lägg till en ägare"),
    Refused("kontakt", f"{_N}/nyinflyttade", "Skriv upp den nyinflyttade"),
    Refused("kontakt", f"{_N}/ta-ut", "Ta ut listan", {"purpose": "x"}, "purpose"),
    Refused("samordnare", "/omraden/nytt", "Skapa område", {"name": "Ekbacken", "postcodes": "12"}, "name"),
    Refused("samordnare", f"{_N}/andra", "Spara ändringarna", {"name": "", "postcodes": "243 30"}, "postcodes"),
    Refused("samordnare", f"{_N}/delar", "Lägg till delarna", {"parts": ""}),
    Refused("samordnare", f"{_N}/delar/{{unit}}", "Spara ändringarna", {"name": "", "dwellings": "7"}, "dwellings"),
    Refused("samordnare", f"{_N}/grans", "Spara gränsen", {"corners": "55,9 13,5"}, "corners"),
    Refused("samordnare", f"{_N}/vila", "Låt Nyby vila"),
    Refused("samordnare", f"{_N}/avsluta", "Avsluta Nyby med"),
    Refused("samordnare", f"{_N}/dela", "Dela Nyby", {"name": "Nyby norra"}, "name"),
    Refused("samordnare", f"{_N}/kontaktombud", "Lägg till kontaktombudet", {"name": "Åsa", "phone": "1"}, "name"),
    Refused("samordnare", f"{_N}/kontaktombud/{{role}}/sluta", "Avsluta uppdraget för"),
    Refused("samordnare", f"{_N}/kontaktombud/{{role}}/utbildad", "Spara datumet"),
    Refused("samordnare", "/intressen", "Starta området", {"namn": "Alen"}, "namn"),
    Refused("samordnare", "/intressen", "Visa uppgifterna", unfold="Visa nummer och mejl"),
    Refused("samordnare", "/utbildningar", "Planera utbildningen", {"place": "Polishuset"}, "place"),
    Refused("samordnare", "/lofte", "Lägg till löftet", {"number": "4"}, "number"),
    Refused(
        "samordnare", "/installningar", "Spara inställningarna", {"least_share_percent": "400"}, "least_share_percent"
    ),
    Refused("samordnare", f"{_N}/listor", "Granska listan"),
    Refused("polis", "/varningar/ny", "Granska varningen"),
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    lived = live_in(tmp_path_factory.mktemp("refused"))
    yield lived
    lived.town.runtime.close()


@pytest.fixture(scope="module")
def address(lived: LivedIn) -> Iterator[str]:
    with served(lived.town.app) as address:
        yield address


@pytest.mark.parametrize("who", dict.fromkeys(form.who for form in FORMS), ids=lambda who: who or "anybody")
def test_a_refused_form_leads_to_what_is_wrong(open_page: OpenPage, lived: LivedIn, address: str, who: str) -> None:
    page = open_page(PHONE)
    page.set_default_timeout(10_000)
    carry(page.context, lived.browsing_as(who), address)
    found: list[str] = []
    for form in FORMS:
        if form.who == who:
            page.goto(address + lived.address(form.address))
            send(page, form)
            found += [f"{form.address} {form.button}: {fault}" for fault in faults(page, form)]
            keep_screenshot(page, f"fel{form.address.replace('/', '-')}-{form.button}")
    assert found == []


def send(page: Page, form: Refused) -> None:
    if form.unfold:
        page.get_by_text(form.unfold).first.click()
    for name, text in form.typed.items():
        page.locator(f"#{name}").fill(text)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=form.button).first.click()


def faults(page: Page, form: Refused) -> Iterator[str]:
    if not page.title().startswith("Fel: "):
        yield f"the title is {page.title()}"
        return
    if page.evaluate("document.activeElement.className") != "gs-errors":
        yield "the summary has not the focus"
    for place in range(page.locator(".gs-errors a").count()):
        link = page.locator(".gs-errors a").nth(place)
        words, target = link.inner_text(), (link.get_attribute("href") or "#")[1:]
        link.click()
        if page.evaluate("document.activeElement.id") != target:
            yield f"the link to #{target} lands nowhere"
        elif words not in page.locator(".gs-error").all_inner_texts() and not at_field(page, target, words):
            yield f"the field does not say {words}"
    if form.kept and page.locator(f"#{form.kept}").input_value() != form.typed[form.kept]:
        yield f"{form.kept} is forgotten"
    try:
        assert_accessible(page)
    except AssertionError as error:
        yield str(error)


def at_field(page: Page, target: str, words: str) -> bool:
    """Whether the field's own error, or that of its group, says the words."""
    told = page.locator(f"#{target}-error, fieldset:has(#{target}) .gs-error").all_inner_texts()
    return any(words in text for text in told)
