"""How it goes right now, read from the rows: does the clock tick, how long has what is due been waiting, is a provider
away. What is wrong is named as an alarm; each has a page in docs/drift.

Whoever looks does not send: what senders see of their providers comes here by rows too.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grannsamverkan.domain import alerts, deliveries, keeping, receipts
from grannsamverkan.domain.deliveries import Availability, Health
from grannsamverkan.foundation.copy_files import LATE, copies_in, spoilt_in
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import CLOCK_STILL_S, Runtime
from grannsamverkan.settings import Backup

LEFT_AT_PROVIDER = timedelta(days=14)
WAITED_LONG_S = 600.0
TRIED_OFTEN = 3
# The alarms, each with the name of its page.
CLOCK_STOPPED, WAITED_LONG, PROVIDER_AWAY, PROVIDER_LET_ALONE, CHANNEL_UNSET, NOT_DELETED, COPY_LATE, COPY_SPOILT = (
    "clock_stopped",
    "waited_long",
    "provider_away",
    "provider_let_alone",
    "channel_unset",
    "not_deleted",
    "copy_late",
    "copy_spoilt",
)
PAUSED, CANARY_LOST, HEARTBEAT_LOST = "paused", "canary_lost", "heartbeat_lost"
ALARMS = (
    *(CLOCK_STOPPED, WAITED_LONG, PROVIDER_AWAY, PROVIDER_LET_ALONE, CHANNEL_UNSET, NOT_DELETED, COPY_LATE),
    *(COPY_SPOILT, CANARY_LOST, PAUSED, HEARTBEAT_LOST),
)


def note_providers(runtime: Runtime) -> None:
    """What this process has seen of its providers since it last told becomes rows. A copy's way does not wait for it:
    engines call it now and then."""
    news = [standing for provider in runtime.providers if (standing := provider.news()) is not None]
    if news:
        with runtime.database.write(durable=False) as session:
            for standing in sorted(news, key=lambda one: one.provider):  # one order, so that no two wait for each other
                deliveries.note_standing(session, standing, now=runtime.clock.now())


def look(runtime: Runtime) -> dict[str, Any]:
    """Figures and alarms; `ok` when there is no alarm. Ages in seconds, None where there is nothing to age."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        ticked_at = deliveries.last_tick_at(session)
        held = keeping.held_classes(session, now=now)
        is_left = receipts.lies_there_since(session, before=now - LEFT_AT_PROVIDER, held=held)
        queues = {queue.channel: queue for queue in deliveries.queues(session, now=now)}
        known = deliveries.providers_health(session)
        canaries = deliveries.canaries(session)
        released_at = alerts.released_since(session, now=now)
        paused = alerts.paused(session)
        heartbeat = deliveries.heartbeat(session)
        available = deliveries.availability(session, now=now)
    ticked_s = _age_s(ticked_at, now)
    alarms = [] if ticked_s is not None and abs(ticked_s) < CLOCK_STILL_S else [CLOCK_STOPPED]
    alarms += [NOT_DELETED] if is_left else []
    copied_s, is_late = _newest_copy(runtime.settings.backup, now)
    alarms += [PAUSED] if paused else []
    alarms += [COPY_LATE] if is_late else []
    is_watched = bool(runtime.settings.heartbeat.url)
    alarms += [HEARTBEAT_LOST] if is_watched and heartbeat.is_lost(now) else []
    backups = runtime.settings.backup.folder
    alarms += [COPY_SPOILT] if backups and spoilt_in(Path(backups)) else []
    released_s = _age_s(released_at, now)
    if released_s is not None and released_s >= WAITED_LONG_S:  # who makes the copies is away, so that no batch waits
        alarms.append(f"{WAITED_LONG}:release")
    channels, of_channels = _channels(runtime, queues, now)
    providers, of_providers = _providers(runtime, known, canaries, now)
    alarms += of_channels + of_providers
    ages = {"clock_ticked_s": ticked_s, "released_s": released_s, "copied_s": copied_s}
    if is_watched:
        ages["heartbeat_tried_s"] = _age_s(heartbeat.tried_at, now)
        ages["heartbeat_taken_s"] = _age_s(heartbeat.taken_at, now)
    seen = {"channels": channels, "providers": providers, "available": available and _share(available)}
    return {"ok": not alarms, "alarms": alarms, **ages, **seen}


def _channels(
    runtime: Runtime, queues: dict[ChannelKind, deliveries.Queue], now: datetime
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Figures and alarms of each channel, whether it is set or not."""
    channels, alarms = {}, []
    for kind in ChannelKind:
        queue, is_set, name = queues.get(kind), kind in runtime.channels, kind.name.lower()
        oldest_s = None if queue is None else _age_s(queue.oldest, now)
        alarms += [] if oldest_s is None or oldest_s < WAITED_LONG_S else [f"{WAITED_LONG}:{name}"]
        if queue is not None and queue.most_tries >= TRIED_OFTEN:
            alarms.append(f"{PROVIDER_AWAY}:{name}")
        if queue is not None and not is_set:
            alarms.append(f"{CHANNEL_UNSET}:{name}")
        channels[name] = {
            "set": is_set,
            "open_batches": queue.open if queue else 0,
            "due_batches": queue.due if queue else 0,
            "oldest_due_s": oldest_s,
            "most_tries": queue.most_tries if queue else 0,
        }
    return channels, alarms


def _providers(
    runtime: Runtime,
    known: dict[str, deliveries.ProviderWord],
    canaries: dict[str, deliveries.CanaryWord],
    now: datetime,
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Figures and alarms of each provider that is set."""
    providers: dict[str, dict[str, Any]] = {}
    alarms = []
    for provider in runtime.providers:
        word = known.get(provider.name, deliveries.ProviderWord(Health.UNUSED))
        if word.health is Health.LET_ALONE and word.is_away(now):
            alarms.append(f"{PROVIDER_LET_ALONE}:{provider.name}")
        figures = {"health": word.health.value, "took_s": _age_s(word.took_at, now), "cause": word.cause}
        if runtime.settings.canary.to(provider.kind):
            canary = canaries.get(provider.name, deliveries.CanaryWord())
            alarms += [f"{CANARY_LOST}:{provider.name}"] if canary.is_lost(now) else []
            figures["canary_proved_s"] = _age_s(canary.proved_at, now)
        providers[provider.name] = figures
    return providers, alarms


def _share(found: Availability) -> dict[str, Any]:
    minutes = {"able_min": found.able, "unable_min": found.unable, "unseen_min": found.unseen}
    return {"percent": found.percent, "since": found.since.isoformat(), **minutes}


def _age_s(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (now - at).total_seconds()


def _newest_copy(chosen: Backup, now: datetime) -> tuple[float | None, bool]:
    """Its age in seconds, None when there is none; and whether there should be a newer one."""
    found = copies_in(Path(chosen.folder)) if chosen.folder else []
    copied_s = (now - found[-1][1]).total_seconds() if found else None
    return copied_s, bool(chosen.folder) and (copied_s is None or copied_s > LATE.total_seconds())


def as_metrics(found: dict[str, Any]) -> str:
    """The same in Prometheus' text form; what has no age is left out."""
    lines = ["# TYPE grannsamverkan_ok gauge", f"grannsamverkan_ok {int(found['ok'])}"]
    for age in ("clock_ticked", "copied", "released", "heartbeat_taken"):
        if (seconds := found.get(f"{age}_s")) is not None:
            lines += [f"# TYPE grannsamverkan_{age}_seconds gauge", f"grannsamverkan_{age}_seconds {seconds:.1f}"]
    for figure, name in (
        ("open_batches", "open_batches"),
        ("due_batches", "due_batches"),
        ("oldest_due_s", "oldest_due_seconds"),
        ("most_tries", "most_tries"),
    ):
        lines.append(f"# TYPE grannsamverkan_{name} gauge")
        for channel, figures in found["channels"].items():
            if figures[figure] is not None:
                lines.append(f'grannsamverkan_{name}{{channel="{channel}"}} {figures[figure]:g}')
    lines += _provider_metrics(found["providers"])
    lines += _available_metrics(found["available"]) if found["available"] else []
    lines.append("# TYPE grannsamverkan_alarm gauge")
    for alarm in ALARMS:
        lines.append(f'grannsamverkan_alarm{{name="{alarm}"}} {sum(one.startswith(alarm) for one in found["alarms"])}')
    return "\n".join(lines) + "\n"


def _provider_metrics(providers: dict[str, dict[str, Any]]) -> list[str]:
    """For each provider 1 beside the state it is in, 0 beside the others; how long ago it last took something,
    and how long ago it was last proved to deliver it."""
    lines = ["# TYPE grannsamverkan_provider_health gauge"]
    for name, figures in providers.items():
        for state in Health:
            labels = f'provider="{name}",state="{state.value}"'
            lines.append(f"grannsamverkan_provider_health{{{labels}}} {int(figures['health'] == state)}")
    for age in ("took", "canary_proved"):
        lines.append(f"# TYPE grannsamverkan_provider_{age}_seconds gauge")
        for name, figures in providers.items():
            if (seconds := figures.get(f"{age}_s")) is not None:
                lines.append(f'grannsamverkan_provider_{age}_seconds{{provider="{name}"}} {seconds:.1f}')
    return lines


def _available_metrics(share: dict[str, Any]) -> list[str]:
    """Of the last thirty days: the share of minutes in which a warning could have gone, and how many were which."""
    states = ("able", "unable", "unseen")
    return [
        "# TYPE grannsamverkan_available_percent gauge",
        f"grannsamverkan_available_percent {share['percent']:.2f}",
        "# TYPE grannsamverkan_available_minutes gauge",
        *(f'grannsamverkan_available_minutes{{state="{one}"}} {share[f"{one}_min"]}' for one in states),
    ]
