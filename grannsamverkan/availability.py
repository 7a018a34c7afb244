"""Could a warning go in this minute? Asked each minute, so that the answers of a month are a figure of service.

It could when all of these are so: the clock acts and looks for work, somebody lives who sends, each way out that is set
has a provider that takes what it is given, and the database takes a durable write, as composing and approving need.
"""

from datetime import datetime

from grannsamverkan.domain import deliveries
from grannsamverkan.domain.deliveries import Health, ProviderWord
from grannsamverkan.runtime import Runtime


def note_minute(runtime: Runtime) -> None:
    """Note whether a warning could go in this minute, until it is known that one could."""
    with runtime.database.read() as session:
        if deliveries.is_noted_able(session, now=runtime.clock.now()):
            return
    with runtime.database.write() as session:
        known = deliveries.providers_health(session)
        now = runtime.clock.now()  # when others let us write: in the minutes before, none could have gone
        is_able = runtime.would_send() and _would_be_taken(runtime, known, now)
        deliveries.note_minute(session, is_able=is_able, now=now)


def _would_be_taken(runtime: Runtime, known: dict[str, ProviderWord], now: datetime) -> bool:
    """By each way out, as far as those who send have seen; who was never given anything is not known to be away."""
    unused = ProviderWord(Health.UNUSED)
    takes = dict.fromkeys(runtime.channels, False)
    for provider in runtime.providers:
        takes[provider.kind] |= not known.get(provider.name, unused).is_away(now)
    return bool(takes) and all(takes.values())
