"""When a message goes, and until when its copies are worth handing over: the hold, the validity and the quiet hours."""

from dataclasses import dataclass
from datetime import datetime

from grannsamverkan.domain.alerts.classes import ClassRule
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.swedish import in_sweden, is_between, next_hour


@dataclass(frozen=True)
class QuietHours:
    """Whole hours in Sweden in which phones are left in peace; the same hour twice: none are."""

    begins: int
    ends: int

    @classmethod
    def of(cls, rules: Rules) -> "QuietHours":
        """The municipality's."""
        return cls(rules.quiet_from, rules.quiet_to)

    def hold_at(self, moment: datetime) -> bool:
        """Whether it is quiet then."""
        return self.begins != self.ends and is_between(in_sweden(moment).hour, self.begins, self.ends)

    def end_after(self, moment: datetime) -> datetime:
        """When they end next."""
        return next_hour(in_sweden(moment), self.ends)

    def begin_after(self, moment: datetime) -> datetime | None:
        """When they begin next; None when there are none."""
        return None if self.begins == self.ends else next_hour(in_sweden(moment), self.begins)


@dataclass(frozen=True)
class Timing:
    """`release_at`: fan-out begins. `valid_until`: nothing is handed over from then on, and no provider keeps a copy.

    `waits`: quiet hours put it off.
    """

    release_at: datetime
    valid_until: datetime
    waits: bool


def timing(
    rule: ClassRule,
    quiet: QuietHours,
    *,
    approved_at: datetime,
    planned_at: datetime | None = None,
    over_quiet_hours: bool = False,
) -> Timing:
    """When a message that is approved then goes, at the earliest when it is planned for.

    What falls into quiet hours waits for their end, and its validity begins there; what goes before them is worth
    nothing once they have begun. `over_quiet_hours`: somebody has answered for it that this one rings all the same.
    """
    release_at = approved_at + rule.hold
    if planned_at is not None:
        release_at = max(release_at, planned_at)
    if rule.passes_quiet_hours or over_quiet_hours:
        return Timing(release_at, release_at + rule.validity, waits=False)
    waits = quiet.hold_at(release_at)
    if waits:
        release_at = quiet.end_after(release_at)
    valid_until, begins = release_at + rule.validity, quiet.begin_after(release_at)
    return Timing(release_at, min(valid_until, begins) if begins else valid_until, waits)
