"""Tips go out on their day: once, to those who want them, with room in their week, and not twice in a year."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from grannsamverkan import advice_round, invariants
from grannsamverkan.domain import advice, alerts, people, targeting
from grannsamverkan.domain.advice import AdviceGiven, CardEdition, EntryState, PlanEntry, PlanRun, RunState
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.people import Level
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    HOOR,
    NOW,
    a_household,
    a_mailbox,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    an_account,
    an_approved_alert,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

KEY = "las-cykeln"
DUE = datetime(2026, 3, 10, 17, tzinfo=UTC)  # the second Tuesday of March, 18.00 in Sweden
WORDS = "andra tisdagen i mars kl 18"


def an_entry(runtime: Runtime, words: str = WORDS, *, key: str = KEY, kind: NetworkKind | None = None) -> int:
    """The id of an approved entry, by a coordinator of Höör."""
    with runtime.database.write() as session:
        known = session.exec(select(PlanEntry)).first()
        account_id = known.created_by if known is not None else an_account(session, "kommun").id or 0
        row = advice.add_entry(
            session,
            HOOR,
            key,
            advice.read_rule(words),
            network_kind=kind,
            account_id=account_id,
            now=runtime.clock.now(),
        )
        approve(session, row, runtime.clock.now())
        return row.id or 0


def approve(session: Session, row: PlanEntry, now: datetime) -> None:
    card = advice.card(session, row.municipality_code, row.card_key)
    content = advice.content_of(row, card)
    advice.approve_entry(session, row, card, content=content, account_id=row.created_by, now=now)


def go_to(clock: SetClock, at: datetime) -> None:
    clock.advance(at - clock.now())


def run(runtime: Runtime) -> int:
    issued = advice_round.issue_due(runtime)
    drain(runtime)
    return issued


def left_out(runtime: Runtime) -> list[str | None]:
    """Of the newest alert, by household."""
    with runtime.database.read() as session:
        newest = session.exec(select(Alert.id).order_by(Alert.id.desc())).first()  # type: ignore[union-attr]
        rows = session.exec(select(Audience).where(Audience.alert_id == newest)).all()
        return [row.left_out for row in sorted(rows, key=lambda row: row.household_id)]


def runs_of(runtime: Runtime, entry_id: int) -> list[PlanRun]:
    with runtime.database.read() as session:
        return advice.runs(session, [entry_id])


@pytest.fixture
def street(runtime: Runtime) -> int:
    """A villa network: one with a phone, one with a mailbox, one with neither."""
    with runtime.database.write() as session:
        network = a_network(session)
        a_neighbour(session, network, sms=a_phone(0))
        a_neighbour(session, network, email=a_mailbox(0))
        a_neighbour(session, network)
        return network.id or 0


def test_it_goes_out_on_its_day_and_once(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel, email: RecordingChannel
) -> None:
    entry_id = an_entry(runtime)
    go_to(clock, DUE - timedelta(seconds=1))
    assert run(runtime) == 0
    go_to(clock, DUE + timedelta(seconds=30))
    assert run(runtime) == 1
    assert run(runtime) == 0
    assert (sms.addresses, email.addresses) == ([a_phone(0)], [a_mailbox(0)])
    with runtime.database.read() as session:
        alert = session.exec(select(Alert)).one()
        assert alert.alert_class is AlertClass.ADVICE
        assert alert.card_key == KEY
        assert (alert.sms_text or "").startswith("Grannsamverkan Höör: ")
        assert (alert.sms_text or "").endswith(f"Nr {alert.number:04d}")
        assert alert.valid_until == alert.release_at + timedelta(minutes=600) if alert.release_at else False
        given = session.exec(select(AdviceGiven)).all()
        assert [(one.by_sms, one.by_email, one.network_id) for one in given] == [
            (True, False, street),
            (False, True, street),
        ]
    assert left_out(runtime) == [None, None, "paper"]
    assert [(row.state, row.due_at) for row in runs_of(runtime, entry_id)] == [(RunState.ISSUED, DUE)]
    assert set(invariants.offences(runtime).values()) == {0}


def test_its_mail_asks_what_became_of_it_and_tells_nothing_of_who_reads(
    runtime: Runtime, street: int, clock: SetClock, email: RecordingChannel
) -> None:
    """Everybody has the same three links, and they lead to the question."""
    an_entry(runtime)
    go_to(clock, DUE)
    run(runtime)
    with runtime.database.read() as session:
        alert = session.exec(select(Alert)).one()
    base_url = runtime.settings.installation.base_url
    for answer in ("done", "had_it", "not_for_me"):
        url = f"{base_url}/tips/{KEY}?kommun={HOOR}&val={answer}#svara"
        assert url in (alert.mail_text or "")
        assert url.replace("&", "&amp;") in (alert.mail_html or "")


def test_two_clocks_have_one_effect(runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel) -> None:
    """Both have read that it is due before either has done it."""
    entry_id = an_entry(runtime)
    go_to(clock, DUE)
    other = replace(runtime, engine=InlineEngine())
    with runtime.database.read() as session:
        assert advice.due(session, now=clock.now()) == [entry_id]
    assert advice_round._issue(runtime, entry_id) == 1
    assert advice_round._issue(other, entry_id) == 0
    drain(runtime)
    assert sms.addresses == [a_phone(0)]


def test_a_due_time_that_another_clock_has_decided_makes_no_second_alert(
    runtime: Runtime, street: int, clock: SetClock
) -> None:
    """The key of the run holds even where the entry's row says that it is due."""
    entry_id = an_entry(runtime)
    go_to(clock, DUE)
    with runtime.database.write() as session:
        assert advice.decide(session, advice.entry(session, entry_id), RunState.ISSUED, now=clock.now())
    assert run(runtime) == 0
    with runtime.database.read() as session:
        assert session.exec(select(Alert)).all() == []
        assert advice.entry(session, entry_id).next_at == datetime(2027, 3, 9, 17, tzinfo=UTC)


def test_only_those_who_want_everything_get_advice(runtime: Runtime, street: int, clock: SetClock) -> None:
    an_entry(runtime)
    with runtime.database.write() as session:
        person = a_person(session, sms=a_phone(1))
        a_household(session, a_network(session, "Sjöby"), person)
        people.choose_level(session, person.id or 0, Level.ONGOING)
    go_to(clock, DUE)
    run(runtime)
    assert left_out(runtime) == [None, None, "paper", "level"]


def test_no_card_comes_twice_in_a_year_to_a_household(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    """Another entry with the same card: only whoever has moved in since then gets it."""
    an_entry(runtime)
    an_entry(runtime, "tredje tisdagen i november kl 18")
    go_to(clock, DUE)
    run(runtime)
    with runtime.database.write() as session:
        a_neighbour(session, alerts_network(session, street), sms=a_phone(1))
    go_to(clock, datetime(2026, 11, 17, 17, tzinfo=UTC))
    assert run(runtime) == 1
    assert left_out(runtime) == ["given", "given", "paper", None]
    assert sms.addresses == [a_phone(0), a_phone(1)]
    go_to(clock, datetime(2027, 3, 9, 17, tzinfo=UTC))  # 364 days after the first time, in the same month
    assert run(runtime) == 1
    assert left_out(runtime) == [None, None, "paper", "given"]


def alerts_network(session: Session, network_id: int):  # type: ignore[no-untyped-def]
    from grannsamverkan.domain.networks import network

    return network(session, network_id)


def test_advice_yields_to_the_weeks_warnings(runtime: Runtime, street: int, clock: SetClock) -> None:
    an_entry(runtime)
    set_rules(runtime, messages_a_week=2)
    go_to(clock, DUE - timedelta(days=6))
    an_approved_alert(runtime, street)
    drain(runtime)
    go_to(clock, DUE - timedelta(days=1))
    an_approved_alert(runtime, street)
    drain(runtime)
    go_to(clock, DUE)
    with runtime.database.read() as session:
        counted = targeting.reach_planned(session, HOOR, None, KEY, now=clock.now())
    assert run(runtime) == 1
    assert left_out(runtime) == ["enough", "enough", "enough"] or left_out(runtime) == ["enough", "enough", "paper"]
    assert counted.reached == 0
    assert sum(counted.left_out.values()) == 3
    with runtime.database.read() as session:
        assert session.exec(select(AdviceGiven)).all() == []


def test_the_preview_counts_whom_it_goes_to(runtime: Runtime, street: int, clock: SetClock) -> None:
    an_entry(runtime, kind=NetworkKind.VILLA)
    with runtime.database.write() as session:
        house = a_network(session, "Tornet", kind=NetworkKind.APARTMENT)
        a_neighbour(session, house, sms=a_phone(2))
    go_to(clock, DUE)
    with runtime.database.read() as session:
        counted = targeting.reach_planned(session, HOOR, NetworkKind.VILLA, KEY, now=clock.now())
    run(runtime)
    with runtime.database.read() as session:
        alert = session.exec(select(Alert)).one()
        rows = session.exec(select(Audience)).all()
    assert counted.households == len(rows) == 3
    assert counted.reached == sum(row.left_out is None for row in rows) == 2
    assert alert.state is AlertState.SENDING


@pytest.mark.parametrize(("hours", "state"), [(6, RunState.ISSUED), (13, RunState.MISSED)])
def test_what_comes_out_of_the_blue_is_missed(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel, hours: int, state: RunState
) -> None:
    """Down for six hours it goes later the same evening; for longer it waits for a person."""
    entry_id = an_entry(runtime)
    go_to(clock, DUE + timedelta(hours=hours))
    run(runtime)
    assert [row.state for row in runs_of(runtime, entry_id)] == [state]
    assert bool(sms.addresses) is (state is RunState.ISSUED)
    if state is RunState.MISSED:
        with runtime.database.read() as session:
            row = advice.entry(session, entry_id)
            content = advice.content_of(row, advice.card(session, HOOR, KEY))
        sent = [
            advice_round.send_missed(runtime, entry_id, DUE, account_id=row.created_by, content=content)
            for _ in range(2)
        ]
        assert sent[0] is not None
        assert sent[1] is None
        drain(runtime)
        assert sms.addresses == [a_phone(0)]


def test_a_long_time_away_decides_each_due_time(runtime: Runtime, street: int, clock: SetClock) -> None:
    entry_id = an_entry(runtime, "varje tisdag kl 18")
    go_to(clock, DUE + timedelta(days=15))
    run(runtime)
    assert [row.state for row in runs_of(runtime, entry_id)] == [RunState.MISSED] * 3


def test_in_quiet_hours_it_waits_for_the_morning(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    set_rules(runtime, quiet_from=21, quiet_to=7)
    an_entry(runtime, "andra tisdagen i mars kl 22")
    go_to(clock, DUE + timedelta(hours=4))
    assert run(runtime) == 1
    assert sms.addresses == []
    go_to(clock, datetime(2026, 3, 11, 6, tzinfo=UTC))
    run(runtime)
    assert sms.addresses == [a_phone(0)]


def test_other_words_than_those_approved_do_not_go(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    entry_id = an_entry(runtime)
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id)
        texts = advice.shipped()[KEY].texts["sv"]
        own = {"title": texts.title, "sms": "Ny text.", "mail": list(texts.mail), "notice": list(texts.notice)}
        session.add(
            CardEdition(
                municipality_code=HOOR, card_key=KEY, texts={"sv": own, "en": own}, account_id=row.created_by, at=NOW
            )
        )
    go_to(clock, DUE)
    assert run(runtime) == 0
    assert sms.addresses == []
    with runtime.database.read() as session:
        row = advice.entry(session, entry_id)
        assert row.state is EntryState.DRAFT
        assert row.approval_hash is None
    assert [one.state for one in runs_of(runtime, entry_id)] == [RunState.MISSED]


def test_a_skipped_time_passes_and_can_be_taken_back(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    entry_id = an_entry(runtime)
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id)
        assert advice.skip_next(session, row, DUE, account_id=row.created_by, now=clock.now())
        assert not advice.skip_next(session, row, DUE, account_id=row.created_by, now=clock.now())
        assert advice.unskip(session, row, DUE, now=clock.now())
        assert row.next_at == DUE
        assert advice.skip_next(session, row, DUE, account_id=row.created_by, now=clock.now())
    go_to(clock, DUE)
    assert run(runtime) == 0
    assert sms.addresses == []


def test_paused_it_waits_and_does_not_make_up_for_it(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    entry_id = an_entry(runtime, "varje tisdag kl 18")
    with runtime.database.write() as session:
        advice.pause(session, advice.entry(session, entry_id), version=advice.entry(session, entry_id).version)
    go_to(clock, DUE + timedelta(days=1))
    assert run(runtime) == 0
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id)
        advice.resume(session, row, version=row.version, now=clock.now())
        assert row.next_at == DUE + timedelta(days=7)
    go_to(clock, DUE + timedelta(days=7))
    assert run(runtime) == 1
    assert sms.addresses == [a_phone(0)]


def test_a_change_voids_the_approval(runtime: Runtime, street: int, clock: SetClock) -> None:
    entry_id = an_entry(runtime)
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id)
        before = row.approval_hash or ""
        changed = {"card_key": KEY, "rule": advice.read_rule("varje fredag kl 17"), "network_kind": None}
        with pytest.raises(Conflict):
            advice.change_entry(session, row, **changed, version=row.version - 1, now=NOW)  # type: ignore[arg-type]
        advice.change_entry(session, row, **changed, version=row.version, now=NOW)  # type: ignore[arg-type]
        assert row.state is EntryState.DRAFT
        card = advice.card(session, HOOR, KEY)
        with pytest.raises(Conflict):
            advice.approve_entry(session, row, card, content=before, account_id=row.created_by, now=NOW)
    go_to(clock, DUE + timedelta(days=7))
    assert run(runtime) == 0


def test_once_it_has_gone_a_single_day_is_over(runtime: Runtime, street: int, clock: SetClock) -> None:
    entry_id = an_entry(runtime, "den 10 mars 2026 kl 18")
    go_to(clock, DUE)
    assert run(runtime) == 1
    with runtime.database.read() as session:
        assert advice.entry(session, entry_id).state is EntryState.ENDED


def test_a_day_that_has_passed_cannot_be_planned(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        a_network(session)
        account = an_account(session, "kommun")
        with pytest.raises(Refused, match="never_due"):
            advice.add_entry(
                session, HOOR, KEY, advice.read_rule("den 3 mars 2026"), account_id=account.id or 0, now=NOW
            )


def test_the_preset_year_is_made_once_and_its_cards_exist(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        a_network(session)
        account_id = an_account(session, "kommun").id or 0
        assert advice.add_preset(session, HOOR, account_id=account_id, now=NOW) == len(advice.PRESET)
        assert advice.add_preset(session, HOOR, account_id=account_id, now=NOW) == 0
        found = advice.entries(session, HOOR)
        assert {row.state for row in found} == {EntryState.DRAFT}
        assert [row.next_at for row in found] == sorted(row.next_at for row in found if row.next_at)
        assert {row.card_key for row in found} <= {card.key for card in advice.cards(session, HOOR)}


def test_nothing_follows_a_tip_and_it_is_no_warning(runtime: Runtime, street: int, clock: SetClock) -> None:
    an_entry(runtime)
    go_to(clock, DUE)
    run(runtime)
    clock.advance(timedelta(days=10))
    with runtime.database.read() as session:
        alert = session.exec(select(Alert)).one()
        assert alerts.latest(session, [HOOR]) == []
        assert alerts.latest(session, [HOOR], with_all=True) == [alert]
        assert alerts.last_warned(session, [street]) == {}
        assert alerts.sent_between(session, HOOR, NOW, clock.now()).warnings == 0
        assert alerts.count_to(session, street, since=NOW) == 0
        assert alerts.without_follow_up(session, [HOOR], sent_before=clock.now(), sent_after=NOW) == []
        story = alerts.story(session, alert.number or 0, base_url="https://gs.hoor.example", now=clock.now())
        assert story.is_advice
        assert story.facts is None
        assert story.first.sentences == advice.shipped()[KEY].texts["sv"].mail
