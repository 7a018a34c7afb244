"""The follow-up of the agreement: per tertial and year, as a page and as a file."""

import csv
import io
from datetime import date, timedelta

import pytest

from grannsamverkan.domain import alerts, lifecycle, networks, promise
from grannsamverkan.domain.alerts import AlertState, Sent
from grannsamverkan.domain.lifecycle import MeetingDraft, MeetingKind
from grannsamverkan.web.follow_up import periods
from tests.support.builders import a_started_alert
from tests.support.web_town import HOOR, NOW, Town


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (
            date(2026, 3, 4),
            date(2026, 3, 9),
            [("2026 tertial 1", date(2026, 3, 9), False)] * 1 + [("2026", date(2026, 3, 9), False)],
        ),
        (
            date(2026, 1, 1),
            date(2026, 12, 31),
            [
                ("2026 tertial 1", date(2026, 4, 30), True),
                ("2026 tertial 2", date(2026, 8, 31), True),
                ("2026 tertial 3", date(2026, 12, 31), True),
                ("2026", date(2026, 12, 31), True),
            ],
        ),
        (
            date(2026, 11, 5),
            date(2027, 1, 1),
            [
                ("2026 tertial 3", date(2026, 12, 31), False),
                ("2026", date(2026, 12, 31), False),
                ("2027 tertial 1", date(2027, 1, 1), False),
                ("2027", date(2027, 1, 1), False),
            ],
        ),
    ],
)
def test_tertials_and_years(town: Town, first: date, last: date, found: list[tuple[str, date, bool]]) -> None:
    with town.app.test_request_context():
        assert [(one.name, one.last, one.is_whole) for one in periods(first, last)] == found


def test_what_happened_is_counted_in_its_tertial_and_in_its_year(town: Town) -> None:
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        for day in (date(2026, 3, 20), date(2026, 5, 20), date(2026, 6, 20)):
            at = promise.end_of(day - timedelta(days=1)) + timedelta(hours=18)
            draft = MeetingDraft(MeetingKind.START, at, 90, "Skolan")
            meeting = lifecycle.plan_meeting(rows, network, draft, now=NOW)
            lifecycle.hold_meeting(meeting, attendance=7, protocol="", now=at + timedelta(hours=2))
        for minutes in (2, 4, 60):
            alert = a_started_alert(rows, town.network_ids["Nyby"])
            alert.state, alert.sms_text = AlertState.CLOSED, "x"
            alert.approved_at = NOW
            alert.fanned_out_at = NOW + timedelta(minutes=minutes)
        for day in (date(2026, 3, 4), date(2026, 4, 30), date(2026, 8, 31)):
            promise.take_snapshot(rows, HOOR, day, now=NOW)
        assert alerts.sent_between(rows, HOOR, NOW - timedelta(days=1), NOW) == Sent(0, None)
    client = town.signed_in("samordnare")
    text = client.get("/lofte/uppfoljning.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    villas = {line["period"]: line for line in lines if line["sort"] == "villa"}
    assert {name: line["startmoten"] for name, line in villas.items()} == {
        "2026 tertial 1": "1",
        "2026 tertial 2": "2",
        "2026": "3",
    }
    first, second = villas["2026 tertial 1"], villas["2026 tertial 2"]
    assert (first["varningar"], first["minuter_till_utskick"]) == ("3", "4")
    assert (second["varningar"], second["minuter_till_utskick"]) == ("0", "")
    assert first["till_och_med"] == "2026-04-30"
    assert int(first["igang"]) == 3
    page = client.get("/lofte/uppfoljning").get_data(as_text=True)
    assert "2026 tertial 1" in page
    assert '2026</span> <span class="gs-nowrap">(till 2026-08-31)' in page


def test_without_stored_days_it_says_so(town: Town) -> None:
    page = town.signed_in("samordnare").get("/lofte/uppfoljning").get_data(as_text=True)
    assert "Det finns inga siffror än" in page
