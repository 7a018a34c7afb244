"""The monthly letter: its numbers, its draft, letting it go once, and what everybody then reads."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain import advice, letters, networks, people
from grannsamverkan.domain.letters import LetterState
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import GivenBy, Person
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_person, a_phone
from tests.support.web_town import ESLOV, HOOR, NOW, Town, token

MONTH = "2026-02"
PAGE = f"/manadsbrev/{MONTH}"
PUBLIC = f"/brev/{HOOR}/{MONTH}"
LINES = "Sätofta; 4; 0; 3; 0; 1\nNyby; 1; 0; 0; 0; 0"


def post(client: FlaskClient, path: str, **form: object) -> str:
    """Where it leads; the page itself when it leads nowhere."""
    answer = client.post(path, data={"csrf_token": token(client, "/logga-in"), **form})
    return answer.headers.get("Location") or f"{answer.status_code} {answer.text}"


def content_on(page: str) -> str:
    found = re.search(r'name="innehall" value="(\w+)"', page)
    assert found is not None
    return found[1]


def begun(town: Town) -> FlaskClient:
    client = town.signed_in("samordnare")
    post(client, f"{PAGE}/siffror", lines=LINES)
    post(client, f"{PAGE}/borja")
    return client


def state(town: Town) -> LetterState:
    with town.runtime.database.read() as rows:
        return letters.letter(rows, HOOR, MONTH).state


def sent(town: Town) -> list[Notice]:
    with town.runtime.database.read() as rows:
        return list(rows.exec(select(Notice).where(Notice.kind == NoticeKind.LETTER)))


def with_mailboxes(town: Town) -> int:
    """Every contact person has a confirmed mailbox; how many there are in Höör's active networks."""
    with town.runtime.database.write() as rows:
        roles = [
            role for name in ("Nyby", "Tjörnarp") for role in networks.contact_persons(rows, town.network_ids[name])
        ]
        for number, person_id in enumerate(sorted({role.person_id for role in roles})):
            person = rows.get_one(Person, person_id)
            address = people.add_address(rows, person, ChannelKind.EMAIL, a_mailbox(70 + number), now=NOW)
            people.confirm_address(address, now=NOW)
            people.consent(rows, person, ChannelKind.EMAIL, given_by=GivenBy.SELF, now=NOW)
        return len({role.person_id for role in roles})


def test_the_draft_has_the_numbers_the_season_and_the_meetings(town: Town) -> None:
    client = begun(town)
    page = client.get(PAGE).text
    assert "Sätofta" in page
    assert page.count("färre än 3") >= 5
    with town.runtime.database.read() as rows:
        row = letters.letter(rows, HOOR, MONTH)
        assert len(row.card_keys) == letters.MOST_CARDS
        seasons = advice.seasons_on(letters.month_after(letters.read_month(MONTH)))
        assert all(advice.card(rows, HOOR, key).seasons & seasons for key in row.card_keys)
    assert town.visitor().get(PUBLIC).status_code == 404  # nobody has approved it
    assert sent(town) == []


def test_it_goes_once_to_each_contact_person_and_stays_as_it_was(town: Town) -> None:
    number = with_mailboxes(town)
    client = begun(town)
    content = content_on(client.get(PAGE).text)
    asked = post(client, f"{PAGE}/skicka", innehall=content)
    assert f"Skicka brevet till {number} brevlådor" in asked
    assert sent(town) == []
    for _twice in range(2):
        post(client, f"{PAGE}/skicka", innehall=content, ja="1")
    assert state(town) is LetterState.APPROVED
    notices = sent(town)
    assert len(notices) == number > 0
    assert {one.channel for one in notices} == {ChannelKind.EMAIL}
    assert "Sätofta: villor 4, förråd 3." in notices[0].body
    assert f"{PUBLIC}\n" in notices[0].body
    public = town.visitor().get(PUBLIC)
    assert public.status_code == 200
    assert "färre än 3" in public.text
    assert town.visitor().get(f"{PUBLIC}/lapp.pdf").data.startswith(b"%PDF")
    assert town.visitor().get(f"{PUBLIC}/lappar.pdf?antal=3").data.startswith(b"%PDF")
    refused = town.visitor().get(f"{PUBLIC}/lappar.pdf?antal=0")
    assert refused.status_code == 400
    assert "från 1 till 200" in refused.text
    assert f'href="{PUBLIC}"' in town.visitor().get(f"/kommun/{HOOR}").text
    post(client, f"{PAGE}/siffror", lines="Sätofta; 9")
    assert '<td class="gs-r">9</td>' not in town.visitor().get(PUBLIC).text
    assert post(client, PAGE, greeting="Annat", cards=[], version="2").startswith("409")


def test_what_was_looked_at_is_what_goes(town: Town) -> None:
    client = begun(town)
    content = content_on(client.get(PAGE).text)
    post(client, f"{PAGE}/siffror", lines="Sätofta; 7")
    assert post(client, f"{PAGE}/skicka", innehall=content, ja="1").startswith("409")
    assert state(town) is LetterState.DRAFT
    assert sent(town) == []


def test_it_is_changed_and_the_guard_reads_along(town: Town) -> None:
    client = begun(town)
    with town.runtime.database.read() as rows:
        row = letters.letter(rows, HOOR, MONTH)
        keys, version = row.card_keys, str(row.version)
    said = post(client, PAGE, greeting="Ring Åsa på 070-174 06 05", cards=keys, version=version)
    assert said.startswith("422")
    assert "070" in said
    assert post(client, PAGE, greeting="Hej alla!", cards=keys[:1], version=version).endswith("sparat=1")
    assert "Hej alla!" in client.get(PAGE).text
    with town.runtime.database.read() as rows:
        fits = [card.key for card in letters.in_season(rows, HOOR, MONTH)]
    assert "Välj högst tre råd" in post(client, PAGE, greeting="Hej!", cards=fits[:4], version="2")
    assert post(client, PAGE, greeting="Hej!", cards=keys[:1], version=version).startswith("409")


def test_police_fill_in_the_numbers_also_by_file_and_send_nothing(town: Town) -> None:
    client = town.signed_in("polis")
    file = (BytesIO("Område;Villor;Lägenheter\nSätofta;4;1\n".encode("cp1252")), "brott.csv")
    assert post(client, f"{PAGE}/siffror?kommun={HOOR}", lines="", file=file).startswith("/manadsbrev/")
    with town.runtime.database.read() as rows:
        assert letters.counts_of(rows, HOOR, MONTH) == [letters.AreaCounts("Sätofta", (4, 1, 0, 0, 0))]
    assert "Kommunen skriver brevet" in client.get(f"{PAGE}?kommun={HOOR}").text
    for act in ("/borja", "", "/skicka"):
        assert post(client, f"{PAGE}{act}?kommun={HOOR}").startswith("403"), act
    assert post(town.signed_in("kontakt"), f"{PAGE}/siffror").startswith("403")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("A; 1\nB; x", "Rad 2: skriv område och sedan fem tal"),
        ("A; 1\na; 1", "Rad 2: området finns redan"),
        (f"{'A' * 61}; 1", "högst 60 tecken"),
        ("Storgatan 3; 1", "Ta bort"),
    ],
)
def test_what_is_wrong_with_the_numbers_is_told(town: Town, lines: str, told: str) -> None:
    said = post(town.signed_in("samordnare"), f"{PAGE}/siffror", lines=lines)
    assert said.startswith("422")
    assert told in said


def test_only_months_that_have_been_and_ones_own_municipality(town: Town) -> None:
    client = begun(town)
    for month in ("2026-04", "2024-01", "2026-13", "i-mars"):
        assert client.get(f"/manadsbrev/{month}").status_code == 404, month
    assert client.get(f"{PAGE}?kommun={ESLOV}").status_code == 404
    assert "Brevet är inte påbörjat" in town.signed_in("samordnare-eslov").get(PAGE).text
    assert "inte påbörjat" in town.signed_in("samordnare").get("/manadsbrev").text.lower()


def test_a_contact_person_is_reminded_to_take_the_letter_down(town: Town) -> None:
    client = begun(town)
    content = content_on(client.get(PAGE).text)
    assert town.signed_in("kontakt").get(f"/kvarten/lapp?brev={HOOR}.{MONTH}").status_code == 404  # not before it went
    post(client, f"{PAGE}/skicka", innehall=content, ja="1")
    contact = town.signed_in("kontakt")
    assert f"/kvarten/lapp?brev={HOOR}.{MONTH}" in contact.get(PUBLIC).text
    assert "/kvarten/lapp" not in town.visitor().get(PUBLIC).text
    page = contact.get(f"/kvarten/lapp?brev={HOOR}.{MONTH}").text
    assert "Månadsbrevet för februari" in page
    assert "2026-04-15" in page
    form = {"network": str(town.network_ids["Nyby"]), "until": "2026-04-15"}
    assert post(contact, f"/kvarten/lapp?brev={HOOR}.{MONTH}", **form) == "/kvarten"
    assert "Ta ner lappen: Månadsbrevet för februari" in contact.get("/kvarten").text
    for nothing in (f"{ESLOV}.{MONTH}", f"{HOOR}.2026-01", HOOR, ""):
        assert contact.get(f"/kvarten/lapp?brev={nothing}").status_code == 404, nothing


def test_who_has_no_mailbox_is_told_by_sms_and_the_rest_are_handed_a_paper(town: Town) -> None:
    """Two deputies: one has a phone and no mailbox, the other neither."""
    with town.runtime.database.write() as rows:
        nyby = networks.network(rows, town.network_ids["Nyby"])
        with_phone, with_nothing = a_person(rows, sms=a_phone(71)), a_person(rows)
        for person in (with_phone, with_nothing):
            networks.add_contact_person(rows, nyby, person.id or 0, ContactRole.DEPUTY, now=NOW)
        (phone,) = people.confirmed_addresses(rows, [with_phone.id or 0])
        of_phone = phone.id
    client = begun(town)
    page = client.get(PAGE).text
    assert "På papper" in page
    assert "bara har mobil får ett sms" in page
    content = content_on(page)
    post(client, f"{PAGE}/skicka", innehall=content, ja="1")
    told = {one.address_id: one for one in sent(town)}
    assert told[of_phone or 0].channel == ChannelKind.SMS
    assert told[of_phone or 0].body.endswith("Månadsbrevet för februari 2026 finns på vår webbplats.")
    assert "Skriv ut lappen till dem" in client.get(PAGE).text


def test_who_reads_english_gets_the_letter_in_english(town: Town) -> None:
    with_mailboxes(town)
    with town.runtime.database.write() as rows:
        roles = networks.contact_persons(rows, town.network_ids["Nyby"])
        reader = rows.get_one(Person, roles[0].person_id)
        reader.language = "en"
        theirs = {one.id for one in people.confirmed_addresses(rows, [reader.id or 0])}
    client = begun(town)
    content = content_on(client.get(PAGE).text)
    post(client, f"{PAGE}/skicka", innehall=content, ja="1")
    english = [one for one in sent(town) if one.language == "en"]
    assert {one.address_id for one in english} <= theirs
    (letter,) = english
    assert letter.subject == "Monthly letter for February 2026"
    assert "REPORTED BREAK-INS\nSätofta: houses 4, storage rooms 3." in letter.body
    assert "(in Swedish)" in letter.body
    with town.runtime.database.read() as rows:
        card = advice.card(rows, HOOR, letters.letter(rows, HOOR, MONTH).card_keys[0])
    assert f"{card.texts['en'].title}: {card.texts['en'].mail[0]}" in letter.body
    assert any("ANMÄLDA INBROTT" in one.body for one in sent(town))
