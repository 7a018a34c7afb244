"""The email of a warning as a mail system sees it: headers, line lengths, and each recipient's own bytes."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grannsamverkan.domain.alerts.catalogue import Advice, AlertKind, DayPart, Dwelling, Method, Source
from grannsamverkan.domain.alerts.mail import TOKEN_MARKER, MailHeaders, render_mail, unsubscribe_url
from grannsamverkan.domain.alerts.wording import AlertFacts, word_email
from grannsamverkan.domain.people import stop_token
from grannsamverkan.foundation.vault import Vault
from tests.support.builders import a_mailbox

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
TOKEN = "A1_-" * 7 + "Zz"
BASE_URLS = [
    "https://gs.hoor.example",
    "https://grannsamverkan.prov.kommunen.hoor.example/en/lang/vag/som/ingen/skulle/valja",
    *(f"https://{'x' * length}.example" for length in range(1, 31)),
]


def facts(base_url: str = BASE_URLS[0], kind: AlertKind = AlertKind.BURGLARY_HOME) -> AlertFacts:
    return AlertFacts(
        number=2314,
        municipality_name="Höör",
        source=Source.POLICE,
        kind=kind,
        attempted=True,
        dwelling=Dwelling.HOLIDAY_HOME,
        places=("Kvarteret Älgen", "Norra Rörum", "Ängsö"),
        happened_on=NOW.date(),
        day_part=DayPart.NIGHT_TO,
        methods=(Method.TERRACE_DOOR,),
        advice=tuple(Advice)[:4],
        free_text="100% av förråden på gården stod öppna.",
        base_url=base_url,
        confirmed_by_police=True,
    )


def rendered(base_url: str = BASE_URLS[0], kind: AlertKind = AlertKind.BURGLARY_HOME) -> bytes:
    said = facts(base_url, kind)
    worded = word_email(
        said,
        sender_address="hoor@gs.hoor.example",
        list_domain="gs.hoor.example",
        sent_on=NOW.date(),
        unsubscribe_url=unsubscribe_url(base_url),
        network_name=", ".join(said.places),
        responsible="Grannsamverkan Höör",
        privacy_url=f"{base_url}/dina-uppgifter",
    )
    headers = MailHeaders(2314, "Grannsamverkan Höör", "hoor", "gs.hoor.example", base_url, NOW)
    return render_mail(headers, worded.subject, worded.text, worded.html)


def sent(template: bytes, number: int = 1, key: str = "77", token: str = TOKEN) -> bytes:
    """The bytes on the wire."""
    return template % {b"to": a_mailbox(number).encode(), b"key": key.encode(), b"token": token.encode()}


def received(raw: bytes) -> EmailMessage:
    """As a receiver reads it, the dots that SMTP doubles taken off again."""
    plain = re.sub(rb"(?m)^\.", b"", raw)
    return email.message_from_bytes(plain, policy=email.policy.default)


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.goal("S22")
def test_the_headers_a_warning_must_have() -> None:
    message = received(sent(rendered()))
    assert message["From"] == "Grannsamverkan Höör <hoor@gs.hoor.example>"
    assert message["To"] == a_mailbox(1)
    assert message["Cc"] is None
    assert message["Bcc"] is None
    assert message["Reply-To"] == "hoor@gs.hoor.example"
    assert len(message["Subject"]) <= 60
    assert message["Subject"].endswith("4/3 (nr 2314)")
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<2314.77@gs.hoor.example>"
    assert message["List-Id"] == "hoor <hoor.gs.hoor.example>"
    assert message["List-Unsubscribe"] == (
        f"<https://gs.hoor.example/avsluta/{TOKEN}>, <mailto:stopp@gs.hoor.example?subject={TOKEN}>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Content-Language"] == "sv"
    assert message["MIME-Version"] == "1.0"


def test_text_first_and_the_same_facts_in_html() -> None:
    message = received(sent(rendered()))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = text_of(message, "plain"), text_of(message, "html")
    for fact in ("112", "114 14", "2314", "100% av förråden på gården stod öppna.", f"/avsluta/{TOKEN}"):
        assert fact in text
        assert fact in html
    assert '<html lang="sv">' in html
    assert len(html.encode()) < 100_000
    assert not re.search(r"<(?:img|script|link|iframe|object|form)\b|url\(|@import|src=", html, re.IGNORECASE)


@pytest.mark.parametrize("base_url", BASE_URLS)
def test_no_line_is_longer_than_mail_allows(base_url: str) -> None:
    """RFC 5322: 998 in a header; RFC 2045: 76 in quoted-printable, the dot that SMTP adds not counted."""
    head, _, body = sent(rendered(base_url)).partition(b"\r\n\r\n")
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    too_long = [line for line in body.split(b"\r\n") if len(line.removeprefix(b".")) > 76]
    assert too_long == []


@pytest.mark.parametrize("base_url", BASE_URLS)
def test_every_marker_becomes_the_recipients_own(base_url: str) -> None:
    raw = sent(rendered(base_url))
    assert TOKEN_MARKER.encode() not in raw
    assert b"zz" not in raw.replace(b"Zz", b"")
    message = received(raw)
    link = f"{base_url}/avsluta/{TOKEN}"
    assert text_of(message, "plain").count(link) == 1
    assert text_of(message, "html").count(link) == 2


def test_only_ends_of_lines_that_mail_knows() -> None:
    raw = sent(rendered())
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert not raw.endswith(b"\n")


def test_a_line_that_begins_with_a_dot_gets_another() -> None:
    headers = MailHeaders(2314, "Grannsamverkan Höör", "hoor", "gs.hoor.example", BASE_URLS[0], NOW)
    raw = render_mail(headers, "x", ".ensam\n.\n..två\nsist 100 %", "<p>.</p>\n.html") % {
        b"to": b"a",
        b"key": b"1",
        b"token": b"t",
    }
    assert b"\r\n.ensam" not in raw
    assert b"\r\n.\r\n" not in raw
    message = received(raw)
    assert text_of(message, "plain") == ".ensam\n.\n..två\nsist 100 %\n"
    assert text_of(message, "html") == "<p>.</p>\n.html\n"


@pytest.mark.parametrize("kind", AlertKind)
def test_encoded_words_keep_their_length(kind: AlertKind) -> None:
    """RFC 2047: an encoded word has at most 75 characters."""
    head = sent(rendered(kind=kind)).partition(b"\r\n\r\n")[0]
    words = re.findall(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=", head)
    assert words
    assert max(map(len, words)) <= 75


def test_a_second_try_is_the_same_mail_and_another_recipients_is_not() -> None:
    template = rendered()
    first, again, other = sent(template), sent(template), sent(template, 2, "78", TOKEN[::-1])
    assert first == again
    assert received(other)["Message-ID"] != received(first)["Message-ID"]
    assert TOKEN.encode() not in other
    assert a_mailbox(1).encode() not in other


@pytest.mark.goal("S22")
def test_a_line_end_in_a_header_is_refused() -> None:
    headers = MailHeaders(2314, "Grannsamverkan Höör\r\nBcc: x@y.example", "hoor", "gs.hoor.example", BASE_URLS[0], NOW)
    with pytest.raises(ValueError, match=r"(?i)cr|lf|newline|linefeed"):
        render_mail(headers, "x", "y", "z")


@pytest.mark.goal("S43")
@given(st.binary(min_size=16, max_size=16))
def test_a_token_is_as_long_as_its_marker(lookup: bytes) -> None:
    key = "A" * 43 + "="
    token = stop_token(Vault(key, key), lookup)
    assert len(token) == len(TOKEN_MARKER)
    assert re.fullmatch(r"[\w-]+", token, re.ASCII)
