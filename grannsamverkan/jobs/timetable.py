"""What runs when: one table that every engine reads. Each entry is a step that finds its own work in the rows."""

from collections.abc import Callable
from dataclasses import dataclass

from grannsamverkan import (
    advice_round,
    availability,
    canary,
    flow,
    heartbeat,
    notify,
    replies,
    rounds,
    status,
    upkeep,
    webhook_round,
)
from grannsamverkan.runtime import Runtime


@dataclass(frozen=True)
class Entry:
    """Run `step` every `every_s` seconds. A missed run is not made up for: the next one finds the same work."""

    name: str
    step: Callable[[Runtime], object]
    every_s: float


TIMETABLE = (
    Entry("close_alerts", flow.close_alerts, 10),
    Entry("ask_the_silent", flow.ask_the_silent, 15),
    Entry("ask_about_notices", notify.ask_about_notices, 15),
    Entry("note_providers", status.note_providers, 10),
    Entry("send_canaries", canary.send_canaries, 15),
    Entry("ask_about_canaries", canary.ask_about_canaries, 15),
    Entry("note_minute", availability.note_minute, 20),
    Entry("heartbeat", heartbeat.beat, 60),
    Entry("call_webhooks", webhook_round.call_webhooks, 5),
    Entry("watch_refusals", flow.watch_refusals, 15),
    Entry("seal_audit", upkeep.seal_audit, 30),
    Entry("keep_journal", upkeep.keep_journal, 30),
    Entry("issue_due", advice_round.issue_due, 60),
    Entry("watch_spending", upkeep.watch_spending, 300),
    Entry("propose_following", advice_round.propose_following, 300),
    Entry("fetch_returned", replies.fetch_returned, 300),
    Entry("read_police_events", upkeep.read_police_events, 60),
    Entry("plan_duties", rounds.plan_duties, 900),
    Entry("keep_vacancies", rounds.keep_vacancies, 900),
    Entry("ask_the_lost", rounds.ask_the_lost, 900),
    Entry("keep_checks", rounds.keep_checks, 900),
    Entry("welcome_imported", rounds.welcome_imported, 900),
    Entry("take_snapshots", upkeep.take_snapshots, 1800),
    Entry("delete_at_provider", upkeep.delete_at_provider, 30),
    Entry("forget", upkeep.forget, 3600),
)
