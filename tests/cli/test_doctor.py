"""What the doctor finds, one fault at a time; name server and relays are real ones on this machine."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.resolver
import dns.rrset
import pytest
from click.testing import Result

from grannsamverkan.domain import police
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.sealed_file import new_pair
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.standins.launch import Standins
from grannsamverkan.wiring import open_runtime
from tests.cli.conftest import told
from tests.support.builders import a_person, a_phone

DOMAIN = "gs.hoor.test"
WHOLE = {
    (DOMAIN, "TXT"): ['"annat"', '"v=spf1 mx -all"'],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject"'],
    (DOMAIN, "MX"): [f"10 mx.{DOMAIN}."],
}

Records = dict[tuple[str, str], list[str]]


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """What the name server of this machine knows; the system's own is not asked."""
    known: Records = dict(WHOLE)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                wire, asker = server.recvfrom(4096)
            except OSError:
                return
            if not wire:
                return
            query = dns.message.from_wire(wire)
            reply = dns.message.make_response(query)
            reply.flags |= dns.flags.RA
            (question,) = query.question
            kind = "TXT" if question.rdtype == 16 else "MX"
            found = known.get((str(question.name).rstrip("."), kind))
            if found:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
            server.sendto(reply.to_wire(), asker)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    yield known
    server.sendto(b"", server.getsockname())
    thread.join(5)
    server.close()


@pytest.fixture
def well(installed: Path, standins: Standins, records: Records, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """An installation that lacks nothing; call it to change settings."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"GRANNSAMVERKAN_{name.upper()}", value)

    copies = installed.parent / "copies"
    copies.mkdir()
    (copies / f"grannsamverkan-{datetime.now(UTC):%Y%m%dT%H%M%S}Z.gskopia").touch()
    change(
        backup_folder=str(copies),
        backup_public_key=new_pair()[0],
        sms_account_sid=standins.account_sid,
        sms_auth_token=standins.auth_token,
        sms_sender="+46701740699",
        email_host=standins.smtp_host,
        email_port=str(standins.smtp_port),
        email_domain=DOMAIN,
        installation_security_contact="mailto:sakerhet@kommun.example",
        installation_outside_hosts="api.twilio.com api.46elks.com polisen.se id.hoor.test",
        installation_security_until=f"{datetime.now(UTC) + timedelta(days=100):%Y-%m-%d}",
    )
    return change


def findings(door: Callable[..., Result], *words: str) -> dict[str, Any]:
    """What is not well, by name; the exit code says the same."""
    result = door("doctor", "--json", *words)
    answer = told(result)
    wrong = {name: words for name, words in answer.items() if name != "ok" and words != "ok"}
    assert answer["ok"] is (not wrong)
    assert result.exit_code == (1 if wrong else 0)
    return wrong


def test_all_is_well(door: Callable[..., Result], well: Callable[..., None]) -> None:
    assert findings(door) == {}
    assert "ok  dns" in door("doctor").stdout.splitlines()


def test_a_fresh_installation_lacks_its_channels(door: Callable[..., Result], installed: Path) -> None:
    found = findings(door)
    assert set(found) >= {"sms", "dns"}
    assert "[sms] is not set" in found["sms"]
    assert "belongs to nobody" in found["dns"]


def test_half_a_second_provider_is_a_finding(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(sms_second_username="u1", sms_second_sender="+46701740698")
    assert findings(door) == {"second_sms": "the second provider lacks sms.second_password"}


def test_settings_that_cannot_be_read_are_a_finding(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_WEB_PORTT", "1")
    assert "GRANNSAMVERKAN_WEB_PORTT" in findings(door)["settings"]


def test_missing_keys(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(keys_data="", keys_lookup="")
    assert "run `grannsamverkan init`" in findings(door)["keys"]


def test_keys_of_another_database(door: Callable[..., Result], well: Callable[..., None]) -> None:
    with open_runtime() as runtime, runtime.database.write() as session:
        a_person(session, sms=a_phone(0))
    assert findings(door) == {}
    well(keys_data=new_key())
    assert set(findings(door)) == {"keys"}


def test_a_database_without_tables(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(database_url="another.db")
    found = findings(door)
    assert set(found) == {"database", "keys", "municipality"}
    assert "db upgrade" in found["database"]


def test_a_database_that_does_not_answer(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(database_url="postgresql://nobody:secret@127.0.0.1:1/nothing")
    found = findings(door)
    assert "does not answer" in found["database"]
    assert "secret" not in str(found)


def test_no_municipality(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(database_url="another.db")
    assert door("db", "upgrade").exit_code == 0
    assert set(findings(door)) == {"municipality"}


def test_a_feed_that_has_stopped_for_good(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(police_enabled="true", police_contact="drift@kommun.example")
    assert findings(door) == {}
    with open_runtime() as runtime, runtime.database.write() as session:
        told_so: dict[str, Any] = {"not_before": None, "failures": 0, "etag": None, "last_modified": None}
        police.note_answer(session, now=datetime.now(UTC), status=404, final=True, **told_so)
    assert "grannsamverkan police resume" in findings(door)["police"]
    assert door("police", "resume").exit_code == 0
    assert findings(door) == {}


def test_a_relay_that_does_not_answer(door: Callable[..., Result], well: Callable[..., None]) -> None:
    well(email_port="1")
    assert "no mail relay answers" in findings(door)["email"]


def test_a_relay_without_pipelining(door: Callable[..., Result], well: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rwb") as lines:
                for answer in (b"220 relay\r\n", b"250-relay\r\n250 SIZE\r\n", b"221 bye\r\n"):
                    lines.write(answer)
                    lines.flush()
                    lines.readline()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        well(email_port=str(server.getsockname()[1]))
        assert "PIPELINING" in findings(door)["email"]
        thread.join(5)


@pytest.mark.parametrize(
    ("missing", "instead", "says"),
    [
        ((DOMAIN, "TXT"), [], "SPF"),
        ((f"_dmarc.{DOMAIN}", "TXT"), [], "DMARC (TXT"),
        ((f"_dmarc.{DOMAIN}", "TXT"), ['"v=DMARC1; p=none"'], "stricter than none"),
        ((DOMAIN, "MX"), [], "MX"),
    ],
)
def test_records_that_receivers_ask_for(
    door: Callable[..., Result],
    well: Callable[..., None],
    records: Records,
    missing: tuple[str, str],
    instead: list[str],
    says: str,
) -> None:
    records[missing] = instead
    found = findings(door)
    assert set(found) == {"dns"}
    assert says in found["dns"]


def test_for_real_neighbours_nothing_is_wanting(door: Callable[..., Result], well: Callable[..., None]) -> None:
    assert findings(door, "--production") == {}


@pytest.mark.goal("S37")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("https", {"installation_base_url": "http://gs.hoor.test"}),
        ("providers", {"sms_base_url": "http://127.0.0.1:1"}),
        ("providers", {"sms_second_base_url": "http://127.0.0.1:1"}),
        ("providers", {"sms_base_url": "http://api.twilio.com"}),
        ("mode", {"installation_mode": "demo", "sms_base_url": "http://127.0.0.1:1"}),
        ("web_key", {"keys_web": "kort"}),
        ("sign_in", {"web_second_step": "off"}),
        ("outside", {"installation_outside_hosts": ""}),
        ("security_txt", {"installation_security_contact": ""}),
        ("security_txt", {"installation_security_until": "2026-01-31"}),
        ("security_txt", {"installation_security_until": "2126-01-31"}),
        ("oidc", {"oidc_issuer": "http://id.hoor.test"}),
        ("old_keys", {"keys_data_also": new_key()}),
        ("backup", {"backup_public_key": ""}),
        ("backup", {"backup_folder": "nowhere"}),
        ("backup", {"backup_journal_days": "7"}),
        ("oidc", {"oidc_issuer": "https://id.hoor.test"}),
        ("oidc", {"oidc_issuer": "https://id.hoor.test", "oidc_client_id": "g", "oidc_client_secret": "hemligt"}),
    ],
)
def test_what_must_not_face_real_neighbours(
    door: Callable[..., Result], well: Callable[..., None], name: str, values: dict[str, str]
) -> None:
    well(**values)
    assert name in findings(door, "--production")
    assert name not in findings(door)


def test_a_config_that_others_can_read(door: Callable[..., Result], well: Callable[..., None], installed: Path) -> None:
    (installed / "config.toml").chmod(0o644)
    assert "chmod 600" in findings(door, "--production")["config_file"]


def test_nothing_personal_is_told(door: Callable[..., Result], well: Callable[..., None]) -> None:
    with open_runtime() as runtime, runtime.database.write() as session:
        person = a_person(session, sms=a_phone(1))
        assert session.get(ContactAddress, 1) is not None
        assert person.id is not None
        assert ChannelKind.SMS
    result = door("doctor", "--production")
    assert a_phone(1)[3:] not in result.output
