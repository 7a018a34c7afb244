"""Meetings through the pages: invited by every channel and on paper, moved and cancelled, held, and followed up."""

import html
import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import col, select

from grannsamverkan import rounds
from grannsamverkan.domain import duties, lifecycle, membership, networks, people
from grannsamverkan.domain.duties import TaskKind
from grannsamverkan.domain.lifecycle import Addressee, Meeting, MeetingState
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import JoinedBy, Shows
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_phone
from tests.support.web_town import HOOR, NOW, Town, token

SMS, EMAIL = ChannelKind.SMS, ChannelKind.EMAIL
MEETING = {"kind": "yearly", "day": "2026-03-20", "clock": "18:00", "minutes": "90", "place": "Byagården"}
THERE = {"day": "2026-03-27", "clock": "19:00", "minutes": "60", "place": "Skolan"}


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    network = path.split("/")[2] if path.startswith("/omraden/") else "1"
    return client.post(path, data={"csrf_token": token(client, f"/omraden/{network}/moten"), **form})


def neighbours(town: Town, name: str = "Nyby") -> None:
    """One with a phone, one with a mailbox, one with both; the rest of the network is reached by paper."""
    ways = ({SMS: a_phone(0)}, {EMAIL: a_mailbox(1)}, {SMS: a_phone(2), EMAIL: a_mailbox(2)})
    with town.runtime.database.write() as rows:
        for number, addresses in enumerate(ways):
            person = people.add_person(rows, HOOR, now=NOW)
            for channel, address in addresses.items():
                people.add_address(rows, person, channel, address, now=NOW)
                people.consent(rows, person, channel, given_by=people.GivenBy.SELF, now=NOW)
            place = Place(town.network_ids[name], None)
            membership.let_in(rows, person, place, Choices(Shows.NAME, f"Nr {number}"), JoinedBy.SLIP, now=NOW)


def planned(town: Town, client: FlaskClient, **changes: str) -> str:
    """The page of a meeting in Nyby."""
    answer = post(client, f"/omraden/{town.network_ids['Nyby']}/moten", **{**MEETING, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def told(town: Town, kind: NoticeKind) -> list[str]:
    """What was said, in order: an SMS has no subject."""
    with town.runtime.database.read() as rows:
        found = rows.exec(select(Notice).where(Notice.kind == kind).order_by(col(Notice.id)))
        return [f"{row.subject}|{row.body}" for row in found]


def the_meeting(town: Town) -> Meeting:
    with town.runtime.database.read() as rows:
        return rows.exec(select(Meeting).order_by(col(Meeting.id).desc())).first()  # type: ignore[return-value]


def calendar(town: Town) -> tuple[Any, Any]:
    """The meeting's calendar file, as anybody's calendar reads it."""
    answer = town.visitor().get(f"/moten/{the_meeting(town).uid}.ics")
    assert answer.mimetype == "text/calendar"
    found: Any = Calendar.from_ical(answer.data)
    (event,) = found.walk("VEVENT")
    return found, event


def pages_of(answer: Any) -> list[str]:
    """The text of each page of a PDF."""
    assert answer.status_code == 200
    document = pypdfium2.PdfDocument(io.BytesIO(answer.data))
    return [page.get_textpage().get_text_bounded() for page in document]


def move_clock(town: Town, days: int) -> None:
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=days))


def test_invited_by_every_channel_each_once_and_paper_for_the_rest(town: Town) -> None:
    neighbours(town)
    client = town.signed_in("kontakt")
    page = planned(town, client, kind="start")
    shown = client.get(page).get_data(as_text=True)
    assert "3 personer nås med sms eller mejl." in shown
    assert "24 hushåll behöver inbjudan på papper." in shown
    for _ in range(2):
        assert post(client, f"{page}/bjud-in").status_code == 303
    said = told(town, NoticeKind.MEETING)
    assert len(said) == 4  # two phones, two mailboxes
    assert sum(one.startswith("|") for one in said) == 2
    assert all("fredag 20 mars klockan 18.00" in one for one in said)
    (board,) = pages_of(client.get(f"{page}/inbjudan.pdf"))
    assert "fredag 20 mars klockan 18.00" in board
    slips = pages_of(client.get(f"{page}/lappar.pdf"))
    assert len(slips) == 12
    assert slips[0].count("Byagården") == 2
    assert client.get(f"{page}/nonsens.pdf").status_code == 404


def test_a_change_tells_those_invited_and_a_second_press_invites_only_those_who_have_come_since(town: Town) -> None:
    neighbours(town)
    client = town.signed_in("kontakt")
    page = planned(town, client, kind="start")
    assert post(client, f"{page}/flytta", **THERE).status_code == 303
    assert told(town, NoticeKind.MEETING_CHANGED) == []  # nobody knew of it yet
    post(client, f"{page}/bjud-in")
    assert post(client, f"{page}/flytta", **{**THERE, "place": "Biblioteket"}).status_code == 303
    changed = told(town, NoticeKind.MEETING_CHANGED)
    assert len(changed) == 4
    assert all("fredag 27 mars klockan 19.00" in one and "Biblioteket" in one for one in changed)
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW)
        people.add_address(rows, person, SMS, a_phone(9), now=NOW)
        people.consent(rows, person, SMS, given_by=people.GivenBy.SELF, now=NOW)
        place = Place(town.network_ids["Nyby"], None)
        membership.let_in(rows, person, place, Choices(Shows.NAME, "Ny"), JoinedBy.SLIP, now=NOW)
    post(client, f"{page}/bjud-in")
    assert len(told(town, NoticeKind.MEETING)) == 5
    assert "Skriv ut nya lappar" in client.get(page).get_data(as_text=True)
    (board,) = pages_of(client.get(f"{page}/inbjudan.pdf"))
    assert "Ändrad tid eller plats" in board


def test_cancelled_is_told_printed_and_taken_out_of_calendars(town: Town) -> None:
    neighbours(town)
    client = town.signed_in("kontakt")
    page = planned(town, client, kind="start")
    post(client, f"{page}/bjud-in")
    asked_first = client.get(f"{page}/stall-in").get_data(as_text=True)
    assert "3 personer får veta det" in asked_first
    assert "Startmöte i Nyby" in asked_first
    for _ in range(2):
        assert post(client, f"{page}/stall-in", ja="1").status_code == 303
    said = told(town, NoticeKind.MEETING_CHANGED)
    assert len(said) == 4
    assert all("INSTÄLLT" in one or "Inställt" in one for one in said)
    slips = pages_of(client.get(f"{page}/lappar.pdf"))
    assert "Inställt" in slips[0]
    assert "Vi pratar om" not in slips[0]
    found, event = calendar(town)
    assert (found["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert post(client, f"{page}/bjud-in").status_code == 303
    assert len(told(town, NoticeKind.MEETING)) == 4
    assert post(client, f"{page}/flytta", **THERE).status_code == 422


def test_the_calendar_file_keeps_its_name_and_grows_its_number(town: Town) -> None:
    client = town.signed_in("kontakt")
    page = planned(town, client)
    seen = [calendar(town)[1]]
    for change in (THERE, {**THERE, "clock": "20:00"}):
        post(client, f"{page}/flytta", **change)
        seen.append(calendar(town)[1])
    assert len({str(event["UID"]) for event in seen}) == 1
    assert [int(event["SEQUENCE"]) for event in seen] == [0, 1, 2]
    assert len(the_meeting(town).uid) >= 22  # 128 bits and more: nobody guesses it
    raw = town.visitor().get(f"/moten/{the_meeting(town).uid}.ics").get_data(as_text=True)
    assert "ATTENDEE" not in raw
    assert "ORGANIZER" not in raw


@pytest.mark.parametrize(
    ("day", "utc", "offset_h"),
    [
        ("2026-03-28", "2026-03-28 17:00", 1),  # the night to the 29th loses an hour
        ("2026-03-29", "2026-03-29 16:00", 2),
        ("2026-10-24", "2026-10-24 16:00", 2),  # the night to the 25th has one more
        ("2026-10-25", "2026-10-25 17:00", 1),
    ],
)
def test_six_in_the_evening_is_six_on_both_sides_of_summer_time(town: Town, day: str, utc: str, offset_h: int) -> None:
    neighbours(town)
    client = town.signed_in("kontakt")
    page = planned(town, client, day=day)
    post(client, f"{page}/bjud-in")
    assert f"{the_meeting(town).starts_at:%Y-%m-%d %H:%M}" == utc
    assert all("klockan 18.00" in one for one in told(town, NoticeKind.MEETING))
    found, event = calendar(town)
    starts = event["DTSTART"].dt
    assert (starts.hour, starts.utcoffset()) == (18, timedelta(hours=offset_h))
    assert event["DTEND"].dt - starts == timedelta(minutes=90)
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/Stockholm"]
    assert 'value="18:00"' in client.get(page).get_data(as_text=True)


def test_a_meeting_that_lasts_over_the_lost_hour_keeps_its_length(town: Town) -> None:
    planned(town, town.signed_in("kontakt"), day="2026-03-28", clock="23:30", minutes="240")
    _, event = calendar(town)
    assert event["DTEND"].dt.timestamp() - event["DTSTART"].dt.timestamp() == 240 * 60
    assert f"{event['DTEND'].dt:%H:%M}" == "04:30"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": "2026-03-01"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "i morgon"}, "day"),
        ({"clock": "25:00"}, "clock"),
        ({"minutes": "5"}, "minutes"),
        ({"place": ""}, "place"),
        ({"place": "Hos Eva, ring 070-174 06 05"}, "place"),
        ({"kind": "fest"}, "kind"),
    ],
    ids=str,
)
def test_what_is_no_meeting_is_said_at_its_field(town: Town, changes: dict[str, str], field: str) -> None:
    client = town.signed_in("kontakt")
    answer = post(client, f"/omraden/{town.network_ids['Nyby']}/moten", **{**MEETING, **changes})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert "<title>Fel:" in page
    page = planned(town, client)
    if field != "kind":
        moved = post(client, f"{page}/flytta", **{**THERE, **changes})
        assert moved.status_code == 422
        assert f'href="#{field}"' in moved.get_data(as_text=True)


def test_planning_the_yearly_meeting_does_its_duty(town: Town) -> None:
    with town.runtime.database.write() as rows:
        role = networks.contact_persons(rows, town.network_ids["Nyby"])[0]
        duties.open_task(
            rows,
            town.network_ids["Nyby"],
            TaskKind.YEARLY_MEETING,
            round="2026-02",
            due_on=NOW.date(),
            now=NOW,
            contact_person_id=role.id,
        )
    client = town.signed_in("kontakt")
    planned(town, client, kind="information")
    assert "Planera årsmötet" in client.get("/kvarten").get_data(as_text=True)
    planned(town, client)
    rounds.plan_duties(town.runtime)
    with town.runtime.database.read() as rows:
        kept = [one for one in duties.tasks_of(rows, role.person_id, month_begins=NOW.date()) if one.closed_at is None]
    assert TaskKind.YEARLY_MEETING not in {task.kind for task in kept}


def a_held_meeting(town: Town, client: FlaskClient, **points: str) -> str:
    """The page of a meeting that has been held and asked each of these to do something."""
    page = planned(town, client)
    move_clock(town, 17)
    client = town.signed_in("kontakt")
    assert post(client, f"{page}/hallet", attendance="11", protocol="Vi pratade om lås.").status_code == 303
    for addressee, words in points.items():
        answer = post(client, f"{page}/atgard", words=words, addressee=addressee, due_on="2026-06-01")
        assert answer.status_code == 303
    return page


def test_many_points_come_a_page_at_a_time_and_an_answer_leads_back_to_its_page(town: Town) -> None:
    a_held_meeting(town, town.signed_in("kontakt"))
    meeting = the_meeting(town)
    with town.runtime.database.write() as rows:
        for number in range(40):
            words = f"Sak {number:02}"
            lifecycle.add_point(rows, meeting, Addressee.MUNICIPALITY, words, due_on=None, now=NOW)
    client = town.signed_in("samordnare")
    pages = [client.get(f"/atgarder?alla=1&sida={sida}").get_data(as_text=True) for sida in (1, 2)]
    listed = [set(re.findall(r"Sak \d\d", page)) for page in pages]
    assert [len(one) for one in listed] == [30, 10]
    assert len(listed[0] | listed[1]) == 40
    action = html.unescape(re.findall(r'action="([^"]+/atgarder/\d+[^"]*)"', pages[1])[0])
    refused = post(client, action, lage="started", svar="Ring 070-174 06 05")
    assert refused.status_code == 422
    assert set(re.findall(r"Sak \d\d", refused.get_data(as_text=True))) == listed[1]
    answer = post(client, action, lage="started", svar="På gång.")
    assert answer.status_code == 303
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {"vem": ["municipality"], "alla": ["1"], "sida": ["2"]}


ASKED = {"owner": "Laga porten", "municipality": "Tänd lyktan", "police": "Kom till nästa möte", "network": "Köp kaffe"}


def point_paths(client: FlaskClient, vem: str = "") -> dict[str, str]:
    """The way to answer each point that a page offers to answer."""
    page = client.get(f"/atgarder?vem={vem}").get_data(as_text=True)
    sections = re.findall(r'<section class="gs-panel".*?</section>', page, re.S)
    found = {}
    for section in sections:
        words = re.findall(r"<h2[^>]*>(.*?)</h2>", section)[0]
        actions = re.findall(r'action="([^"?]+)', section)
        found[words] = actions[0] if actions else ""
    return found


def test_attendance_is_a_number_and_the_protocol_names_nobody(town: Town) -> None:
    client = town.signed_in("kontakt")
    page = planned(town, client)
    early = post(client, f"{page}/hallet", attendance="4", protocol="")
    assert early.status_code == 422
    assert "Mötet har inte varit än" in early.get_data(as_text=True)
    move_clock(town, 17)
    client = town.signed_in("kontakt")
    for wrong in ({"attendance": "-1"}, {"attendance": "många"}, {"protocol": "Bilen hade nummer ABC 123"}):
        assert post(client, f"{page}/hallet", **{"attendance": "4", "protocol": "", **wrong}).status_code == 422
    for attendance in ("4", "5"):  # mended afterwards
        assert post(client, f"{page}/hallet", attendance=attendance, protocol="Bra.").status_code == 303
    row = the_meeting(town)
    assert (row.state, row.attendance, row.protocol) == (MeetingState.HELD, 5, "Bra.")
    (form,) = pages_of(client.get(f"{page}/protokoll.pdf"))
    assert "Det här pratade vi om" in form


def test_each_addressee_sees_their_own_points_first_and_answers_only_those(town: Town) -> None:
    a_held_meeting(town, town.signed_in("kontakt"), **ASKED)
    police, coordinator, contact = (town.signed_in(name) for name in ("polis", "samordnare", "kontakt"))
    assert set(point_paths(police)) == {"Kom till nästa möte"}
    assert set(point_paths(coordinator)) == {"Tänd lyktan"}
    assert set(point_paths(contact)) == set(ASKED.values())
    offered = {
        name: {words for words, path in point_paths(client, "alla").items() if path}
        for name, client in (("police", police), ("coordinator", coordinator), ("contact", contact))
    }
    assert offered == {
        "police": {"Kom till nästa möte"},
        "coordinator": {"Tänd lyktan", "Laga porten", "Köp kaffe"},
        "contact": {"Köp kaffe"},
    }
    lamp = point_paths(coordinator)["Tänd lyktan"]
    assert post(contact, lamp, lage="done", svar="").status_code == 403
    assert post(police, lamp, lage="done", svar="").status_code == 403
    assert post(town.signed_in("huvud"), lamp, lage="done", svar="").status_code == 404
    assert post(coordinator, lamp, lage="started", svar="Beställd till maj.").status_code == 303
    shown = contact.get("/atgarder").get_data(as_text=True)
    assert "Beställd till maj." in shown
    assert "Påbörjat" in shown
    for wrong in ("Ring 070-174 06 05", "x" * 301):
        refused = post(coordinator, lamp, lage="done", svar=wrong)
        assert refused.status_code == 422
        assert "<title>Fel:" in refused.get_data(as_text=True)
        assert f'id="svar-{lamp.rsplit("/", 1)[1]}-error"' in refused.get_data(as_text=True)
    assert post(coordinator, lamp, lage="nonsens", svar="").status_code == 400
    assert post(coordinator, lamp, lage="done", svar="Klart.").status_code == 303
    assert "Tänd lyktan" not in coordinator.get("/atgarder").get_data(as_text=True)
    assert "Tänd lyktan" in coordinator.get("/atgarder?alla=1").get_data(as_text=True)


def test_the_owners_points_are_a_letter_that_the_coordinator_sends(town: Town) -> None:
    a_held_meeting(town, town.signed_in("kontakt"), **ASKED)
    coordinator, path = town.signed_in("samordnare"), f"/omraden/{town.network_ids['Nyby']}/atgarder/agare.pdf"
    assert path in coordinator.get("/atgarder?vem=owner").get_data(as_text=True)
    (letter,) = pages_of(coordinator.get(path))
    assert "Laga porten" in letter
    assert "måndag 1 juni" in letter
    assert "Tänd lyktan" not in letter
    assert town.signed_in("kontakt").get(path).status_code == 403


def test_a_point_about_a_person_is_refused(town: Town) -> None:
    page = a_held_meeting(town, town.signed_in("kontakt"))
    client = town.signed_in("kontakt")
    for words in ("Prata med 811218-9876", ""):
        answer = post(client, f"{page}/atgard", words=words, addressee="police", due_on="")
        assert answer.status_code == 422
        assert 'href="#words"' in answer.get_data(as_text=True)
