"""The mail stand-in, by smtplib and by raw pipelined sockets."""

import hashlib
import hmac
import smtplib
import socket
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from grannsamverkan.standins.launch import Standins, acceptance_times, count, lost

ANNA, BO, SENDER = "anna@granne.example", "bo@granne.example", "utskick@grannsamverkan.example"


@pytest.fixture
def smtp(standins: Standins) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(standins.smtp_host, standins.smtp_port, timeout=5) as smtp:
        smtp.ehlo()
        yield smtp


def mail(message_id: str = "<1.1@grannsamverkan.example>", text: str = "Inbrott på Åsgatan.\n.\n..prick\n") -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, ANNA, "Varning: inbrott på Åsgatan"
    message["Message-ID"] = message_id
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    return message.as_bytes()


class Raw:
    """A socket to the relay that writes what it is told and reads answers."""

    def __init__(self, standins: Standins) -> None:
        self.socket = socket.create_connection((standins.smtp_host, standins.smtp_port), timeout=5)
        self.unread = b""
        assert self.answers(1) == [b"220"]
        self.write(b"EHLO granne.example\r\n")
        assert self.answers(8) == [b"250"] * 8

    def write(self, text: bytes) -> None:
        self.socket.sendall(text)

    def answers(self, number: int) -> list[bytes]:
        """The codes of the next answer lines; fewer when the connection is closed."""
        while self.unread.count(b"\r\n") < number and (data := self.socket.recv(65_536)):
            self.unread += data
        *lines, self.unread = self.unread.split(b"\r\n", number)
        return [line[:3] for line in lines]


@pytest.fixture
def raw(standins: Standins) -> Iterator[Raw]:
    raw = Raw(standins)
    yield raw
    raw.socket.close()


def group(to: str = ANNA) -> bytes:
    return f"MAIL FROM:<{SENDER}> BODY=8BITMIME\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode()


def body(number: int) -> bytes:
    return b"Message-ID: <p%d@grannsamverkan.example>\r\nSubject: P\r\n\r\nHej\r\n.\r\n" % number


def test_a_mail_is_accepted_logged_and_shown(smtp: smtplib.SMTP, standins: Standins) -> None:
    before = count(standins.mail_log)
    assert smtp.sendmail(SENDER, [ANNA, BO], mail("<2.7@grannsamverkan.example>")) == {}
    assert count(standins.mail_log).accepted == before.accepted + 2
    keys = [f"<2.7@grannsamverkan.example> {to}" for to in (ANNA, BO)]
    assert lost(standins.mail_log, [*keys, "<9.9@grannsamverkan.example> x"]) == {"<9.9@grannsamverkan.example> x"}
    assert abs(acceptance_times(standins.mail_log)[-1] - time.time()) < 5
    shown = standins.mail_messages()
    assert [m["to"] for m in shown] == [ANNA, BO]
    assert shown[0]["subject"] == "Varning: inbrott på Åsgatan"
    assert shown[0]["text"].replace("\r\n", "\n") == "Inbrott på Åsgatan.\n.\n..prick\n"
    assert "<p>Inbrott på Åsgatan." in shown[0]["html"]
    assert (shown[0]["from"], shown[0]["message_id"]) == (SENDER, "<2.7@grannsamverkan.example>")
    assert [m["to"] for m in standins.mail_messages(to=BO)] == [BO]
    assert standins.mail_messages(after=shown[-1]["index"]) == []


def test_it_offers_what_a_sender_wants(smtp: smtplib.SMTP) -> None:
    assert {"pipelining", "chunking", "8bitmime", "smtputf8", "dsn", "size", "enhancedstatuscodes"} <= set(
        smtp.esmtp_features
    )
    assert smtp.noop()[0] == 250
    assert smtp.verify(ANNA)[0] == 252
    assert smtp.docmd("STARTTLS")[0] == 500


def test_groups_may_come_in_one_piece(raw: Raw, standins: Standins) -> None:
    raw.write(group())
    assert raw.answers(3) == [b"250", b"250", b"354"]
    for number in range(5):
        raw.write(body(number) + group())
        assert raw.answers(4) == [b"250", b"250", b"250", b"354"]
    raw.write(body(5) + b"QUIT\r\n")
    assert raw.answers(2) == [b"250", b"221"]
    assert [m["message_id"][1:3] for m in standins.mail_messages()] == [f"p{n}" for n in range(6)]


def whole(number: int, to: str = ANNA) -> bytes:
    """A message whose length is told, with a lone dot in it that ends nothing."""
    text = b"Message-ID: <w%d@grannsamverkan.example>\r\nSubject: W\r\n\r\n.\r\n..slut\r\n" % number
    return f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{to}>\r\nBDAT {len(text)} LAST\r\n".encode() + text


def test_messages_of_a_told_length_come_whole_however_they_are_cut(raw: Raw, standins: Standins) -> None:
    conversation = b"".join(whole(number) for number in range(3))
    for cut in range(0, len(conversation), 11):
        raw.write(conversation[cut : cut + 11])
        time.sleep(0.0005)
    assert raw.answers(9) == [b"250"] * 9
    mails = standins.mail_messages()
    assert [m["message_id"][1:3] for m in mails] == ["w0", "w1", "w2"]
    assert mails[0]["text"].replace("\r\n", "\n") == ".\n..slut\n"


def test_a_message_may_come_in_several_chunks(raw: Raw, standins: Standins) -> None:
    raw.write(f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{ANNA}>\r\nBDAT 12\r\nSubject: a\r\nBDAT 0\r\n".encode())
    raw.write(b"BDAT 7 LAST\r\n\r\nHej\r\n" + whole(5))
    assert raw.answers(8) == [b"250"] * 8
    assert [m["subject"] for m in standins.mail_messages()] == ["a", "W"]


def test_a_told_length_for_nobody_is_read_and_thrown_away(raw: Raw, standins: Standins) -> None:
    standins.behave_mail({"addresses": {ANNA: {"rcpt": 550, "times": 1}}})
    raw.write(whole(1) + b"RSET\r\n" + b"BDAT 6 LAST\r\nNOOP\r\n" + whole(2))
    assert raw.answers(8) == [b"250", b"550", b"503", b"250", b"503", b"250", b"250", b"250"]
    assert [m["message_id"][1:3] for m in standins.mail_messages()] == ["w2"]


@pytest.mark.parametrize("command", [b"BDAT\r\n", b"BDAT x LAST\r\n", b"BDAT 5 FIRST\r\n", b"BDAT 999999999 LAST\r\n"])
def test_a_length_that_cannot_be_is_the_end_of_the_connection(raw: Raw, command: bytes) -> None:
    raw.write(command)
    assert raw.answers(1)[0][:1] == b"5"
    assert raw.answers(1) == []


def test_every_cut_is_understood(raw: Raw, standins: Standins) -> None:
    conversation = group() + body(1) + group(BO) + body(2)
    for cut in range(0, len(conversation), 7):
        raw.write(conversation[cut : cut + 7])
        time.sleep(0.0005)
    assert raw.answers(8) == [b"250", b"250", b"354", b"250"] * 2
    assert [m["to"] for m in standins.mail_messages()] == [ANNA, BO]


def test_data_without_a_recipient_takes_no_body(raw: Raw, standins: Standins) -> None:
    standins.behave_mail({"addresses": {ANNA: {"rcpt": 550, "times": 1}}})
    raw.write(group() + b"RSET\r\n" + group())
    assert raw.answers(7) == [b"250", b"550", b"554", b"250", b"250", b"250", b"354"]
    raw.write(b".\r\n")
    assert raw.answers(1) == [b"250"]
    assert [m["message_id"] for m in standins.mail_messages()] == ["-"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"RCPT TO:<anna@granne.example>", b"503"), (b"DATA", b"503"), (b"BRAK", b"500"), (b"MAIL FROM:anna", b"501"),
        (b"MAIL FROM:<a@b.example> NYTT=1", b"555"), (b"MAIL FROM:<a@b.example> SIZE=99999999", b"552"),
        ("MAIL FROM:<å@b.example>".encode(), b"553"), ("MAIL FROM:<å@b.example> SMTPUTF8".encode(), b"250"),
        (b"x" * 5000, b"500"),
    ],
)  # fmt: skip
def test_lines_out_of_order_or_form(raw: Raw, line: bytes, code: bytes) -> None:
    raw.write(line + b"\r\n")
    assert raw.answers(1) == [code]


@pytest.mark.parametrize("code", [550, 451, 450])
def test_a_recipient_is_refused_so_often(smtp: smtplib.SMTP, standins: Standins, code: int) -> None:
    standins.behave_mail({"addresses": {ANNA: {"rcpt": code, "times": 1}}})
    refused = smtp.sendmail(SENDER, [ANNA, BO], mail())
    assert {to: answer[0] for to, answer in refused.items()} == {ANNA: code}
    assert smtp.sendmail(SENDER, [ANNA], mail()) == {}


@pytest.mark.parametrize("code", [451, 554])
def test_a_message_is_refused_unlogged(smtp: smtplib.SMTP, standins: Standins, code: int) -> None:
    before = count(standins.mail_log).accepted
    standins.behave_mail({"addresses": {ANNA: {"data": code, "times": 1}}})
    with pytest.raises(smtplib.SMTPDataError) as caught:
        smtp.sendmail(SENDER, [ANNA], mail())
    assert caught.value.smtp_code == code
    assert count(standins.mail_log).accepted == before
    assert smtp.sendmail(SENDER, [ANNA], mail()) == {}


def test_a_lost_answer_was_accepted_all_the_same(standins: Standins) -> None:
    before = count(standins.mail_log).accepted
    standins.behave_mail({"addresses": {ANNA: {"drop_after_data": True, "times": 1}}})
    with (
        smtplib.SMTP(standins.smtp_host, standins.smtp_port, timeout=5) as smtp,
        pytest.raises(smtplib.SMTPServerDisconnected),
    ):
        smtp.sendmail(SENDER, [ANNA], mail())
    assert count(standins.mail_log).accepted == before + 1


def test_each_second_meets_its_fate(raw: Raw, standins: Standins) -> None:
    standins.behave_mail({"every": {"rcpt_451": 2}})
    raw.write(group() + body(1) + group() + b"RSET\r\n")
    assert raw.answers(8) == [b"250", b"250", b"354", b"250", b"250", b"451", b"554", b"250"]
    standins.behave_mail({"every": {"rcpt_451": None, "data_451": 2}})
    raw.write(group() + body(2) + group() + body(3))
    assert raw.answers(8) == [b"250", b"250", b"354", b"250", b"250", b"250", b"354", b"451"]


def test_a_connection_ends_after_its_share(raw: Raw, standins: Standins) -> None:
    standins.behave_mail({"disconnect_after": 2})
    raw.write(group() + body(1) + group() + body(2) + group())
    assert raw.answers(9) == [b"250", b"250", b"354", b"250"] * 2 + [b"421"]
    assert raw.socket.recv(10) == b""


def test_latency_delays_the_last_answer_only(raw: Raw, standins: Standins) -> None:
    standins.behave_mail({"latency_ms": 150})
    started_s = time.monotonic()
    raw.write(group())
    assert raw.answers(3)[-1] == b"354"
    assert time.monotonic() - started_s < 0.1
    raw.write(body(1) + group())
    assert raw.answers(4) == [b"250", b"250", b"250", b"354"]
    assert time.monotonic() - started_s >= 0.15


def send_with_report(smtp: smtplib.SMTP, notify: str, to: str = ANNA) -> None:
    smtp.sendmail(
        SENDER, [to], mail("<3.4@grannsamverkan.example>"),
        mail_options=["RET=HDRS", "ENVID=nr2314+2Bx"], rcpt_options=[f"NOTIFY={notify}", f"ORCPT=rfc822;{to}"],
    )  # fmt: skip


def report_of(post: Any, key: str) -> tuple[dict[str, str], dict[str, str], str]:
    """Fields for the message and for the recipient, and the Message-ID it is about, of a report rightly signed."""
    assert post.headers["Content-Type"] == "message/rfc822"
    signature = hmac.new(key.encode(), post.body, hashlib.sha256).hexdigest()
    assert post.headers["X-Report-Signature"] == f"sha256={signature}"
    message = message_from_bytes(post.body, policy=policy.default)
    assert message.get_content_type() == "multipart/report"
    assert message["To"].addresses[0].addr_spec == SENDER
    text, status, headers = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    about, recipient = cast("list[EmailMessage]", status.get_payload())
    original = message_from_bytes(cast("bytes", headers.get_payload(decode=True)), policy=policy.default)
    return dict(about.items()), dict(recipient.items()), str(original["Message-ID"])


def test_a_delivery_is_reported_on_request(smtp: smtplib.SMTP, standins: Standins, receiver: Any) -> None:
    standins.behave_mail({"report_url": f"{receiver.url}/report"})
    send_with_report(smtp, "NEVER", BO)
    send_with_report(smtp, "SUCCESS,FAILURE")
    post = receiver.wait_for(1)[0]
    about, recipient, ident = report_of(post, standins.report_key)
    assert post.path == "/report"
    assert about["Original-Envelope-Id"] == "nr2314+x"
    assert recipient["Final-Recipient"] == f"rfc822;{ANNA}"
    assert recipient["Original-Recipient"] == f"rfc822;{ANNA}"
    assert (recipient["Action"], recipient["Status"]) == ("delivered", "2.0.0")
    assert ident == "<3.4@grannsamverkan.example>"
    time.sleep(0.1)
    assert len(receiver.taken) == 1


def test_a_failure_is_reported_unless_never(smtp: smtplib.SMTP, standins: Standins, receiver: Any) -> None:
    standins.behave_mail({"report_url": receiver.url, "addresses": {ANNA: {"dsn": "failed"}}})
    send_with_report(smtp, "NEVER")
    send_with_report(smtp, "SUCCESS")
    smtp.sendmail(SENDER, [ANNA], mail())
    smtp.sendmail("", [ANNA], mail())
    _, recipient, ident = report_of(receiver.wait_for(1)[0], standins.report_key)
    assert (recipient["Action"], recipient["Status"], ident) == ("failed", "5.1.1", "<1.1@grannsamverkan.example>")
    time.sleep(0.1)
    assert len(receiver.taken) == 1


def test_reports_can_be_left_out(smtp: smtplib.SMTP, standins: Standins, receiver: Any) -> None:
    standins.behave_mail({"report_url": receiver.url, "reports": False})
    send_with_report(smtp, "SUCCESS")
    standins.behave_mail({"reports": True})
    send_with_report(smtp, "SUCCESS", BO)
    assert report_of(receiver.wait_for(1)[0], standins.report_key)[1]["Final-Recipient"] == f"rfc822;{BO}"
