"""Is there a watch where I live: however people type it."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from grannsamverkan.domain import lifecycle, networks
from grannsamverkan.domain.networks import Found, UnitKind
from grannsamverkan.foundation.database import Database
from tests.support.builders import ESLOV, HOOR, NOW, a_network


@pytest.fixture
def town(sqlite_database: Database) -> Iterator[Session]:
    """Three networks with their streets and postcodes, one that has become a part of another, and one elsewhere."""
    with sqlite_database.write() as session:
        for name, streets, codes in (
            ("Nyby", ("Nybyvägen", "Åsgatan"), ["24331"]),
            ("Tjörnarp", ("Sjövägen", "Ängsvägen"), ["24395", "24331"]),
            ("Kvarteret Linden", (), ["24332"]),
        ):
            network = a_network(session, name)
            for street in streets:
                networks.add_unit(session, network, UnitKind.STREET, street)
            networks.set_postcodes(session, network, codes)
        gone = a_network(session, "Västra hamnen")
        into = next(card for card in networks.cards(session, [HOOR]) if card.name == "Nyby")
        lifecycle.merge(session, gone, networks.network(session, into.id), account_id=1, now=NOW)
        elsewhere = a_network(session, "Nyby", municipality_code=ESLOV)
        networks.set_postcodes(session, elsewhere, ["24331"])
        yield session


def looked_for(session: Session, text: str) -> list[tuple[str, str]]:
    names = {card.id: card.name for card in networks.cards(session, [HOOR])}
    return [(names[one.network_id], one.part) for one in networks.search(session, HOOR, text)]


NYBY, TJORNARP = ("Nyby", ""), ("Tjörnarp", "")


CASES: dict[str, list[tuple[str, str]]] = {
    "Nyby": [NYBY],
    "  NYBY ": [NYBY],
    "nyby": [NYBY],
    "Tjörnarp": [TJORNARP],
    "tjornarp": [TJORNARP],
    "TJÖRNARP": [TJORNARP],
    "Tjo\u0308rnarp": [TJORNARP],  # as a Mac writes it
    "sjovagen": [("Tjörnarp", "Sjövägen")],
    "angsvagen 3": [("Tjörnarp", "Ängsvägen")],
    "asgatan": [("Nyby", "Åsgatan")],
    "åsgatan": [("Nyby", "Åsgatan")],
    "äsgatan": [],  # whoever types the dots means them
    "Sjövägen 12": [("Tjörnarp", "Sjövägen")],
    "Sjövägen 12B": [("Tjörnarp", "Sjövägen")],
    "Sjövägen 12 b": [("Tjörnarp", "Sjövägen")],
    "Sjövägen 12 lgh 1101": [("Tjörnarp", "Sjövägen")],
    "Sjövägen 12, Tjörnarp": [("Tjörnarp", "Sjövägen")],
    "Sjövägen 12, 243 95 Höör": [("Tjörnarp", "Sjövägen")],
    "24395": [TJORNARP],
    "243 95": [TJORNARP],
    "243-95": [TJORNARP],
    "243\u00a095": [TJORNARP],
    "SE-243 95 Höör": [TJORNARP],
    "243 31": [NYBY, TJORNARP],
    "Okänd väg 4, 243 32 Höör": [("Kvarteret Linden", "")],
    "linden": [("Kvarteret Linden", "")],
    "Västra hamnen": [("Nyby", "Västra hamnen")],
    "vastra": [("Nyby", "Västra hamnen")],
    "99999": [],
    "Vilse": [],
    "": [],
    "   ": [],
    "7": [],
    "%": [],
    "_": [],
    "' OR 1=1 --": [],
    "<script>alert(1)</script>": [],
    "\0": [],
    ".*": [],
    "(" * 5000: [],
    "9" * 5000: [],
    "å" * 5000: [],
}


def test_however_it_is_typed(town: Session) -> None:
    assert {typed: looked_for(town, typed) for typed in CASES} == CASES


def test_each_network_is_found_once(town: Session) -> None:
    assert [one.network_id for one in networks.search(town, HOOR, "vagen")] == sorted(
        {one.network_id for one in networks.search(town, HOOR, "vagen")}
    )
    assert isinstance(networks.search(town, HOOR, "nyby")[0], Found)
