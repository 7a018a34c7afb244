"""What comes of mail that comes back: whose copy it settles, whose mail it stops, and what it may not do."""

from dataclasses import replace

import pytest
from sqlmodel import select

from grannsamverkan import replies
from grannsamverkan.domain import people
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.people import ContactAddress, StopEntry
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.return_path import return_address
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import a_mailbox, a_street, an_approved_alert, deliveries_of

SECRET = "a" * 64
COMPLAINT = """From: fbl@post.example
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}

--b
Content-Type: message/rfc822

List-Unsubscribe: <https://gs.hoor.example/stopp/{token}>
Subject: x

x
--b--
"""


@pytest.fixture
def alert_id(runtime: Runtime) -> int:
    """A warning handed over to two mailboxes."""
    alert_id = an_approved_alert(runtime, a_street(runtime, mailboxes=2))
    drain(runtime)
    return alert_id


def state_of(runtime: Runtime, alert_id: int) -> list[DeliveryState]:
    return [DeliveryState(row.state) for row in deliveries_of(runtime, alert_id)]


def dead(runtime: Runtime) -> list[str]:
    with runtime.database.read() as session:
        return sorted(code for code in session.exec(select(ContactAddress.dead_code)) if code)


def qmail(to: str, said: str, *, quotes: str = "") -> bytes:
    quoted = f"--- Below this line is a copy of the message.\n\nMessage-ID: <{quotes}>\n" if quotes else ""
    head = f"From: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: failure notice\n\n<{a_mailbox(0)}>:\n{said}\n\n"
    return (head + quoted).encode()


def test_a_bounce_in_words_is_known_by_the_mail_it_quotes(runtime: Runtime, alert_id: int) -> None:
    copy = deliveries_of(runtime, alert_id)[0].id
    raw = qmail("bounce@gs.hoor.example", "Sorry, no mailbox here by that name.", quotes=f"1000.{copy}@gs.hoor.example")
    assert [replies.take_mail_report(runtime, raw) for _ in range(2)] == [True, False]
    assert sorted(state_of(runtime, alert_id)) == [DeliveryState.HANDED_OVER, DeliveryState.FAILED]
    assert dead(runtime) == ["nobody_there"]


def test_a_full_mailbox_fails_the_copy_and_leaves_the_address(runtime: Runtime, alert_id: int) -> None:
    copy = deliveries_of(runtime, alert_id)[0].id
    raw = qmail("bounce@gs.hoor.example", "552 5.2.2 Mailbox full", quotes=f"1000.{copy}@gs.hoor.example")
    assert replies.take_mail_report(runtime, raw)
    assert DeliveryState.FAILED in state_of(runtime, alert_id)
    assert dead(runtime) == []


def with_own_paths(runtime: Runtime) -> Runtime:
    settings = runtime.settings
    email = settings.email.model_copy(update={"report_key": SECRET, "own_return_paths": True})
    return replace(runtime, settings=settings.model_copy(update={"email": email}))


def test_with_own_return_paths_only_they_are_believed(runtime: Runtime, alert_id: int) -> None:
    own = with_own_paths(runtime)
    copy = str(deliveries_of(runtime, alert_id)[0].id)
    guessed = qmail("bounce@gs.hoor.example", "550 5.1.1 user unknown", quotes=f"1000.{copy}@gs.hoor.example")
    forged = qmail(return_address("gs.hoor.example", key=copy, secret="b" * 64), "550 5.1.1 user unknown")
    right = qmail(return_address("gs.hoor.example", key=copy, secret=SECRET).upper(), "550 5.1.1 user unknown")
    assert [replies.take_mail_report(own, raw) for raw in (guessed, forged, right)] == [False, False, True]
    assert dead(runtime) == ["5.1.1"]


def test_the_return_address_fits_the_standard() -> None:
    local = return_address("x.example", key="m" + "9" * 18, secret=SECRET).partition("@")[0]
    assert len(local) <= 64
    assert return_address("x.example", key="5") == return_address("x.example", secret=SECRET) == "bounce@x.example"


@pytest.mark.parametrize(("kind", "stops"), [("abuse", True), ("opt-out", True), ("auth-failure", False)])
def test_a_complaint_stops_email_to_whoever_complained(runtime: Runtime, alert_id: int, kind: str, stops: bool) -> None:
    with runtime.database.read() as session:
        lookup = people.lookup_of(session, ChannelKind.EMAIL, a_mailbox(0))
        token = people.stop_token(runtime.database.vault, lookup)
    assert replies.take_mail_report(runtime, COMPLAINT.format(kind=kind, token=token).encode()) is stops
    with runtime.database.read() as session:
        rows = [(row.lookup, row.source) for row in session.exec(select(StopEntry))]
    assert rows == ([(lookup, "complaint")] if stops else [])


def test_a_complaint_that_was_made_up_stops_nobody(runtime: Runtime, alert_id: int) -> None:
    assert not replies.take_mail_report(runtime, COMPLAINT.format(kind="abuse", token="A" * 30).encode())
    with runtime.database.read() as session:
        assert session.exec(select(StopEntry)).all() == []
