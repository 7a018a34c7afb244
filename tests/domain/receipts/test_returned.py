"""Mail that comes back, in the forms that mail systems really write it, and in none at all."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grannsamverkan.domain.receipts.returned import Fate, Kind, Returned, read_returned

EXIM = b"""From: Mail Delivery System <Mailer-Daemon@mx.example>
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: anna@post.example, bo@post.example

A message that you sent could not be delivered to one or more of its recipients.

  anna@post.example
    host mx.post.example [192.0.2.1]: 550 5.1.1 <anna@post.example>: User unknown
  bo@post.example
    host mx.post.example [192.0.2.1]: 552 5.2.2 Mailbox full

------ This is a copy of the message, including all the headers. ------

To: cecilia@post.example
"""
QMAIL = b"""From: MAILER-DAEMON@mx.example
Subject: failure notice

<anna@post.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

To: bo@post.example
"""
AWAY = b"""From: Anna <anna@post.example>
Subject: Automatiskt svar: Inbrott i Vallby
Auto-Submitted: auto-replied

Jag har semester. Skriv till bo@post.example: 550 5.1.1 user unknown.
"""
REPORT = """From: MAILER-DAEMON@mx.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@post.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b--
"""
ARF = b"""From: fbl@post.example
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Rcpt-To: anna@post.example

--b--
"""


def a_report(action: str, status: str, words: str) -> bytes:
    return REPORT.format(action=action, status=status, words=words).encode()


def test_a_report_in_plain_words() -> None:
    fates = (Fate("anna@post.example", "5.1.1", hard=True), Fate("bo@post.example", "5.2.2", hard=False))
    assert read_returned(EXIM) == Returned(Kind.BOUNCE, fates)
    assert read_returned(QMAIL) == Returned(Kind.BOUNCE, (Fate("anna@post.example", "5.1.1", hard=True),))


def test_an_answer_by_machine_is_no_bounce_whatever_it_says() -> None:
    assert read_returned(AWAY) == Returned(Kind.VACATION)


def test_a_complaint_names_whose_mailbox_it_came_from() -> None:
    assert read_returned(ARF) == Returned(Kind.COMPLAINT, (Fate("anna@post.example", "", hard=False),), "abuse")


@pytest.mark.parametrize(
    ("action", "status", "words", "kind", "hard"),
    [
        ("failed", "5.1.1", "550 5.1.1 User unknown", Kind.BOUNCE, True),
        ("failed", "5.0.0", "550 no such user here", Kind.BOUNCE, True),
        ("failed", "5.1.1", "550 5.7.1 blacklisted", Kind.BOUNCE, False),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", Kind.BOUNCE, False),
        ("failed", "5.1.8", "553 5.1.8 sender's domain does not exist", Kind.BOUNCE, False),
        ("failed", "5.7.26", "550 5.7.26 unauthenticated", Kind.BOUNCE, False),
        ("failed", "4.4.7", "delivery time expired", Kind.BOUNCE, False),
        ("failed", "5.4.4", "Host or domain name not found", Kind.BOUNCE, True),
        ("delayed", "4.4.1", "connection timed out", Kind.DELAYED, False),
        ("delivered", "2.0.0", "250 ok", Kind.DELIVERED, False),
        ("relayed", "2.0.0", "250 ok", Kind.DELIVERED, False),
        ("odd", "5.1.1", "550 5.1.1 User unknown", Kind.NONE, False),
    ],
)
def test_hard_is_only_what_no_waiting_mends(action: str, status: str, words: str, kind: Kind, hard: bool) -> None:
    found = read_returned(a_report(action, status, words))
    assert found.kind is kind
    assert any(fate.hard for fate in found.recipients) is hard


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_nothing_that_anybody_mails_breaks_the_reading(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([EXIM, QMAIL, AWAY, ARF, a_report("failed", "5.1.1", "550 5.1.1 nobody")]))
    cut = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
    again = data.draw(st.integers(0, len(whole)))
    read_returned(whole[:cut] + noise + whole[again:])


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"Content-Type: text/plain; charset=nonsense\r\nFrom: mailer-daemon@x\r\n\r\n\xff<a@b.example>: 550 none",
        b"From: mailer-daemon@x\r\nContent-Transfer-Encoding: base64\r\n\r\n====",
        b"Subject: undeliverable\r\n\r\n" + b"a" * 300_000 + b"@",
        b"Subject: undeliverable\r\n\r\n" + b"<" * 100_000,
        b"Subject: undeliverable\r\n\r\n" + b"a@" * 100_000,
        b'{"notificationType": ' + b"[" * 50_000,
        b"Subject: x\r\n\r\n" + b'{"a":' * 50_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" * 3_000,
    ],
)
def test_mail_made_to_do_harm(raw: bytes) -> None:
    began = time.process_time()
    read_returned(raw)
    assert time.process_time() - began < 5.0


def test_published_bounces_are_read_right() -> None:
    """Right whom and what in 95 of 100 reports with a machine-readable part, and right whether hard in 85 of 100."""
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    expected = json.loads((Path(folder) / "email" / "bounces_expected.json").read_text("utf-8"))
    reports = right = verdicts = same = 0
    for file in sorted((Path(folder) / "email" / "bounces").glob("*.eml")):
        wanted, raw = expected.get(file.stem), file.read_bytes()
        found = read_returned(raw)
        if not wanted:
            continue
        kind = {"feedback": Kind.COMPLAINT, "delivered": Kind.DELIVERED, "vacation": Kind.VACATION}
        as_wanted = found.kind in (kind.get(wanted[0]["reason"], Kind.BOUNCE), Kind.DELAYED)
        if found.kind is Kind.VACATION:
            assert found.recipients == ()
        if b"multipart/report" in raw.partition(b"\n\n")[0]:
            reports += 1
            right += as_wanted and len(found.recipients) == len(wanted)
        verdicts += len(wanted)
        same += sum(one["hard"] == fate.hard for one, fate in zip(wanted, found.recipients, strict=False))
    assert right >= 0.95 * reports
    assert same >= 0.85 * (verdicts - 3)  # two answers by machine have no recipient


@pytest.mark.parametrize("stem", ["is-not-bounce-01", "is-not-bounce-02"])
def test_published_mail_that_is_none(stem: str) -> None:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    raw = (Path(folder) / "email" / "not_bounces" / f"{stem}.eml").read_bytes()
    assert read_returned(raw) == Returned(Kind.NONE)
