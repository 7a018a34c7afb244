"""The way of a message under any sequence of acts: written, changed, looked at, let go, stopped, followed, answered;
tips that are due together; providers away, silent or lying about nothing, senders killed in a call, neighbours who say
STOPP, and the clock."""

import contextlib
import itertools
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlmodel import Session, col, func, or_, select

from grannsamverkan import advice_round, flow, invariants, replies, settings
from grannsamverkan.deciding import Checked
from grannsamverkan.domain import advice, alerts, deliveries, networks, people, places, receipts
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.advice import Rule, RuleKind
from grannsamverkan.domain.alerts import (
    PUBLISHED,
    Alert,
    AlertClass,
    AlertState,
    DayPart,
    DrillDraft,
    InvitationDraft,
    News,
    NewsDraft,
    Occasion,
    QuietHours,
    ReasonKind,
    SequelDraft,
    Source,
    Target,
    Told,
)
from grannsamverkan.domain.deliveries import Delivery
from grannsamverkan.domain.networks import ContactRole, NetworkKind
from grannsamverkan.domain.people import ContactAddress, StopEntry
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.targeting import Forwarding
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from tests.machine.provider import Killed, Mood, Provider
from tests.support.builders import (
    ESLOV,
    HOOR,
    a_draft,
    a_mailbox,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    an_account,
)

PICK = st.integers(0, 999)
MOODS = st.sampled_from(Mood)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
RULES = Rules(
    warning_hold_s=60, two_persons_above=4, contact_alert_needs_two="yes", warnings_a_week=20, messages_a_week=4
)
ELSEWHERE = replace(RULES, two_persons_above=1)  # there a second person is wanted sooner
CARDS = ("las-cykeln", "stang-fonstren", "inventarielista", "tom-hallen", "hjalp-over-jul", "las-aven-hemma")
KINDS = (None, NetworkKind.VILLA, NetworkKind.APARTMENT)
READS_ENGLISH = (a_phone(3), a_phone(4))
IN_TWO_HOPS = (a_phone(1), a_phone(3), a_phone(5))  # only in the street whose contact person passes warnings on
_SAID = {Said.ON_ITS_WAY: ("sent", None), Said.DELIVERED: ("delivered", None), Said.FAILED: ("undelivered", "30003")}
_SEQUELS: tuple[tuple[AlertClass, Told, dict[str, Any]], ...] = (
    (AlertClass.FOLLOW_UP, Told.NOTHING_MORE, {}),
    (AlertClass.ALL_CLEAR, Told.OVER, {}),
    (AlertClass.CORRECTION, Told.NOT_TRUE, {}),
    (AlertClass.CORRECTION, Told.TIME, {"happened_on": date(2026, 3, 3), "day_part": DayPart.DAY}),
)


class Way(RuleBasedStateMachine):
    """Two streets of a few phones and mailboxes, one of which gets its warnings through its contact person, and one in
    another municipality; two officers and a coordinator."""

    template: ClassVar[Path]
    keys: ClassVar[dict[str, str]]
    folder: ClassVar[Path]
    steps: ClassVar[int] = 0
    sent: ClassVar[int] = 0
    carried: ClassVar[int] = 0
    numbers: ClassVar["itertools.count[int]"] = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.file = Path(shutil.copy(self.template, self.folder / f"way{next(self.numbers)}.db"))
        self.clock = SetClock(NOON)
        self.sms = Provider(ChannelKind.SMS, can_ask=True, clock=self.clock)
        self.email = Provider(ChannelKind.EMAIL, can_ask=False, clock=self.clock)
        chosen = settings.load(
            installation={"base_url": "https://gs.hoor.example"},
            keys=self.keys,
            email={"domain": "gs.hoor.example"},
            engine={"batch_size": 3},
        )
        database = Database(str(self.file), Vault(self.keys["data"], self.keys["lookup"]))
        channels = {ChannelKind.SMS: self.sms, ChannelKind.EMAIL: self.email}
        self.runtime = Runtime(chosen, database, self.clock, InlineEngine(), channels)
        self.looked: dict[int, str] = {}  # alert → what was last looked at
        self.seen: dict[str, dict[str, str]] = {}  # what was looked at → language → the SMS it showed
        self.shown: dict[int, dict[str, str]] = {}  # number → what was shown when it was let go
        self.stopped: dict[str, int] = {}  # phone → how much the provider had when it said STOPP
        self.taken_back: dict[int, tuple[int, int]] = {}  # number → how much both providers had when it was stopped
        self.silent: dict[int, int] = {}  # alert → at how many addresses nobody was to be had when it was let go
        self.names = itertools.count(1)
        self.watch = sqlite3.connect(self.file)  # writes nothing: to it, every change is somebody else's
        self.looked_over: tuple[int, tuple[int, int], datetime] | None = None
        with database.write() as rows:
            streets = [a_network(rows, "Nyby"), a_network(rows, "Sätofta", kind=NetworkKind.APARTMENT)]
            places.set_rules(rows, HOOR, RULES)
            for number in range(6):
                mailbox = a_mailbox(number) if number % 3 == 0 else ""
                a_neighbour(rows, streets[number % 2], sms=a_phone(number), email=mailbox)
            a_neighbour(rows, streets[1], sms=a_phone(0))  # a phone that two households share
            streets[1].via_contact_person = True
            passes_on = a_person(rows, sms=a_phone(9)).id or 0
            role = networks.add_contact_person(rows, streets[1], passes_on, ContactRole.CONTACT_PERSON, now=NOON)
            self.role_id = role.id or 0
            for phone in READS_ENGLISH:
                for person in people.owners(rows, ChannelKind.SMS, people.lookup_of(rows, ChannelKind.SMS, phone)):
                    person.language = "en"
            self.streets = [street.id or 0 for street in streets]
            elsewhere = a_network(rows, "Marieholm", municipality_code=ESLOV)
            places.set_rules(rows, ESLOV, ELSEWHERE)
            for phone in (a_phone(0), a_phone(6), a_phone(7)):  # one of them has a home in Nyby too
                a_neighbour(rows, elsewhere, sms=phone)
            self.elsewhere = elsewhere.id or 0
            self.accounts = [
                an_account(rows, name, role).id or 0
                for name, role in (("a", Role.POLICE), ("b", Role.POLICE), ("c", Role.COORDINATOR))
            ]

    def teardown(self) -> None:
        try:
            self.come_to_rest()
        finally:
            Way.sent += len(self.sms.taken) + len(self.email.taken)
            Way.carried += sum(len(one.also) for one in (*self.sms.taken, *self.email.taken))
            self.watch.close()
            self.runtime.close()
            self.file.unlink()

    # ------------------------------------------------------------------------------------------------- people

    @rule(who=PICK, where=PICK, is_ongoing=st.booleans())
    def write(self, who: int, where: int, is_ongoing: bool) -> None:
        chosen = [self.streets[:1], self.streets[1:], self.streets][where % 3]
        changes: dict[str, Any] = {"happened_on": self.clock.now().date()}
        if is_ongoing:
            changes |= {"alert_class": AlertClass.ONGOING, "called_112": True}
        with self.runtime.database.write() as rows:
            alerts.start(
                rows,
                a_draft(*chosen, **changes),
                author_account_id=self.someone(who),
                source=Source.POLICE,
                now=self.clock.now(),
            )
        Way.steps += 1

    @rule(who=PICK, where=PICK, is_ongoing=st.booleans())
    def send(self, who: int, where: int, is_ongoing: bool) -> None:
        """The usual way at one stroke: written by one, looked at, let go by another; it goes when there is time."""
        self.write(who, where, is_ongoing)
        with self.runtime.database.read() as rows:
            alert_id = max(row.id or 0 for row in rows.exec(select(Alert)))
        self.look_at(alert_id)
        self.let_go_of(alert_id, self.someone(who + 1), alone=False)

    @rule(who=PICK, is_ongoing=st.booleans(), mood=MOODS)
    def send_together(self, who: int, is_ongoing: bool, mood: Mood) -> None:
        """One warning to two municipalities, written and let go as one; where a second person is wanted it waits."""
        changes: dict[str, Any] = {"happened_on": self.clock.now().date()}
        if is_ongoing:
            changes |= {"alert_class": AlertClass.ONGOING, "called_112": True}
        draft, author = a_draft(self.streets[0], self.elsewhere, **changes), self.someone(who)
        with self.runtime.database.write() as rows:
            now, source = self.clock.now(), Source.POLICE
            written = alerts.write_together(rows, draft, drafts={}, author_account_id=author, source=source, now=now)
            alert_ids = [row.id or 0 for row in written]
        Way.steps += 1
        for checked in flow.check_together(self.runtime, alert_ids=alert_ids):
            self.remember(checked)
        contents = {alert_id: self.looked[alert_id] for alert_id in alert_ids}
        try:
            gone = flow.approve_together(self.runtime, contents=contents, approver_account_id=author)
        except Refused:  # a long run fills the week: then it is said why, and all or none go
            why = {ReasonKind.OVER_BUDGET: "Det gäller alla."}
            gone = flow.approve_together(self.runtime, contents=contents, approver_account_id=author, reasons=why)
        for row in gone:
            self.note_shown(row)
        self.clock.advance(timedelta(seconds=61))
        self.work(mood)

    @rule(who=PICK, is_drill=st.booleans(), mood=MOODS)
    def send_what_is_calm(self, who: int, is_drill: bool, mood: Mood) -> None:
        """An invitation, or a trial to the whole street."""
        now, to = self.clock.now(), (Target(network_id=self.streets[0]),)
        walk = InvitationDraft(
            targets=to, occasion=Occasion.SAFETY_WALK, starts_at=now + timedelta(days=3), place="Torget"
        )
        draft = DrillDraft(targets=to) if is_drill else walk
        with self.runtime.database.write() as rows:
            author = self.someone(who)
            row = alerts.start(rows, draft, author_account_id=author, source=Source.POLICE, now=now)
            alert_id = row.id or 0
        Way.steps += 1
        self.look_at(alert_id)
        self.let_go_of(alert_id, self.someone(who + 1), alone=False)
        self.clock.advance(timedelta(seconds=61))
        self.work(mood)

    @rule(which=PICK, news=st.sampled_from(News))
    def tell_the_invited(self, which: int, news: News) -> None:
        about = self.one(which, lambda row: row.alert_class is AlertClass.INVITATION and row.about_id is None)
        if about is None:
            return
        now = self.clock.now()
        draft = NewsDraft(news, now + timedelta(days=4), 60, "Skolan")
        try:
            with self.runtime.database.write() as rows:
                row, author = alerts.alert(rows, about.id or 0), self.accounts[0]
                told = alerts.start_news(rows, row, draft, author_account_id=author, source=Source.POLICE, now=now)
                alert_id = told.id or 0
        except Refused:
            return
        self.look_at(alert_id)
        self.let_go_of(alert_id, self.accounts[1], alone=False)

    @rule(which=PICK, who=PICK)
    def change(self, which: int, who: int) -> None:
        alert = self.one(which, lambda row: row.state in alerts.EDITABLE and self.is_plain(row))
        if alert is None:
            return
        text = f"Det kom {next(self.names)} bilar."
        draft = a_draft(*self.streets[:1], happened_on=self.clock.now().date(), free_text=text)
        with self.runtime.database.write() as rows:
            row = alerts.alert(rows, alert.id or 0)
            alerts.change(rows, row, draft, version=row.version, now=self.clock.now(), account_id=self.someone(who))

    @rule(which=PICK)
    def look(self, which: int) -> None:
        alert = self.one(which, lambda row: row.state in alerts.EDITABLE)
        if alert is not None:
            self.look_at(alert.id or 0)

    def look_at(self, alert_id: int) -> None:
        self.remember(flow.check_alert(self.runtime, alert_id=alert_id))

    def remember(self, checked: Checked) -> None:
        self.looked[checked.alert.id or 0] = checked.content
        others = {language: said.sms.text for language, said in checked.worded.others.items()}
        self.seen[checked.content] = {"sv": checked.worded.sms.text, **others}

    @rule(which=PICK, who=PICK, alone=st.booleans())
    def let_go(self, which: int, who: int, alone: bool) -> None:
        alert = self.one(which, lambda row: row.id in self.looked)
        if alert is not None:
            self.let_go_of(alert.id or 0, self.someone(who), alone=alone)

    def let_go_of(self, alert_id: int, account_id: int, *, alone: bool) -> None:
        content, reasons = self.looked[alert_id], {ReasonKind.EMERGENCY: "Ingen svarar."} if alone else {}
        try:
            row = flow.approve_alert(
                self.runtime,
                alert_id=alert_id,
                approver_account_id=account_id,
                content=content,
                reasons=reasons,
            )
        except (Conflict, Refused):
            return
        assert row.approval_hash == content
        self.note_shown(row)

    def note_shown(self, row: Alert) -> None:
        assert row.number is not None
        assert self.shown.setdefault(row.number, self.seen[row.approval_hash or ""])["sv"] == row.sms_text

    @rule(which=PICK, who=PICK)
    def ask(self, which: int, who: int) -> None:
        alert = self.one(which, lambda row: row.id in self.looked and row.state is AlertState.CHECKED)
        if alert is None:
            return
        try:
            flow.ask_for_approval(
                self.runtime,
                alert_id=alert.id or 0,
                account_id=self.someone(who),
                content=self.looked[alert.id or 0],
            )
        except (Conflict, Refused):
            return

    @rule(which=PICK, hours=st.integers(1, 30))
    def wait_until(self, which: int, hours: int) -> None:
        alert = self.one(which, lambda row: row.state is AlertState.CHECKED)
        if alert is None or alert.alert_class not in alerts.CAN_WAIT:
            return
        at = self.clock.now() + timedelta(hours=hours)
        with self.runtime.database.write() as rows:
            row = alerts.alert(rows, alert.id or 0, to_change=True)
            alerts.plan(rows, row, at, version=row.version, account_id=self.accounts[0], now=self.clock.now())

    @rule(first=PICK, kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=4), sms=MOODS, email=MOODS)
    def advise(self, first: int, kinds: list[NetworkKind | None], sms: Mood, email: Mood) -> None:
        """Tips that are due together, to either street or both; the providers are as they are."""
        now = self.clock.now()
        due = in_sweden(now) + timedelta(hours=1)
        with self.runtime.database.write() as rows:
            for number, kind in enumerate(kinds):
                card = advice.card(rows, HOOR, CARDS[(first + number) % len(CARDS)])
                on = Rule(RuleKind.ONCE, hour=due.hour, on=due.date())
                account_id = self.accounts[2]
                row = advice.add_entry(rows, HOOR, card.key, on, network_kind=kind, account_id=account_id, now=now)
                content = advice.content_of(row, card)
                advice.approve_entry(rows, row, card, content=content, account_id=account_id, now=now)
        self.clock.advance(timedelta(hours=1))
        advice_round.issue_due(self.runtime)
        with self.runtime.database.read() as rows:
            for alert in rows.exec(select(Alert).where(Alert.alert_class == AlertClass.ADVICE)):
                others = {one.language: one.sms_text for one in alerts.translations(rows, alert.id or 0)}
                self.shown[alert.number or 0] = {"sv": alert.sms_text or "", **others}
        self.work(sms, email)

    @rule(which=PICK, kind=PICK)
    def go_on(self, which: int, kind: int) -> None:
        about = self.one(which, self.can_be_gone_on_with)
        if about is None:
            return
        alert_class, told, changes = _SEQUELS[kind % len(_SEQUELS)]
        if alert_class is not AlertClass.CORRECTION and about.story_id is not None:
            return
        draft = SequelDraft(alert_class=alert_class, told=told, **changes)
        with self.runtime.database.write() as rows:
            together = alerts.joint(rows, alerts.alert(rows, about.id or 0))
            alerts.start_sequels(
                rows,
                [row for row in together if self.can_be_gone_on_with(row)],
                draft,
                author_account_id=self.accounts[0],
                source=Source.POLICE,
                now=self.clock.now(),
            )

    @rule(which=PICK, who=PICK)
    def stop(self, which: int, who: int) -> None:
        alert = self.one(which, lambda row: row.state in PUBLISHED)
        if alert is None:
            return
        flow.stop_alert(self.runtime, alert_id=alert.id or 0, account_id=self.someone(who))
        with self.runtime.database.read() as rows:
            is_stopped = alerts.alert(rows, alert.id or 0).stopped_at is not None
        if is_stopped and alert.number is not None:
            self.taken_back.setdefault(alert.number, self.had())

    @rule(times=st.integers(1, 2))
    def pass_on(self, times: int) -> None:
        """The newest that waits, or has waited; also twice and too late."""
        with self.runtime.database.read() as rows:
            newest = rows.exec(select(Forwarding.alert_id).order_by(col(Forwarding.alert_id).desc())).first()
        for _ in range(times if newest is not None else 0):
            with contextlib.suppress(NotFound, Refused):
                flow.pass_on(self.runtime, alert_id=newest or 0, role_id=self.role_id, account_id=None)

    @rule(who=PICK, minutes=st.sampled_from([1, 29, 59, 61]), mood=MOODS)
    def send_in_two_hops(self, who: int, minutes: int, mood: Mood) -> None:
        """A warning to the street where it waits for the contact person, who sees it some time later."""
        self.send(who, 1, is_ongoing=False)
        self.clock.advance(timedelta(seconds=61))
        self.work()
        self.clock.advance(timedelta(minutes=minutes))
        self.pass_on(times=1)
        self.work(mood)

    # ------------------------------------------------------------------------------------- the rest of the world

    @rule(who=PICK, where=PICK, is_ongoing=st.booleans(), sms=MOODS, email=MOODS)
    def send_into(self, who: int, where: int, is_ongoing: bool, sms: Mood, email: Mood) -> None:
        """A message goes while the providers are as they are."""
        self.send(who, where, is_ongoing)
        self.clock.advance(timedelta(seconds=61))
        self.work(sms, email)

    @rule(sms=MOODS, email=MOODS)
    def work(self, sms: Mood = Mood.TAKES, email: Mood = Mood.TAKES) -> None:
        """Everything that is due now; a sender that is killed comes back later."""
        self.sms.mood, self.email.mood = sms, email
        try:
            drain(self.runtime)
        except Killed:
            with self.runtime.database.write() as rows:
                deliveries.free_orphans(rows)

    @rule(seconds=st.sampled_from([1, 30, 61, 300, 3_600, 20_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule(which=PICK, said=st.sampled_from(list(Said)), times=st.integers(1, 3))
    def receipt_comes(self, which: int, said: Said, times: int) -> None:
        """Also twice, and in any order."""
        if not self.sms.taken:
            return
        copy = self.sms.taken[which % len(self.sms.taken)]
        status, code = _SAID[said]
        for _ in range(times):
            receipt = ProviderReceipt(copy.delivery_id, f"SM{copy.delivery_id}", status, said, code)
            flow.take_receipt(self.runtime, receipt)

    @rule(who=st.integers(0, 5), word=st.sampled_from(["STOPP", "START"]))
    def neighbour_says(self, who: int, word: str) -> None:
        phone = a_phone(who)
        replies.take_reply(self.runtime, provider_id=f"MO{next(self.names)}", sender=phone, body=word)
        if word == "STOPP":
            self.stopped.setdefault(phone, len(self.sms.taken))
        else:
            self.stopped.pop(phone, None)

    @rule()
    def close(self) -> None:
        flow.close_alerts(self.runtime)

    # --------------------------------------------------------------------------------------- what must hold

    @invariant()
    def all_that_must_hold(self) -> None:
        """Asked anew when anything is different: rows, what the providers have, or the time."""
        Way.steps += 1
        (rows,) = self.watch.execute("PRAGMA data_version").fetchone()
        before, self.looked_over = self.looked_over, (rows, self.had(), self.clock.now())
        if before != self.looked_over:
            self.the_rows_keep_the_promises()
            self.a_phone_gets_a_message_once()
            self.who_said_stop_gets_nothing_more()
            self.what_was_stopped_goes_nowhere_more()
            self.what_goes_was_looked_at_and_goes_in_its_time()
            self.nothing_overtakes_the_contact_person()
            self.two_looked_where_two_were_needed()
            self.the_ledger_sums()

    def the_rows_keep_the_promises(self) -> None:
        broken = {name: number for name, number in invariants.offences(self.runtime).items() if number}
        broken.pop("I10_nothing_stuck", None)  # whether work is left lying is asked when the world comes to rest
        assert broken == {}

    def a_phone_gets_a_message_once(self) -> None:
        """Its provider can be asked: nothing that was taken is handed over again."""
        twice = {one: number for one, number in Counter(self.keys_of(self.sms)).items() if number > 1}
        assert twice == {}

    def who_said_stop_gets_nothing_more(self) -> None:
        for phone, had in self.stopped.items():
            assert phone not in {one.address for one in self.sms.taken[had:] if one.number}

    def what_was_stopped_goes_nowhere_more(self) -> None:
        for number, (sms, email) in self.taken_back.items():
            later = (*self.sms.taken[sms:], *self.email.taken[email:])
            assert number not in {one for copy in later for one in copy.numbers}

    def what_goes_was_looked_at_and_goes_in_its_time(self) -> None:
        with self.runtime.database.read() as rows:
            of = {row.number: row for row in rows.exec(select(Alert).where(col(Alert.approved_at).is_not(None)))}
        quiet = QuietHours.of(RULES)
        for one in self.sms.taken:
            if not one.number:
                continue
            alert = of[one.number]
            language = "en" if one.address in READS_ENGLISH else "sv"
            assert one.words == alerts.sms_in_one([self.shown[number][language] for number in one.numbers])
            assert alert.release_at is not None
            assert alert.valid_until is not None
            assert alert.release_at <= one.at < alert.valid_until
            assert one.at + timedelta(seconds=one.valid_for_s) <= alert.valid_until
            assert alert.alert_class is AlertClass.ONGOING or alert.over_quiet_hours or not quiet.hold_at(one.at)

    def nothing_overtakes_the_contact_person(self) -> None:
        with self.runtime.database.read() as rows:
            number_of = {row.id: row.number for row in rows.exec(select(Alert))}
            waits = {number_of[row.alert_id]: row for row in rows.exec(select(Forwarding))}
        for one in self.sms.taken:
            wait = waits.get(one.number)
            if wait is not None and one.address in IN_TWO_HOPS:
                assert one.at >= min(wait.direct_at, wait.forwarded_at or wait.direct_at)

    def two_looked_where_two_were_needed(self) -> None:
        with self.runtime.database.read() as rows:
            for alert in rows.exec(select(Alert).where(col(Alert.state).in_(PUBLISHED))):
                ledger = receipts.ledger(rows, alert.id or 0)
                if alert.alert_class is AlertClass.ADVICE:
                    continue
                most = (RULES if alert.municipality_code == HOOR else ELSEWHERE).two_persons_above
                reached = ledger.addressed - self.silent.setdefault(alert.id or 0, silent_addresses(rows))
                if alerts.takes_place(alert) or (reached <= most and alert.alert_class != AlertClass.DRILL):
                    continue
                is_alone = ReasonKind.EMERGENCY in alerts.reasons_of(rows, alert.id or 0)
                assert is_alone or alert.approved_by not in (alert.author_account_id, alert.changed_by)

    def the_ledger_sums(self) -> None:
        with self.runtime.database.read() as rows:
            for alert in rows.exec(select(Alert).where(Alert.state == AlertState.CLOSED)):
                assert alert.tally is not None
                frozen = receipts.frozen(alert.tally)
                assert frozen.addressed == sum(sum(of.values()) for of in frozen.networks.values())

    def come_to_rest(self) -> None:
        """After a day everything has gone, or is known not to have: nobody was forgotten."""
        for _ in range(60):
            self.clock.advance(timedelta(hours=1))
            self.work()
            flow.ask_the_silent(self.runtime)
        self.close()
        with self.runtime.database.read() as rows:
            left = rows.exec(select(Delivery.id).where(col(Delivery.state).in_((0, 1, 2)))).all()
        assert left == []
        assert {name for name, number in invariants.offences(self.runtime).items() if number} == set()

    # -------------------------------------------------------------------------------------------- small ways

    @staticmethod
    def is_plain(row: Alert) -> bool:
        """Whether it is a warning to Höör alone that begins a story."""
        return row.about_id is None and row.joint_id is None and row.alert_class in alerts.BEGINS

    @staticmethod
    def can_be_gone_on_with(row: Alert) -> bool:
        return row.state in (AlertState.SENDING, AlertState.CLOSED) and row.alert_class not in alerts.NOTHING_HAPPENED

    def someone(self, who: int) -> int:
        return self.accounts[who % len(self.accounts)]

    def one(self, which: int, is_meant: Callable[[Alert], bool]) -> Alert | None:
        with self.runtime.database.read() as rows:
            found = [row for row in rows.exec(select(Alert).order_by(col(Alert.id))) if is_meant(row)]
        return found[which % len(found)] if found else None

    def had(self) -> tuple[int, int]:
        return len(self.sms.taken), len(self.email.taken)

    def keys_of(self, provider: Provider) -> list[tuple[int, str]]:
        return [(number, one.address) for one in provider.taken if one.number for number in one.numbers]


def silent_addresses(rows: Session) -> int:
    """At how many of all addresses nobody is to be had: they have said STOPP, or nobody is there."""
    stopped = select(StopEntry.lookup).where(col(StopEntry.channel) == col(ContactAddress.channel))
    is_silent = or_(col(ContactAddress.dead_since).is_not(None), col(ContactAddress.lookup).in_(stopped))
    return rows.exec(select(func.count(col(ContactAddress.id))).where(is_silent)).one()
