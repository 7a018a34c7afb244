"""The page behind a warning's number: what anybody may see, and what a made-up number leads to."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Advice, AlertDraft, AlertKind, DayPart, Dwelling, Method, Source, Target
from grannsamverkan.web.lately import Lately
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served
from tests.support.web_town import NOW, Town, build

OpenPage = Callable[..., Page]
FREE_TEXT = "Det var två <personer> & en bil."


class Quiet:
    """An engine that leaves the warning lying."""

    def enqueue(self, session: Session, step: Any, **ids: int) -> None:
        """Nothing is to be sent here."""


def approved(
    town: Town, *names: str, source: Source = Source.POLICE, free_text: str = FREE_TEXT, **changes: Any
) -> int:
    """The number of an approved warning to these networks."""
    facts: dict[str, Any] = {
        "kind": AlertKind.BURGLARY_HOME,
        "dwelling": Dwelling.VILLA,
        "happened_on": date(2026, 3, 4),
        "day_part": DayPart.NIGHT_TO,
        "methods": (Method.TERRACE_DOOR,),
        "advice": (Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS),
        "free_text": free_text,
        "targets": tuple(Target(network_id=town.network_ids[name]) for name in names),
    }
    draft = AlertDraft(**{**facts, **changes})
    author = town.account_ids["polis"]
    with town.runtime.database.write() as session:
        alert_id = alerts.start(session, draft, author_account_id=author, source=source, now=NOW).id or 0
    checked = flow.check_alert(town.runtime, alert_id=alert_id)
    approved = flow.approve_alert(town.runtime, alert_id=alert_id, approver_account_id=author, content=checked.content)
    return approved.number or 0


@pytest.fixture
def quiet_town(tmp_path: Any) -> Iterator[Town]:
    town = build(tmp_path)
    object.__setattr__(town.runtime, "engine", Quiet())
    yield town
    town.runtime.close()


def page_of(town: Town, path: str, **headers: str) -> str:
    answer = town.visitor().get(path, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_a_warning_says_what_where_when_and_what_to_do(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby", "Tjörnarp")
    page = page_of(quiet_town, f"/n/{number}")
    assert f"<title>Varning nr {number:04d} – Grannsamverkan</title>" in page
    assert "Inbrott i villa i Nyby och Tjörnarp natt till onsdag 4 mars</h1>" in page
    assert "Gäller nu</strong><span>till onsdag 11 mars" in page
    assert page.count("<li>") >= 3
    assert "Lås dörrar och fönster" in page
    assert "Polisen skickade det onsdag 4 mars klockan 13.00." in page
    assert "Det gick till Nyby och Tjörnarp." in page
    assert "7726" in page
    assert "114 14" in page
    assert "112" in page
    assert page.count('class="gs-m-hit"') == 2
    assert "noindex" not in page
    assert "Polisen har inte bekräftat" not in page


def test_free_text_is_shown_as_it_was_written_and_never_as_markup(quiet_town: Town) -> None:
    page = page_of(quiet_town, f"/n/{approved(quiet_town, 'Nyby')}")
    assert "Det var två &lt;personer&gt; &amp; en bil." in page
    assert "<personer>" not in page


def test_it_never_says_who_wrote_it_or_how_many_it_reached(quiet_town: Town) -> None:
    page = page_of(quiet_town, f"/n/{approved(quiet_town, 'Nyby')}")
    text = re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>")[0])
    assert "hushåll" not in text
    assert "24" not in text
    assert "polis@" not in page
    assert "Hus " not in text


def test_a_contact_persons_warning_is_marked_as_not_confirmed(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby", source=Source.CONTACT_PERSON)
    page = page_of(quiet_town, f"/n/{number}")
    assert "Polisen har inte bekräftat den." in page
    assert "Ett kontaktombud skickade det" in page
    assert "Polisen har inte bekräftat" in page_of(quiet_town, f"/n/{number}/lapp")


def test_it_is_small_kept_for_a_minute_and_needs_no_script(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby", "Tjörnarp", "Sätofta")
    answer = quiet_town.visitor().get(f"/n/{number}")
    assert len(answer.data) <= 50_000, len(answer.data)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert re.findall(r"<script(?![^>]*src)", answer.get_data(as_text=True)) == []


def test_when_it_has_ended_it_says_so_and_search_engines_may_forget_it(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby")
    quiet_town.clock.advance(timedelta(days=7))  # type: ignore[attr-defined]
    page = page_of(quiet_town, f"/n/{number}")
    assert "Avslutad</strong>" in page
    assert "Gäller nu" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert "Onsdag 11 mars" in page


def test_in_english_the_warning_is_told_in_english(quiet_town: Town) -> None:
    page = page_of(quiet_town, f"/n/{approved(quiet_town, 'Nyby', 'Tjörnarp')}", **{"Accept-Language": "en"})
    assert "How you know that it is genuine" in page
    assert '<h1 lang="en">Break-in' in page
    assert '<ol class="gs-do" lang="en"><li>Lock doors' in page
    assert "It went to Nyby and Tjörnarp." in page


def test_what_was_sent_before_there_was_english_stays_swedish(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby")
    with quiet_town.runtime.database.write() as rows:
        rows.execute(text("DELETE FROM alert_translation"))
    page = page_of(quiet_town, f"/n/{number}", **{"Accept-Language": "en"})
    assert '<h1 lang="sv">Inbrott' in page


def test_the_notice_fits_the_board(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby")
    page = page_of(quiet_town, f"/n/{number}/lapp")
    assert f"localhost:8000/n/{number}" in page
    assert "Ta ner lappen efter onsdag 11 mars." in page


@pytest.mark.parametrize("written", ["{}", "0{}", "Nr {}", "nr  {}", " {} ", "#{}", "Nr {}."])
def test_the_number_is_found_however_it_is_written(quiet_town: Town, written: str) -> None:
    number = approved(quiet_town, "Nyby")
    spaced = f"{number:,}".replace(",", " ")
    answer = quiet_town.visitor().get("/n", query_string={"nr": written.format(spaced)}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Inbrott i villa" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/n/2314", "/n/0", "/n/999999999", "/n/99999999999999999999999", "/n/2314/lapp"])
def test_an_unknown_number_gets_the_advice_on_frauds(town: Town, path: str) -> None:
    answer = town.visitor().get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Det finns inget meddelande med det numret" in page
    assert "7726" in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_number_that_is_only_reserved_is_not_known(quiet_town: Town) -> None:
    draft = AlertDraft(
        kind=AlertKind.BURGLARY_HOME,
        dwelling=Dwelling.VILLA,
        happened_on=date(2026, 3, 4),
        day_part=DayPart.NIGHT_TO,
        advice=(Advice.LOCK,),
        targets=(Target(network_id=quiet_town.network_ids["Nyby"]),),
    )
    author = quiet_town.account_ids["polis"]
    with quiet_town.runtime.database.write() as session:
        alert = alerts.start(session, draft, author_account_id=author, source=Source.POLICE, now=NOW)
    checked = flow.check_alert(quiet_town.runtime, alert_id=alert.id or 0)
    known, unknown = (quiet_town.visitor().get(f"/n/{number}") for number in (checked.alert.number, 4711))
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert _without_paths(known.data) == _without_paths(unknown.data)


def _without_paths(page: bytes) -> bytes:
    return re.sub(rb"/n/\d+", b"", page)


@pytest.mark.goal("S44")
def test_a_machine_that_tries_all_numbers_is_slowed_down(tmp_path: Any) -> None:
    town = build(tmp_path)
    client = town.visitor()
    statuses = [client.get(f"/n/{number}").status_code for number in range(1000, 1025)]
    assert statuses == [404] * 20 + [429] * 5
    assert int(client.get("/n/1").headers["Retry-After"]) > 0
    town.clock.advance(timedelta(minutes=5, seconds=1))  # type: ignore[attr-defined]
    assert client.get("/n/1").status_code == 404
    town.runtime.close()


def test_tries_are_counted_for_each_visitor_and_do_not_grow_without_end() -> None:
    misses = Lately(most=2, within=timedelta(minutes=1))
    assert [misses.wait("a", NOW) for _ in range(3)] == [0, 0, 60]
    assert misses.wait("b", NOW) == 0
    for number in range(6000):
        misses.wait(f"v{number}", NOW)
    assert len(misses._of) <= 5000


# ------------------------------------------------------------------------------------- in a real browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(open_page: OpenPage, quiet_town: Town, width: int, scheme: Any) -> None:
    police = approved(quiet_town, "Nyby", "Tjörnarp")
    contact = approved(quiet_town, "Nyby", source=Source.CONTACT_PERSON)
    page = open_page(width, color_scheme=scheme)
    with served(quiet_town.app) as address:
        for name, path in (
            ("varning", f"/n/{police}"),
            ("varning-obekraftad", f"/n/{contact}"),
            ("varning-lapp", f"/n/{police}/lapp"),
            ("nummer-okant", "/n/4711"),
        ):
            page.goto(address + path)
            keep_screenshot(page, f"{name}-{width}-{scheme}")
            assert_accessible(page)
        quiet_town.clock.advance(timedelta(days=8))  # type: ignore[attr-defined]
        page.goto(f"{address}/n/{police}")
        keep_screenshot(page, f"varning-avslutad-{width}-{scheme}")
        assert_accessible(page)


@pytest.mark.browser
def test_the_notice_is_one_page_of_paper(open_page: OpenPage, quiet_town: Town) -> None:
    longest = ("Någon såg en främmande skåpbil stå länge vid lekplatsen. " * 4)[:200]
    advice = (Advice.LOCK, Advice.PUT_AWAY_LADDERS, Advice.CLOSE_ENTRANCE, Advice.NOTE_DETAILS)
    names = ("Nyby", "Tjörnarp", "Sätofta")
    number = approved(quiet_town, *names, source=Source.CONTACT_PERSON, free_text=longest, advice=advice)
    page = open_page(DESK)
    with served(quiet_town.app) as address:
        page.goto(f"{address}/n/{number}/lapp")
        page.emulate_media(media="print")
        keep_screenshot(page, "varning-lapp-tryck")
        paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


@pytest.mark.browser
def test_a_number_can_be_checked_without_scripts(open_page: OpenPage, quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby")
    page = open_page(PHONE, java_script_enabled=False)
    with served(quiet_town.app) as address:
        page.goto(address + "/n")
        page.get_by_label("Numret i meddelandet").fill(f"Nr {number}")
        press(page, "Kontrollera")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Inbrott i villa"))


@pytest.mark.goal("S44")
@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        ([f"2001:db8:7:1::{number:x}" for number in range(25)], True),  # a home's own network
        ([f"2001:db8:7:{number:x}::1" for number in range(25)], False),
        ([f"198.51.100.{number}" for number in range(25)], False),
        ([f"::ffff:198.51.100.{number}" for number in range(25)], False),
    ],
)
def test_a_home_with_many_ipv6_addresses_is_one_visitor(tmp_path: Any, addresses: list[str], is_one: bool) -> None:
    client = build(tmp_path).visitor()
    statuses = [client.get("/n/4711", environ_overrides={"REMOTE_ADDR": one}).status_code for one in addresses]
    assert statuses == ([404] * 20 + [429] * 5 if is_one else [404] * 25)
