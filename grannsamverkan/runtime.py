"""The parts a step needs, handed to it as one thing. Built by wiring, or by a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grannsamverkan.foundation.clock import Clock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import Channel, ChannelKind, Engine, PoliceFeed
from grannsamverkan.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Settings, rows, time, the ways out, the engine that wakes the steps, and the police's events where wanted."""

    settings: Settings
    database: Database
    clock: Clock
    engine: Engine
    channels: Mapping[ChannelKind, Channel] = field(default_factory=dict)
    police_feed: PoliceFeed | None = None

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        if self.police_feed is not None:
            self.police_feed.close()
        self.database.close()
