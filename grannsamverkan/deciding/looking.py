"""A message is looked at: its words, whom it reaches, what that costs, when it goes, and what has to be done first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.deciding.passing_on import Via, via_contact_persons
from grannsamverkan.deciding.spending import Spending, spending_at
from grannsamverkan.domain import alerts, places, targeting
from grannsamverkan.domain.alerts import Alert, AlertClass, ClassRule, Need, QuietHours, Timing, Worded
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Weighed:
    """What stands between a message and its going: why a second person is needed, and how many households have had
    their week's warnings already (then somebody has to say why they are to get another). sms_parts is what it takes of
    the municipality's money."""

    needs: tuple[Need, ...]
    over_budget: int
    sms_parts: int = 0


@dataclass(frozen=True)
class Checked:
    """What the check page shows, and what an approval of it is bound to.

    cost_kronor counts SMS parts in each language; finish_s is how long hand-over to the last phone is expected to take;
    timing is when it would go if it were approved now; via the networks in which contact persons pass it on; spending
    is of the year in which it would go, None without a budget.
    """

    alert: Alert
    worded: Worded
    reach: targeting.Reach
    cost_kronor: float
    finish_s: dict[ChannelKind, float]
    rule: ClassRule
    timing: Timing
    weighed: Weighed
    via: list[Via]
    spending: Spending | None
    content: str

    @property
    def over_sms_budget(self) -> bool:
        """Whether it costs more than the year has left."""
        return self.spending is not None and not self.spending.holds(self.cost_kronor)

    @property
    def asks_why(self) -> bool:
        """Whether a limit wants somebody to say why it is to go."""
        must_go = self.alert.alert_class in alerts.WHATEVER_IT_COSTS
        return self.weighed.over_budget > 0 or (self.over_sms_budget and not must_go)


def look_at(runtime: Runtime, session: Session, alert: Alert, *, now: datetime) -> Checked:
    """The alert in words and numbers, as it would go now."""
    worded = word_alert(runtime, session, alert)
    reached = targeting.reach(session, alert, now=now)
    rule, timing = timing_of(session, alert, now)
    sms, weighed = runtime.settings.sms, _weigh(session, alert, worded, reached, now)
    return Checked(
        alert=alert,
        worded=worded,
        reach=reached,
        cost_kronor=weighed.sms_parts * sms.kronor_per_part,
        finish_s={
            ChannelKind.SMS: reached.copies.get(ChannelKind.SMS, 0) / sms.per_s,
            ChannelKind.EMAIL: reached.copies.get(ChannelKind.EMAIL, 0) / runtime.settings.email.per_s,
        },
        rule=rule,
        timing=timing,
        weighed=weighed,
        via=via_contact_persons(session, alert, release_at=timing.release_at, valid_until=timing.valid_until, now=now),
        spending=spending_at(runtime, session, alert.municipality_code, at=timing.release_at),
        content=alerts.approval_hash(session, alert, worded),
    )


def _sms_parts(worded: Worded, reached: targeting.Reach) -> int:
    """How many parts all the SMS have together."""
    in_language = {SWEDISH: worded, **worded.others}
    return sum(said.sms.parts * reached.copies_in(one, ChannelKind.SMS) for one, said in in_language.items())


def weigh(runtime: Runtime, session: Session, alert: Alert, *, now: datetime) -> Weighed:
    """What has to be done before the alert may go."""
    return _weigh(session, alert, word_alert(runtime, session, alert), targeting.reach(session, alert, now=now), now)


def _weigh(session: Session, alert: Alert, worded: Worded, reached: targeting.Reach, now: datetime) -> Weighed:
    rules = places.rules(session, alert.municipality_code)
    over = 0
    if alert.alert_class is AlertClass.WARNING:
        over = targeting.had_enough(session, alert, since=now - WEEK, most=rules.warnings_a_week)
    needs = alerts.needs_of(alert, rules, households=reached.reached)
    return Weighed(needs, over, _sms_parts(worded, reached))


def timing_of(session: Session, alert: Alert, now: datetime) -> tuple[ClassRule, Timing]:
    """What holds for the alert where it goes, and when it would go if it were approved now."""
    rules = places.rules(session, alert.municipality_code)
    rule = alerts.rule_of(alert.alert_class, rules)
    over = alert.over_quiet_hours
    return rule, alerts.timing(
        rule, QuietHours.of(rules), approved_at=now, planned_at=alert.planned_at, over_quiet_hours=over
    )


def word_alert(runtime: Runtime, session: Session, alert: Alert) -> Worded:
    """The alert in words, as it stands now."""
    return alerts.word_in(
        session,
        alert,
        places.served_municipality(session, alert.municipality_code),
        domain=runtime.settings.email.domain,
        base_url=runtime.settings.installation.base_url,
        now=runtime.clock.now(),
    )
