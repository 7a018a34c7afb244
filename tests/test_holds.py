"""What is held outlives every clean-up, for as long as it is held, and nothing else does; looking deletes nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from grannsamverkan import flow, invariants, schema, upkeep
from grannsamverkan.domain import audit, keeping, people
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, NOW, a_street, an_approved_alert, deliveries_of
from tests.support.copies import copied
from tests.support.lived_in import LivedIn, live_in

DAY = timedelta(days=1)
LONG = 3 * 366 * DAY
# The tables that a kind's rows stand in. What only closes, or takes a name away, deletes no row.
TABLES = {
    "copies": ("delivery", "batch", "visit", "audience", "audience_address"),
    "receipts": ("receipt",),
    "fetched_mails": ("fetched_mail",),
    "stopped_addresses": ("contact_address",),
    "unproved_addresses": ("contact_address",),
    "notices": ("notice",),
    "enrolments": ("enrolment", "contact_address"),
    "imported_rows": ("imported_row", "member_import"),
    "newcomers": (),
    "interests": ("interest",),
    "resigned": (),
    "leavers": ("contact_address",),
    "codes": ("one_time_code",),
    "replies": ("reply",),
    "police_events": ("police_event", "police_event_version"),
    "tasks": ("task",),
    "advice_given": ("advice_given",),
    "drafts": ("alert",),
    "sign_ins": ("sign_in_try", "sign_in_session", "known_device"),
    "views": ("view_entry",),
    "webhook_calls": ("webhook_call",),
    "minutes": ("available_hour",),
    "holds": ("hold",),
    "acts": ("audit_entry",),
}


def hold(runtime: Runtime, *kinds: str, days: int = 90) -> list[int]:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        rows = [
            keeping.place_hold(session, kind, reason="Ärende 7", until=now + days * DAY, account_id=1, now=now)
            for kind in kinds
        ]
        return [row.id or 0 for row in rows]


def counted(runtime: Runtime, *tables: str) -> dict[str, int]:
    with runtime.database.read() as session:
        found = {name: session.connection().execute(schema.metadata.tables[name].select()).all() for name in tables}
        return {name: len(rows) for name, rows in found.items()}


@pytest.fixture
def lived_in(tmp_path: Path) -> Iterator[LivedIn]:
    """A town with something of most kinds, three years later: all of it has had its time."""
    lived = live_in(tmp_path)
    runtime, clock = lived.town.runtime, lived.town.clock
    assert isinstance(clock, SetClock)
    with runtime.database.write() as session:
        first = session.exec(select(people.ContactAddress).order_by(col(people.ContactAddress.id))).first()
        assert first is not None
        people.stop(session, ChannelKind.SMS, first.lookup, source="reply", now=clock.now())
    clock.advance(DAY)
    upkeep.seal_audit(runtime)
    clock.advance(LONG)
    yield lived
    runtime.close()


@pytest.mark.goal("P7")
def test_each_kind_that_is_held_loses_no_row_and_the_others_go(lived_in: LivedIn, tmp_path: Path) -> None:
    assert tuple(TABLES) == upkeep.KINDS
    would_go, held = upkeep.due(lived_in.town.runtime)
    assert held == frozenset()
    assert sum(rows > 0 for rows in would_go.values()) >= 12, would_go
    for kind, tables in TABLES.items():
        town = copied(lived_in, tmp_path / kind).town
        hold(town.runtime, kind)
        before = counted(town.runtime, *tables)
        gone = upkeep.forget(town.runtime)
        after = counted(town.runtime, *tables)
        grown = {"audit_entry"}  # that something was forgotten is an act
        assert {name: rows for name, rows in after.items() if name not in grown} == {
            name: rows for name, rows in before.items() if name not in grown
        }, kind
        assert all(after[name] >= before[name] for name in grown & after.keys())
        assert gone[kind] == 0
        assert sum(gone.values()) > 0
        town.runtime.close()


@pytest.mark.goal("P7")
def test_a_held_address_that_said_stopp_gets_nothing(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=2)
    with runtime.database.write() as session:
        first = session.exec(select(people.ContactAddress).order_by(col(people.ContactAddress.id))).first()
        assert first is not None
        people.stop(session, ChannelKind.SMS, first.lookup, source="reply", now=NOW)
    hold(runtime, "stopped_addresses")
    clock.advance(20 * DAY)
    assert upkeep.forget(runtime)["stopped_addresses"] == 0
    assert counted(runtime, "contact_address") == {"contact_address": 2}
    alert_id = an_approved_alert(runtime, network_id)
    drain(runtime)
    assert first.lookup not in {row.lookup for row in deliveries_of(runtime, alert_id)}


@pytest.mark.goal("P7")
@pytest.mark.parametrize("end", ["its day", "a person"])
def test_when_a_hold_ends_what_has_had_its_time_goes(runtime: Runtime, clock: SetClock, end: str) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "SM1", "delivered", Said.DELIVERED))
    flow.close_alerts(runtime)
    (hold_id,) = hold(runtime, "receipts", days=60)
    clock.advance(59 * DAY)
    assert upkeep.due(runtime)[1] == {"receipts", "copies"}
    assert upkeep.due(runtime)[0]["copies"] > 2
    gone = upkeep.forget(runtime)
    assert (gone["receipts"], gone["copies"]) == (0, 0)
    assert counted(runtime, "receipt", "delivery") == {"receipt": 2, "delivery": 2}
    if end == "a person":
        with runtime.database.write() as session:
            keeping.release_hold(session, hold_id, account_id=2, now=clock.now())
            keeping.release_hold(session, hold_id, account_id=3, now=clock.now())
    else:
        clock.advance(DAY)
    upkeep.forget(runtime)
    assert counted(runtime, "receipt", "delivery") == {"receipt": 0, "delivery": 0}
    with runtime.database.read() as session:
        acts = [(row.act, row.account_id) for row in audit.history(session, "hold", hold_id)]
    assert acts == [("hold.released", 2), ("hold.placed", 1)][end == "its day" :]


@pytest.mark.parametrize(
    ("reason", "days", "code"),
    [
        (" ", 9, "hold_reason"),
        ("x" * 201, 9, "hold_reason"),
        ("Ärende", 0, "hold_until"),
        ("Ä", 367, "hold_until"),
    ],
)
def test_a_hold_has_a_reason_and_an_end(sqlite_runtime: Runtime, reason: str, days: int, code: str) -> None:
    with sqlite_runtime.database.write() as session:
        with pytest.raises(Refused, match=code):
            keeping.place_hold(session, "acts", reason=reason, until=NOW + days * DAY, account_id=1, now=NOW)
        with pytest.raises(NotFound):
            keeping.release_hold(session, 7, account_id=1, now=NOW)


def test_a_hold_is_forgotten_with_the_acts_of_its_time(sqlite_runtime: Runtime, clock: SetClock) -> None:
    hold(sqlite_runtime, "replies", days=10)
    clock.advance(741 * DAY)
    assert upkeep.forget(sqlite_runtime)["holds"] == 0
    clock.advance(timedelta(seconds=1))
    assert upkeep.forget(sqlite_runtime)["holds"] == 1


def test_looking_deletes_nothing(lived_in: LivedIn) -> None:
    tables = sorted(schema.metadata.tables)
    before = counted(lived_in.town.runtime, *tables)
    gone, _ = upkeep.due(lived_in.town.runtime)
    assert counted(lived_in.town.runtime, *tables) == before
    assert upkeep.forget(lived_in.town.runtime) == gone


# ----------------------------------------------------------------------------------------------------- the two logs


def a_view(session: Session, at_days: int) -> None:
    audit.note_view(
        session,
        now=NOW + at_days * DAY,
        account_id=1,
        role="coordinator",
        what="register",
        municipality_code=HOOR,
        network_id=None,
        person_ids=[1],
    )


@pytest.mark.goal("P2")
def test_views_are_forgotten_after_two_years(runtime: Runtime, clock: SetClock) -> None:
    with runtime.database.write() as session:
        for days in (0, 1):
            a_view(session, days)
    clock.advance(731 * DAY)
    assert upkeep.forget(runtime)["views"] == 0
    clock.advance(timedelta(seconds=1))
    assert upkeep.forget(runtime)["views"] == 1
    assert counted(runtime, "view_entry") == {"view_entry": 1}


@pytest.mark.goal("P2")
def test_acts_are_let_go_after_two_years_and_what_is_left_is_still_a_chain(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=1)
    an_approved_alert(runtime, network_id)
    clock.advance(DAY)
    upkeep.seal_audit(runtime)
    for _ in range(2):  # twice, so that one letting go lets the one before it go too
        clock.advance(731 * DAY)
        newest = an_approved_alert(runtime, network_id)
        gone = upkeep.forget(runtime)
        assert gone["acts"] > 0
        clock.advance(DAY)
        assert upkeep.seal_audit(runtime) > 0
        with runtime.database.read() as session:
            assert audit.whole(session) is None
            assert [row.act for row in audit.history(session, "alert", newest)] == ["alert.approved"]
            assert session.exec(select(AuditEntry).where(AuditEntry.act == audit.LET_GO)).all()
        assert invariants.offences(runtime)["I8_audit_whole"] == 0


@pytest.mark.goal("S35")
@pytest.mark.parametrize("harm", ["one more goes", "one comes back", "the word is changed", "the word goes"])
def test_a_chain_whose_beginning_is_not_as_it_was_let_go_shows(
    sqlite_runtime: Runtime, clock: SetClock, harm: str
) -> None:
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        for day in range(6):
            audit.record(session, now=NOW + day * DAY, account_id=1, act="x", thing="y", thing_id=day)
    clock.advance(7 * DAY)
    upkeep.seal_audit(runtime)
    with runtime.database.write() as session:
        assert audit.forget_acts(session, before=NOW + 3 * DAY, now=clock.now()) == 3
    clock.advance(DAY)
    upkeep.seal_audit(runtime)
    with runtime.database.write() as session:
        assert audit.whole(session) is None
        rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        harms: dict[str, Callable[[], object]] = {
            "one more goes": lambda: session.delete(rows[0]),
            "one comes back": lambda: session.add(AuditEntry(id=1, at=NOW, act="x", thing="y", thing_id="0")),
            "the word is changed": lambda: setattr(rows[-1], "facts", {**rows[-1].facts, "seal": "00" * 32}),
            "the word goes": lambda: session.delete(rows[-1]),
        }
        harms[harm]()
        session.flush()
        assert audit.whole(session) is not None


def test_the_newest_sealed_act_stays(sqlite_runtime: Runtime, clock: SetClock) -> None:
    with sqlite_runtime.database.write() as session:
        for day in range(3):
            audit.record(session, now=NOW, account_id=1, act="x", thing="y", thing_id=day)
    clock.advance(1000 * DAY)
    upkeep.seal_audit(sqlite_runtime)
    assert upkeep.forget(sqlite_runtime)["acts"] == 2
    with sqlite_runtime.database.read() as session:
        assert audit.whole(session) is None
        assert [row.id for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))] == [3, 4, 5]
    assert upkeep.forget(sqlite_runtime)["acts"] == 0
