"""A coordinator with a telephone and no scripts takes a list in, prints its letters and takes it back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan.domain import networks
from grannsamverkan.domain.networks import UnitKind
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served, sign_in
from tests.support.web_town import PASSWORD, Town

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
LIST = """Namn;Gata;Mobil;Mobil arbete;E-post;Medgivande datum;Medgivande källa;Personnummer
Anna Ek;Nybyvägen 3;070-174 06 05;;anna@post.example;2024-05-03;blankett;121212-1212
Bo Öst;Nybyvägen 5;070-174 06 06;;;;;
Cia Ås;Annangatan 1;070-17;;;;;
Eva;Nybyvägen 9;070-174 06 09;;;;;sekretess
""".encode("cp1252")


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with town.runtime.database.write() as rows:
        networks.add_unit(rows, networks.network(rows, town.network_ids["Nyby"]), UnitKind.STREET, "Nybyvägen")
    with served(town.app) as address:
        yield address


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_list_from_file_to_members_and_back(open_page: OpenPage, town: Town, address: str, width: int) -> None:
    page = open_page(width, java_script_enabled=width == DESK)

    def look(name: str) -> None:
        keep_screenshot(page, f"lista-{name}-{width}")
        if width == DESK:
            assert_accessible(page)

    sign_in(page, address, "samordnare", PASSWORD)
    page.goto(f"{address}/omraden/{town.network_ids['Nyby']}")
    with page.expect_navigation():
        page.get_by_role("link", name="Ta in en lista").click()
    look("valj")
    press(page, "Granska listan")
    expect(page).to_have_title(re.compile(r"^Fel:"))
    look("fel")
    page.get_by_label("Listan").set_input_files({"name": "lista.csv", "mimeType": "text/csv", "buffer": LIST})
    press(page, "Granska listan")
    look("kolumner")
    page.get_by_label("Vad är kolumnen Mobil?").select_option(label="Mobil eller telefon")
    press(page, "Använd valen")
    expect(page.get_by_text("En rad är märkt med skydd")).to_be_visible()
    expect(page.get_by_role("cell", name="Telefonnumret är för kort").first).to_be_visible()
    look("granska")
    page.get_by_label("Var kommer listan ifrån?").fill("Nyby villaförening")
    press(page, "Ta in ett hushåll och ett brev, lämna en rad med fel utanför")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listan för Nyby är inne")
    press(page, "Gör ett brev")
    press(page, "Breven är utskrivna")
    look("inne")
    press(page, "Ångra och ta bort")
    look("fraga")
    press(page, "Ångra och ta bort ett hushåll")
    expect(page.get_by_text("Ett hushåll är borttaget")).to_be_visible()
    look("angrad")


def test_the_pages_are_accessible_on_a_telephone(open_page: OpenPage, town: Town, address: str) -> None:
    """axe needs scripts, so this telephone has them."""
    page = open_page(PHONE)
    sign_in(page, address, "samordnare", PASSWORD)
    page.goto(f"{address}/omraden/{town.network_ids['Nyby']}/listor")
    assert_accessible(page)
    page.get_by_label("Listan").set_input_files({"name": "lista.csv", "mimeType": "text/csv", "buffer": LIST})
    press(page, "Granska listan")
    assert_accessible(page)
    page.get_by_label("Vad är kolumnen Mobil?").select_option(label="Mobil eller telefon")
    press(page, "Använd valen")
    assert_accessible(page)
    page.get_by_label("Var kommer listan ifrån?").fill("Nyby villaförening")
    press(page, "Ta in ett hushåll")
    press(page, "Gör ett brev")
    assert_accessible(page)
