"""A provider's channel that remembers how it went: when it last took something, when it last took nothing."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from grannsamverkan.channels.breaker import Breaker
from grannsamverkan.foundation.ports import (
    Answer,
    Cause,
    Channel,
    Copy,
    Deleting,
    ProviderName,
    ProviderReceipt,
    Result,
    Standing,
    TryAgain,
    Unsure,
    Wording,
)


class Watched:
    """The channel behind it, unchanged; `breaker` is that of whoever may let this provider alone."""

    def __init__(self, name: ProviderName, channel: Channel, breaker: Breaker | None = None) -> None:
        self.name = name
        self.channel = channel
        self.kind = channel.kind
        self.lanes = channel.lanes
        self.can_ask = channel.can_ask
        self._breaker = breaker
        self._lock = threading.Lock()
        self._took_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._cause: Cause | None = None
        self._told = Standing(name)

    @property
    def group(self) -> int:
        return self.channel.group

    def news(self) -> Standing | None:
        """How it has gone since this process began, when that has changed since this was last asked."""
        is_let_alone = self._breaker is not None and self._breaker.is_shut
        with self._lock:
            known, self._told = self._told, self._standing(is_let_alone)
            return self._told if self._told != known else None

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        results = self.channel.send(wording, copies)
        if results:
            # A copy that is refused for good has been answered: it is the copy that is wrong, not the provider.
            took_some = not all(isinstance(result, TryAgain | Unsure) for result in results)
            self._note(took_some=took_some, why=results[0], now=datetime.now(UTC))
        return results

    def _standing(self, is_let_alone: bool) -> Standing:
        return Standing(self.name, self._took_at, self._failed_at, is_let_alone, self._cause)

    def _note(self, *, took_some: bool, why: Result, now: datetime) -> None:
        with self._lock:
            if took_some:
                self._took_at, self._cause = now, None
            else:
                self._failed_at = now
                self._cause = Cause(why.code) if isinstance(why, TryAgain) and why.code in set(Cause) else None

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        return self.channel.ask(wording, copies, since)

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        return self.channel.follow_up(provider_id, delivery_id)

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        return self.channel.delete(provider_ids)

    def close(self) -> None:
        self.channel.close()
