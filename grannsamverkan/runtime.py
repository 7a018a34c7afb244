"""The parts a step needs, handed to it as one thing. Built by wiring, or by a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grannsamverkan.foundation.clock import Clock, ClockWatch
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import Channel, ChannelKind, Engine, Mailbox, PoliceFeed, Provider, WebhookCaller
from grannsamverkan.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Settings, rows, time, the ways out, the engine that wakes the steps, the police's events and the mailbox of what
    comes back where wanted, who is behind the ways out, in the order in which they are tried, the way to other
    systems that are called, and who sees it when the clock is set."""

    settings: Settings
    database: Database
    clock: Clock
    engine: Engine
    channels: Mapping[ChannelKind, Channel] = field(default_factory=dict)
    police_feed: PoliceFeed | None = None
    mailbox: Mailbox | None = None
    providers: Sequence[Provider] = ()
    webhook_caller: WebhookCaller | None = None
    clock_watch: ClockWatch | None = None

    def may_ask(self) -> bool:
        """Whether times say how long ago a call began, so that what a provider does not have yet will not come: not
        while the clock has just been set."""
        return self.clock_watch is None or self.clock_watch.is_settled(self.settings.sms.ask_after_s)

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        if self.police_feed is not None:
            self.police_feed.close()
        self.database.close()
