"""Notices on their way: each once, codes first, and nothing to whoever has said stop."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from grannsamverkan import notify, replies
from grannsamverkan.domain import notices, people
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.domain.notices import Change, Concerned, Notice, NoticeKind, NoticeState, Words, words
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import (
    About,
    Accepted,
    ChannelKind,
    Here,
    NotHere,
    ProviderReceipt,
    Rejected,
    Said,
    Unsure,
)
from grannsamverkan.foundation.sms_text import prepare
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, NOW, a_household, a_mailbox, a_network, a_person, a_phone
from tests.support.recording_channel import RecordingChannel

DAY = timedelta(days=1)


def a_notice(runtime: Runtime, kind: NoticeKind = NoticeKind.WELCOME, *, key: str = "1", email: bool = False) -> int:
    with runtime.database.write() as session:
        a_network(session)
        person = a_person(session, email=a_mailbox(0)) if email else a_person(session, sms=a_phone(0))
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == person.id)).one()
        return queued(session, address, kind, key) or 0


def queued(session: Session, address: ContactAddress, kind: NoticeKind, key: str) -> int | None:
    row = notices.queue(
        session,
        address,
        kind,
        Words("Ämne", "Grannsamverkan Höör: Hej.", "Hej.\n\nhttps://gs.hoor.example/x\n\n.punkt 50 %"),
        municipality_code=HOOR,
        about="test",
        key=key,
        now=NOW,
        valid_for=DAY,
    )
    return row.id if row else None


def state_of(runtime: Runtime, notice_id: int) -> NoticeState:
    with runtime.database.read() as session:
        row = session.get(Notice, notice_id)
        assert row is not None
        return row.state


def test_a_notice_is_sent_once_and_its_words_are_forgotten(runtime: Runtime, sms: RecordingChannel) -> None:
    notice_id = a_notice(runtime)
    drain(runtime)
    drain(runtime)
    assert [copy.address for copy in sms.sent] == [a_phone(0)]
    with runtime.database.read() as session:
        row = session.get(Notice, notice_id)
        assert row is not None
        assert (row.state, row.body) == (NoticeState.HANDED_OVER, "")


def test_the_same_thing_is_told_once(runtime: Runtime) -> None:
    notice_id = a_notice(runtime)
    with runtime.database.write() as session:
        row = session.get(Notice, notice_id)
        assert row is not None
        address = session.get(ContactAddress, row.address_id)
        assert address is not None
        assert queued(session, address, NoticeKind.WELCOME, "1") is None
        assert queued(session, address, NoticeKind.WELCOME, "2") is not None


def test_nothing_but_a_code_goes_to_an_unconfirmed_or_stopped_address(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        a_network(session)
        person = people.add_person(session, HOOR, now=NOW)
        fresh = people.add_address(session, person, ChannelKind.SMS, a_phone(1), now=NOW, is_confirmed=False)
        assert queued(session, fresh, NoticeKind.WELCOME, "a") is None
        assert queued(session, fresh, NoticeKind.CODE, "b") is not None
        stopped = people.add_address(session, person, ChannelKind.SMS, a_phone(2), now=NOW)
        people.stop(session, ChannelKind.SMS, stopped.lookup, source="reply", now=NOW)
        assert queued(session, stopped, NoticeKind.WELCOME, "c") is None


def test_stopp_wins_over_what_waits(runtime: Runtime, sms: RecordingChannel) -> None:
    notice_id = a_notice(runtime)
    replies.take_reply(runtime, provider_id="SM1", sender=a_phone(0), body="STOPP")
    drain(runtime)
    assert sms.sent == []
    assert state_of(runtime, notice_id) is NoticeState.STOPPED


@pytest.mark.parametrize("way", ["withdrawn", "paused"])
def test_an_invitation_that_waits_is_not_sent_to_whoever_wants_no_more(
    runtime: Runtime, sms: RecordingChannel, way: str
) -> None:
    notice_id, answer_id = a_notice(runtime, NoticeKind.MEETING), None
    with runtime.database.write() as session:
        address = session.exec(select(ContactAddress)).one()
        person, network = session.exec(select(Person)).one(), session.exec(select(WatchNetwork)).one()
        a_household(session, network, person)  # whoever lives nowhere is forgotten after a last word
        if way == "paused":
            people.pause_person(session, address.person_id, until=NOW + DAY)
        else:
            people.withdraw(session, address.person_id, ChannelKind.SMS, now=NOW)
        answer_id = queued(session, address, NoticeKind.CHANGED, "2")
        assert queued(session, address, NoticeKind.DUTIES, "3") is None
    drain(runtime)
    assert state_of(runtime, notice_id) is NoticeState.STOPPED
    assert state_of(runtime, answer_id or 0) is NoticeState.HANDED_OVER  # that they have changed something
    assert len(sms.sent) == 1


def test_an_invitation_waits_for_quiet_hours_and_an_answer_does_not(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    """It is 13.00 in Sweden; from then to 15 the phone is left in peace."""
    with runtime.database.write() as session:
        a_network(session)
        person = a_person(session, sms=a_phone(0))
        people.choose_quiet_hours(session, person.id or 0, (13, 15))
        address = session.exec(select(ContactAddress)).one()
        queued(session, address, NoticeKind.MEETING, "1")
        queued(session, address, NoticeKind.WELCOME, "2")
    drain(runtime)
    assert [wording.text for wording in sms.wordings] == ["Grannsamverkan Höör: Hej."]
    clock.advance(timedelta(hours=1, minutes=59))
    drain(runtime)
    assert len(sms.sent) == 1
    clock.advance(timedelta(minutes=1))
    drain(runtime)
    assert len(sms.sent) == 2


def test_quiet_hours_that_began_while_a_notice_waited_are_kept(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    notice_id = a_notice(runtime, NoticeKind.MEETING)
    with runtime.database.write() as session:
        address = session.exec(select(ContactAddress)).one()
        people.choose_quiet_hours(session, address.person_id, (14, 15))
    clock.advance(timedelta(hours=1))
    drain(runtime)
    assert (sms.sent, state_of(runtime, notice_id)) == ([], NoticeState.QUEUED)
    clock.advance(timedelta(hours=1))
    drain(runtime)
    assert state_of(runtime, notice_id) is NoticeState.HANDED_OVER


def test_an_unclear_answer_is_asked_about_and_never_doubled(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    notice_id = a_notice(runtime)
    sms.results[a_phone(0)] = [Unsure("no_reply")]
    drain(runtime)
    assert state_of(runtime, notice_id) is NoticeState.CALLING
    sms.answers[a_phone(0)] = [Here("SM7")]
    clock.advance(timedelta(minutes=1))
    assert notify.ask_about_notices(runtime) == 1
    assert state_of(runtime, notice_id) is NoticeState.HANDED_OVER
    drain(runtime)
    assert len(sms.sent) == 1


def test_what_was_not_taken_goes_again(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    notice_id = a_notice(runtime)
    sms.results[a_phone(0)] = [Unsure("no_reply")]
    drain(runtime)
    sms.answers[a_phone(0)] = [NotHere()]
    clock.advance(timedelta(minutes=1))
    notify.ask_about_notices(runtime)
    sms.results[a_phone(0)] = [Accepted("SM8")]
    drain(runtime)
    assert state_of(runtime, notice_id) is NoticeState.HANDED_OVER


def test_a_code_without_an_answer_fails_at_once(runtime: Runtime, sms: RecordingChannel) -> None:
    notice_id = a_notice(runtime, NoticeKind.CODE)
    sms.results[a_phone(0)] = [Unsure("no_reply")]
    drain(runtime)
    assert state_of(runtime, notice_id) is NoticeState.FAILED


def test_a_dead_number_is_marked(runtime: Runtime, sms: RecordingChannel) -> None:
    notice_id = a_notice(runtime)
    sms.results[a_phone(0)] = [Rejected("21211")]
    drain(runtime)
    assert state_of(runtime, notice_id) is NoticeState.FAILED
    with runtime.database.read() as session:
        assert session.exec(select(ContactAddress)).one().dead_since is not None


def test_what_is_too_late_is_not_sent(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    notice_id = a_notice(runtime)
    clock.advance(DAY)
    drain(runtime)
    assert sms.sent == []
    assert state_of(runtime, notice_id) is NoticeState.EXPIRED


def test_a_receipt_is_heeded_and_a_late_one_spoils_nothing(runtime: Runtime) -> None:
    notice_id = a_notice(runtime)
    drain(runtime)
    assert notify.take_receipt(runtime, receipt(notice_id, Said.DELIVERED))
    assert not notify.take_receipt(runtime, receipt(notice_id, Said.FAILED))
    assert state_of(runtime, notice_id) is NoticeState.DELIVERED


def receipt(notice_id: int, said: Said, code: str | None = None) -> ProviderReceipt:
    return ProviderReceipt(notice_id, "SM1", said.value, said, code, About.NOTICE)


def test_a_receipt_marks_dead_and_stopped_addresses_as_a_warnings_would(runtime: Runtime) -> None:
    for key, code in (("1", "30007"), ("2", "21610"), ("3", "5.1.1")):
        with runtime.database.write() as session:
            if key == "1":
                a_network(session)
            person = a_person(session, sms=a_phone(int(key)))
            address = session.exec(select(ContactAddress).where(ContactAddress.person_id == person.id)).one()
            notice_id = queued(session, address, NoticeKind.WELCOME, key) or 0
        drain(runtime)
        assert notify.take_receipt(runtime, receipt(notice_id, Said.FAILED, code))
        assert not notify.take_receipt(runtime, receipt(notice_id, Said.FAILED, code))
    with runtime.database.read() as session:
        addresses = session.exec(select(ContactAddress).order_by(col(ContactAddress.id))).all()
        assert [row.dead_code for row in addresses] == [None, None, "5.1.1"]
        stopped = [people.stopped_since(session, ChannelKind.SMS, row.lookup) is not None for row in addresses]
        assert stopped == [False, True, False]


@pytest.mark.goal("P11")
def test_a_mail_has_one_recipient_a_stop_link_and_survives_the_channel(
    runtime: Runtime, email: RecordingChannel
) -> None:
    a_notice(runtime, email=True)
    drain(runtime)
    raw = email.wordings[0].mail % {b"to": b"", b"key": b"", b"token": b""}
    assert raw.count(b"\r\nTo: ") == 1
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert b"50 =25" not in raw or b"50 %" not in raw
    assert b"\r\n..punkt" in raw


LONG = "Kvarteret Södra Björkhagen och Västra Ängsvägen"
SAY: dict[str, Any] = {"sender": "Grannsamverkan Upplands Väsby", "network": LONG}
WHEN = "måndag 30 november klockan 18.30"
AT = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
MEET: dict[str, Any] = {"title": "Startmöte", "at": AT, "place": "Församlingshemmet, Storgatan 12"}
ALL = [
    words.welcome(**SAY),
    words.already_member(**SAY),
    words.interest(SAY["sender"]),
    words.meeting(**SAY, **MEET, page="https://x.example"),
    words.meeting_changed(**SAY, **MEET, page="https://x.example"),
    words.meeting_cancelled(**SAY, title="Startmöte", at=AT),
    words.training(SAY["sender"], when=WHEN, place=MEET["place"], page="https://x.example"),
    words.invitation(**SAY, shown_code="K7MP-4XQ2-9Z", page="https://x.example", days=14),
    words.duties(**SAY, tasks=4, month="november", page="https://x.example"),
    words.yearly_check(**SAY, due="måndag 30 november", page="https://x.example", is_reminder=True),
    words.yearly_check_warning(**SAY, decided_from="måndag 30 november", page="https://x.example"),
    words.taken_over(**SAY, households=112, page="https://x.example"),
    *[words.join_answer(SAY["sender"], SAY["network"], is_approved=False, is_erased=one) for one in (True, False)],
    *[
        words.network_ended(
            SAY["sender"], SAY["network"], one, is_erased=True, had_meetings=True, was_contact=True, had_seat=True
        )
        for one in (None, *Concerned)
    ],
    words.network_moved(SAY["sender"], SAY["network"], SAY["network"]),
    words.code(SAY["sender"], "123456", domain="gs.upplandsvasby.example", minutes=10),
    *[words.changed(SAY["sender"], change) for change in Change],
]


@pytest.mark.parametrize("said", [one for words in ALL for one in (words, *words.others.values())])
def test_every_sms_is_plain_short_and_without_links(said: Words) -> None:
    sms = prepare(said.sms)
    assert sms.encoding == "GSM-7"
    assert sms.replaced == ()
    assert sms.parts <= 2
    assert "http" not in said.sms
    assert len(said.subject) <= 110
