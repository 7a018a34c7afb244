"""Reports fetched from a real IMAP server: each taken once, put aside, and nothing of anybody else's touched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from grannsamverkan import replies
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.receipts import FetchedMail
from grannsamverkan.feeds.imap_mailbox import ImapMailbox
from grannsamverkan.foundation.ports import MailboxAway
from grannsamverkan.foundation.return_path import return_address
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Bounces, SettingsError, load
from grannsamverkan.wiring import build_mailbox
from tests.support.builders import a_street, an_approved_alert, deliveries_of
from tests.support.imap_server import PASSWORD, USER, ImapServer, imap_server

SECRET = "a" * 64
LETTER = "From: granne1@post.example\r\nSubject: Hej\r\n\r\nTack för varningen!\r\n".encode()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    with imap_server(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


def about(server: ImapServer, **others: Any) -> Bounces:
    chosen = {"host": "localhost", "port": server.tls_port, "username": USER, "password": PASSWORD, **others}
    return Bounces(**{"timeout_s": 10.0, **chosen})


def fetching(runtime: Runtime, bounces: Bounces) -> Runtime:
    email = runtime.settings.email.model_copy(update={"report_key": SECRET, "own_return_paths": True})
    settings = runtime.settings.model_copy(update={"email": email, "bounces": bounces})
    return replace(runtime, settings=settings, mailbox=build_mailbox(settings))


def report(key: object) -> bytes:
    to = return_address("gs.hoor.example", key=str(key), secret=SECRET)
    head = f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: failure notice\r\n\r\n"
    return f"{head}<granne0@post.example>:\r\n550 5.1.1 user unknown\r\n".encode()


@pytest.fixture
def alert_id(runtime: Runtime) -> int:
    """A warning handed over to three mailboxes."""
    alert_id = an_approved_alert(runtime, a_street(runtime, mailboxes=3))
    drain(runtime)
    return alert_id


def failed(runtime: Runtime, alert_id: int) -> int:
    return [row.state for row in deliveries_of(runtime, alert_id)].count(DeliveryState.FAILED)


def test_each_report_is_taken_once_and_marked_as_read(runtime: Runtime, server: ImapServer, alert_id: int) -> None:
    own = fetching(runtime, about(server))
    first, second, _ = deliveries_of(runtime, alert_id)
    server.put(report(first.id), LETTER, report(second.id), report("999999"))
    assert replies.fetch_returned(own) == replies.Fetch(read=4, taken=3)
    assert failed(runtime, alert_id) == 2
    assert server.found("UNSEEN") == [LETTER]  # a person's, for a person
    assert len(server.found()) == 4
    assert replies.fetch_returned(own) == replies.Fetch()


def test_what_was_taken_is_moved_where_that_is_wanted(runtime: Runtime, server: ImapServer, alert_id: int) -> None:
    own = fetching(runtime, about(server, move_to="Tagna rapporter"))
    server.put(report(deliveries_of(runtime, alert_id)[0].id), LETTER)
    assert replies.fetch_returned(own) == replies.Fetch(read=2, taken=1)
    assert server.found() == [LETTER]
    assert len(server.found(folder="Tagna rapporter")) == 1
    assert replies.fetch_returned(own) == replies.Fetch()


def test_one_that_somebody_marks_as_unread_is_not_taken_again(
    runtime: Runtime, server: ImapServer, alert_id: int
) -> None:
    own = fetching(runtime, about(server))
    server.put(report(deliveries_of(runtime, alert_id)[0].id))
    replies.fetch_returned(own)
    with server.signed_in() as mailbox:
        mailbox.uid("STORE", "1:*", "-FLAGS", r"(\Seen)")
    assert replies.fetch_returned(own) == replies.Fetch()
    assert server.found("UNSEEN") == []


KILLED = """
import sys
from grannsamverkan import replies
from grannsamverkan.wiring import open_runtime
with open_runtime() as runtime:
    print(replies.fetch_returned(runtime))
"""


@pytest.mark.parametrize("point", ["after_mail_taken", "after_mail_noted"])
def test_a_kill_in_between_neither_loses_nor_doubles(
    point: str, runtime: Runtime, server: ImapServer, alert_id: int, keys: dict[str, str], tmp_path: Path
) -> None:
    rows = deliveries_of(runtime, alert_id)
    server.put(*[report(row.id) for row in rows])
    variables = {
        "DATABASE_URL": runtime.database.engine.url.render_as_string(hide_password=False),
        "EMAIL_REPORT_KEY": SECRET,
        "EMAIL_OWN_RETURN_PATHS": "true",
        "BOUNCES_HOST": "localhost",
        "BOUNCES_PORT": str(server.tls_port),
        "BOUNCES_USERNAME": USER,
        "BOUNCES_PASSWORD": PASSWORD,
        "FAULT_POINT": f"{point}:2",
        **{f"KEYS_{name}".upper(): value for name, value in keys.items()},
    }
    env = {**os.environ, **{f"GRANNSAMVERKAN_{name}": value for name, value in variables.items()}}
    done = subprocess.run([sys.executable, "-c", KILLED], env=env, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert failed(runtime, alert_id) == 2
    assert len(server.found("UNSEEN")) == 2
    again = replies.fetch_returned(fetching(runtime, about(server)))
    assert again.read == {"after_mail_taken": 2, "after_mail_noted": 1}[point]
    assert failed(runtime, alert_id) == 3
    assert server.found("UNSEEN") == []
    with runtime.database.read() as session:
        assert len(session.exec(select(FetchedMail)).all()) == 3


# ------------------------------------------------------------------------------------------------------- the door


def test_starttls_and_a_folder_of_its_own(server: ImapServer) -> None:
    with server.signed_in() as mailbox:
        mailbox.create('"Retur e-post"')
    with ImapMailbox(about(server, port=server.port, security="starttls", folder="Retur e-post")).visit() as visit:
        assert visit.unread() == []
    with ImapMailbox(about(server)).visit() as other:
        assert other.place != visit.place


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"password": "fel"}, "username and password"),
        ({"folder": "Finns inte"}, "no such folder"),
        ({"port": 9, "security": "none"}, "no connection"),
    ],
)
def test_what_is_wrong_is_said(server: ImapServer, others: dict[str, Any], words: str) -> None:
    with pytest.raises(MailboxAway, match=words), ImapMailbox(about(server, **others)).visit():
        pass


def test_a_certificate_that_nobody_vouches_for_is_refused(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MailboxAway, match="certificate"), ImapMailbox(about(server)).visit():
        pass


def test_without_return_addresses_of_our_own_no_mailbox_is_read() -> None:
    with pytest.raises(SettingsError, match="own_return_paths"):
        build_mailbox(load(bounces={"host": "mail.example"}))


def test_a_demo_reads_no_mailbox_elsewhere() -> None:
    inside: dict[str, Any] = {"installation": {"mode": "demo"}, "sms": {"base_url": "http://127.0.0.1:1"}}
    with pytest.raises(SettingsError, match="a demo may only read a mailbox on this machine"):
        load(**inside, bounces={"host": "mail.example"})
