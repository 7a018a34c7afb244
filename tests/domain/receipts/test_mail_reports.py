import time

import pytest

from grannsamverkan.domain.receipts import read_mail_report
from grannsamverkan.foundation.ports import About, ProviderReceipt, Said
from grannsamverkan.standins.delivery_report import Reported, report
from tests.support.builders import a_mailbox

HEADERS = b"From: hoor@gs.hoor.example\r\nMessage-ID: <1000.77@gs.hoor.example>\r\nSubject: Varning\r\n"


def a_report(*, envelope_id: str = "77", headers: bytes = HEADERS, is_delivered: bool = True) -> bytes:
    return report(Reported("bounce@gs.hoor.example", a_mailbox(1), "", envelope_id, headers, is_delivered, time.time()))


def test_a_delivered_mail_is_known_by_its_envelope() -> None:
    found = read_mail_report(a_report(envelope_id="78"))
    assert found == ProviderReceipt(78, "", "dsn-delivered", Said.DELIVERED)


def test_a_failed_mail_brings_its_code_and_no_sentence() -> None:
    assert read_mail_report(a_report(is_delivered=False)) == ProviderReceipt(77, "", "dsn-failed", Said.FAILED, "5.1.1")


def test_a_report_without_envelope_is_known_by_the_mail_it_quotes() -> None:
    found = read_mail_report(a_report(envelope_id=""))
    assert found is not None
    assert found.delivery_id == 77


@pytest.mark.parametrize(
    ("action", "said"), [("relayed", Said.ON_ITS_WAY), ("expanded", Said.ON_ITS_WAY), ("delayed", None), ("odd", None)]
)
def test_other_actions(action: str, said: Said | None) -> None:
    found = read_mail_report(a_report().replace(b"Action: delivered", b"Action: " + action.encode()))
    assert (found and found.said) == said


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: hej\r\n\r\nJag vill sluta",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x--\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n--x--",
        a_report(envelope_id="", headers=b"Message-ID: <other@elsewhere.example>\r\n"),
        a_report(envelope_id="77; DROP", headers=b"Subject: x\r\n"),
    ],
)
def test_what_is_no_report_of_ours_is_none(raw: bytes) -> None:
    assert read_mail_report(raw) is None


NOTICE_HEADERS = b"From: hoor@gs.hoor.example\r\nMessage-ID: <m77.hoor@gs.hoor.example>\r\nSubject: Din kvart\r\n"


@pytest.mark.parametrize("report", [a_report(envelope_id="m77"), a_report(envelope_id="", headers=NOTICE_HEADERS)])
def test_a_notice_is_told_from_a_warnings_copy(report: bytes) -> None:
    assert read_mail_report(report) == ProviderReceipt(77, "", "dsn-delivered", Said.DELIVERED, about=About.NOTICE)


@pytest.mark.parametrize("wrong", ["m", "mm77", "77m", "m-1", "m" + "7" * 19])
def test_what_only_looks_like_a_notice_is_none(wrong: str) -> None:
    assert read_mail_report(a_report(envelope_id=wrong, headers=b"Subject: x\r\n")) is None
