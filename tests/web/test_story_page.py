"""The page behind a number when more than one message belongs to it: how it stands, what was wrong, and all of it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from grannsamverkan import flow
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import AlertClass, Told
from tests.support.builders import a_sequel
from tests.support.web_town import Town, build
from tests.web.test_number import Quiet, approved, page_of

BAND = re.compile(r'<section class="gs-band( gs-band-\w+)?"[^>]*>.*?<strong>.*?</svg>\s*([^<]+)</strong>', re.DOTALL)


@pytest.fixture
def quiet_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = build(tmp_path_factory.mktemp("story"))
    object.__setattr__(town.runtime, "engine", Quiet())
    yield town
    town.runtime.close()


def alert_id_of(town: Town, number: int) -> int:
    with town.runtime.database.read() as session:
        return alerts.published(session, number).id or 0


def gone(town: Town, *names: str) -> int:
    """The number of a warning that has begun to go."""
    number = approved(town, *names)
    flow.fan_out(town.runtime, alert_id=alert_id_of(town, number))
    return number


def number_of(town: Town, alert_id: int) -> int:
    with town.runtime.database.read() as session:
        return alerts.alert(session, alert_id).number or 0


def follow(town: Town, number: int, alert_class: AlertClass, told: Told, **changes: object) -> int:
    """The number of what follows this one, three minutes later."""
    town.clock.advance(timedelta(minutes=3))  # type: ignore[attr-defined]
    sequel = a_sequel(town.runtime, alert_id_of(town, number), alert_class, told, **changes)
    flow.fan_out(town.runtime, alert_id=sequel)
    return number_of(town, sequel)


def band(page: str) -> tuple[str, str]:
    found = BAND.search(page)
    assert found
    return (found[1] or "").strip(), found[2].strip()


def test_a_corrected_place_is_the_heading_and_the_mistake_stays_readable(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    correction = follow(quiet_town, number, AlertClass.CORRECTION, Told.PLACE, right_place="Sätofta")
    page = page_of(quiet_town, f"/n/{number}")
    assert band(page) == ("gs-band-fixed", "Rättad")
    assert re.search(r'<h1 lang="sv">Inbrott i villa i Sätofta natt till onsdag 4 mars</h1>', page)
    assert "<strong>Rätt plats är Sätofta, inte Nyby.</strong>" in page
    assert "Så stod det först, från klockan 13.00 till klockan 13.03:" in page
    assert page.count('<del class="gs-was" lang="sv">Inbrott i villa i Nyby natt till onsdag 4 mars') == 2
    assert page.index(f"Rättelse nr {correction}.") < page.index(f"Varning nr {number}.")
    assert "Det gick till Nyby." in page
    assert page.count('class="gs-m-hit"') == 1
    own = page_of(quiet_town, f"/n/{correction}")
    assert f"Hör till nr {number}." in own
    assert f"<title>Rättelse nr {correction} – " in own
    without = [re.sub(rf"{number}|{correction}", "N", text.split("<main", 1)[1]) for text in (page, own)]
    assert without[0].split("<h1")[1].split("Så vet du")[0] == without[1].split("<h1")[1].split("Så vet du")[0]


def test_what_has_not_happened_asks_for_nothing(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    follow(quiet_town, number, AlertClass.CORRECTION, Told.NOT_TRUE, free_text="Vi blandade ihop två ärenden.")
    page = page_of(quiet_town, f"/n/{number}")
    assert band(page) == ("gs-band-fixed", "Rättad")
    assert f'<h1 lang="sv">Rättelse av nr {number}: det har inte hänt</h1>' in page
    assert "Gör så här" not in page
    assert "Vi blandade ihop två ärenden." in page
    assert "noindex" in page
    paper = page_of(quiet_town, f"/n/{number}/lapp")
    assert "Så stod det först: <del>Inbrott i villa i Nyby" in paper
    assert "Gör så här" not in paper


def test_followed_up_and_ended(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    assert band(page_of(quiet_town, f"/n/{number}")) == ("gs-band-warn", "Gäller nu")
    follow_up = follow(quiet_town, number, AlertClass.FOLLOW_UP, Told.SAME)
    page = page_of(quiet_town, f"/n/{number}")
    assert band(page) == ("gs-band-info", "Uppföljd")
    assert "Läget är detsamma i Nyby." in page
    assert "Gör så här" in page
    follow(quiet_town, follow_up, AlertClass.ALL_CLEAR, Told.OVER)
    page = page_of(quiet_town, f"/n/{follow_up}")
    assert band(page)[1] == "Avslutad"
    assert "Faran är över" in page
    assert "Gör så här" not in page
    assert page.count("<li><time") == 3


def test_a_reminder_lets_it_hold_for_its_days_anew(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    quiet_town.clock.advance(timedelta(days=6))  # type: ignore[attr-defined]
    follow(quiet_town, number, AlertClass.FOLLOW_UP, Told.MORE)
    quiet_town.clock.advance(timedelta(days=6))  # type: ignore[attr-defined]
    assert band(page_of(quiet_town, f"/n/{number}"))[1] == "Uppföljd"
    quiet_town.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    assert band(page_of(quiet_town, f"/n/{number}"))[1] == "Avslutad"


def test_a_long_story_stays_small_and_needs_no_script(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby", "Tjörnarp", "Sätofta")
    for told in (Told.PLACE, Told.WHAT, Told.TIME, Told.NOT_TRUE):
        changes = {
            "kind": "car_crime",
            "happened_on": "2026-03-03",
            "right_place": "Sätofta",
            "free_text": "ordet " * 30,
        }
        follow(quiet_town, number, AlertClass.CORRECTION, told, **changes)
    for told in (Told.SAME, Told.MORE, Told.NOTHING_MORE):
        follow(quiet_town, number, AlertClass.FOLLOW_UP, told)
    answer = quiet_town.visitor().get(f"/n/{number}")
    assert len(answer.data) <= 50_000, len(answer.data)
    assert re.findall(r"<script(?![^>]*src)", answer.get_data(as_text=True)) == []
    assert answer.get_data(as_text=True).count("<li><time") == 8
