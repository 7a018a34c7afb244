"""Which tips reached whom this year, on screen and as a file: exact for those at work, rounded for neighbours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from grannsamverkan.domain import advice, networks, targeting
from grannsamverkan.domain.advice import AdviceGiven
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState
from grannsamverkan.domain.networks import Household, NetworkKind, NetworkState
from tests.support.web_town import ESLOV, HOOR, NOW, Town, token

PAGE = "/rad/tackning"


def a_tip(rows: Session, town: Town, key: str, homes: list[int], network_id: int, *, at: datetime = NOW) -> None:
    """A tip that these homes have had: the even ones by SMS, all of them by email."""
    alert = Alert(
        municipality_code=HOOR,
        author_account_id=town.account_ids["samordnare"],
        source="municipality",
        state=AlertState.DRAFT,
        alert_class=AlertClass.ADVICE,
        card_key=key,
        created_at=at,
        updated_at=at,
    )
    rows.add(alert)
    rows.flush()
    for number, one in enumerate(homes):
        rows.add(
            AdviceGiven(
                alert_id=alert.id or 0,
                household_id=one,
                card_key=key,
                given_at=at,
                network_id=network_id,
                by_sms=number % 2 == 0,
                by_email=True,
            )
        )
    rows.flush()


def homes_of(rows: Session, network_id: int) -> list[int]:
    return [one or 0 for one in rows.exec(select(Household.id).where(Household.network_id == network_id))]


def given(town: Town, *, at: datetime = NOW) -> int:
    """Nyby has had one tip but for one home; flats another. Returns how many homes of Nyby had it."""
    with town.runtime.database.write() as rows:
        nyby = town.network_ids["Nyby"]
        some = homes_of(rows, nyby)[1:]
        a_tip(rows, town, "las-cykeln", some, nyby, at=at)
        flats = networks.add_network(
            rows, HOOR, "Kvarteret Alen", NetworkKind.APARTMENT, now=NOW, state=NetworkState.ACTIVE, dwellings=9
        )
        doors = [networks.add_household(rows, flats, now=NOW, label=f"Dörr {number}").id or 0 for number in range(2)]
        a_tip(rows, town, "las-cykeln", doors[:1], flats.id or 0, at=at)
        return len(some)


def test_each_tip_by_kind_and_channel_and_those_without_any(town: Town) -> None:
    villas = given(town)
    with town.runtime.database.read() as rows:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        found = {one.kind: one for one in targeting.given_since(rows, HOOR, since)}
        villa = found[NetworkKind.VILLA]
        assert (villa.households, villa.by_sms, villa.by_email) == (villas, (villas + 1) // 2, villas)
        assert found[NetworkKind.APARTMENT].households == 1
        homes = {one.kind: one for one in targeting.homes_since(rows, HOOR, since)}
        assert homes[NetworkKind.APARTMENT].all == 2
        assert homes[NetworkKind.APARTMENT].had_none == homes[NetworkKind.APARTMENT].has_no_channel == 1
        assert homes[NetworkKind.VILLA].had_none == homes[NetworkKind.VILLA].all - villas
        assert targeting.given_since(rows, ESLOV, since) == []
    page = town.signed_in("samordnare").get(PAGE).text
    assert advice.shipped()["las-cykeln"].texts["sv"].title in page
    assert f'<td class="gs-r">{villas}</td><td class="gs-r">1</td>' in page
    assert '<svg class="gs-hbar' in page


def test_last_years_tips_are_not_this_years(town: Town) -> None:
    given(town, at=NOW - timedelta(days=100))
    assert "Inget råd har gått ut i år" in town.signed_in("samordnare").get(PAGE).text


def test_a_contact_person_sees_no_small_numbers(town: Town) -> None:
    given(town)
    page = town.signed_in("kontakt").get(PAGE).text
    assert "färre än 5" in page
    assert '<td class="gs-r">1</td>' not in page
    sheet = town.signed_in("kontakt").get(f"{PAGE}.csv").text
    assert ";1;" not in sheet
    assert "färre än 5" in sheet


def test_the_file_has_the_same_numbers_and_calculates_nothing(town: Town) -> None:
    villas = given(town)
    with town.runtime.database.write() as rows:
        texts = advice.shipped()["las-cykeln"].texts
        own = {"sv": replace(texts["sv"], title="Lås cykeln"), "en": texts["en"]}
        advice.edit_card(rows, HOOR, "las-cykeln", own, account_id=town.account_ids["samordnare"], now=NOW)
    answer = town.signed_in("samordnare").get(f"{PAGE}.csv")
    head, line, none = answer.text.lstrip("\ufeff").splitlines()
    assert head == "rad;villor;lagenheter;sms;mejl;hushall;senast"
    assert line.startswith(f"Lås cykeln;{villas};1;")
    assert line.endswith(f";{villas + 1};2026-03-04")
    assert none.startswith("Inget råd alls;")


def test_what_hangs_is_a_task_until_it_is_taken_down(town: Town) -> None:
    client = town.signed_in("kontakt")
    card = client.get("/rad/ramnumret").text
    assert "/kvarten/lapp?kort=ramnumret" in card
    assert "/kvarten/lapp?kort" not in town.signed_in("samordnare").get("/rad/ramnumret").text
    assert "2026-04-03" in client.get("/kvarten/lapp?kort=ramnumret").text  # a month, as on the paper
    form = {"network": str(town.network_ids["Nyby"]), "until": "2026-03-20", "csrf_token": token(client, "/kvarten")}
    for _twice in range(2):
        assert client.post("/kvarten/lapp?kort=ramnumret", data=form).status_code == 303
    page = client.get("/kvarten").text
    title = advice.shipped()["ramnumret"].texts["sv"].title
    assert page.count(f"Ta ner lappen: {title}</span>") == 1
    assert "20 mars" in page
    for wrong in ("2026-03-01", "2028-01-01", "i morgon"):
        assert client.post("/kvarten/lapp?kort=ramnumret", data={**form, "until": wrong}).status_code == 422
    assert client.post("/kvarten/lapp?kort=nej", data=form).status_code == 404
    elsewhere = {**form, "network": str(town.network_ids["Marieholm"])}
    assert client.post("/kvarten/lapp?kort=ramnumret", data=elsewhere).status_code == 422
