"""The demo's town: sixty networks in every state with two years behind them, and something to see on every page."""

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlmodel import col, select

from grannsamverkan.demo.cast import GUEST, GUEST_NUMBER, SIGN_INS, phone
from grannsamverkan.demo.town import MUNICIPALITIES
from grannsamverkan.domain import membership, networks, people, places, promise
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.geometry import Ring, centre, read_area
from grannsamverkan.foundation.phone import PhoneKind, read_phone
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.invariants import offences
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown

__all__ = ["alert_town"]
CODES = [plan.code for plan in MUNICIPALITIES]


def test_sixty_networks_in_every_state_and_of_both_kinds(alert_town: AlertTown) -> None:
    with alert_town.runtime.database.read() as session:
        cards = networks.cards(session, CODES)
    assert len(cards) == 60
    assert {card.state for card in cards} == set(NetworkState)
    assert {card.kind for card in cards if card.state is NetworkState.ACTIVE} == set(NetworkKind)
    assert Counter(card.municipality_code for card in cards).keys() == set(CODES)
    assert all(card.dwellings is None or card.households <= card.dwellings for card in cards)
    assert all((card.area is None) is (card.state is NetworkState.INTEREST) for card in cards)


def test_every_area_lies_in_its_municipality(alert_town: AlertTown) -> None:
    with alert_town.runtime.database.read() as session:
        cards = networks.cards(session, CODES)
    middles = {
        card.name: (card.municipality_code, centre(read_area(card.area).outer_rings)) for card in cards if card.area
    }
    assert [name for name, (code, middle) in middles.items() if not is_inside(middle, places.outline(code))] == []


def is_inside(point: tuple[float, float], rings: tuple[Ring, ...] | list[Ring]) -> bool:
    """By the number of borders that a line to the east crosses."""
    lon, lat = point
    crossings = sum(
        (a[1] > lat) != (b[1] > lat) and lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0]
        for ring in rings
        for a, b in pairwise(ring)
    )
    return crossings % 2 == 1


def test_it_breaks_no_promise(alert_town: AlertTown) -> None:
    assert {name: number for name, number in offences(alert_town.runtime).items() if number} == {}


@pytest.mark.parametrize("days", [30, 200, 400])
def test_the_stored_months_are_what_the_history_says(alert_town: AlertTown, days: int) -> None:
    """More was under way each year, and counting a past day anew gives what was stored then."""
    today = in_sweden(alert_town.runtime.clock.now()).date()
    with alert_town.runtime.database.read() as session:
        for code in CODES:
            day = promise.newest_on(session, code, today - timedelta(days=days))
            assert day is not None
            stored, newest = (
                promise.on_day(session, code, day),
                promise.on_day(session, code, today - timedelta(days=1)),
            )
            counted = networks.counts(session, promise.end_of(day), [code])
            assert sum(row.active for row in stored) == sum(row.networks for row in counted)
            assert sum(row.households for row in stored) == sum(row.households for row in counted)
            assert sum(row.active + row.starting for row in stored) > 0
            if days == 400:
                assert sum(row.active for row in stored) < sum(row.active for row in newest)


def test_the_guest_lives_in_nyby_and_can_be_reached_both_ways(alert_town: AlertTown) -> None:
    assert read_phone(GUEST.phone).e164 == phone(GUEST_NUMBER)
    assert read_phone(GUEST.free_phone).kind is PhoneKind.MOBILE
    with alert_town.runtime.database.read() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, phone(GUEST_NUMBER))
        address = people.confirmed_address(session, ChannelKind.SMS, lookup)
        assert address is not None
        assert address.person_id in networks.members(session, alert_town.networks["Nyby"])
        own = membership.own_data(session, address.person_id)
        assert {view.what for view in own.views} == {"list", "print", "export"}
        values = {row.value for row in people.confirmed_of(session, address.person_id)}
        free = people.lookup_of(session, ChannelKind.SMS, read_phone(GUEST.free_phone).e164)
        assert people.owners(session, ChannelKind.SMS, free) == []
    assert values == {phone(GUEST_NUMBER), GUEST.email}


def test_no_phone_and_no_mailbox_is_two_peoples(alert_town: AlertTown) -> None:
    with alert_town.runtime.database.read() as session:
        lookups = session.exec(select(ContactAddress.channel, ContactAddress.lookup).order_by(col(ContactAddress.id)))
        assert [pair for pair, number in Counter(lookups).items() if number > 1] == []


# Where each of the cast should find something: the pages that a menu leads to, and those about one's network.
_OF_NETWORK = ("", "/kontaktombud", "/moten", "/skyltar", "/lappar")
_PAGES = {
    "polis": ("/hem", "/varningar", "/omraden", "/utbildningar", "/atgarder", "/skyltar", "/polishandelser"),
    "samordnare": ("/hem", "/varningar", "/omraden", "/intressen", "/utbildningar", "/atgarder", "/skyltar", "/lofte"),
    "samordnare-eslov": ("/hem", "/varningar", "/omraden", "/intressen", "/utbildningar", "/atgarder", "/lofte"),
    "ombud": ("/hem", "/varningar", "/kvarten", "/atgarder", *(f"/omraden/{{Nyby}}{path}" for path in _OF_NETWORK)),
    "ersattare": ("/hem", "/varningar", "/omraden/{Nyby}/moten"),
    "huvudombud": (
        *("/hem", "/varningar", "/kvarten", "/omraden/{Kvarteret Linden}/hushall"),
        *(f"/omraden/{{Kvarteret Linden}}{path}" for path in _OF_NETWORK),
    ),
    "admin": ("/hem", "/omraden", "/omraden/{Nyby}"),
}


def test_every_account_of_the_cast_is_looked_at() -> None:
    assert _PAGES.keys() == {account.sign_in_name for account in SIGN_INS}


@pytest.mark.parametrize("name", _PAGES)
def test_no_page_is_empty(alert_town: AlertTown, name: str) -> None:
    client = alert_town.signed_in(name)
    empty = {}
    for path in _PAGES[name]:
        answer = client.get(path.format(**alert_town.networks))
        if answer.status_code != 200 or "gs-empty" in answer.get_data(as_text=True):
            empty[path] = answer.status_code
    assert empty == {}


def test_the_coordinator_sees_what_waits_and_what_lacks(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    home = client.get("/hem").get_data(as_text=True)
    for words in ("5 intresserade väntar på svar", "områden saknar kontaktombud", "beställningar av skyltar väntar"):
        assert words in home, words
    for name, words in (("Enebacken", "Fler än"), ("Fogdarp", "Vakant"), ("Maglasäte", "ingen ersättare")):
        page = client.get(f"/omraden/{alert_town.networks[name]}").get_data(as_text=True)
        assert words in page, name
    views = client.get(f"/omraden/{alert_town.networks['Nyby']}/visningar").get_data(as_text=True)
    assert {"såg listan", "skrev ut listan", "tog ut listan"} <= set(re.findall(r"\w+ \w*\s?listan", views))


def test_a_contact_person_sees_who_waits_and_what_is_to_do(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("ombud")
    assert "Svara 2 hushåll som vill vara med" in client.get("/hem").get_data(as_text=True)
    page = client.get(f"/omraden/{alert_town.networks['Nyby']}/hushall").get_data(as_text=True)
    assert re.search(r"070-174 06 \d\d", page), "somebody shows how they are reached"
    assert "Gula huset" in client.get(f"/omraden/{alert_town.networks['Nyby']}/nyinflyttade").get_data(as_text=True)
