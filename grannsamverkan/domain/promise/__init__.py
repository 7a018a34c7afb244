"""Promise: targets, and how it stood on any day."""

from grannsamverkan.domain.promise.public import ROUNDED_TO, PublicNumber, added, households
from grannsamverkan.domain.promise.snapshots import (
    STARTING,
    Held,
    end_of,
    held_between,
    newest_on,
    newest_on_each,
    on_day,
    on_days,
    series,
    stored_days,
    take_snapshot,
)
from grannsamverkan.domain.promise.tables import Measure, PromiseSnapshot, PromiseTarget
from grannsamverkan.domain.promise.targets import (
    Progress,
    TargetDraft,
    add_target,
    end_target,
    municipality_of,
    progress,
    targets,
)

__all__ = [
    "ROUNDED_TO",
    "STARTING",
    "Held",
    "Measure",
    "Progress",
    "PromiseSnapshot",
    "PromiseTarget",
    "PublicNumber",
    "TargetDraft",
    "add_target",
    "added",
    "end_of",
    "end_target",
    "held_between",
    "households",
    "municipality_of",
    "newest_on",
    "newest_on_each",
    "on_day",
    "on_days",
    "progress",
    "series",
    "stored_days",
    "take_snapshot",
    "targets",
]
