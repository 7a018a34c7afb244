"""The promise: on any day, by kind, with households never so that one shows; targets, and the follow-up's figures."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan import upkeep
from grannsamverkan.domain import lifecycle, networks, places, promise
from grannsamverkan.domain.lifecycle import MeetingDraft, MeetingKind, RestReason
from grannsamverkan.domain.networks import Household, NetworkKind
from grannsamverkan.domain.promise import Measure, PromiseSnapshot, PublicNumber, TargetDraft
from grannsamverkan.foundation.clock import SetClock
from tests.support.web_town import HOOR, NOW, Town, token

TODAY = NOW.date()
PUBLIC = f"/kommun/{HOOR}/lofte"


def days_pass(town: Town, days: int) -> None:
    """And each night's figures are stored."""
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=days))
    upkeep.take_snapshots(town.runtime)


def page(town: Town, path: str = PUBLIC) -> str:
    return town.visitor().get(path).get_data(as_text=True)


def figures(text: str) -> dict[str, tuple[str, str]]:
    """Words → (villas, apartments), as the table says."""
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="gs-r">([^<]+)</td><td class="gs-r">([^<]+)</td>', text)
    return {words: (villas, apartments) for words, villas, apartments in rows}


def join(town: Town, name: str, number: int) -> None:
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids[name])
        for _ in range(number):
            networks.add_household(rows, network, now=town.clock.now())


def leave(town: Town, name: str, number: int) -> None:
    with town.runtime.database.write() as rows:
        for row in networks.living_households(rows, town.network_ids[name])[:number]:
            networks.leave(rows, row, now=town.clock.now())


def promised(town: Town, measure: Measure, number: int, kind: NetworkKind | None = None) -> None:
    draft = TargetDraft(measure, kind, number, TODAY - timedelta(days=30), TODAY + timedelta(days=300))
    with town.runtime.database.write() as rows:
        promise.add_target(rows, HOOR, draft, now=NOW)


def table(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/lofte"), **form})


# ----------------------------------------------------------------------------------------------- what it says


def test_before_the_first_night_there_is_nothing_to_show(town: Town) -> None:
    assert "De första kommer i morgon" in page(town)
    assert table(town.visitor(), f"{PUBLIC}.csv") == []


def test_networks_by_kind_and_households_in_fives(town: Town) -> None:
    days_pass(town, 1)
    found = figures(page(town))
    assert found["Områden igång"] == ("3", "0")
    assert found["Områden på väg"] == ("0", "1")
    assert found["Områden som vilar"] == ("1", "0")
    assert found["Hushåll som är med"] == ("minst 30", "färre än 5")  # 34, and none


def test_any_day_is_as_it_was(town: Town) -> None:
    days_pass(town, 1)
    with town.runtime.database.write() as rows:
        nyby = networks.network(rows, town.network_ids["Nyby"])
        lifecycle.rest(rows, nyby, RestReason.PAUSED, account_id=1, now=town.clock.now())
    days_pass(town, 3)
    assert figures(page(town))["Områden igång"] == ("2", "0")
    before = page(town, f"{PUBLIC}?datum={TODAY}")
    assert "onsdag 4 mars 2026." in before
    assert figures(before)["Områden igång"] == ("3", "0")
    assert "lördag 7 mars 2026." in page(town, f"{PUBLIC}?datum=2030-01-01")


@pytest.mark.parametrize(
    ("asked", "said"),
    [("2020-01-01", "inga siffror så långt tillbaka"), ("igår", "Skriv datumet som"), ("2026-02-30", "Skriv datumet")],
)
def test_a_day_that_cannot_be_shown_is_said_so(town: Town, asked: str, said: str) -> None:
    days_pass(town, 1)
    answer = town.visitor().get(PUBLIC, query_string={"datum": asked})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<title>Fel:" in text
    assert said in text


def test_a_target_says_how_far_it_has_come(town: Town) -> None:
    promised(town, Measure.ACTIVE_NETWORKS, 6)
    promised(town, Measure.JOINED_HOUSEHOLDS, 100, NetworkKind.VILLA)
    promised(town, Measure.JOINED_HOUSEHOLDS, 60)
    promised(town, Measure.START_MEETINGS, 2)
    with town.runtime.database.write() as rows:
        linden = networks.network(rows, town.network_ids["Kvarteret Linden"])
        draft = MeetingDraft(MeetingKind.START, NOW + timedelta(hours=1), 60, "Skolan")
        meeting = lifecycle.plan_meeting(rows, linden, draft, now=NOW)
        lifecycle.hold_meeting(meeting, attendance=9, protocol="", now=NOW + timedelta(hours=2))
    days_pass(town, 1)
    text = page(town)
    for said in ("3 av 6", "minst 30 av 100", "minst 30 av 60", "1 av 2"):
        assert said in text
    assert re.findall(r'gs-fg" x="0" y="2" width="(\d+)%"', text) == ["50", "30", "50", "50"]


def test_snapshots_that_were_missed_are_taken_later_and_never_again(town: Town) -> None:
    days_pass(town, 5)
    with town.runtime.database.read() as rows:
        stored = rows.exec(select(PromiseSnapshot)).all()
    assert {row.taken_on for row in stored if row.municipality_code == HOOR} == {
        TODAY + timedelta(days=number) for number in range(5)
    }
    join(town, "Nyby", 3)
    assert upkeep.take_snapshots(town.runtime) == 0
    with town.runtime.database.read() as rows:
        assert [row.households for row in promise.on_day(rows, HOOR, TODAY)] == [34, 0]


# ------------------------------------------------------------------------------------- that no household shows


@pytest.mark.goal("P12")
@pytest.mark.parametrize("smallest", [3, 5, 20])
def test_no_difference_between_two_answers_is_a_household(smallest: int) -> None:
    """Of any two numbers of households: what is said differs by nothing, or by five and more."""
    said = [promise.households(number, smallest=smallest) for number in range(60)]
    for one, other in pairwise(said):
        assert other.at_least - one.at_least == 0 or other.at_least - one.at_least >= 5
    least = max(5, smallest)
    assert said[:least] == [PublicNumber(0, least)] * least
    assert {one.at_least % 5 for one in said} == {0}


def test_a_sum_tells_no_more_than_its_parts() -> None:
    few, some, more = (promise.households(number, smallest=3) for number in (4, 14, 26))
    assert promise.added([some, more]) == PublicNumber(35)
    assert promise.added([few, some]) == PublicNumber(10)
    assert promise.added([few, few]) == PublicNumber(0, 10)


def test_a_household_more_or_less_changes_nothing_that_everybody_sees(town: Town) -> None:
    """Day after day one joins, one leaves; the page, the table and the bars stay as they are."""
    promised(town, Measure.JOINED_HOUSEHOLDS, 37)
    promised(town, Measure.JOINED_HOUSEHOLDS, 33, NetworkKind.VILLA)
    leave(town, "Nyby", 3)  # 31
    days_pass(town, 1)
    seen = {_without_dates(page(town))}
    for number in (1, 1, 1):
        join(town, "Nyby", number)
        days_pass(town, 1)
        seen.add(_without_dates(page(town)))
    leave(town, "Nyby", 2)
    days_pass(town, 1)
    seen.add(_without_dates(page(town)))
    assert len(seen) == 1
    assert {row["hushall"] for row in table(town.visitor(), f"{PUBLIC}.csv")} == {"minst 30", "färre än 5"}


def _without_dates(text: str) -> str:
    return re.sub(r"\w+ \d+ mars(?: 2026)?|(?<=nonce=\")[^\"]+", "", text)


def test_the_pages_of_areas_and_the_promise_stand_on_one_grid(town: Town) -> None:
    """Else two roundings of one number would give it away: a municipality with one network only."""
    for count in range(3, 30):
        shown = promise.households(count, smallest=3)
        area = count // 5 * 5  # as tests/web/test_public.py has it
        assert shown.at_least == area


def test_a_local_threshold_counts_for_what_everybody_sees(town: Town) -> None:
    with town.runtime.database.write() as rows:
        places.set_rules(rows, HOOR, places.Rules(small_number=20))
    leave(town, "Nyby", 16)  # 18 villas in all
    days_pass(town, 1)
    assert figures(page(town))["Hushåll som är med"] == ("färre än 20", "färre än 20")


# ------------------------------------------------------------------------------------------- for the office


def test_the_office_adds_a_target_and_takes_it_away(town: Town) -> None:
    client = town.signed_in("samordnare")
    form = {"measure": "new_networks", "kind": "apartment", "number": "4", "from_on": "2026-01-01"}
    assert post(client, "/lofte", **form, until_on="2026-12-31").status_code == 303
    days_pass(town, 1)
    assert "4 nya områden bland flerfamiljshus till och med 31/12 2026" in page(town)
    with town.runtime.database.read() as rows:
        (target,) = promise.targets(rows, HOOR)
    client = town.signed_in("samordnare")
    assert "4 nya områden" in client.get("/lofte").get_data(as_text=True)
    for _ in range(2):
        assert post(client, f"/lofte/{target.id}/sluta", ja="1").status_code == 303
    assert "4 nya områden" not in page(town)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "0"}, "Skriv ett tal från 1"),
        ({"until_on": "2025-12-31"}, "Slutet måste vara efter början"),
        ({"until_on": "2040-01-01"}, "inom fem år"),
        ({"measure": "trainings", "kind": "villa"}, "Utbildningar räknas för alla tillsammans"),
        ({"from_on": "i vår"}, "Fel:"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(town: Town, changes: dict[str, str], said: str) -> None:
    client = town.signed_in("samordnare")
    form = {"measure": "new_networks", "kind": "", "number": "4", "from_on": "2026-01-01", "until_on": "2026-12-31"}
    answer = post(client, "/lofte", **{**form, **changes})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with town.runtime.database.read() as rows:
        assert promise.targets(rows, HOOR) == []


def test_the_office_sees_the_figures_as_they_are(town: Town) -> None:
    promised(town, Measure.JOINED_HOUSEHOLDS, 100)
    days_pass(town, 1)
    client = town.signed_in("samordnare")
    assert ">34</td>" in client.get("/lofte").get_data(as_text=True)
    villas, apartments = table(client, "/lofte/uppfoljning.csv")[:2]  # of the tertial; the year follows
    assert (villas["sort"], villas["igang"], villas["hushall"], villas["bostader"]) == ("villa", "3", "34", "308")
    assert (villas["andel_procent"], villas["kontaktombud"], villas["vakanta"]) == ("11", "2", "1")
    assert (apartments["sort"], apartments["under_start"], apartments["andel_procent"]) == ("apartment", "1", "")


def test_the_follow_up_has_a_row_for_each_four_months(town: Town) -> None:
    days_pass(town, 130)
    ends = [row["till_och_med"] for row in table(town.signed_in("samordnare"), "/lofte/uppfoljning.csv")]
    assert sorted(set(ends)) == ["2026-04-30", "2026-07-11"]
    months = sorted({row["datum"] for row in table(town.visitor(), f"{PUBLIC}.csv")})
    assert months == ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-11"]


def test_a_training_counts_once_for_both_kinds(town: Town) -> None:
    promised(town, Measure.TRAININGS, 2)
    with town.runtime.database.write() as rows:
        row = lifecycle.plan_training(
            rows, HOOR, starts_at=NOW + timedelta(hours=1), minutes=60, place="x", is_online=False, now=NOW
        )
        lifecycle.hold_training(rows, row, [], now=NOW + timedelta(hours=3))
    days_pass(town, 1)
    assert "1 av 2" in page(town)


def test_the_end_of_a_swedish_day() -> None:
    assert promise.end_of(date(2026, 3, 28)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert promise.end_of(date(2026, 3, 29)) == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_household_that_left_is_in_the_figures_of_the_days_before(town: Town) -> None:
    days_pass(town, 1)
    leave(town, "Nyby", 4)
    days_pass(town, 1)
    with town.runtime.database.read() as rows:
        assert [row.households for row in promise.on_day(rows, HOOR, TODAY)] == [34, 0]
        assert [row.households for row in promise.on_day(rows, HOOR, TODAY + timedelta(days=1))] == [30, 0]
        assert len(rows.exec(select(Household)).all()) == 34
