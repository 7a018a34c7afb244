"""The warnings of the past: written, checked, approved and closed by the same verbs as today's, at their own time.

Nothing of them is sent: the copies are noted as delivered, but for the numbers that nobody uses any more. What is older
than the rules keep goes again, and its tally stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.plan import MunicipalityPlan, WarningPlan
from grannsamverkan.domain import alerts, audit, places, receipts, targeting
from grannsamverkan.domain.alerts import Alert, AlertDraft, Source, Target
from grannsamverkan.domain.deliveries import Batch, Delivery, DeliveryState
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.settings import Settings

KEPT_DAYS = 30
_SENT_IN = timedelta(seconds=40)
_NOBODY = "30005"  # the provider's code for a number that nobody has


def build_warnings(ground: Ground, settings: Settings, towns: Sequence[tuple[MunicipalityPlan, list[Grown]]]) -> None:
    """Every warning of the tables, the oldest first, so that their numbers follow their days."""
    planned = [(plan, grown) for municipality, grown in towns for plan in municipality.warnings]
    for plan, grown in sorted(planned, key=lambda one: -one[0].days):
        _warn(ground, settings, plan, {one.plan.name: one for one in grown})
    receipts.forget_copies(ground.session, closed_before=ground.days_ago(KEPT_DAYS))


def _warn(ground: Ground, settings: Settings, plan: WarningPlan, grown: dict[str, Grown]) -> None:
    session, at = ground.session, ground.evening(plan.days, hour=9) + timedelta(minutes=plan.days % 50)
    code = grown[plan.networks[0]].municipality.code
    author = ground.police_id if plan.source is Source.POLICE else ground.desks[code]
    draft = AlertDraft(
        kind=plan.kind,
        attempted=plan.attempted,
        dwelling=plan.dwelling,
        happened_on=in_sweden(at - timedelta(days=1)).date(),
        day_part=plan.day_part,
        methods=plan.methods,
        advice=plan.advice,
        targets=tuple(Target(network_id=grown[name].id) for name in plan.networks),
    ).checked_on(in_sweden(at).date())
    alert = alerts.start(session, draft, author_account_id=author, source=plan.source, now=at)
    alerts.check(session, alert, now=at)
    _approve(ground, settings, alert, author, at)
    deliver(ground, settings, alert, at)


def deliver(ground: Ground, settings: Settings, alert: Alert, at: datetime) -> None:
    """What was approved has gone out then, and is closed."""
    session = ground.session
    alerts.begin_sending(session, alert)
    taken = targeting.take_slice(
        session,
        alert,
        after_id=0,
        size=10_000,
        batch_size=10_000,
        priority=10,
        heeds_quiet_hours=False,
        now=at,
    )
    alert.cursor_id, alert.fanned_out_at = taken.last_id, at
    session.flush()
    _note_as_sent(ground, alert, at)
    price = settings.sms.kronor_per_part
    receipts.close(session, alert, now=at + timedelta(hours=5), settle_by=at, kronor_per_part=price)
    session.flush()


def _approve(ground: Ground, settings: Settings, alert: Alert, author: int, at: datetime) -> None:
    session = ground.session
    facts = alerts.facts_of(
        alert,
        places.municipality(session, alert.municipality_code),
        alerts.places_of(session, alert.id or 0),
        settings.installation.base_url,
    )
    served = places.served_municipality(session, alert.municipality_code)
    worded = alerts.word(facts, served, domain=settings.email.domain, now=at)
    rule = alerts.rule_of(alert.alert_class, places.rules(session, alert.municipality_code))
    alerts.approve(
        session,
        alert,
        worded,
        approver_account_id=author,
        version=alert.version,
        now=at,
        release_at=at,
        valid_until=at + rule.validity,
    )
    note_approval(ground, alert, author, at)


def note_approval(ground: Ground, alert: Alert, author: int, at: datetime) -> None:
    """Who let it go, in the log."""
    audit.record(
        ground.session,
        now=at,
        account_id=author,
        act="alert.approved",
        thing="alert",
        thing_id=alert.id or 0,
        municipality_code=alert.municipality_code,
        number=alert.number or 0,
    )


def _note_as_sent(ground: Ground, alert: Alert, at: datetime) -> None:
    """Every copy delivered, but for those to numbers that nobody uses any more; its batches done."""
    gone = {
        row.id
        for row in ground.session.exec(
            select(ContactAddress)
            .join(Delivery, col(Delivery.address_id) == col(ContactAddress.id))
            .where(Delivery.alert_id == alert.id)
        )
        if row.value in ground.old_numbers
    }
    called = {"attempts": 1, "called_at": at, "handed_over_at": at + _SENT_IN, "final_at": at + 2 * _SENT_IN}
    theirs = col(Delivery.alert_id) == alert.id
    lost = col(Delivery.address_id).in_(gone)
    delivered = update(Delivery).where(theirs, ~lost).values(state=DeliveryState.DELIVERED, **called)
    failed = update(Delivery).where(theirs, lost).values(state=DeliveryState.FAILED, code=_NOBODY, **called)
    sms = update(Delivery).where(theirs, col(Delivery.channel) == ChannelKind.SMS)
    counted = sms.values(parts=parts_of(alert.sms_text or "").parts)
    done = update(Batch).where(col(Batch.alert_id) == alert.id).values(done_at=at + _SENT_IN)
    for statement in (delivered, failed, counted, done):
        ground.session.execute(statement)
