"""A channel that writes down what it was given and answers as a test says: for steps, not for providers."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Deleting,
    NotHere,
    ProviderReceipt,
    Result,
    Wording,
)


@dataclass
class RecordingChannel:
    """`results` and `answers` hold, for an address, what is answered next; after that it accepts, and has not seen it.

    `sent` is every copy handed to `send`, in order; `before_send` runs first, as a provider's own doings would.
    """

    kind: ChannelKind
    can_ask: bool
    group: int = 4
    lanes: int = 1
    sent: list[Copy] = field(default_factory=list)
    wordings: list[Wording] = field(default_factory=list)
    calls: list[tuple[Wording, Sequence[Copy]]] = field(default_factory=list)
    asked: list[tuple[Copy, datetime]] = field(default_factory=list)
    followed_up: list[str] = field(default_factory=list)
    results: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    receipts: dict[int, ProviderReceipt] = field(default_factory=dict)
    before_send: Callable[[Sequence[Copy]], None] = field(default=lambda copies: None)
    after_send: Callable[[Sequence[Copy]], None] = field(default=lambda copies: None)
    deleted: list[str] = field(default_factory=list)
    deleting: dict[str, Deleting] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def addresses(self) -> list[str]:
        """Whom every copy went to, in order."""
        return [copy.address for copy in self.sent]

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        self.before_send(copies)
        self.sent += copies
        self.wordings.append(wording)
        self.calls.append((wording, copies))
        results = [self._result(copy.address) for copy in copies]
        self.after_send(copies)
        return results

    def _result(self, address: str) -> Result:
        waiting = self.results[address]
        return waiting.pop(0) if waiting else Accepted(f"SM{next(self._ids)}" if self.can_ask else "")

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        self.asked += [(copy, since) for copy in copies]
        return [self.answers[copy.address].pop(0) if self.answers[copy.address] else NotHere() for copy in copies]

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        self.followed_up.append(provider_id)
        return self.receipts.get(delivery_id)

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        self.deleted += provider_ids
        return [self.deleting.get(name, Deleting.GONE) for name in provider_ids]

    def close(self) -> None:
        pass
