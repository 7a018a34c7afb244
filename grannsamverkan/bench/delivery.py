"""One alert to N made-up recipients, from release to the last acceptance: by one process, or by workers on PostgreSQL.

Without addresses it uses the stand-ins, and every count and time of hand-over is theirs. With an address of a server
of one's own, counts come from what that server answered, since nobody else can be asked.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from grannsamverkan import flow, schema
from grannsamverkan.bench.people import add_recipients, address
from grannsamverkan.bench.pg_server import pg_server
from grannsamverkan.bench.senders import Senders, sending
from grannsamverkan.domain import alerts, deliveries
from grannsamverkan.domain.alerts import Advice, AlertClass, AlertDraft, AlertKind, DayPart, Dwelling, Source, Target
from grannsamverkan.domain.deliveries import Delivery, DeliveryState
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, load
from grannsamverkan.standins.launch import Standins, acceptance_times, count, lost, start_standins
from grannsamverkan.wiring import build_runtime, ensure_schema

_SENDER = "+46701740699"
_POLL_S = 0.1


@dataclass(frozen=True)
class Plan:
    """What to measure. Addresses are loopback only; `database` empty means a SQLite file that is thrown away."""

    recipients: int
    channel: ChannelKind
    database: str = ""
    smtp: str = ""
    twilio: str = ""
    longest_s: float = 3600.0
    latency_ms: int = 0  # of the stand-in's answers
    connections: int = 0  # at once; 0: as the settings have it
    provider_limit: float = 0.0  # copies a second at the most; 0: none
    workers: int = 0  # processes on PostgreSQL; 0: one process that does it all

    @property
    def uses_standins(self) -> bool:
        return not (self.smtp if self.channel is ChannelKind.EMAIL else self.twilio)


def measure(plan: Plan) -> dict[str, Any]:
    """Run the plan and leave nothing behind; see the module for who counts. NoPostgres where workers want one and
    there is none."""
    with (
        tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder,
        _other_side(plan, Path(folder)) as standins,
        database_of(plan, Path(folder)) as url,
    ):
        settings = settings_of(plan, url, standins)
        configure_logs(settings.log.level, as_json=False)
        engine = None if plan.workers else EmbeddedEngine()
        runtime = build_runtime(settings, engine=engine)
        try:
            if schema.revisions(runtime.database)[0] is None:
                schema.upgrade(runtime.database)  # an empty database was asked for, of either kind
            ensure_schema(runtime)
            network_id, account_id = add_recipients(runtime, plan.channel, plan.recipients)
            alert_id, content = checked_alert(runtime, network_id, account_id)
            with senders_of(plan, runtime, engine, Path(folder)) as senders:
                cpu_before, began = senders.cpu_s(), time.time()
                flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=account_id, content=content)
                await_end(runtime, alert_id, began + plan.longest_s)
                # Read before the far end's log is: counting a hundred thousand lines is not the product's memory.
                used = {
                    "cpu_s": round(senders.cpu_s() - cpu_before, 3),
                    "peak_rss_mb": round(senders.peak_rss_mb(), 1),
                }
                return {**_result(plan, runtime, standins, alert_id, began), **used}
        finally:
            runtime.close()


class _Here:
    """This process as the sender."""

    def cpu_s(self) -> float:
        return _cpu_s()

    def peak_rss_mb(self) -> float:
        return _peak_rss_mb()


@contextmanager
def senders_of(plan: Plan, runtime: Runtime, engine: EmbeddedEngine | None, folder: Path) -> Iterator[Senders | _Here]:
    """Whoever sends, at work."""
    if engine is None:
        with sending(runtime.settings, folder, plan.workers) as senders:
            yield senders
        return
    engine.start(runtime)
    try:
        yield _Here()
    finally:
        engine.stop()


@contextmanager
def database_of(plan: Plan, folder: Path) -> Iterator[str]:
    """The address of the plan's database, or of one that is thrown away."""
    if plan.database or not plan.workers:
        yield plan.database or str(folder / "bench.db")
        return
    with pg_server(durable=True) as server:
        yield server.url()


@contextmanager
def _other_side(plan: Plan, folder: Path) -> Iterator[Standins | None]:
    if not plan.uses_standins:
        yield None
        return
    # Status callbacks and reports are off: they would be measured too, and there is no web server here to take them.
    with start_standins(
        folder / "standins",
        behave_sms={"callbacks": [], "latency_ms": plan.latency_ms},
        behave_mail={"reports": False, "latency_ms": plan.latency_ms},
        keep_sms=10,
        keep_mail=10,
    ) as standins:
        yield standins


def settings_of(plan: Plan, url: str, standins: Standins | None) -> Settings:
    """An installation that sends what the plan says to the stand-ins, or to the plan's own addresses."""
    host, _, port = plan.smtp.rpartition(":")
    smtp = (standins.smtp_host, standins.smtp_port) if standins else (host or "127.0.0.1", int(port or 25))
    twilio = standins.sms_url if standins else plan.twilio or "http://127.0.0.1:9"
    at_once = {**({"connections": plan.connections} if plan.connections else {}), "most_per_s": plan.provider_limit}
    return load(
        installation={"mode": "demo", "base_url": ""},
        database={"url": url},
        engine={"kind": "distributed" if plan.workers else "embedded"},
        keys={"data": new_key(), "lookup": new_key(), "web": new_key()},
        sms={
            "account_sid": standins.account_sid if standins else "AC" + "0" * 32,
            "auth_token": standins.auth_token if standins else "0" * 32,
            "sender": _SENDER,
            "base_url": twilio,
            "timeout_s": 30.0,
            **(at_once if plan.channel is ChannelKind.SMS else {}),
        },
        email={
            "host": smtp[0],
            "port": smtp[1],
            "domain": "gs.hoor.example",
            **(at_once if plan.channel is ChannelKind.EMAIL else {}),
        },
        log={"level": "WARNING", "form": "text"},
    )


def checked_alert(
    runtime: Runtime, network_id: int, account_id: int, alert_class: AlertClass = AlertClass.WARNING
) -> tuple[int, str]:
    """(id, content) of an alert to the whole network, looked at and ready to be let go."""
    now = runtime.clock.now()
    draft = AlertDraft(
        alert_class=alert_class,
        kind=AlertKind.BURGLARY_HOME,
        dwelling=Dwelling.VILLA,
        happened_on=now.astimezone(STOCKHOLM).date(),
        day_part=DayPart.NIGHT_TO,
        advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS),
        targets=(Target(network_id=network_id),),
    )
    with runtime.database.write() as session:
        alert = alerts.start(session, draft, author_account_id=account_id, source=Source.POLICE, now=now)
    assert alert.id is not None
    return alert.id, flow.check_alert(runtime, alert_id=alert.id).content


def await_end(runtime: Runtime, alert_id: int, deadline: float) -> None:
    """Until every batch is done; looks at the few batch rows only, so that it costs the senders little."""
    while time.time() < deadline:
        with runtime.database.read() as session:
            fanned_out = session.exec(select(alerts.Alert.fanned_out_at).where(alerts.Alert.id == alert_id)).one()
            if fanned_out is not None and deliveries.open_batches(session, alert_id) == 0:
                return
        time.sleep(_POLL_S)
    raise Refused("not_finished_in_time")


def _result(plan: Plan, runtime: Runtime, standins: Standins | None, alert_id: int, began: float) -> dict[str, Any]:
    log = standins and (standins.sms_log if plan.channel is ChannelKind.SMS else standins.mail_log)
    with runtime.database.read() as session:
        alert = alerts.alert(session, alert_id)
        number, released, fanned_out = alert.number, alert.release_at, alert.fanned_out_at
        taken = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)
        rows = session.exec(
            select(func.count(col(Delivery.id)), func.max(col(Delivery.handed_over_at))).where(
                Delivery.alert_id == alert_id, col(Delivery.state).in_(taken)
            )
        ).one()
    assert released is not None
    assert fanned_out is not None
    if log:
        keys = (f"{address(plan.channel, n)} {number}" for n in range(1, plan.recipients + 1))
        counted = count(log)
        missing = len(lost(log, keys)) if plan.channel is ChannelKind.SMS else plan.recipients - counted.distinct_keys
        times = sorted(t - released.timestamp() for t in acceptance_times(log))
        handed_over, doubled = counted.distinct_keys, counted.doubled
    else:
        handed_over, doubled, missing = rows[0], 0, plan.recipients - rows[0]
        times = sorted(_row_times(runtime, alert_id, released.timestamp()))
    seconds = times[-1] if times else time.time() - began
    first_ms = times[0] * 1000 if times else 0.0
    return {
        "recipients": plan.recipients,
        "handed_over": handed_over,
        "lost": missing,
        "doubled": doubled,
        "seconds": round(seconds, 3),
        "messages_per_s": round(handed_over / seconds, 1) if seconds else 0.0,
        "fan_out_s": round((fanned_out - released).total_seconds(), 3),
        "first_ms": round(first_ms, 1),
        "p50_ms": round(_quantile(times, 0.50) * 1000, 1),
        "p99_ms": round(_quantile(times, 0.99) * 1000, 1),
    }


def _row_times(runtime: Runtime, alert_id: int, released: float) -> list[float]:
    with runtime.database.read() as session:
        rows = session.exec(select(Delivery.handed_over_at).where(Delivery.alert_id == alert_id))
        return [at.timestamp() - released for at in rows if at is not None]


def _quantile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_048_576 if sys.platform == "darwin" else 1_024)
