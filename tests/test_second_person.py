"""When one person is not enough: who may let it go, what an approval is bound to, and going alone all the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from grannsamverkan import deciding, flow
from grannsamverkan.domain import accounts, alerts, audit, people
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.alerts import AlertClass, AlertState, Answer, ApprovalRequest, Need, ReasonKind, Source, Told
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import (
    HOOR,
    a_draft,
    a_mailbox,
    a_phone,
    a_sequel,
    a_street,
    an_account,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

LATE = datetime(2026, 3, 4, 21, 30, tzinfo=UTC)  # 22.30 in Sweden
EMERGENCY = {ReasonKind.EMERGENCY: "Ingen annan svarar."}


@pytest.fixture
def street(runtime: Runtime) -> int:
    """Four households, and a rule that three are as many as one person may warn."""
    street = a_street(runtime, phones=4)
    set_rules(runtime, two_persons_above=3)
    return street


class Desk:
    """A draft by one account, with colleagues."""

    def __init__(
        self, runtime: Runtime, street: int, source: Source = Source.POLICE, *, mark: str = "", **changes: Any
    ) -> None:
        self.runtime, self.street = runtime, street
        with runtime.database.write() as session:
            self.author = an_account(session, f"skrivare{mark}").id or 0
            self.colleague = an_account(session, f"kollega{mark}").id or 0
            self.coordinator = an_account(session, f"samordnare{mark}", Role.COORDINATOR).id or 0
            draft = a_draft(street, **changes)
            row = alerts.start(session, draft, author_account_id=self.author, source=source, now=runtime.clock.now())
            self.alert_id = row.id or 0

    @property
    def alert(self) -> alerts.Alert:
        with self.runtime.database.read() as session:
            return alerts.alert(session, self.alert_id)

    def check(self) -> deciding.Checked:
        return flow.check_alert(self.runtime, alert_id=self.alert_id)

    def approve(self, account_id: int, content: str = "", **reasons: str) -> alerts.Alert:
        return flow.approve_alert(
            self.runtime,
            alert_id=self.alert_id,
            approver_account_id=account_id,
            content=content or self.check().content,
            reasons={ReasonKind(kind): words for kind, words in reasons.items()},
        )

    def ask(self, account_id: int | None = None, content: str = "") -> None:
        flow.ask_for_approval(
            self.runtime,
            alert_id=self.alert_id,
            account_id=account_id or self.author,
            content=content or self.check().content,
        )

    def change(self, account_id: int) -> None:
        now = self.runtime.clock.now()
        with self.runtime.database.write() as session:
            row = alerts.alert(session, self.alert_id)
            draft = a_draft(self.street, free_text="Mer.")
            alerts.change(session, row, draft, version=row.version, now=now, account_id=account_id)

    def acts(self) -> list[str]:
        with self.runtime.database.read() as session:
            return [row.act for row in audit.history(session, "alert", self.alert_id)]

    def requests(self) -> list[Answer | None]:
        with self.runtime.database.read() as session:
            rows = select(ApprovalRequest).where(ApprovalRequest.alert_id == self.alert_id)
            return [row.answer for row in session.exec(rows.order_by(col(ApprovalRequest.id)))]


def test_many_households_need_a_second_person(runtime: Runtime, street: int, sms: RecordingChannel) -> None:
    desk = Desk(runtime, street)
    checked = desk.check()
    assert checked.weighed.needs == (Need.MANY,)
    with pytest.raises(Refused, match="second_person_needed"):
        desk.approve(desk.author)
    drain(runtime)
    assert not sms.sent
    desk.ask()
    with pytest.raises(Refused, match="second_person_needed"):
        desk.approve(desk.author, checked.content)
    desk.approve(desk.colleague, checked.content)
    drain(runtime)
    assert len(sms.sent) == 4
    assert desk.alert.approved_by == desk.colleague
    assert desk.requests() == [Answer.APPROVED]
    assert desk.acts() == ["alert.approved", "alert.approval_asked"]


def test_few_households_are_one_persons_to_warn(runtime: Runtime, street: int) -> None:
    set_rules(runtime, two_persons_above=4)
    desk = Desk(runtime, street)
    assert desk.check().weighed.needs == ()
    with pytest.raises(Refused, match="no_second_person_needed"):
        desk.ask()
    desk.approve(desk.author)
    assert desk.alert.state is AlertState.APPROVED


def test_whoever_changes_it_has_written_it_too_and_the_asking_ends(
    runtime: Runtime, street: int, sms: RecordingChannel
) -> None:
    desk = Desk(runtime, street)
    stale = desk.check().content
    desk.ask()
    desk.change(desk.colleague)
    assert desk.requests() == [Answer.VOID]
    with pytest.raises(Conflict):
        desk.approve(desk.coordinator, stale)
    for account_id in (desk.author, desk.colleague):
        with pytest.raises(Refused, match="second_person_needed"):
            desk.approve(account_id)
    desk.approve(desk.coordinator)
    drain(runtime)
    assert len(sms.sent) == 4


def test_whoever_asks_cannot_answer(runtime: Runtime, street: int) -> None:
    desk = Desk(runtime, street)
    desk.ask(desk.colleague)
    with pytest.raises(Refused, match="second_person_needed"):
        desk.approve(desk.colleague)
    with runtime.database.write() as session:
        row = alerts.alert(session, desk.alert_id, to_change=True)
        with pytest.raises(Refused, match="own_alert"):
            deciding.decline(session, row, account_id=desk.colleague, reason="", now=runtime.clock.now())


def test_a_no_leaves_it_with_its_writer(runtime: Runtime, street: int, sms: RecordingChannel) -> None:
    desk = Desk(runtime, street)
    desk.ask()
    now = runtime.clock.now()
    with runtime.database.write() as session:
        row = alerts.alert(session, desk.alert_id, to_change=True)
        deciding.decline(session, row, account_id=desk.coordinator, reason="Fel område.", now=now)
        with pytest.raises(Conflict):
            deciding.decline(session, row, account_id=desk.coordinator, reason="", now=now)
        assert alerts.reasons_of(session, desk.alert_id) == {ReasonKind.DECLINED: "Fel område."}
        assert alerts.open_requests(session, [HOOR]) == []
    drain(runtime)
    assert not sms.sent
    desk.ask()
    assert desk.requests() == [Answer.DECLINED, None]


@pytest.mark.parametrize(
    ("source", "changes", "rules", "needs"),
    [
        (Source.POLICE, {"alert_class": AlertClass.ONGOING, "called_112": True}, {}, ()),
        (
            Source.MUNICIPALITY,
            {"alert_class": AlertClass.ONGOING, "called_112": True},
            {"ongoing_by": "staff"},
            (Need.ONGOING,),
        ),
        (Source.CONTACT_PERSON, {}, {}, ()),
        (Source.CONTACT_PERSON, {}, {"contact_alert_needs_two": "yes"}, (Need.CONTACT_PERSON,)),
        (Source.POLICE, {}, {"contact_alert_needs_two": "yes"}, ()),
    ],
)
def test_what_else_needs_two(
    sqlite_runtime: Runtime,
    source: Source,
    changes: dict[str, Any],
    rules: dict[str, Any],
    needs: tuple[Need, ...],
) -> None:
    street = a_street(sqlite_runtime, phones=1)
    set_rules(sqlite_runtime, **rules)
    assert Desk(sqlite_runtime, street, source, **changes).check().weighed.needs == needs


def test_ringing_at_night_needs_two_and_rings_then(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    street = a_street(runtime, phones=1)
    set_rules(runtime, quiet_from=21, quiet_to=7)
    clock.advance(LATE - clock.now())
    desk = Desk(runtime, street)
    assert desk.check().timing.waits
    before = desk.check().content
    with runtime.database.write() as session:
        row = alerts.alert(session, desk.alert_id)
        alerts.ring_at_night(session, row, wanted=True, version=row.version, account_id=desk.author, now=clock.now())
    assert not desk.check().timing.waits
    assert desk.check().content != before
    assert desk.check().weighed.needs == (Need.QUIET_HOURS,)
    with pytest.raises(Refused, match="second_person_needed"):
        desk.approve(desk.author)
    desk.approve(desk.colleague)
    drain(runtime)
    assert len(sms.sent) == 1
    assert sms.wordings[0].valid_for_s == 4 * 3600


def test_a_correction_waits_for_nobody(runtime: Runtime, street: int, sms: RecordingChannel) -> None:
    desk = Desk(runtime, street)
    desk.approve(desk.colleague)
    drain(runtime)
    a_sequel(runtime, desk.alert_id, AlertClass.CORRECTION, Told.NOT_TRUE)  # by its author alone
    runtime.clock.advance(timedelta(minutes=2))  # type: ignore[attr-defined]
    drain(runtime)
    assert len(sms.sent) == 8
    with pytest.raises(Refused, match="second_person_needed"):
        a_sequel(runtime, desk.alert_id, AlertClass.FOLLOW_UP, Told.MORE)


# ------------------------------------------------------------------------------------------------- going alone


def addressed(runtime: Runtime, account_id: int, *, sms: str = "", email: str = "") -> None:
    """Give an account addresses of its own."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        person = people.add_person(session, HOOR, now=now)
        for channel, address in ((ChannelKind.SMS, sms), (ChannelKind.EMAIL, email)):
            if address:
                people.add_address(session, person, channel, address, now=now)
        accounts.account(session, account_id).person_id = person.id


def test_going_alone_needs_a_reason_and_everybody_who_answers_for_it_hears_at_once(
    runtime: Runtime, street: int, sms: RecordingChannel, email: RecordingChannel
) -> None:
    desk = Desk(runtime, street)
    addressed(runtime, desk.colleague, sms=a_phone(80), email=a_mailbox(50))
    addressed(runtime, desk.coordinator, email=a_mailbox(51))
    with pytest.raises(Refused, match="second_person_needed"):
        desk.approve(desk.author, emergency="  ")
    desk.approve(desk.author, emergency="Ingen annan svarar.")
    drain(runtime)
    told = [wording.text for wording in sms.wordings if "av en person ensam" in wording.text]
    assert len(told) == 1
    assert "Ingen annan svarar" not in told[0]
    assert sorted(email.addresses) == [a_mailbox(50), a_mailbox(51)]
    assert len(sms.sent) == 5
    with runtime.database.read() as session:
        assert alerts.reasons_of(session, desk.alert_id) == {ReasonKind.EMERGENCY: "Ingen annan svarar."}
        since = runtime.clock.now() - timedelta(days=7)
        assert [row.id for row in alerts.emergencies(session, [HOOR], since=since)] == [desk.alert_id]
    assert desk.acts() == ["alert.broken_glass", "alert.approved"]
    desk.approve(desk.author, desk.alert.approval_hash or "", emergency="Ingen annan svarar.")
    drain(runtime)
    assert len(sms.sent) == 5


def test_a_reason_for_going_alone_is_not_kept_where_two_were_there(runtime: Runtime, street: int) -> None:
    desk = Desk(runtime, street)
    desk.approve(desk.colleague, emergency="Bråttom.")
    with runtime.database.read() as session:
        assert alerts.reasons_of(session, desk.alert_id) == {}


def test_a_contact_person_does_not_go_alone(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    street = a_street(runtime, phones=1)
    set_rules(runtime, contact_alert_needs_two="yes")
    with runtime.database.write() as session:
        person = people.add_person(session, HOOR, now=runtime.clock.now())
        author = an_account(session, "ombud", Role.CONTACT_PERSON, person_id=person.id).id or 0
        row = alerts.start(
            session,
            a_draft(street),
            author_account_id=author,
            source=Source.CONTACT_PERSON,
            now=runtime.clock.now(),
        )
        alert_id = row.id or 0
    content = flow.check_alert(runtime, alert_id=alert_id).content
    with pytest.raises(Refused, match="emergency_not_yours"):
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author, content=content, reasons=EMERGENCY)


# ------------------------------------------------------------------------------------------------------- at once


@pytest.mark.goal("S16", "S41")
def test_fifty_askings_and_fifty_answers_at_once_are_one_of_each(
    runtime: Runtime, street: int, sms: RecordingChannel
) -> None:
    desk = Desk(runtime, street)
    addressed(runtime, desk.colleague, sms=a_phone(80))
    content = desk.check().content
    at_once(lambda: desk.ask(content=content), 50)
    assert desk.requests() == [None]
    at_once(lambda: desk.approve(desk.colleague, content), 50)
    drain(runtime)
    assert len([copy for copy in sms.sent if copy.address != a_phone(80)]) == 4
    assert sms.addresses.count(a_phone(80)) == 1
    assert desk.acts() == ["alert.approved", "alert.approval_asked"]


@pytest.mark.postgres
def test_a_yes_and_a_change_at_once_have_one_winner(postgres_runtime: Runtime, sms: RecordingChannel) -> None:
    """What is sent is what was looked at, or nothing."""
    runtime = postgres_runtime
    street = a_street(runtime, phones=2)
    set_rules(runtime, two_persons_above=1)
    for number in range(8):
        desk = Desk(runtime, street, mark=str(number))
        checked = desk.check()
        outcomes = at_once(either(partial(desk.approve, desk.colleague, checked.content), partial(desk.change, 1)), 2)
        assert sorted(outcomes) == [False, True]
        before = len(sms.wordings)
        drain(runtime)
        assert {wording.text for wording in sms.wordings[before:]} <= {checked.worded.sms.text}


def either(*acts: Callable[[], object]) -> Callable[[], bool]:
    """Each call does the next of the acts; whether it could be done."""
    waiting = iter(acts)

    def act() -> bool:
        try:
            next(waiting)()
        except Conflict:
            return False
        return True

    return act
