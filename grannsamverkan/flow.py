"""The way of a warning, step by step. Whoever reads this file from top to bottom has understood the product.

    check_alert → approve_alert → fan_out → send_batch → take_receipt → close_alerts

Rows are the truth; jobs are only a nudge. Each step opens short transactions, is safe to run twice, and finds its work
in the rows, so that a lost job costs a second and a doubled job nothing. No step talks to a provider inside a
transaction. The same steps run on every engine.
"""

import os
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from sqlmodel import Session

from grannsamverkan import copy_words, deciding, notify
from grannsamverkan.deciding import Checked, Stop, Weighed
from grannsamverkan.domain import alerts, deliveries, places, receipts, targeting, webhooks
from grannsamverkan.domain.alerts import Alert, AlertClass, ReasonKind
from grannsamverkan.domain.deliveries import DeliveryState, InFlight, Lease
from grannsamverkan.domain.networks import ContactPerson
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import Conflict
from grannsamverkan.foundation.fault_points import reach
from grannsamverkan.foundation.ports import (
    Accepted,
    Channel,
    ChannelKind,
    Copy,
    ProviderReceipt,
    Rejected,
    Result,
    Said,
    TryAgain,
    Wording,
)
from grannsamverkan.runtime import Runtime

OWNER = f"{socket.gethostname()}:{os.getpid()}"[:60]

# Households in a fan-out transaction: the first slice is small, so that its messages leave while the rest is frozen.
# Those of a large alert grow with it: a page of an index is written once a slice, however many of its rows are new.
FIRST_SLICE, USUAL_SLICE, LARGEST_SLICE = 1_000, 8_000, 32_000
LAST_ASK = 3
_WHILE_PAUSED = timedelta(minutes=1)  # then a batch is looked at again: it may have lost its validity
_LOOKS_UP_S = 0.1  # how often a sender in the middle of a batch looks for something more urgent
_ASKS_FOR_S = 10.0  # at most, in one run, about messages whose receipt never came


# ---------------------------------------------------------------------------------------------- before sending


def check_alert(runtime: Runtime, *, alert_id: int) -> Checked:
    """The draft is looked at: it gets its number, its words, and the count of whom it reaches."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        alerts.check(session, alert, now=now)
        return deciding.look_at(runtime, session, alert, now=now)


def look_at(runtime: Runtime, *, alert_id: int) -> Checked:
    """What `check_alert` says, counted anew and without changing anything."""
    with runtime.database.read() as session:
        return deciding.look_at(runtime, session, alerts.alert(session, alert_id), now=runtime.clock.now())


def check_together(runtime: Runtime, *, alert_ids: Iterable[int]) -> list[Checked]:
    """`check_alert` for drafts that were written as one, in one transaction."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        rows = [alerts.alert(session, alert_id, to_change=True) for alert_id in sorted(alert_ids)]
        for alert in rows:
            alerts.check(session, alert, now=now)
        return [deciding.look_at(runtime, session, alert, now=now) for alert in rows]


def look_at_together(runtime: Runtime, *, alert_ids: Iterable[int]) -> list[Checked]:
    """`look_at` for drafts that were written as one, in the order given."""
    with runtime.database.read() as session:
        rows = [alerts.alert(session, alert_id) for alert_id in alert_ids]
        return [deciding.look_at(runtime, session, alert, now=runtime.clock.now()) for alert in rows]


def approve_alert(
    runtime: Runtime,
    *,
    alert_id: int,
    approver_account_id: int,
    content: str,
    reasons: Mapping[ReasonKind, str] = MappingProxyType({}),
) -> Alert:
    """A person lets the alert go, exactly as it was looked at (`content` from `check_alert`).

    A second approval of the same content changes nothing; Conflict when the content is another by now. Refused when a
    second person is needed, or a reason: see `deciding.let_go`.
    """
    weighed = _weighed(runtime, alert_id)
    now = runtime.clock.now()
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        fresh = deciding.let_go(
            runtime,
            session,
            alert,
            weighed,
            approver_account_id=approver_account_id,
            content=content,
            reasons=reasons,
            now=now,
        )
        if fresh:
            runtime.engine.enqueue(session, fan_out, alert_id=alert_id)
            notify.nudge(runtime, session)
    return alert


def approve_together(
    runtime: Runtime,
    *,
    contents: Mapping[int, str],
    approver_account_id: int,
    reasons: Mapping[ReasonKind, str] = MappingProxyType({}),
) -> list[Alert]:
    """A person lets alerts go that were written as one, each exactly as it was looked at (`contents`, by alert), all or
    none. Where a municipality wants a second person, that one is asked and only its alert waits. Returns those that go.

    Safe to repeat. Conflict and Refused as for `approve_alert`: then nothing has changed.
    """
    weighed = {alert_id: _weighed(runtime, alert_id) for alert_id in contents}
    now = runtime.clock.now()
    with runtime.database.write() as session:
        gone = deciding.let_go_together(
            runtime,
            session,
            [alerts.alert(session, alert_id, to_change=True) for alert_id in sorted(contents)],
            weighed,
            approver_account_id=approver_account_id,
            contents=contents,
            reasons=reasons,
            now=now,
        )
        for alert in gone:
            runtime.engine.enqueue(session, fan_out, alert_id=alert.id or 0)
        notify.nudge(runtime, session)
    return gone


def _weighed(runtime: Runtime, alert_id: int) -> Weighed:
    """Counted before the transaction that locks the alert: it may take a while, and the content is compared there."""
    with runtime.database.read() as session:
        alert = alerts.alert(session, alert_id)
        if alert.state not in alerts.EDITABLE:
            return Weighed((), 0)
        return deciding.weigh(runtime, session, alert, now=runtime.clock.now())


def ask_for_approval(
    runtime: Runtime,
    *,
    alert_id: int,
    account_id: int,
    content: str,
    reasons: Mapping[ReasonKind, str] = MappingProxyType({}),
) -> None:
    """Whoever may not let the alert go alone asks a second person. Safe to repeat; see `deciding.ask`."""
    weighed = _weighed(runtime, alert_id)
    now = runtime.clock.now()
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        heeded = deciding.heed_limits(runtime, session, alert, weighed, reasons, now=now)
        deciding.ask(runtime, session, alert, weighed, account_id=account_id, content=content, now=now)
        deciding.keep_reasons(session, alert, heeded.reasons, account_id=account_id, now=now)
        notify.nudge(runtime, session)


def stop_alert(runtime: Runtime, *, alert_id: int, account_id: int) -> Stop:
    """What is not handed over yet will not be. Whatever a sender was about to call has been called when this returns,
    and is known as such; nothing is called after it."""
    with runtime.database.write() as session:
        done = deciding.stop(runtime, session, alert_id, account_id=account_id)
        _let_carried_go(runtime, session, alerts.alert(session, alert_id))
        runtime.engine.enqueue(session, send_batch)  # batches that have nothing left to send are closed
    return done


def pass_on(runtime: Runtime, *, alert_id: int, role_id: int, account_id: int | None) -> bool:
    """A contact person passes the alert on to the neighbours of their network; see `deciding.pass_on`. Safe to repeat,
    and to race with going by itself: each copy goes once."""
    with runtime.database.write() as session:
        role = session.get_one(ContactPerson, role_id)
        done = deciding.pass_on(runtime, session, alert_id, role, account_id=account_id)
        runtime.engine.enqueue(session, send_batch)
    return done


# ------------------------------------------------------------------------------------------------- the way out


def fan_out(runtime: Runtime, *, alert_id: int) -> bool:
    """Freeze who gets the alert, slice by slice; False when there was nothing to do, or it cannot be done yet.

    Goes on at the cursor after a crash. Does nothing before release, and for a correction nothing while a copy of what
    it corrects is inside a call: it goes to those who were handed that, and only then they are known. A tip that
    carries others in its message waits until their copies are made.
    """
    frozen, size = 0, FIRST_SLICE
    while (more := _fan_out_slice(runtime, alert_id, size)) is not None:
        frozen += size
        size = min(frozen, max(USUAL_SLICE, frozen // 8), LARGEST_SLICE)
        reach("after_fan_out_slice")
        if not more:
            break
    return frozen > 0


def _fan_out_slice(runtime: Runtime, alert_id: int, size: int) -> bool | None:
    """Whether there are more slices; None when there is nothing to do now."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        if alert.state not in alerts.TO_SEND or alert.fanned_out_at is not None:
            return None
        if alert.stopped_at is not None:
            alert.fanned_out_at = now
            _let_carried_go(runtime, session, alert)
            return False
        if alert.release_at is None or alert.release_at > now or _must_wait(runtime, session, alert):
            return None
        if alerts.begin_sending(session, alert):
            webhooks.tell_sent(session, alert, base_url=runtime.settings.installation.base_url)
        rule = _rule(session, alert)
        if not alert.cursor_id and deciding.ask_contact_persons(runtime, session, alert, now=now):
            notify.nudge(runtime, session)
        taken = targeting.take_slice(
            session,
            alert,
            after_id=alert.cursor_id,
            size=size,
            batch_size=runtime.settings.engine.batch_size,
            priority=rule.priority,
            heeds_quiet_hours=not rule.passes_quiet_hours,
            now=now,
        )
        alert.cursor_id = taken.last_id
        if taken.wakes:
            deliveries.wake(session, alert_id, now=now)
        if not taken.more:
            alert.fanned_out_at = runtime.clock.now()
            _let_carried_go(runtime, session, alert)
        runtime.engine.enqueue(session, send_batch)
        reach("before_fan_out_commit")
    return taken.more


def _rule(session: Session, alert: Alert) -> alerts.ClassRule:
    return alerts.rule_of(alert.alert_class, places.rules(session, alert.municipality_code))


def _must_wait(runtime: Runtime, session: Session, alert: Alert) -> bool:
    if alerts.takes_place(alert) and alert.about_id is not None and deliveries.unsettled(session, alert.about_id):
        return True
    return targeting.awaits_carried(session, alert, now=runtime.clock.now())


def _let_carried_go(runtime: Runtime, session: Session, alert: Alert) -> None:
    """A tip has taken along what its copies carry, or will not: what is left of the others goes by itself. One that is
    carried itself may have been the last that its carrier waited for."""
    for carried_id in targeting.carried_with(session, [alert.id or 0]).get(alert.id or 0, ()):
        deliveries.wake(session, carried_id, now=runtime.clock.now())
    if alert.carried_by is not None:
        runtime.engine.enqueue(session, fan_out, alert_id=alert.carried_by)


def send_batch(
    runtime: Runtime, *, batch_id: int, owner: str = OWNER, is_stopping: Callable[[], bool] = lambda: False
) -> None:
    """Claim a batch, ask about what a dead sender left in flight, hand the rest over group by group, give it back.

    claim (tx) → ask → [note results, mark the next group as calling (one tx) → call] … → finish (tx)

    Once `is_stopping`, or when something more urgent is due, the group in hand is the last one: the rest of the batch
    is another sender's, at once.
    """
    with runtime.database.write() as session:
        lease = deliveries.claim(
            session, batch_id, owner=owner, now=runtime.clock.now(), lease_s=runtime.settings.engine.lease_s
        )
    if lease is None:
        return
    reach("after_claim")
    channel = runtime.channels[lease.channel]
    with runtime.database.read() as session:
        alert = alerts.alert(session, lease.alert_id)
        may_pause = alerts.may_pause(session, alert)
        is_paused = not may_pause and alerts.pause_of(session, lease.alert_id) is not None
        wordings = copy_words.of_alert(runtime, session, alert, lease.channel)
        flights = [] if lease.is_first else deliveries.in_flight(session, lease)
    try:
        # An SMS is asked for by its number, which is the same in every language and whatever goes along.
        _ask_about_flights(runtime, channel, lease, flights, wordings[SWEDISH], alert)
        is_over = alert.stopped_at is not None or is_paused
        is_left = _is_left(runtime, lease, is_stopping)
        done = [] if is_over else _hand_over(runtime, channel, lease, wordings, alert, is_left, may_pause=may_pause)
        _give_back(runtime, channel, lease, done, at_once=is_left())
    except Conflict:
        return  # another worker has taken the batch over, and it will finish it


def _ask_about_flights(
    runtime: Runtime, channel: Channel, lease: Lease, flights: Sequence[InFlight], wording: Wording, alert: Alert
) -> None:
    """Copies whose call has no known result: asked for where the provider can be asked, else sent again, unless the
    alert has been stopped."""
    if not flights:
        return
    now = runtime.clock.now()
    if not channel.can_ask:
        settle = deliveries.requeue if alert.stopped_at is None else deliveries.flights_unknown
        with runtime.database.write() as session:
            settle(session, lease, flights, now=now)
        return
    if not runtime.may_ask():
        return
    ready = [f for f in flights if deliveries.ask_time(f, runtime.settings.sms.ask_after_s, now=now) <= now]
    for group in copy_words.groups(ready, channel.group):
        _ask_about_group(runtime, channel, lease, wording, group, may_resend=alert.stopped_at is None)


def _ask_about_group(
    runtime: Runtime,
    channel: Channel,
    lease: Lease,
    wording: Wording,
    flights: Sequence[InFlight],
    *,
    may_resend: bool,
) -> None:
    since = min(flight.called_at for flight in flights)
    answers = channel.ask(wording, [flight.copy for flight in flights], since)
    with runtime.database.write() as session:
        deliveries.settle(
            session,
            lease,
            list(zip(flights, answers, strict=True)),
            now=runtime.clock.now(),
            last_ask=lease.tries >= LAST_ASK,
            may_resend=may_resend,
        )


def _hand_over(
    runtime: Runtime,
    channel: Channel,
    lease: Lease,
    wordings: Mapping[str, Wording],
    alert: Alert,
    is_left: Callable[[], bool],
    *,
    may_pause: bool,
) -> list[Result]:
    """Hand over what waits, one wording after the other. Returns what was answered where another try was asked for, or
    the copy was refused, and of what was taken one answer for each group."""
    valid_until = alert.valid_until
    with runtime.database.write(durable=False) as session:  # what it writes is found again by whoever looks again
        now = runtime.clock.now()
        deliveries.hold(session, lease, now=now)
        if lease.channel is ChannelKind.SMS and not _rule(session, alert).passes_quiet_hours:
            targeting.heed_quiet_hours(session, lease.alert_id, first_id=lease.first_id, last_id=lease.last_id, now=now)
        copies = deliveries.waiting(
            session,
            lease,
            now=now,
            first_alert_id=alert.story_id,
            may_carry=alert.alert_class is AlertClass.ADVICE,
        )
        worded = {(): wordings} | {
            along: copy_words.in_one(runtime, session, alert, lease.channel, along)
            for along in {copy.along for copy in copies if copy.along}
        }
    done: list[tuple[Copy, Result]] = []
    answered: list[Result] = []
    came = Counter[str]()  # by the code of a refusal, "" what was taken
    is_most_urgent = lease.priority <= alerts.MOST_URGENT
    size = deliveries.group_of(channel.group, _most_per_s(runtime, lease.channel), is_most_urgent=is_most_urgent)
    for wording, group in copy_words.in_groups(worded, copies, size):
        if is_left() or (may_pause and deliveries.are_many(came)) or not _await_turn(runtime, lease, len(group)):
            break
        now = runtime.clock.now()
        left_s = int((valid_until - now).total_seconds()) if valid_until is not None else wording.valid_for_s
        if left_s < 1 or is_left():
            break
        # Durable where the provider can be asked: a power cut must not forget that a call was under way.
        with runtime.database.transaction(durable=channel.can_ask) as connection:
            going = deliveries.turn(
                connection, lease, done, group, now=now, can_ask=channel.can_ask, parts=wording.parts
            )
            reach("before_calling_commit")
        reach("after_calling_commit")
        # The provider keeps a copy for a phone that is off no longer than the warning holds.
        so_long = replace(wording, valid_for_s=left_s)
        done = list(zip(going, channel.send(so_long, going), strict=True)) if going else []
        answered += [result for _, result in done if isinstance(result, TryAgain | Rejected)]
        came.update(getattr(result, "code", "") for _, result in done if isinstance(result, Accepted | Rejected))
        answered += [result for _, result in done if isinstance(result, Accepted)][:1]
        if done and all(isinstance(result, TryAgain) for _, result in done):
            break  # the provider is away: the rest of the batch would only hear the same
    with runtime.database.transaction(durable=channel.can_ask) as connection:
        deliveries.note(connection, lease, done, now=runtime.clock.now(), can_ask=channel.can_ask)
        reach("before_record_commit")
    reach("after_record_commit")
    if may_pause and deliveries.are_many(came, least=1):  # of this batch: all of the alert's are counted then
        pause_refused(runtime, alert_id=lease.alert_id)
    return answered


def _is_left(runtime: Runtime, lease: Lease, is_stopping: Callable[[], bool]) -> Callable[[], bool]:
    """Whether the rest of the batch is to be left: its sender is told to end, or has something more urgent to do, or
    the alert has been paused. It looks for that a few times a second, and stays with what it has found."""
    left, looked_s = False, time.monotonic()

    def is_left() -> bool:
        nonlocal left, looked_s
        left = left or is_stopping()
        if not left and time.monotonic() - looked_s >= _LOOKS_UP_S:
            with runtime.database.read() as session:
                left = deliveries.is_overtaken(session, lease, now=runtime.clock.now())
                left = left or alerts.pause_of(session, lease.alert_id) is not None
            looked_s = time.monotonic()
        return left

    return is_left


def _most_per_s(runtime: Runtime, kind: ChannelKind) -> float:
    settings = runtime.settings
    return settings.sms.most_per_s if kind is ChannelKind.SMS else settings.email.most_per_s


def _await_turn(runtime: Runtime, lease: Lease, number: int) -> bool:
    """Wait for this group's place, where a provider takes only so many a second; False when so many wait before it that
    the lease would not last."""
    per_s = _most_per_s(runtime, lease.channel)
    if not per_s:
        return True
    now, longest = runtime.clock.now(), timedelta(seconds=lease.lease_s / 2)
    with runtime.database.write(durable=False) as session:
        starts_at = deliveries.take_turn(session, lease.channel, number, per_s=per_s, longest=longest, now=now)
    if starts_at is not None:
        time.sleep((starts_at - now).total_seconds())
    return starts_at is not None


def _give_back(
    runtime: Runtime, channel: Channel, lease: Lease, answered: Sequence[Result], *, at_once: bool = False
) -> None:
    """A batch that has got on waits as after a first try: a relay that takes so many a connection, or a provider so
    many a second, is not away."""
    now = runtime.clock.now()
    again = [result for result in answered if isinstance(result, TryAgain)]
    tries = 1 if len(again) < len(answered) else lease.tries + (1 if answered or not at_once else 0)
    asked_for_s = max((result.after_s for result in again), default=0.0)
    again_at = now + deliveries.wait_before(tries, spread=random.random(), asked_for_s=asked_for_s)  # noqa: S311
    with runtime.database.write(durable=channel.can_ask) as session:
        deliveries.hold(session, lease, now=now)
        standing = alerts.standing(session, lease.alert_id)  # read after `hold`: going on waits for its lock
        if standing.is_stopped:
            deliveries.keep_back(session, lease, now=now)
        if standing.valid_until is not None and now >= standing.valid_until:
            deliveries.give_up(session, lease, DeliveryState.EXPIRED, code="validity_passed", now=now)
        if channel.can_ask:
            flights = deliveries.in_flight(session, lease)
            ask_at = [deliveries.ask_time(flight, runtime.settings.sms.ask_after_s, now=now) for flight in flights]
            if ask_at and not again:
                again_at = max(again_at, min(ask_at))
        quiet_until = deliveries.quiet_until(session, lease, now=now)
        if quiet_until is not None and not again:
            again_at = max(again_at, quiet_until)
        if standing.is_paused:
            again_at, tries, at_once = now + _WHILE_PAUSED, lease.tries, False
        reach("before_batch_done")
        deliveries.finish(session, lease, now=now, again_at=now if at_once and not again else again_at, tries=tries)
    reach("after_batch_done")


# ------------------------------------------------------------------------------------- when it is refused too often


def pause_refused(runtime: Runtime, *, alert_id: int) -> bool:
    """Pause the alert when too many of its copies are refused for one reason; see `deciding.pause_if_refused`."""
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        paused = deciding.pause_if_refused(runtime, session, alert, now=runtime.clock.now())
        if paused:
            notify.nudge(runtime, session)
    return paused


def watch_refusals(runtime: Runtime) -> int:
    """The same for every alert of which something waits: receipts tell of refusals too. Returns how many it paused."""
    with runtime.database.read() as session:
        going = [row.id or 0 for row in alerts.being_sent(session) if alerts.may_pause(session, row)]
        waits = [alert_id for alert_id in going if deliveries.open_batches(session, alert_id)]
        found = [alert_id for alert_id in waits if deliveries.refusals(session, alert_id) is not None]
    return sum(pause_refused(runtime, alert_id=alert_id) for alert_id in found)


def go_on(runtime: Runtime, *, alert_id: int, account_id: int) -> bool:
    """Somebody has seen why the alert was paused and lets it go on; it is not paused again. Safe to repeat: False when
    it is in no pause."""
    with runtime.database.write() as session:
        done = deciding.go_on(runtime, session, alert_id, account_id=account_id)
        runtime.engine.enqueue(session, send_batch)
    return done


# -------------------------------------------------------------------------------------------- what came of it


def take_receipt(runtime: Runtime, receipt: ProviderReceipt) -> bool:
    """A provider says what became of a copy. Twice, late or out of order, it changes nothing that is better known."""
    with runtime.database.write(durable=False) as session:
        return receipts.take(session, receipt, now=runtime.clock.now())


def ask_the_silent(runtime: Runtime) -> int:
    """SMS whose receipt never came: one question each, and then they are unknown. Returns how many were asked about;
    the rest are when it runs next, so that a slow provider holds up no process that is told to end."""
    channel = runtime.channels.get(ChannelKind.SMS)
    if channel is None:
        return 0
    before = runtime.clock.now() - timedelta(seconds=runtime.settings.sms.receipt_wait_s)
    with runtime.database.read() as session:
        silent = receipts.silent(session, before=before)
    unknown: list[int] = []
    asked, enough_s = 0, time.monotonic() + _ASKS_FOR_S
    for row in silent:
        asked += 1
        said = channel.follow_up(row.provider_id, row.delivery_id)
        if said is None or not take_receipt(runtime, said) or said.said is Said.ON_ITS_WAY:
            unknown.append(row.delivery_id)
        if time.monotonic() >= enough_s:
            break
    with runtime.database.write() as session:
        receipts.leave_unknown(session, unknown, now=runtime.clock.now())
    return asked


def close_alerts(runtime: Runtime) -> int:
    """Close what can change no more and freeze its tally. Returns how many alerts were closed."""
    now = runtime.clock.now()
    wait = timedelta(seconds=runtime.settings.sms.receipt_wait_s)
    closed, price = 0, runtime.settings.sms.kronor_per_part
    with runtime.database.write() as session:
        for alert in alerts.being_sent(session):
            settle_by = (alert.valid_until or now) + wait
            if receipts.close(session, alert, now=now, settle_by=settle_by, kronor_per_part=price):
                closed += 1
                base_url = runtime.settings.installation.base_url
                webhooks.tell_closed(session, alert, settled_at=settle_by, base_url=base_url)
    return closed


def release_due(runtime: Runtime) -> int:
    """The sweep: fan out every approved alert whose hold has ended, whoever should have. Returns how many it could."""
    with runtime.database.read() as session:
        due = alerts.to_release(session, now=runtime.clock.now())
    return sum(fan_out(runtime, alert_id=alert_id) for alert_id in due)
