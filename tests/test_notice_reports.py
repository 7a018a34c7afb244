"""Reports on notices, all the way: out over SMTP, back as a signed report through the product's own entrance."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan import notify, wiring
from grannsamverkan.app import create_app
from grannsamverkan.domain import notices
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeState, Words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from tests.conftest import standin_settings
from tests.support.browser import served
from tests.support.builders import HOOR, a_mailbox, a_network, a_person


@pytest.fixture
def way(standins: Standins, sqlite_url: str, keys: dict[str, str]) -> Iterator[Runtime]:
    """The way with a relay that reports back to the product's own door."""
    chosen = standin_settings(standins, keys, sqlite_url)
    chosen = chosen.model_copy(update={"email": chosen.email.model_copy(update={"report_key": standins.report_key})})
    runtime = Runtime(
        chosen,
        Database(sqlite_url, Vault(keys["data"], keys["lookup"])),
        SystemClock(),
        InlineEngine(),
        wiring.build_channels(chosen),
    )
    with served(create_app(runtime)) as base_url:
        standins.behave_mail({"report_url": f"{base_url}/ingang/epost", "report_delay_ms": 5})
        yield runtime
    standins.behave_mail({"report_url": ""})
    runtime.close()


def a_notice(runtime: Runtime, number: int, kind: NoticeKind = NoticeKind.WELCOME) -> int:
    with runtime.database.write() as session:
        if number == 0:
            a_network(session, now=runtime.clock.now())
        person = a_person(session, email=a_mailbox(number), now=runtime.clock.now())
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == person.id)).one()
        row = notices.queue(
            session,
            address,
            kind,
            Words("Ämne", "Hej.", "Hej."),
            municipality_code=HOOR,
            about="test",
            key=str(number),
            now=runtime.clock.now(),
            valid_for=timedelta(hours=1),
        )
        assert row is not None
        return row.id or 0


def when_final(runtime: Runtime, notice_id: int, timeout_s: float = 10.0) -> Notice:
    ends_at = time.monotonic() + timeout_s
    while True:
        with runtime.database.read() as session:
            row = session.get(Notice, notice_id)
            assert row is not None
        if row.state in notices.FINAL or time.monotonic() > ends_at:
            return row
        time.sleep(0.02)


def dead_code(runtime: Runtime, notice: Notice) -> str | None:
    with runtime.database.read() as session:
        address = session.get(ContactAddress, notice.address_id)
        assert address is not None
        return address.dead_code


@pytest.mark.slow
def test_a_notice_is_settled_by_the_mail_systems_report(way: Runtime, standins: Standins) -> None:
    standins.behave_mail({"addresses": {a_mailbox(1): {"dsn": "failed"}}})
    arrived, bounced = a_notice(way, 0), a_notice(way, 1)
    assert notify.send_notices(way) == 2
    good, bad = when_final(way, arrived), when_final(way, bounced)
    assert (good.state, good.code, dead_code(way, good)) == (NoticeState.DELIVERED, None, None)
    assert (bad.state, bad.code, dead_code(way, bad)) == (NoticeState.FAILED, "5.1.1", "5.1.1")
    assert [mail["message_id"] for mail in standins.mail_messages()] == [
        f"<m{arrived}.hoor@gs.hoor.example>",
        f"<m{bounced}.hoor@gs.hoor.example>",
    ]
    with way.database.write() as session:  # nothing more goes to a dead mailbox
        address = session.get(ContactAddress, bad.address_id)
        assert address is not None
        assert not notices.may_get(session, address, NoticeKind.WELCOME, now=way.clock.now())
