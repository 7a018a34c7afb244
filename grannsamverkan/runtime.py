"""The parts a step needs, handed to it as one thing. Built by wiring, or by a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grannsamverkan.foundation.clock import Clock, ClockWatch
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import (
    Channel,
    ChannelKind,
    Engine,
    Mailbox,
    PoliceFeed,
    Provider,
    Switch,
    WebhookCaller,
)
from grannsamverkan.settings import Settings

CLOCK_STILL_S = 60.0  # a clock that has not ticked for so long has stopped


@dataclass(frozen=True)
class Runtime:
    """Settings, rows, time, the ways out, the engine that wakes the steps, the police's events and the mailbox of what
    comes back where wanted, who is behind the ways out, in the order in which they are tried, the way to other
    systems that are called, who sees it when the clock is set, and the switch of whoever watches us from outside."""

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
    switch: Switch | None = None

    def may_ask(self) -> bool:
        """Whether times say how long ago a call began, so that what a provider does not have yet will not come: not
        while the clock has just been set."""
        return self.clock_watch is None or self.clock_watch.is_settled(self.settings.sms.ask_after_s)

    def would_send(self) -> bool:
        """Whether what is due would be sent: the clock looks for it, and somebody lives who sends."""
        stalled_after_s = self.settings.engine.stalled_after_s
        return self.engine.is_ticking(CLOCK_STILL_S) and self.engine.has_sender(stalled_after_s)

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        if self.police_feed is not None:
            self.police_feed.close()
        self.database.close()
