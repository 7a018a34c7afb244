"""The year's tips on screen: planned in words, looked at, approved, put off; who may read and who may plan."""

import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan import advice_round
from grannsamverkan.domain import advice
from grannsamverkan.domain.advice import EntryState, PlanEntry, RunState
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import InlineEngine
from tests.support.web_town import HOOR, Town, token

CALENDAR = "/rad/kalender"
NEW = {"card_key": "las-cykeln", "when": "andra tisdagen i april kl 18", "past_red_days": "y", "network_kind": ""}


def post(client: FlaskClient, path: str, **form: str) -> str:
    """Where it leads; the page itself when it leads nowhere."""
    answer = client.post(path, data={"csrf_token": token(client, "/logga-in"), **form})
    return answer.headers.get("Location") or f"{answer.status_code} {answer.text}"


def planned(town: Town, client: FlaskClient, **changes: str) -> int:
    return int(post(client, f"{CALENDAR}/ny", **{**NEW, **changes}).rsplit("/", 1)[1])


def stored(town: Town, entry_id: int) -> PlanEntry:
    with town.runtime.database.read() as rows:
        return advice.entry(rows, entry_id)


def content_on(page: str) -> str:
    found = re.search(r'name="innehall" value="(\w+)"', page)
    assert found is not None
    return found[1]


def approved(town: Town, client: FlaskClient, **changes: str) -> int:
    entry_id = planned(town, client, **changes)
    content = content_on(client.get(f"{CALENDAR}/{entry_id}").text)
    post(client, f"{CALENDAR}/{entry_id}/godkann", innehall=content)
    return entry_id


def test_an_empty_calendar_leads_to_the_preset_and_to_approval(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert "Inget råd är planerat" in client.get(CALENDAR).text
    post(client, f"{CALENDAR}/forval")
    page = client.get(CALENDAR).text
    assert "Läs och godkänn 8 utkast" in page
    assert "Fyll på" not in page
    values = re.findall(r'name="utskick" value="([^"]+)"', client.get(f"{CALENDAR}/godkann").text)
    assert len(values) == 8
    form = {"csrf_token": token(client, "/logga-in"), "utskick": values}
    assert client.post(f"{CALENDAR}/godkann", data=form).status_code == 303
    with town.runtime.database.read() as rows:
        assert {row.state for row in advice.entries(rows, HOOR)} == {EntryState.APPROVED}
    assert "Inget väntar på att godkännas" in client.get(f"{CALENDAR}/godkann").text


def test_it_is_planned_in_words_looked_at_and_approved(town: Town) -> None:
    client = town.signed_in("samordnare")
    entry_id = planned(town, client, network_kind="villa")
    page = client.get(f"{CALENDAR}/{entry_id}").text
    assert "Andra tisdagen i april kl 18" in page
    assert "Grannsamverkan Höör:" in page
    assert "Sms:en kostar" in page
    assert stored(town, entry_id).state is EntryState.DRAFT
    post(client, f"{CALENDAR}/{entry_id}/godkann", innehall=content_on(page))
    row = stored(town, entry_id)
    assert row.state is EntryState.APPROVED
    assert row.network_kind is NetworkKind.VILLA
    assert "Godkänt" in client.get(CALENDAR).text


def test_words_that_say_no_time_are_explained(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert "Vi förstår inte när" in post(client, f"{CALENDAR}/ny", **{**NEW, "when": "ibland"})
    assert "Den dagen har redan varit" in post(client, f"{CALENDAR}/ny", **{**NEW, "when": "den 1 februari 2026"})


@pytest.mark.parametrize(
    ("card", "kind", "said"),
    [
        ("ljus-pa-baksidan", "", "Rådet är för villor."),
        ("ljus-pa-baksidan", "apartment", "Rådet är för villor."),
        ("tom-forradet", "", "Rådet är för lägenheter."),
        ("tom-forradet", "villa", "Rådet är för lägenheter."),
    ],
)
def test_a_tip_is_planned_for_the_homes_that_it_is_for(town: Town, card: str, kind: str, said: str) -> None:
    client = town.signed_in("samordnare")
    answer = post(client, f"{CALENDAR}/ny", **{**NEW, "card_key": card, "network_kind": kind})
    assert answer.startswith("422")
    assert said in answer
    with town.runtime.database.read() as rows:
        assert not [row for row in advice.entries(rows, HOOR) if row.card_key == card]


def test_what_was_looked_at_is_what_is_approved(town: Town) -> None:
    client = town.signed_in("samordnare")
    entry_id = planned(town, client)
    content = content_on(client.get(f"{CALENDAR}/{entry_id}").text)
    version = str(stored(town, entry_id).version)
    post(client, f"{CALENDAR}/{entry_id}/andra", **{**NEW, "when": "varje tisdag kl 12", "version": version})
    assert post(client, f"{CALENDAR}/{entry_id}/godkann", innehall=content).startswith("409")
    assert stored(town, entry_id).state is EntryState.DRAFT


def test_a_change_on_top_of_anothers_is_not_lost(town: Town) -> None:
    client = town.signed_in("samordnare")
    entry_id = approved(town, client)
    said = post(client, f"{CALENDAR}/{entry_id}/andra", **{**NEW, "version": "1"})
    assert said.startswith("409")
    assert "Någon annan har ändrat" in said
    assert stored(town, entry_id).state is EntryState.APPROVED


def test_an_entry_is_paused_and_goes_on(town: Town) -> None:
    client = town.signed_in("samordnare")
    entry_id = approved(town, client)
    post(client, f"{CALENDAR}/{entry_id}/paus")
    assert stored(town, entry_id).state is EntryState.PAUSED
    assert "Ett utskick är pausat." in client.get(CALENDAR).text
    post(client, f"{CALENDAR}/{entry_id}/fortsatt")
    assert stored(town, entry_id).state is EntryState.APPROVED


def test_a_time_is_skipped_and_not_skipped(town: Town) -> None:
    client = town.signed_in("samordnare")
    entry_id = approved(town, client)
    first = stored(town, entry_id).next_at
    assert first is not None
    post(client, f"{CALENDAR}/{entry_id}/hoppa", dag=first.isoformat())
    assert stored(town, entry_id).next_at != first
    assert "Hoppas över" in client.get(CALENDAR).text
    assert "Hoppa inte över" in client.get(f"{CALENDAR}/{entry_id}").text
    post(client, f"{CALENDAR}/{entry_id}/hoppa-inte", dag=first.isoformat())
    assert stored(town, entry_id).next_at == first
    for no_day in ("i morgon", "2026-04-14T18:00", "0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00"):
        assert post(client, f"{CALENDAR}/{entry_id}/hoppa", dag=no_day).startswith("404"), no_day


def test_what_was_missed_is_sent_by_hand(town: Town) -> None:
    object.__setattr__(town.runtime, "engine", InlineEngine())
    client = town.signed_in("samordnare")
    entry_id = approved(town, client)
    due = stored(town, entry_id).next_at
    assert due is not None
    assert isinstance(town.clock, SetClock)
    town.clock.advance(due - town.clock.now() + advice.LATE * 2)
    assert advice_round.issue_due(town.runtime) == 0
    client = town.signed_in("samordnare")
    page = client.get(f"{CALENDAR}/{entry_id}").text
    assert "Missades" in page
    asked = post(client, f"{CALENDAR}/{entry_id}/skicka", dag=due.isoformat())
    assert "Skicka rådet till" in asked
    content = content_on(asked)
    led = post(client, f"{CALENDAR}/{entry_id}/skicka", dag=due.isoformat(), innehall=content, ja="1")
    with town.runtime.database.read() as rows:
        alert = rows.exec(select(Alert)).one()
        assert advice.run(rows, entry_id, due).state is RunState.ISSUED
    assert led == f"/varningar/{alert.id}"
    again = post(client, f"{CALENDAR}/{entry_id}/skicka", dag=due.isoformat(), innehall=content, ja="1")
    assert again == f"{CALENDAR}/{entry_id}"
    for name in ("samordnare", "polis", "kontakt"):
        page = town.signed_in(name).get(led).text
        assert "Råd " in page
        assert "Hushåll som vi inte har nått" not in page
        assert "knackar på" not in page
        assert "Följ upp" not in page
    listed = town.signed_in("kontakt").get("/varningar").text
    assert "Råd, Nr" in listed


def test_the_page_behind_its_number_says_it_is_advice(town: Town) -> None:
    object.__setattr__(town.runtime, "engine", InlineEngine())
    client = town.signed_in("samordnare")
    entry_id = approved(town, client)
    due = stored(town, entry_id).next_at
    assert due is not None
    assert isinstance(town.clock, SetClock)
    town.clock.advance(due - town.clock.now())
    assert advice_round.issue_due(town.runtime) == 1
    with town.runtime.database.read() as rows:
        alert = rows.exec(select(Alert)).one()
    words = advice.shipped()["las-cykeln"].texts["sv"]
    page = town.visitor().get(f"/n/{alert.number}").text
    assert f"Råd nr {alert.number:04d}" in page
    assert words.mail[0] in page
    assert "Gör så här" not in page
    assert words.mail[0] in town.visitor().get(f"/n/{alert.number}/lapp").text
    assert town.visitor().get(f"/n/{alert.number}/lapp.pdf").data.startswith(b"%PDF")
    feed = town.visitor().get(f"/kommun/{HOOR}/varningar.json").json
    assert feed is not None
    assert words.title in str(feed)
    for path in (f"/varningar/{alert.id}/folj-upp", f"/varningar/ny?lik={alert.id}", f"/varningar/{alert.id}/andra"):
        assert town.signed_in("polis").get(path).status_code == 404


def test_police_and_contact_persons_read_and_plan_nothing(town: Town) -> None:
    entry_id = approved(town, town.signed_in("samordnare"))
    for name in ("polis", "kontakt"):
        client = town.signed_in(name)
        page = client.get(f"{CALENDAR}/{entry_id}").text
        assert "Andra tisdagen i april" in page
        assert "Pausa" not in page
        assert "Nytt utskick" not in client.get(CALENDAR).text
        assert post(client, f"{CALENDAR}/{entry_id}/paus").startswith("403")


def test_another_municipality_is_out_of_reach(town: Town) -> None:
    entry_id = approved(town, town.signed_in("samordnare"))
    for name in ("samordnare-eslov", "kontakt-eslov"):
        client = town.signed_in(name)
        assert client.get(f"{CALENDAR}/{entry_id}").status_code == 404
        assert client.get(f"{CALENDAR}?kommun={HOOR}").status_code == 404


def test_what_newcomers_are_told_is_approved_like_the_year(town: Town) -> None:
    client = town.signed_in("samordnare")
    post(client, f"{CALENDAR}/nya")
    post(client, f"{CALENDAR}/nya")
    page = client.get(CALENDAR).text
    assert page.count("efter att någon har gått med kl 18</td>") == 3
    assert "Börja med vårt förslag för nya" not in page
    with town.runtime.database.read() as rows:
        first = next(row for row in advice.entries(rows, HOOR) if advice.is_welcome(row))
    page = client.get(f"{CALENDAR}/{first.id}").text
    assert "Varje hushåll som går med" in page
    assert "Om det gick ut nu" not in page
    post(client, f"{CALENDAR}/{first.id}/godkann", innehall=content_on(page))
    assert stored(town, first.id or 0).state is EntryState.APPROVED
    assert "Hoppa över" not in client.get(f"{CALENDAR}/{first.id}").text
    full = post(client, f"{CALENDAR}/ny", **{**NEW, "when": "5 dagar efter att någon har gått med"})
    assert "Det finns redan 3 råd" in full


def test_a_proposal_after_a_burglary_is_two_presses_from_the_overview(town: Town) -> None:
    with town.runtime.database.write() as rows:
        now = town.clock.now()
        warning = Alert(
            municipality_code=HOOR,
            author_account_id=town.account_ids["polis"],
            source="police",
            state=AlertState.DRAFT,
            kind="burglary_home",
            dwelling="villa",
            happened_on=now.date(),
            day_part="night_to",
            created_at=now,
            updated_at=now,
            number=4711,
        )
        rows.add(warning)
        rows.flush()
        made = advice.propose(
            rows,
            HOOR,
            warning.id or 0,
            ["terrace_door"],
            on=now.date(),
            account_id=town.account_ids["polis"],
            now=now,
        )
    client = town.signed_in("samordnare")
    home = client.get("/hem").text
    assert "Läs ett råd efter varning nr 4711 och godkänn det" in home
    assert f'href="{CALENDAR}/{made}"' in home
    page = client.get(f"{CALENDAR}/{made}").text
    assert "Det går bara till dem som varningen var för" in page
    post(client, f"{CALENDAR}/{made}/godkann", innehall=content_on(page))
    assert stored(town, made or 0).state is EntryState.APPROVED
    assert "4711" not in client.get("/hem").text
    assert "Läs ett råd" not in town.signed_in("polis").get("/hem").text


def test_which_tip_follows_which_burglary_is_chosen(town: Town) -> None:
    client = town.signed_in("samordnare")
    page = client.get("/rad/efter-inbrott").text
    assert "Inga förslag görs" in page
    assert '<option value="altandorren" selected>' in page
    post(client, "/rad/efter-inbrott", terrace_door="larm-som-hors", marks="")
    with town.runtime.database.read() as rows:
        assert advice.fitting(rows, HOOR)["terrace_door"] == "larm-som-hors"
        assert advice.fitting(rows, HOOR)["marks"] is None
        assert advice.fitting(rows, HOOR)["unlocked_door"] == advice.FITTING["unlocked_door"]
    assert post(client, "/rad/efter-inbrott", terrace_door="nej").startswith("404")


def test_what_goes_in_one_message_is_told_beforehand(town: Town) -> None:
    """Once both are approved; and not of one that is to be skipped."""
    client = town.signed_in("samordnare")
    approved(town, client, when="andra tisdagen i april kl 12")
    second = planned(town, client, card_key="stang-fonstren")
    assert "I samma meddelande" not in client.get(CALENDAR).text
    content = content_on(client.get(f"{CALENDAR}/{second}").text)
    post(client, f"{CALENDAR}/{second}/godkann", innehall=content)
    page = client.get(CALENDAR).text
    assert page.count("I samma meddelande som") == 1
    assert ", klockan 12.00." in page
    due_at = stored(town, second).next_at
    assert due_at is not None
    post(client, f"{CALENDAR}/{second}/hoppa", dag=due_at.isoformat())
    assert "I samma meddelande" not in client.get(CALENDAR).text
