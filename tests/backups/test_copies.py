"""A copy taken while it runs, restored on either database: the same rows, nothing sent again, the erased still gone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from grannsamverkan import flow, invariants, schema, upkeep
from grannsamverkan.backups import held, restoring, taking
from grannsamverkan.backups.journal import end_old
from grannsamverkan.backups.taking import CopyFailed
from grannsamverkan.domain import accounts, alerts, keeping, membership, notices, people
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.alerts import AlertState
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.copy_files import copies_in
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.sealed_file import new_pair
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import SettingsError
from grannsamverkan.wiring import ensure_let_go
from tests.support.builders import (
    HOOR,
    NOW,
    a_household,
    a_mailbox,
    a_network,
    a_person,
    a_phone,
    a_street,
    an_account,
    an_approved_alert,
    deliveries_of,
)
from tests.support.recording_channel import RecordingChannel

SMS = ChannelKind.SMS
PUBLIC, PRIVATE = new_pair()


@dataclass
class Restored:
    """The restored installation, with ways out of its own."""

    runtime: Runtime
    sms: RecordingChannel
    email: RecordingChannel

    @property
    def sent(self) -> int:
        return len(self.sms.sent) + len(self.email.sent)


@pytest.fixture
def restored(runtime: Runtime, empty: str) -> Iterator[Restored]:
    """An installation over the empty database, for `put_back` to fill."""
    sms, email = RecordingChannel(SMS, can_ask=True), RecordingChannel(ChannelKind.EMAIL, can_ask=False)
    database = Database(empty, runtime.database.vault)
    there = replace(runtime, database=database, channels={SMS: sms, ChannelKind.EMAIL: email})
    yield Restored(there, sms, email)
    database.close()


def copied(runtime: Runtime, folder: Path) -> Path:
    return taking.take(runtime.database, folder, PUBLIC, now=runtime.clock.now()).file


def with_journal(runtime: Runtime, folder: Path) -> Runtime:
    backup = runtime.settings.backup.model_copy(update={"folder": str(folder)})
    return replace(runtime, settings=runtime.settings.model_copy(update={"backup": backup}))


@pytest.mark.goal("P4")
def test_whoever_took_something_back_since_the_copy_stays_without_it(
    runtime: Runtime, restored: Restored, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    runtime = with_journal(runtime, folder)
    with runtime.database.write() as session:
        network = a_network(session)
        erased, stopped, withdrew, stays = (a_person(session, sms=a_phone(number)) for number in range(4))
        began_again = a_person(session, email=a_mailbox(0))
        for person in (erased, stopped, withdrew, stays, began_again):
            a_household(session, network, person)
        erased.name = "Astrid"
        ended, kept = an_account(session, "slutar", Role.COORDINATOR), an_account(session, "stannar", Role.COORDINATOR)
    file = copied(runtime, folder)
    mailbox = people.lookup_of(session, ChannelKind.EMAIL, a_mailbox(0))
    with runtime.database.write() as session:
        newer = a_person(session, sms=a_phone(4))  # whose number another person will get in the restored rows
        membership.erase_everywhere(session, newer.id or 0, now=NOW)
        membership.erase_everywhere(session, erased.id or 0, now=NOW)
        people.stop(session, SMS, people.lookup_of(session, SMS, a_phone(1)), source="reply", now=NOW)
        people.withdraw(session, withdrew.id or 0, SMS, now=NOW)
        people.stop(session, ChannelKind.EMAIL, mailbox, source="link", now=NOW)
        people.allow_again(session, ChannelKind.EMAIL, mailbox, now=NOW)
        accounts.end_account(session, ended.id or 0, NOW)
    assert upkeep.keep_journal(runtime) > 0
    assert upkeep.keep_journal(runtime) == 0
    journal = folder / keeping.JOURNAL
    assert end_old(runtime.database, folder, before=NOW) == 0
    assert not any(plain in journal.read_text() for plain in ("Astrid", a_phone(0), a_phone(1), a_mailbox(0)))

    restoring.restore(restored.runtime.database, file, PRIVATE, now=NOW)
    gone = held.take_back(restored.runtime.database, journal, now=NOW)
    assert gone["erased"] == gone["withdrawn"] == gone["account_ended"] == 1
    held.let_go(restored.runtime)
    with restored.runtime.database.read() as session:
        assert session.get_one(Person, erased.id).name is None
        addresses = set(session.exec(select(ContactAddress.value)))
        assert addresses == {a_phone(1), a_phone(2), a_phone(3), a_mailbox(0)}
        wanted = [
            people.is_wanted(session, SMS, people.lookup_of(session, SMS, a_phone(number))) for number in range(4)
        ]
        assert wanted == [False, False, False, True]
        assert people.is_wanted(session, ChannelKind.EMAIL, mailbox)
        assert [session.get_one(accounts.Account, one.id).ended_at is None for one in (ended, kept)] == [False, True]
    alert_id = an_approved_alert(restored.runtime, network.id or 0)
    drain(restored.runtime)
    assert len(deliveries_of(restored.runtime, alert_id)) == restored.sent == 2


def test_what_may_have_gone_since_the_copy_never_goes_again(
    runtime: Runtime, restored: Restored, tmp_path: Path, sms: RecordingChannel
) -> None:
    network_id = a_street(runtime, phones=3, mailboxes=2)
    sent_id = an_approved_alert(runtime, network_id)
    drain(runtime)
    waiting_id = an_approved_alert(runtime, network_id)
    flow.fan_out(runtime, alert_id=waiting_id)
    not_begun_id = an_approved_alert(runtime, network_id)
    with runtime.database.write() as session:
        address = session.exec(select(ContactAddress).order_by(col(ContactAddress.id))).first()
        assert address is not None
        words = notices.words.welcome("Grannsamverkan Höör", "Nyby")
        notices.queue(
            session,
            address,
            NoticeKind.WELCOME,
            words,
            municipality_code=HOOR,
            about="test",
            key="1",
            now=NOW,
            valid_for=timedelta(days=1),
        )
    file = copied(runtime, tmp_path)
    drain(runtime)  # all of it goes, and then the machine is lost

    database = restored.runtime.database
    restoring.restore(database, file, PRIVATE, now=NOW)
    with pytest.raises(SettingsError, match="let-go"):
        ensure_let_go(restored.runtime)
    with pytest.raises(Refused, match="journal_not_applied"):
        held.let_go(restored.runtime)
    held.take_back(database, None, now=NOW)
    marked = held.let_go(restored.runtime)
    ensure_let_go(restored.runtime)
    with database.read() as session:
        numbers = [alerts.alert(session, one).number or 0 for one in (waiting_id, not_begun_id)]
        assert [alerts.alert(session, one).state for one in (sent_id, not_begun_id)] == [AlertState.SENDING] * 2
        assert session.exec(select(Notice.state)).all() == [NoticeState.UNKNOWN]
    assert (marked["copies"], marked["notices"], marked["alerts"], marked["numbers"]) == (5, 1, 1, numbers)
    states = {row.state for row in deliveries_of(restored.runtime, waiting_id)}
    assert states == {DeliveryState.UNKNOWN}
    drain(restored.runtime)
    assert restored.sent == 0
    assert not any(invariants.offences(restored.runtime).values())
    with pytest.raises(Refused, match="not_restored"):
        held.let_go(restored.runtime)

    next_id = an_approved_alert(restored.runtime, network_id)
    drain(restored.runtime)
    with database.read() as session:
        assert (alerts.alert(session, next_id).number or 0) > max(numbers) + 100  # which have been others' meanwhile
    rows = deliveries_of(restored.runtime, next_id)
    assert {row.state for row in rows} == {DeliveryState.HANDED_OVER}
    assert min(row.id or 0 for row in rows) > 100_000
    assert schema.differences(database) == []


@pytest.mark.goal("P24")
@pytest.mark.goal("S33")
def test_a_copy_says_nothing_to_whoever_finds_it_and_ends(sqlite_runtime: Runtime, tmp_path: Path) -> None:
    a_street(sqlite_runtime, phones=3, mailboxes=2)
    first = copied(sqlite_runtime, tmp_path)
    raw = first.read_bytes()
    plain = [a_phone(0), a_mailbox(0), "contact_address", "Nybyvägen"]
    assert [one for one in plain if one.encode() in raw] == []
    assert first.stat().st_mode & 0o077 == 0
    with pytest.raises(CopyFailed, match="another key"):
        list(taking.lines_in(first, private_key=new_pair()[1]))
    opened = repr(list(taking.lines_in(first, private_key=PRIVATE)))  # its sealed cells need the keys of the data too
    assert "contact_address" in opened
    assert [one for one in (a_phone(0), a_mailbox(0), "Nybyvägen") if one in opened] == []
    later = NOW + timedelta(days=31)
    assert taking.end_old(tmp_path, now=later, keep_days=30) == []  # the only one there is
    second = taking.take(sqlite_runtime.database, tmp_path, PUBLIC, now=later).file
    assert taking.end_old(tmp_path, now=later, keep_days=30) == [first]
    assert [file for file, _ in copies_in(tmp_path)] == [second]


def test_a_damaged_copy_leaves_nothing_behind(sqlite_runtime: Runtime, tmp_path: Path, empty_sqlite: str) -> None:
    file = copied(sqlite_runtime, tmp_path)
    file.write_bytes(file.read_bytes()[:-1])
    target = Database(empty_sqlite, sqlite_runtime.database.vault)
    with pytest.raises(CopyFailed, match="does not open"):
        restoring.restore(target, file, PRIVATE, now=NOW)
    assert not Path(empty_sqlite).exists()
    target.close()


def test_a_copy_of_a_later_version_is_refused_with_words(
    sqlite_runtime: Runtime, tmp_path: Path, empty_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(schema, "revisions", lambda _database: ("9001", "9001"))
        file = copied(sqlite_runtime, tmp_path)
    target = Database(empty_sqlite, sqlite_runtime.database.vault)
    with pytest.raises(CopyFailed, match="by a later version"):
        restoring.restore(target, file, PRIVATE, now=NOW)
    assert not Path(empty_sqlite).exists()
    target.close()


def test_a_copy_goes_into_an_empty_database_only(sqlite_runtime: Runtime, tmp_path: Path) -> None:
    a_street(sqlite_runtime, phones=1)
    file = copied(sqlite_runtime, tmp_path)
    with pytest.raises(CopyFailed, match="into an empty one"):
        restoring.restore(sqlite_runtime.database, file, PRIVATE, now=NOW)
    with sqlite_runtime.database.read() as session:
        assert session.exec(select(ContactAddress.value)).all() == [a_phone(0)]
