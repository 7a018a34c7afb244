"""Before sending: how many households an alert would reach, by which channel, and who is left out, and why.

Counted with the very conditions that fan-out uses.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.alerts import Alert, passes_level
from grannsamverkan.domain.targeting.fan_out import (
    ALL_ADDRESSES,
    MEANT,
    NOBODY_REACHED,
    OPEN_ADDRESSES,
    WHY_LEFT_OUT,
)
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind

# Why a household gets no copy. `paper`: it has chosen no channel; `dead`: its numbers and mailboxes answer no more.
# `level`: they want only what is under way. `dead` and `paper` are the contact person's to visit; the rest are left
# in peace.
REASONS = ("paused", "stopped", "level", "dead", "paper")


@dataclass(frozen=True)
class Reach:
    """Households in all; copies and households by channel; households with no copy by reason (see REASONS)."""

    households: int
    copies: dict[ChannelKind, int] = field(default_factory=dict)
    by_channel: dict[ChannelKind, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        return self.households - sum(self.left_out.values())


_COPIES = text(f"""
    SELECT a.channel, COUNT(DISTINCT a.lookup), COUNT(DISTINCT h.id) FROM household h
    {OPEN_ADDRESSES}
    WHERE s.since IS NULL AND {MEANT}
    GROUP BY a.channel
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608

_LEFT_OUT = text(f"""
    SELECT reason, COUNT(*) FROM (
        SELECT {WHY_LEFT_OUT} AS reason FROM household h
        {ALL_ADDRESSES}
        WHERE {MEANT}
        GROUP BY h.id HAVING {NOBODY_REACHED}) reasons
    GROUP BY reason
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608

_HOUSEHOLDS = text(f"SELECT COUNT(*) FROM household h WHERE {MEANT}")  # noqa: S608


def reach(session: Session, alert: Alert, *, now: datetime) -> Reach:
    """What the alert would reach if it were released now."""
    connection = session.connection()
    where = {"alert_id": alert.id, "is_urgent": int(passes_level(alert.alert_class)), "now": now}
    rows = connection.execute(_COPIES, where).all()
    return Reach(
        households=connection.execute(_HOUSEHOLDS, {"alert_id": alert.id}).scalar_one(),
        copies={ChannelKind(channel): copies for channel, copies, _ in rows},
        by_channel={ChannelKind(channel): households for channel, _, households in rows},
        left_out=dict(connection.execute(_LEFT_OUT, where).all()),
    )
