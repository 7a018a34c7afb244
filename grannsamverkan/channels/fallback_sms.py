"""Two SMS providers as one channel: what the first surely has not taken goes by the second.

What may have been taken by either is asked about at both before it is sent anew, so that no way leads to two SMS. A
provider's name for a message says whose it is.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from grannsamverkan.channels.breaker import Breaker, Way
from grannsamverkan.channels.elks_sms import PREFIX
from grannsamverkan.foundation.ports import (
    Answer,
    Channel,
    ChannelKind,
    Copy,
    Deleting,
    Here,
    NoAnswer,
    ProviderReceipt,
    Result,
    TryAgain,
    Unsure,
    Wording,
)

log = structlog.get_logger("sms")


class FallbackSms:
    """The SMS channel where there are two providers. `second` names its messages with `PREFIX`; `breaker` is given
    where somebody else looks at it too."""

    kind = ChannelKind.SMS
    can_ask = True

    def __init__(self, first: Channel, second: Channel, breaker: Breaker | None = None) -> None:
        self.first = first
        self.second = second
        self.lanes = first.lanes
        self.breaker = breaker or Breaker()

    @property
    def group(self) -> int:
        return self.first.group

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        way = self.breaker.way()
        tried = {Way.OPEN: len(copies), Way.ONE: 1, Way.SHUT: 0}[way]
        results = self._by_first(wording, copies[:tried]) if tried else []
        left = [place for place, result in enumerate(results) if isinstance(result, TryAgain)]
        left += range(tried, len(copies))
        if not left:
            return results
        by_second = self.second.send(wording, [copies[place] for place in left])
        if way is Way.SHUT and all(isinstance(result, TryAgain) for result in by_second):
            by_second[:1] = self._by_first(wording, copies[:1])  # neither takes it: then the first is tried at once
        answered: dict[int, Result] = dict(enumerate(results)) | dict(zip(left, by_second, strict=True))
        return [answered[place] for place in range(len(copies))]

    def _by_first(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        was_shut = self.breaker.is_shut
        results = self.first.send(wording, copies)
        for result in results:
            self.breaker.note(went_well=not isinstance(result, TryAgain | Unsure))
        if self.breaker.is_shut != was_shut:
            log.warning("first_provider_away" if not was_shut else "first_provider_back")
        return results

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        answers = self.first.ask(wording, copies, since)
        open_places = [place for place, answer in enumerate(answers) if not isinstance(answer, Here)]
        asked = self.second.ask(wording, [copies[place] for place in open_places], since) if open_places else []
        for place, answer in zip(open_places, asked, strict=True):
            # Only where both have never seen it, it is surely on neither's way.
            if not isinstance(answers[place], NoAnswer) or isinstance(answer, Here):
                answers[place] = answer
        return answers

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        whose = self.second if provider_id.startswith(PREFIX) else self.first
        return whose.follow_up(provider_id, delivery_id)

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        whose = [(self.second if name.startswith(PREFIX) else self.first, name) for name in provider_ids]
        went: dict[str, Deleting] = {}
        for channel in (self.first, self.second):
            names = [name for owner, name in whose if owner is channel]
            went |= dict(zip(names, channel.delete(names), strict=True))
        return [went[name] for name in provider_ids]

    def close(self) -> None:
        self.first.close()
        self.second.close()
