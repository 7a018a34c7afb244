"""What joining takes in and gives back: where, what is shown, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grannsamverkan.domain.membership.tables import JoinRequest
from grannsamverkan.domain.networks import Household, Shows, ToNeighbours
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.ports import ChannelKind


class JoinOutcome(StrEnum):
    """What came of it."""

    JOINED = "joined"
    WAITING = "waiting"
    ALREADY = "already"


@dataclass(frozen=True)
class Place:
    """Where somebody wants to join; with a slip, the batch it belongs to."""

    network_id: int
    unit_id: int | None = None
    batch_id: int | None = None


@dataclass(frozen=True)
class Choices:
    """What a joiner lets their contact person see, and what the household is called (empty: nothing).

    `to_neighbours`: what the others on the network's list see; asked on paper only, elsewhere it is chosen afterwards.
    """

    shows: Shows = Shows.NOTHING
    label: str = ""
    to_neighbours: ToNeighbours = ToNeighbours.NOTHING


@dataclass(frozen=True)
class Joined:
    """Who has joined, or asked: `household` only when they are in. `is_new` False: it had been done before."""

    outcome: JoinOutcome
    person: Person
    network_id: int
    household: Household | None = None
    request: JoinRequest | None = None
    is_new: bool = True


@dataclass(frozen=True)
class DoorEntry:
    """What a neighbour has given on paper. `consented_at` is the date of the paper."""

    place: Place
    choices: Choices
    addresses: tuple[tuple[ChannelKind, str], ...]
    landline: str | None
    consented_at: datetime
