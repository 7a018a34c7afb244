from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grannsamverkan import deciding
from grannsamverkan.domain import alerts, networks
from grannsamverkan.domain.alerts import Alert, AlertState, Source, Target, Worded
from grannsamverkan.domain.networks import NetworkKind, NetworkState, UnitKind
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.runtime import Runtime
from tests.support.builders import ESLOV, NOW, a_draft, a_network, a_started_alert, an_account, an_approved_alert

LATER = NOW + timedelta(minutes=5)


def approve(session: Session, runtime: Runtime, alert: Alert, *, worded: Worded | None = None) -> bool:
    return alerts.approve(
        session,
        alert,
        worded or deciding.word_alert(runtime, session, alert),
        approver_account_id=alert.author_account_id,
        version=alert.version,
        now=NOW,
        release_at=NOW,
        valid_until=LATER,
    )


# -------------------------------------------------------------------------------------------------------- drafting


def test_a_draft_keeps_what_was_filled_in(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        alert_id = a_started_alert(session, network.id or 0, attempted=True, free_text=" Altanen. ").id or 0
    with database.read() as session:
        alert = alerts.alert(session, alert_id)
        assert (alert.state, alert.number, alert.municipality_code) == (AlertState.DRAFT, None, "1267")
        assert (alert.attempted, alert.free_text, alert.advice) == (True, "Altanen.", ["lock", "light_outside"])
        assert alerts.places_of(session, alert_id) == ["Nyby"]
        assert alerts.networks_of(session, alert_id) == {network.id}
        assert [draft.id for draft in alerts.drafts_of(session, alert.author_account_id)] == [alert_id]


def test_a_warning_goes_to_active_networks_of_one_municipality(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        nyby = a_network(session)
        marieholm = a_network(session, "Marieholm", municipality_code=ESLOV)
        dormant = a_network(session, "Norra Rörum", state=NetworkState.DORMANT)
        with pytest.raises(Refused, match="several_municipalities"):
            a_started_alert(session, nyby.id or 0, marieholm.id or 0)
        with pytest.raises(Refused, match="network_not_active"):
            a_started_alert(session, nyby.id or 0, dormant.id or 0)
        with pytest.raises(Refused):
            a_started_alert(session, 4711)


def test_a_part_of_a_network_that_is_chosen_whole_is_no_target_of_its_own(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        network = a_network(session, kind=NetworkKind.APARTMENT)
        house = networks.add_unit(session, network, UnitKind.BUILDING, "Linden 1")
        part = Target(network_id=network.id or 0, unit_id=house.id)
        alert = a_started_alert(session, targets=(part, Target(network_id=network.id or 0), part))
        assert [(t.network_id, t.unit_id) for t in alerts.targets(session, alert.id or 0)] == [(network.id, None)]
        alerts.change(session, alert, a_draft(targets=(part, part)), version=1, now=LATER)
        assert [(t.network_id, t.unit_id) for t in alerts.targets(session, alert.id or 0)] == [(network.id, house.id)]


def test_who_changes_an_old_version_is_told(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        network_id = a_network(session).id or 0
        alert = a_started_alert(session, network_id)
        alerts.change(session, alert, a_draft(network_id, free_text="Först."), version=1, now=LATER)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            alerts.change(session, alert, a_draft(network_id, free_text="Sedan."), version=1, now=LATER)
        assert (alert.free_text, alert.version, alert.updated_at) == ("Först.", 2, LATER)


# -------------------------------------------------------------------------------------------------------- its number


def test_a_number_is_reserved_once_and_never_given_again(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0
        first, second = a_started_alert(session, network_id), a_started_alert(session, network_id)
        assert [alerts.check(session, first, now=NOW) for _ in range(3)] == [1001] * 3
        alerts.change(session, first, a_draft(network_id, free_text="Mer."), version=1, now=NOW)
        assert alerts.check(session, first, now=NOW) == 1001
        alerts.discard(session, first, version=first.version, now=NOW)
        assert alerts.check(session, second, now=NOW) == 1002
        alerts.discard(session, second, version=second.version, now=NOW)
    with database.write() as session:
        assert alerts.forget_drafts(session, untouched_since=LATER) == 2
        third = a_started_alert(session, network_id)
        assert alerts.check(session, third, now=NOW) == 1003


def test_drafts_are_forgotten_and_approved_alerts_are_not(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.database.write() as session:
        network_id = a_network(session).id or 0
        old, new = a_started_alert(session, network_id), a_started_alert(session, network_id)
        alerts.change(session, new, a_draft(network_id), version=1, now=LATER)
        old_id, new_id = old.id or 0, new.id or 0
    kept = an_approved_alert(sqlite_runtime, network_id)
    with sqlite_runtime.database.write() as session:
        assert alerts.forget_drafts(session, untouched_since=LATER) == 1
        with pytest.raises(NotFound):
            alerts.alert(session, old_id)
        assert alerts.alert(session, new_id)
        assert alerts.alert(session, kept)


def test_a_number_is_public_only_after_approval(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network_id = a_network(session).id or 0
        alert = a_started_alert(session, network_id)
        number = alerts.check(session, alert, now=NOW)
        with pytest.raises(NotFound):
            alerts.published(session, number)
        approve(session, runtime, alert)
        assert alerts.published(session, number).id == alert.id
        assert [row.id for row in alerts.latest(session, ["1267"])] == [alert.id]
        assert alerts.latest(session, [ESLOV]) == []


# -------------------------------------------------------------------------------------------------------- approval


def test_an_approval_freezes_the_words(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        network = a_network(session)
        alert = a_started_alert(session, network.id or 0)
        alerts.check(session, alert, now=NOW)
        worded = deciding.word_alert(runtime, session, alert)
        assert approve(session, runtime, alert)
        network.name = "Ett annat namn"
        session.flush()
        assert deciding.word_alert(runtime, session, alert) != worded
        assert (alert.sms_text, alert.mail_text, alert.mail_html) == (
            worded.sms.text,
            worded.mail.text,
            worded.mail.html,
        )
        assert alert.approval_hash == alerts.approval_hash(session, alert, worded)
        for change in (
            lambda: alerts.change(session, alert, a_draft(network.id or 0), version=alert.version, now=LATER),
            lambda: alerts.discard(session, alert, version=alert.version, now=LATER),
            lambda: alerts.check(session, alert, now=LATER),
        ):
            with pytest.raises(Conflict):
                change()
        with pytest.raises(Conflict, match="approved_otherwise"):
            approve(session, runtime, alert)


def test_the_same_approval_twice_is_one(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        alert = a_started_alert(session, a_network(session).id or 0)
        alerts.check(session, alert, now=NOW)
        worded = deciding.word_alert(runtime, session, alert)
        assert [approve(session, runtime, alert, worded=worded) for _ in range(3)] == [True, False, False]
        assert (alert.version, alert.approved_at, alert.valid_until) == (2, NOW, LATER)


def test_a_draft_that_was_changed_must_be_looked_at_again(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network_id = a_network(session).id or 0
        alert = a_started_alert(session, network_id)
        with pytest.raises(Conflict):
            approve(session, runtime, alert)
        alerts.check(session, alert, now=NOW)
        alerts.change(session, alert, a_draft(network_id), version=1, now=NOW)
        with pytest.raises(Conflict):
            approve(session, runtime, alert)


def test_an_approval_is_bound_to_the_words_and_to_whom_they_go(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        nyby, linden = a_network(session, "Nyby"), a_network(session, "Linden")
        alert = a_started_alert(session, nyby.id or 0)
        alerts.check(session, alert, now=NOW)
        worded = deciding.word_alert(runtime, session, alert)
        before = alerts.approval_hash(session, alert, worded)
        alerts.change(session, alert, a_draft(nyby.id or 0, linden.id or 0), version=1, now=NOW)
        assert alerts.approval_hash(session, alert, worded) != before


def test_the_database_itself_refuses_an_approved_alert_without_words(database: Database) -> None:
    with database.write() as session:
        alert_id = a_started_alert(session, a_network(session).id or 0).id
    with pytest.raises(IntegrityError, match="frozen_wording"), database.write() as session:
        session.execute(text("UPDATE alert SET state = 'approved' WHERE id = :id"), {"id": alert_id})


def test_who_stands_behind_a_warning_is_part_of_it(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.database.write() as session:
        network_id = a_network(session).id or 0
        author = an_account(session)
        drafts = [
            alerts.start(session, a_draft(network_id), author_account_id=author.id or 0, source=source, now=NOW)
            for source in (Source.POLICE, Source.CONTACT_PERSON)
        ]
        police, contact = [deciding.word_alert(sqlite_runtime, session, draft).sms.text for draft in drafts]
    assert "ej bekräftat av polisen" in contact
    assert "ej bekräftat" not in police
