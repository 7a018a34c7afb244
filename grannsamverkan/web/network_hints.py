"""What the coordinator should look at: networks that have grown large, and those whose households are hard to reach.

The limits are the municipality's own guidance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.networks import ChannelReach, NetworkCard, NetworkState


@dataclass(frozen=True)
class Hints:
    """Ids of active networks. `reach` is how the households of each can be reached, `least` the percentage wanted."""

    large: frozenset[int]
    hard_to_reach: frozenset[int]
    reach: dict[int, ChannelReach]
    least: dict[int, int]


def hints(session: Session, cards: Sequence[NetworkCard]) -> Hints:
    """In a constant number of queries for each municipality."""
    active = [card for card in cards if card.state is NetworkState.ACTIVE]
    rules = {code: places.rules(session, code) for code in {card.municipality_code for card in active}}
    reach = networks.reach_by_network(session, {card.id: card.households for card in active})
    least = {card.id: rules[card.municipality_code].reach_warning_percent for card in active}
    return Hints(
        large=frozenset(card.id for card in active if card.households > rules[card.municipality_code].advise_split_at),
        hard_to_reach=frozenset(one for one, found in reach.items() if found.percent < least[one]),
        reach=reach,
        least=least,
    )
