"""A provider with a memory of its own: what it took, what it said of it, and whether its answer got through."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from grannsamverkan.foundation.clock import Clock
from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Deleting,
    Here,
    NotHere,
    ProviderReceipt,
    Rejected,
    Result,
    TryAgain,
    Unsure,
    Wording,
)


class Mood(StrEnum):
    """What happens to the next group of copies."""

    TAKES = "takes"
    AWAY = "away"
    REJECTS = "rejects"
    SILENT_BUT_TAKES = "silent_but_takes"
    SILENT = "silent"
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"


class Killed(BaseException):
    """The sender is gone, in the middle of a call."""


@dataclass(frozen=True)
class Taken:
    """A copy that the provider has: what it says, and when it came."""

    delivery_id: int
    address: str
    number: int
    words: str
    at: datetime
    valid_for_s: int
    also: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of everything that it says."""
        return (self.number, *self.also)


@dataclass
class Provider:
    """A channel. `mood` holds for one group; then it takes everything again. Asked, it tells the truth."""

    kind: ChannelKind
    can_ask: bool
    clock: Clock
    group: int = 2
    lanes: int = 1
    mood: Mood = Mood.TAKES
    taken: list[Taken] = field(default_factory=list)

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        mood, self.mood = self.mood, Mood.TAKES
        if mood is Mood.KILLED_BEFORE:
            raise Killed
        if mood is Mood.AWAY:
            return [TryAgain("503", after_s=60) for _ in copies]
        if mood is Mood.REJECTS:
            return [Rejected("21211") for _ in copies]
        if mood is Mood.SILENT:
            return [Unsure("timeout") for _ in copies]
        words = wording.text or wording.mail.decode("utf-8", "replace")
        now = self.clock.now()
        self.taken += [
            Taken(one.delivery_id, one.address, wording.number, words, now, wording.valid_for_s, wording.also)
            for one in copies
        ]
        if mood is Mood.KILLED_AFTER:
            raise Killed
        if mood is Mood.SILENT_BUT_TAKES:
            return [Unsure("timeout") for _ in copies]
        return [Accepted(f"SM{one.delivery_id}" if self.can_ask else "") for one in copies]

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        known = {one.delivery_id for one in self.taken if one.number == wording.number}
        return [Here(f"SM{one.delivery_id}") if one.delivery_id in known else NotHere() for one in copies]

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        return None

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        return [Deleting.GONE for _ in provider_ids]

    def close(self) -> None:
        pass
