"""What the municipalities and the police have promised, and how it stood month by month."""

from datetime import date, timedelta

from grannsamverkan.demo.town.ground import Ground
from grannsamverkan.demo.town.plan import MunicipalityPlan
from grannsamverkan.domain import promise
from grannsamverkan.domain.promise import TargetDraft
from grannsamverkan.foundation.swedish import in_sweden

_MONTHS = 24


def build_promises(ground: Ground, municipality: MunicipalityPlan) -> None:
    """Targets for last year and this, and a snapshot at the end of each month of two years, and of yesterday."""
    today = in_sweden(ground.now).date()
    begins, ends = date(today.year - 1, 1, 1), date(today.year, 12, 31)
    for plan in municipality.targets:
        draft = TargetDraft(plan.measure, plan.kind, plan.number, begins, ends)
        promise.add_target(ground.session, municipality.code, draft, now=ground.days_ago((today - begins).days))
    for day in sorted({*_month_ends(today), today - timedelta(days=1)}):
        promise.take_snapshot(ground.session, municipality.code, day, now=promise.end_of(day))


def _month_ends(today: date) -> list[date]:
    ends, first = [], today.replace(day=1)
    for _ in range(_MONTHS):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends
