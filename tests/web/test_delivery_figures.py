"""The public page of how soon warnings arrive: right, from tallies only, and never so that a household shows."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from grannsamverkan.domain import places
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.receipts import OUTCOMES
from tests.support.browser import DESK, PHONE, assert_accessible, assert_room, keep_screenshot, served
from tests.support.web_town import HOOR, NOW, Town

PAGE = f"/kommun/{HOOR}/leverans"


def a_ladder(copies: int, *, half: float, nearly_all: float) -> dict[str, Any]:
    return {"copies": copies, "within_s": [half] * 10 + [nearly_all] * 10}


def told(town: Town, *, addressed: int, delivered: int, at: datetime = NOW, **ladder: float) -> None:
    """A warning that is closed, with nothing left of it but its tally."""
    counts = dict.fromkeys(OUTCOMES, 0) | {"delivered": delivered, "handed_over": addressed - delivered}
    wanted = {"half": 12.0, "nearly_all": 40.0} | ladder
    kept = {"sms": a_ladder(addressed, **wanted)}
    proven = {"sms": a_ladder(delivered, half=wanted["half"] + 5, nearly_all=200)} if delivered else {}
    copies = {"sms": counts, "email": dict.fromkeys(OUTCOMES, 0)}
    with town.runtime.database.write() as session:
        session.add(
            Alert(
                municipality_code=HOOR,
                author_account_id=town.account_ids["polis"],
                source="police",
                state=AlertState.CLOSED,
                kind="burglary_home",
                dwelling="villa",
                happened_on=at.date(),
                day_part="night_to",
                created_at=at,
                updated_at=at,
                release_at=at,
                approved_at=at,
                sms_text="Grannsamverkan Höör",
                tally={
                    "households": counts,
                    "networks": {},
                    "copies": copies,
                    "again": {},
                    "times": {"handed_over": kept, "proven": proven},
                },
            )
        )


def page_of(town: Town, **headers: str) -> str:
    answer = town.visitor().get(PAGE, headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def month(town: Town, name: str = "Mars 2026") -> list[str]:
    """Warnings, half and 95 of a hundred to hand-over, the same to proof, the share."""
    row = page_of(town).split(f'<th scope="row">{name}</th>', 1)[1].split("</tr>")[0]
    return re.findall(r"<td[^>]*>([^<]*)</td>", row)


def test_a_month_tells_how_soon(town: Town) -> None:
    told(town, addressed=200, delivered=151)
    assert month(town) == ["1", "12 s", "40 s", "17 s", "4 min", "minst 75 %"]
    assert month(town, "April 2025") == ["0", "–", "–", "–", "–", "–"]
    assert page_of(town).count('<th scope="row">') == 12
    assert "Mars 2025" not in page_of(town)


def test_several_warnings_are_told_as_one(town: Town) -> None:
    told(town, addressed=90, delivered=90)
    told(town, addressed=10, delivered=10, half=900, nearly_all=3600, at=NOW - timedelta(days=1))
    told(town, addressed=30, delivered=20, at=NOW - timedelta(days=30))
    assert month(town)[:3] == ["2", "40 s", "15 min"]
    assert month(town, "Februari 2026")[0] == "1"


@pytest.mark.parametrize(
    ("addressed", "delivered", "share"),
    [
        (4, 4, "för få"),
        (5, 4, "för få"),
        (200, 4, "för få"),
        (200, 0, "för få"),
        (100, 100, "minst 95 %"),
        (100, 96, "minst 95 %"),
        (100, 95, "minst 95 %"),
        (100, 94, "minst 90 %"),
        (8, 6, "minst 75 %"),
        (1000, 990, "minst 95 %"),
        (300, 8, "under 5 %"),
    ],
)
def test_no_household_shows_in_a_share(town: Town, addressed: int, delivered: int, share: str) -> None:
    told(town, addressed=addressed, delivered=delivered)
    assert month(town)[-1] == share


def test_times_of_few_copies_are_not_told(town: Town) -> None:
    told(town, addressed=4, delivered=4)
    assert month(town) == ["1", "för få", "för få", "för få", "för få", "för få"]
    with town.runtime.database.write() as rows:
        places.set_rules(rows, HOOR, places.Rules(small_number=20))
    told(town, addressed=15, delivered=15)
    assert month(town) == ["2", "för få", "för få", "för få", "för få", "för få"]
    assert "färre än 20" in page_of(town)


def test_one_household_more_or_less_changes_nothing(town: Town) -> None:
    told(town, addressed=203, delivered=157)
    before = month(town)
    with town.runtime.database.write() as session:
        row = session.get_one(Alert, 1)
        assert row.tally is not None
        households = row.tally["households"] | {"delivered": 158}
        row.tally = {**row.tally, "households": households}
    assert month(town) == before
    assert not re.search(r"\b(203|157|158|46)\b", page_of(town).split("<main", 1)[1].split("<h2", 1)[0])


def test_before_anything_was_sent_there_is_no_table(town: Town) -> None:
    page = page_of(town)
    assert "<table" not in page
    assert "De kommer när den första varningen är klar." in page


def test_it_is_linked_kept_and_in_english_too(town: Town) -> None:
    told(town, addressed=50, delivered=20)
    assert f'href="{PAGE}"' in town.visitor().get(f"/kommun/{HOOR}").get_data(as_text=True)
    assert town.visitor().get(PAGE).headers["Cache-Control"] == "public, max-age=60"
    page = page_of(town, **{"Accept-Language": "en"})
    assert "How fast the warnings arrive in Höör" in page
    assert "March 2026" in page
    assert "at least 40%" in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_table_is_accessible_and_has_room(open_page: Callable[..., Page], town: Town, width: int) -> None:
    told(town, addressed=1200, delivered=1100, half=400)
    told(town, addressed=4, delivered=4, at=NOW - timedelta(days=30))
    page = open_page(width)
    with served(town.app) as address:
        page.goto(address + PAGE)
        keep_screenshot(page, f"leverans-{width}")
        assert_accessible(page)
        assert_room(page, width)
