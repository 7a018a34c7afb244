"""Lists through the pages: chosen, refused, looked at, taken in, printed and taken back; and who may do so."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlmodel import col, select

from grannsamverkan.domain import membership, networks
from grannsamverkan.domain.audit import AuditEntry, ViewEntry
from grannsamverkan.domain.membership import ImportedRow, MemberImport, SlipBatch
from grannsamverkan.domain.membership.lists import Meaning
from grannsamverkan.domain.networks import Household, UnitKind
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.web.imports import TEMPLATE_HEADINGS
from tests.support.builders import a_started_alert
from tests.support.made_up_sheets import an_xlsx
from tests.support.web_town import NOW, Town, token

HEAD = "Namn;Gata;Mobil;E-post;Medgivande datum;Medgivande källa;Personnummer;Anteckning"
ANNA = "Anna Ek;Nybyvägen 3;070-174 06 05;anna@post.example;2024-05-03;blankett i pärm;121212-1212;nyckel hos Bo"
BO = "Bo Ek;Nybyvägen 5;070-174 06 06;;;;;"
WRONG = "Cia;Annangatan 1;070-17;;;;;"
SEEN = re.compile(r'name="sett" value="(\w+)"')


@pytest.fixture
def nyby(town: Town) -> str:
    """The address of the lists of Nyby, which has a street."""
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        networks.add_unit(rows, network, UnitKind.STREET, "Nybyvägen")
    return f"/omraden/{town.network_ids['Nyby']}/listor"


def bring(client: FlaskClient, nyby: str, *rows: str, content: bytes | None = None) -> Any:
    given = content if content is not None else "\r\n".join([HEAD, *rows]).encode("cp1252")
    form = {"csrf_token": token(client, nyby), "file": (io.BytesIO(given), "lista.csv")}
    return client.post(nyby, data=form, content_type="multipart/form-data")


def page_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def post(client: FlaskClient, nyby: str, address: str, **form: str) -> Any:
    return client.post(address, data={"csrf_token": token(client, nyby), **form})


def take_in(client: FlaskClient, nyby: str, address: str, **form: str) -> Any:
    seen = SEEN.search(page_of(client, address))
    decided = {"sett": seen[1] if seen else "", "utan": "0", "shows": "name", "source": "Nyby villaförening", **form}
    return post(client, nyby, f"{address}/ta-in", **decided)


def acts(town: Town) -> list[str]:
    with town.runtime.database.read() as rows:
        return [row.act for row in rows.exec(select(AuditEntry).order_by(col(AuditEntry.id))) if row.act[:5] == "list."]


def test_a_list_from_file_to_members_and_back(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA, BO, WRONG).headers["Location"]
    page = page_of(client, one)
    assert 'Kolumnen "Personnummer" är borttagen' in page
    assert 'Kolumnen "Anteckning" är borttagen' in page
    assert "nyckel hos Bo" not in page
    assert "121212" not in page
    assert "Telefonnumret är för kort" in page
    assert "Ta in ett hushåll och ett brev, lämna en rad med fel utanför" in page
    assert take_in(client, nyby, one).status_code == 422
    for _ in range(2):
        assert take_in(client, nyby, one, utan="1").headers["Location"] == one
    page = page_of(client, one)
    assert "Listan för Nyby är inne" in page
    assert "Gör ett brev" in page
    with town.runtime.database.read() as rows:
        made = rows.exec(select(Household).where(col(Household.joined_by).is_not(None))).one()
        view = rows.exec(select(ViewEntry)).one()
        assert (view.what, view.role, view.household_ids) == ("import", "coordinator", [made.id])
    for _ in range(2):
        assert post(client, nyby, f"{one}/angra", ja="1").headers["Location"] == one
    assert "Ett hushåll är borttaget" in page_of(client, one)
    with town.runtime.database.read() as rows:
        assert rows.exec(select(ContactAddress)).all() == []
        assert rows.exec(select(ViewEntry)).all() == []
    assert acts(town) == ["list.brought", "list.taken_in", "list.taken_back"]


@pytest.mark.goal("S34")
def test_no_row_of_the_log_says_who(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA, BO, "Eva;Nybyvägen 9;070-174 06 09;;;;;sekretess").headers["Location"]
    assert "En rad är märkt med skydd" in page_of(client, one)
    take_in(client, nyby, one)
    with town.runtime.database.read() as rows:
        facts = [row.facts for row in rows.exec(select(AuditEntry)) if row.act.startswith("list.")]
        kept = rows.exec(select(MemberImport)).one()
    assert facts[0] == {
        "list": kept.id,
        "kind": "csv",
        "rows": 2,
        "protected": 1,
        "personal_numbers": 0,
        "other_sheets": 0,
    }
    assert facts[1]["households"] == 1
    assert all(isinstance(value, int) for value in facts[1].values())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen är tom"),
        (b"%PDF-1.7", "Filen är ingen lista"),
        (b"PK\x03\x04", "Filen går inte att läsa"),
        (b"x" * 10_000_001, "Filen är för stor"),
        (b"Namn;Mobil\nEva, skyddad;070-174 06 05", "Filen har ingen rad"),
    ],
)
def test_what_is_no_list_is_refused_at_the_field(town: Town, nyby: str, content: bytes, said: str) -> None:
    answer = bring(town.signed_in("samordnare"), nyby, content=content)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel:" in page
    assert page.count(said) == 2
    with town.runtime.database.read() as rows:
        assert rows.exec(select(ImportedRow)).all() == []


@pytest.mark.goal("S28")
def test_more_than_a_file_may_be_is_refused_and_other_pages_take_no_more_than_before(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    answer = bring(client, nyby, content=b"x" * 11_000_000)
    assert answer.status_code == 413
    assert "högst 10 MB" in answer.get_data(as_text=True)
    form = {"csrf_token": token(client, nyby), "unit": "0", "more": "x" * 1_100_000}
    assert client.post(nyby.replace("listor", "lappar"), data=form).status_code == 413


@pytest.mark.goal("S28")
def test_a_file_is_never_put_on_disk(town: Town) -> None:
    seen = []

    def look(app: Flask) -> None:
        with app.test_request_context(
            method="POST", data={"file": (io.BytesIO(b"x" * 900_000), "a")}, content_type="multipart/form-data"
        ):
            seen.append(request.files["file"].stream)

    look(town.app)
    assert isinstance(seen[0], io.BytesIO)


def test_a_workbook_and_its_columns_are_chosen(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    rows = [["Vem", "E-post hem", "E-post jobb", "När"], ["Anna Ek", "x", "anna@post.example", "2024-05-03"]]
    one = bring(client, nyby, content=an_xlsx(rows, [["annat"]])).headers["Location"]
    page = page_of(client, one)
    assert "Flera kolumner kan vara samma sak" in page
    assert "Bara det första bladet" in page
    assert "Ta in listan" not in page
    columns = f"{one}/kolumner"
    twice = post(client, nyby, columns, **{"kolumn-1": "email", "kolumn-2": "email", "rubriker": "y"})
    assert twice.status_code == 422
    assert 'href="#kolumn-2"' in twice.get_data(as_text=True)
    chosen = {"kolumn-0": "name", "kolumn-2": "email", "kolumn-3": "consent_on", "rubriker": "y"}
    assert post(client, nyby, columns, **chosen).status_code == 303
    assert "Skriv var medgivandet finns" in page_of(client, one)
    post(
        client,
        nyby,
        columns,
        **chosen,
        medgivanden="pärmen i föreningshuset",
        **{"kolumn-99": "name", "kolumn-x": "name"},
    )
    assert "Ta in ett hushåll" in page_of(client, one)
    take_in(client, nyby, one)
    assert post(client, nyby, columns, **chosen).status_code == 303
    assert "Listan för Nyby är inne" in page_of(client, one)


def test_letters_are_printed_a_page_each_with_a_code_that_works(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA, BO, "Dan Öst;Nybyvägen 7;;;;;;").headers["Location"]
    assert take_in(client, nyby, one, source="").status_code == 422
    take_in(client, nyby, one)
    for _ in range(2):
        assert post(client, nyby, f"{one}/brev").status_code == 303
    with town.runtime.database.read() as rows:
        batch = rows.exec(select(SlipBatch)).one()
    paper = client.get(f"{one}/brev/{batch.id}.pdf")
    pdf = pypdfium2.PdfDocument(paper.data)
    texts = [" ".join(pdf[number].get_textpage().get_text_range().split()) for number in range(len(pdf))]
    assert len(texts) == 2
    assert "Bo Ek, Nybyvägen 5" in texts[0]
    assert "Dan Öst, Nybyvägen 7" in texts[1]
    assert all("Nyby villaförening" in text and membership.codes.shown(batch.code) in text for text in texts)
    assert all("fredag 3 april" in text for text in texts)
    assert post(client, nyby, f"{one}/brev/utskrivna").status_code == 303
    assert "Utskrivna" in page_of(client, one)
    joiner = town.visitor()
    begun = joiner.post("/ga-med", data={"csrf_token": token(joiner, "/ga-med"), "code": batch.code})
    assert begun.headers["Location"] == "/ga-med/var"
    assert post(client, nyby, f"{one}/kasta", ja="1").status_code == 303
    with town.runtime.database.read() as rows:
        assert [row.has_consent for row in rows.exec(select(ImportedRow))] == [True]
    assert client.get(f"{one}/brev/{batch.id}.pdf").status_code == 404
    assert acts(town)[2:] == ["list.letters_written", "list.letters_opened", "list.letters_printed", "list.discarded"]


def test_after_a_day_undo_is_not_offered(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA).headers["Location"]
    take_in(client, nyby, one)
    assert "Ångra och ta bort ett hushåll" in page_of(client, one)
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=1))
    client = town.signed_in("samordnare")
    assert "Ångra och ta bort" not in page_of(client, one)
    late = post(client, nyby, f"{one}/angra", ja="1")
    assert late.status_code == 422
    assert "mer än 24 timmar" in late.get_data(as_text=True)


def test_what_has_changed_since_is_not_taken_in(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA).headers["Location"]
    answer = take_in(client, nyby, one, sett="0" * 16)
    assert answer.status_code == 422
    assert "Något har ändrats sedan du tittade" in answer.get_data(as_text=True)
    assert post(client, nyby, f"{one}/kasta", ja="1").headers["Location"] == nyby
    assert client.get(one).status_code == 404


def test_a_list_belongs_to_its_network(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA).headers["Location"]
    other = one.replace(nyby, f"/omraden/{town.network_ids['Tjörnarp']}/listor")
    assert client.get(other).status_code == 404
    for act in ("kolumner", "ta-in", "angra", "kasta", "brev", "brev/utskrivna"):
        assert post(client, nyby, f"{other}/{act}").status_code == 404
    assert town.signed_in("samordnare-eslov").get(one).status_code == 404
    assert town.signed_in("kontakt").get(one).status_code == 403


def test_the_empty_list_is_understood_without_choosing(town: Town, nyby: str) -> None:
    client = town.signed_in("samordnare")
    given = client.get(f"{nyby}/mall.csv").data
    assert given.startswith(b"\xef\xbb\xbf")
    (headings,) = csv.reader(io.StringIO(given.decode("utf-8-sig")), delimiter=";")
    assert tuple(headings) == TEMPLATE_HEADINGS
    row = "Anna;Nybyvägen;3;;;070-174 06 05;070-174 06 06;0411-123 45;anna@post.example;2024-05-03;pärm\r\n"
    page = page_of(client, bring(client, nyby, content=given + row.encode()).headers["Location"])
    assert "Välj först" not in page
    assert "Ta in ett hushåll" in page
    assert page.count("Tas inte in</option>") == len(TEMPLATE_HEADINGS) == len(set(Meaning)) - 7


@pytest.mark.goal("S21")
def test_a_list_taken_out_is_understood_when_it_is_taken_in(town: Town, nyby: str) -> None:
    """What a contact person takes out comes in again with the same names and numbers, and no cell is a formula."""
    contact, paper = town.signed_in("kontakt"), nyby.replace("listor", "hushall/nytt")
    with town.runtime.database.read() as rows:
        unit = networks.units(rows, town.network_ids["Nyby"])[0]
    written = {"unit": str(unit.id), "shows": "contact", "label": "=Anna+Ek", "phone": "070-174 06 05"}
    form = {**written, "email": "anna@post.example", "paper_on": "2026-03-01", "signed": "y"}
    assert contact.post(paper, data={"csrf_token": token(contact, paper), **form}).status_code == 303
    out = nyby.replace("listor", "ta-ut")
    assigned = {"csrf_token": token(contact, out), "purpose": "Vi flyttar listan till ett nytt område"}
    taken = contact.post(out, data=assigned).data
    assert "'=Anna+Ek" in taken.decode("utf-8-sig")
    client = town.signed_in("samordnare")
    other = f"/omraden/{town.network_ids['Sätofta']}/listor"
    bring(client, other, content=taken)
    with town.runtime.database.read() as rows:
        plan, _ = membership.lists.plan_of(rows, rows.exec(select(MemberImport)).one(), now=NOW)
    (row,) = plan.rows
    assert (row.reading.name, row.reading.address.street) == ("=Anna+Ek", "Nybyvägen")
    assert {value for _, value in row.reading.addresses} == {"+46701740605", "anna@post.example"}


def test_who_was_warned_in_between_is_told_that_it_is_over(town: Town, nyby: str) -> None:
    """Their row stays for the count of the warning; nothing more goes to them."""
    client = town.signed_in("samordnare")
    one = bring(client, nyby, ANNA).headers["Location"]
    take_in(client, nyby, one)
    with town.runtime.database.write() as rows:
        made = rows.exec(select(Household).where(col(Household.joined_by).is_not(None))).one()
        warning = a_started_alert(rows, made.network_id)
        rows.add(Audience(alert_id=warning.id or 0, household_id=made.id or 0, network_id=made.network_id))
    assert post(client, nyby, f"{one}/angra", ja="1").status_code == 303
    with town.runtime.database.read() as rows:
        left = rows.get_one(Household, made.id)
        assert (left.left_at, left.label) == (town.clock.now(), None)
        assert {row.kind for row in rows.exec(select(Notice))} == {NoticeKind.CHANGED}
