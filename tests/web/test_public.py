"""The pages for everybody: the start page, the number, what the service says of itself, and health."""

import json
import re

import pytest

from grannsamverkan.domain import networks
from grannsamverkan.domain.networks import NetworkCard, NetworkKind, NetworkState
from grannsamverkan.web.public import public_card
from tests.support.web_town import NOW, Town


def text_of(town: Town, path: str) -> str:
    return town.visitor().get(path).get_data(as_text=True)


def test_several_municipalities_are_offered_to_choose_from(town: Town) -> None:
    page = text_of(town, "/")
    assert page.index("/kommun/1285") < page.index("/kommun/1267")  # Eslöv before Höör
    assert "Har du fått ett sms från oss?" in page
    assert "114 14" in page


def test_the_municipality_shows_its_networks_by_list_and_map_with_the_same_numbers(town: Town) -> None:
    page = text_of(town, "/kommun/1267")
    listed = re.findall(r'gs-pin" aria-hidden="true">(\d)</span>([^<]+)', page)
    assert listed == [
        ("1", "Kvarteret Linden"),
        ("2", "Norra Rörum"),
        ("3", "Nyby"),
        ("4", "Sätofta"),
        ("5", "Tjörnarp"),
    ]
    assert re.findall(r'class="gs-m-num"[^>]*>(\d)<', page) == ["1", "2", "3", "4", "5"]
    assert "Minst 20 av 168 hushåll är med." in page  # rounded down: nobody can follow one household's coming and going
    assert "Höörs kommun och polisen" in page
    assert "Marieholm" not in page


def test_a_long_list_comes_a_page_at_a_time_with_its_own_numbers_on_the_map(town: Town) -> None:
    with town.runtime.database.write() as rows:
        for number in range(50):
            row = networks.add_network(
                rows, "1267", f"Åker {number:02}", NetworkKind.VILLA, now=NOW, state=NetworkState.ACTIVE, dwellings=20
            )
            west, south = round(13.5 + number % 10 * 0.01, 3), round(55.9 + number // 10 * 0.01, 3)
            ring = [[west, south], [west + 0.006, south], [west + 0.006, south + 0.004], [west, south]]
            row.area = json.dumps({"type": "Polygon", "coordinates": [ring]})
    first, second = text_of(town, "/kommun/1267"), text_of(town, "/kommun/1267?sida=2&q=Nyby")
    assert (first.count('class="gs-pin"'), second.count('class="gs-pin"')) == (48, 7)
    assert re.findall(r'class="gs-m-num"[^>]*>(\d+)<', second) == [str(number) for number in range(49, 56)]
    assert [text.count('rel="next"') for text in (first, second)] == [1, 0]
    assert [text.count('rel="prev"') for text in (first, second)] == [0, 1]
    assert (
        'href="/kommun/1267?q=Nyby&amp;sida=1#omraden"' in second
        or 'href="/kommun/1267?sida=1&amp;q=Nyby#omraden"' in second
    )
    for crafted in ("_external=1&_scheme=javascript", "_anchor=x", "endpoint=x", "_method=POST&code=1285"):
        page = text_of(town, f"/kommun/1267?{crafted}")
        assert 'href="/kommun/1267?sida=2#omraden"' in page
        assert "javascript:" not in page
    assert "Ja, det finns ett område" in second
    assert [text_of(town, f"/kommun/1267?sida={typed}").count('class="gs-pin"') for typed in ("99", "-1", "nej")] == [
        *(7, 48, 48)
    ]


@pytest.mark.parametrize("typed", ["tjornarp", "TJÖRNARP 7", " Tjörnarp "])
def test_a_network_is_found_however_its_name_is_typed(town: Town, typed: str) -> None:
    page = town.visitor().get("/kommun/1267", query_string={"q": typed}).get_data(as_text=True)
    assert "Ja, det finns ett område" in page
    assert re.search(rf'<li><a href="/omrade/{town.network_ids["Tjörnarp"]}">Tjörnarp</a></li>', page)


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "' OR 1=1 --", "%", "\0", "9" * 3000, "{{7*7}}"])
def test_what_is_no_place_is_looked_for_in_vain(town: Town, typed: str) -> None:
    answer = town.visitor().get("/kommun/1267", query_string={"q": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Anmäl intresse" in page
    assert "<script>alert" not in page
    assert "Ja, det finns" not in page


def card(households: int, dwellings: int | None) -> NetworkCard:
    return NetworkCard(1, "1267", "Nyby", NetworkKind.VILLA, NetworkState.ACTIVE, households, dwellings, 1, None)


@pytest.mark.goal("P12")
@pytest.mark.parametrize(
    ("households", "dwellings", "joined", "shown_dwellings", "all_in"),
    [
        (24, 168, 20, 168, False),  # rounded, so that two days never differ by one household
        (20, 168, 20, 168, False),
        (24, None, 20, None, False),
        (4, 168, None, 168, False),
        (2, 168, None, 168, False),  # too few inside
        (38, 40, None, None, True),  # too few outside
        (40, 40, None, None, True),
        (2, 2, None, None, False),
    ],
)
def test_fewer_than_three_households_are_never_counted_out(
    households: int, dwellings: int | None, joined: int | None, shown_dwellings: int | None, all_in: bool
) -> None:
    shown = public_card(card(households, dwellings), 1)
    assert (shown.joined, shown.dwellings, shown.all_in) == (joined, shown_dwellings, all_in)


@pytest.mark.parametrize("written", ["2314", "Nr 2314", " 2 314 ", "nr.2314", "02314"])
def test_a_number_is_taken_however_it_is_written(town: Town, written: str) -> None:
    answer = town.visitor().get("/n", query_string={"nr": written})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/n/2314")


@pytest.mark.parametrize("written", ["", "abc", "1234567890", "<script>alert(1)</script>x"])
def test_what_is_no_number_is_refused_in_the_pattern_of_errors(town: Town, written: str) -> None:
    answer = town.visitor().get("/n", query_string={"nr": written})
    page = answer.get_data(as_text=True)
    if "1" in written and len(written) > 10:  # the one digit in it is a number
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert "<title>Fel: " in page
    assert page.count("Skriv numret med siffror") == 2
    assert 'href="#nr"' in page


def test_what_the_law_asks_for_is_reached_from_every_page(town: Town) -> None:
    wanted = {"/tillganglighet", "/dina-uppgifter", "/kakor", "/kontakt", "/driftlage"}
    for path in ("/", "/logga-in", "/finns-inte", "/kontakt"):
        assert wanted <= set(re.findall(r'href="(/[a-z-]+)"', text_of(town, path)))
    assert wanted <= set(re.findall(r'href="(/[a-z-]+)"', town.signed_in("polis").get("/hem").get_data(as_text=True)))


def test_the_privacy_notice_says_how_long_each_thing_lives_here(town: Town) -> None:
    page = text_of(town, "/dina-uppgifter")
    assert f"{town.runtime.settings.retention.deliveries_days} dagar." in page
    assert "Höörs kommun" in page
    assert "Eslövs kommun" in page


def test_a_demo_says_so_on_every_page(town: Town) -> None:
    for path in ("/", "/logga-in", "/kakor", "/finns-inte"):
        assert "Inga sms lämnar datorn." in text_of(town, path)


def test_health_tells_machines_no_details(town: Town) -> None:
    assert town.visitor().get("/halsa/live").json == {"live": True}
    assert town.visitor().get("/halsa/redo").json == {"ready": True}
    with town.runtime.database.engine.begin() as rows:
        rows.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = town.visitor().get("/halsa/redo")
    assert (answer.status_code, answer.json) == (503, {"ready": False})


@pytest.mark.parametrize(("path", "status"), [("/finns-inte", 404), ("/kommun/0180", 404), ("/kommun/x", 404)])
def test_missing_and_foreign_get_the_same_page(town: Town, path: str, status: int) -> None:
    answer = town.visitor().get(path)
    assert answer.status_code == status
    assert "Sidan finns inte" in answer.get_data(as_text=True)


def test_home_shows_each_role_its_own_reach(town: Town) -> None:
    police = town.signed_in("polis").get("/hem").get_data(as_text=True)
    assert re.findall(r'<th scope="row">(Eslöv|Höör|Hörby)</th>', police) == ["Eslöv", "Höör"]
    hoor = town.signed_in("samordnare").get("/hem").get_data(as_text=True)
    assert "Grannsamverkan i Höör" in hoor
    assert "Kommun för kommun" not in hoor
    contact = town.signed_in("kontakt").get("/hem").get_data(as_text=True)
    assert "Nyby" in contact
    assert "Tjörnarp" not in contact
