"""Where a neighbour's number stands in full: on every page and paper, for everybody who meets it. Anywhere else it is
masked or not there, and a page that begins to show one fails here."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_phone
from tests.support.lived_in import LivedIn, live_in
from tests.support.papers import text_of
from tests.support.web_town import build
from tests.web.seen_pages import PAGES

_O = "/omraden/<int:network_id>"
# Who is shown whole numbers where, and why they must be.
WHOLE = {
    ("granne", "/min-sida/jag"): "one's own",
    ("granne", "/min-sida/allt"): "one's own, as everything about oneself",
    ("granne", "/min-sida/grannlista/<int:household_id>"): "of those who stand on the list by their own choice",
    ("kontakt", f"{_O}/hushall"): "of the households that have chosen to be reached by their contact person",
    ("kontakt", "/omraden/{network}/hushall/lista.pdf"): "the same on paper",
    ("samordnare", f"{_O}/kontaktombud"): "of those who carry a role, for whoever has to call them",
    ("samordnare", f"{_O}/listor/<int:import_id>"): "to be compared with the list that is being taken in",
}
FILES = (
    "/omraden/{network}/hushall/lista.pdf",
    "/omraden/{network}/grannlista.pdf",
    "/omraden/{network}/atgarder/agare.pdf",
    "/omraden/{network}/skyltar/{order}.pdf",
    "/varningar/{alert}/knacka.pdf",
    "/varningar/{alert}/lappar.pdf",
    "/varningar/{alert}/lage",
    "/n/{number}/lapp.pdf",
    "/n/{number}/kalender.ics",
    "/kommun/1267/varningar.atom",
    "/kommun/1267/varningar.json",
    "/rad/tackning.csv",
)
_AT_WORK = ("", "granne", "polis", "samordnare", "kontakt")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    lived = live_in(tmp_path_factory.mktemp("lived-in"))
    yield lived
    lived.town.runtime.close()


@pytest.fixture(scope="module")
def numbers(lived: LivedIn) -> set[str]:
    """Everybody's, as digits after the country's code."""
    with lived.town.runtime.database.read() as session:
        rows = select(ContactAddress.value).where(ContactAddress.channel == ChannelKind.SMS)
        return {value.removeprefix("+46") for value in session.exec(rows)}


@pytest.fixture(scope="module")
def nobodys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A stranger in a town without neighbours: the numbers there are those of the demo's buttons and phones."""
    town = build(tmp_path_factory.mktemp("empty"))
    yield town.visitor()
    town.runtime.close()


def shown_on(client: FlaskClient, address: str, numbers: set[str]) -> set[str]:
    answer = client.get(address)
    text = (
        text_of(answer.data)
        if answer.mimetype == "application/pdf"
        else _without_example(answer.get_data(as_text=True))
    )
    digits = re.sub(r"[\s\u00a0\u2011-]", "", text)
    return {number for number in numbers if re.search(rf"(?:\+46|0){number}", digits)}


def _without_example(page: str) -> str:
    return re.sub("till exempel [0-9 -]+", "", page)


@pytest.mark.goal("P20")
def test_whole_numbers_stand_where_somebody_needs_them_and_nowhere_else(
    lived: LivedIn, numbers: set[str], nobodys: FlaskClient
) -> None:
    assert len(numbers) >= 20
    found: dict[tuple[str, str], set[str]] = {}
    pages = [(who, page.rule, page.address) for page in PAGES for who in page.who]
    files = [(who, file, file) for file in FILES for who in _AT_WORK]
    for who in dict.fromkeys(who for who, _, _ in (*pages, *files)):
        client = lived.browsing_as(who)
        for _, rule, address in (one for one in (*pages, *files) if one[0] == who):
            there = shown_on(client, lived.address(address), numbers)
            if who == "":
                there -= shown_on(nobodys, lived.address(address), numbers)
            if there:
                found.setdefault((who, rule), set()).update(there)
    assert found.keys() == WHOLE.keys()
    chose_it = {a_phone(number).removeprefix("+46") for number in range(0, 12, 3)}
    assert found["kontakt", f"{_O}/hushall"] == found["kontakt", FILES[0]] == chose_it
    (own,) = found["granne", "/min-sida/jag"]
    assert own == a_phone(0).removeprefix("+46")
