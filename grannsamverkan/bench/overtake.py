"""A small urgent alert while a big one is under way: how soon its ten have it, from approval to the far end.

The big one is a warning to everybody. At even steps of its way something that is going on right now is let go, each
time to ten others, and the sink says when each of them got it. The clock starts before the approval is asked for, so
that whatever the approval waits for, behind a busy sender, is in the time.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grannsamverkan import flow, schema
from grannsamverkan.bench.delivery import Plan, await_end, checked_alert, database_of, senders_of, settings_of
from grannsamverkan.bench.people import add_network, add_recipients, address
from grannsamverkan.bench.sink import Sink, running_sink
from grannsamverkan.domain.alerts import AlertClass
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.wiring import build_runtime, ensure_schema

URGENT = 10  # recipients of each small one
_POLL_S = 0.01


@dataclass(frozen=True)
class Overtaking:
    """How big the big one is, and how often it is overtaken. `workers`: processes on PostgreSQL; 0: one process that
    does it all, on a SQLite file."""

    recipients: int
    channel: ChannelKind = ChannelKind.EMAIL
    workers: int = 0
    times: int = 5
    latency_ms: int = 0  # of every answer of the far end
    provider_limit: float = 0.0  # copies a second at the most; 0: none
    limit_ms: float = 1000.0  # for the last of the ten
    longest_s: float = 3600.0


@dataclass(frozen=True)
class _Small:
    """An urgent alert that is ready to be let go, and whom it is for."""

    alert_id: int
    content: str
    numbers: range


@dataclass(frozen=True)
class _LetGo:
    """When approval was asked for (epoch seconds), and what share of the big one was at the far end then."""

    small: _Small
    at: float
    gone: float


def measure(plan: Overtaking) -> dict[str, Any]:
    """Run the plan and leave nothing behind. NoTool without a C compiler, NoPostgres where workers want one and there
    is none, Refused when it takes longer than `longest_s`."""
    with tempfile.TemporaryDirectory(prefix="grannsamverkan-") as name:
        folder = Path(name)
        face = "smtp" if plan.channel is ChannelKind.EMAIL else "sms"
        with (
            running_sink(folder / "sink", "smtp" if face == "smtp" else "sms", delay_ms=plan.latency_ms) as sink,
            _installation(plan, sink, folder) as (runtime, as_sent, engine),
        ):
            network_id, account_id = add_recipients(runtime, plan.channel, plan.recipients)
            smalls = [_small(runtime, plan, account_id, number) for number in range(plan.times)]
            big_id, content = checked_alert(runtime, network_id, account_id)
            with senders_of(as_sent, runtime, engine, folder):
                began = time.time()
                flow.approve_alert(runtime, alert_id=big_id, approver_account_id=account_id, content=content)
                let_go = list(_overtake(plan, runtime, sink, smalls, account_id, began + plan.longest_s))
                for alert_id in (big_id, *(small.alert_id for small in smalls)):
                    await_end(runtime, alert_id, began + plan.longest_s)
            return _result(plan, sink, let_go, began)


@contextmanager
def _installation(plan: Overtaking, sink: Sink, folder: Path) -> Iterator[tuple[Runtime, Plan, EmbeddedEngine | None]]:
    """A migrated installation that sends to the sink, and the same as `bench delivery` knows it."""
    is_mail = plan.channel is ChannelKind.EMAIL
    as_sent = Plan(
        plan.recipients,
        plan.channel,
        smtp=f"127.0.0.1:{sink.port}" if is_mail else "",
        twilio="" if is_mail else f"http://127.0.0.1:{sink.port}",
        provider_limit=plan.provider_limit,
        workers=plan.workers,
    )
    with database_of(as_sent, folder) as url:
        settings = settings_of(as_sent, url, None)
        configure_logs(settings.log.level, as_json=False)
        engine = None if plan.workers else EmbeddedEngine()
        runtime = build_runtime(settings, engine=engine)
        try:
            schema.upgrade(runtime.database)
            ensure_schema(runtime)
            yield runtime, as_sent, engine
        finally:
            runtime.close()


def _small(runtime: Runtime, plan: Overtaking, account_id: int, number: int) -> _Small:
    first = plan.recipients + 1 + number * URGENT
    numbers = range(first, first + URGENT)
    network_id = add_network(runtime, plan.channel, numbers, f"Gränden {number + 1}")
    return _Small(*checked_alert(runtime, network_id, account_id, AlertClass.ONGOING), numbers)


def _overtake(
    plan: Overtaking, runtime: Runtime, sink: Sink, smalls: list[_Small], account_id: int, deadline: float
) -> Iterator[_LetGo]:
    """Let each small one go when its share of the big one is at the far end: 10, 30, 50, 70 and 90 % for five."""
    arrived = 0
    with sink.log.open("rb") as log:
        for number, small in enumerate(smalls):
            while arrived < plan.recipients * (number + 0.5) / len(smalls):
                time.sleep(_POLL_S)
                arrived += log.read().count(b"\n")
                if time.time() > deadline:
                    raise Refused("not_finished_in_time")
            at = time.time()
            flow.approve_alert(runtime, alert_id=small.alert_id, approver_account_id=account_id, content=small.content)
            yield _LetGo(small, at, min(1.0, arrived / plan.recipients))


def _result(plan: Overtaking, sink: Sink, let_go: list[_LetGo], began: float) -> dict[str, Any]:
    got = sink.accepted()
    moments = []
    for one in let_go:
        times = [got.at[address(plan.channel, number)] - one.at for number in one.small.numbers]
        moments.append(
            {
                "gone": round(one.gone, 3),
                "first_ms": round(min(times) * 1000, 1),
                "last_ms": round(max(times) * 1000, 1),
            }
        )
    firsts, lasts = ([moment[name] for moment in moments] for name in ("first_ms", "last_ms"))
    lost = plan.recipients + URGENT * plan.times - (got.messages - got.doubled)
    is_overtaken = all(moment["gone"] < 1 for moment in moments)  # else there was nothing to overtake
    return {
        "database": "postgresql" if plan.workers else "sqlite",
        "recipients": plan.recipients,
        "urgent": URGENT,
        "all_s": round(got.times[-1] - began, 3),
        "moments": moments,
        "first_ms": {"median": round(statistics.median(firsts), 1), "worst": max(firsts)},
        "last_ms": {"median": round(statistics.median(lasts), 1), "worst": max(lasts)},
        "lost": lost,
        "doubled": got.doubled,
        "limit_ms": plan.limit_ms,
        "ok": is_overtaken and not lost and not got.doubled and max(lasts) <= plan.limit_ms,
    }
