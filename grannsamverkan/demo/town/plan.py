"""How the town is written down: a network is one line of a table, and its days follow from the training it went to.

Days count back from now: 30 is a month ago, -12 is in twelve days.
"""

from dataclasses import dataclass
from enum import StrEnum

from grannsamverkan.domain.alerts import Advice, AlertKind, DayPart, Dwelling, Method, Source
from grannsamverkan.domain.lifecycle import EndReason, RestReason
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.promise import Measure

# A network's usual way, in days before the training of its contact persons.
_INTEREST, _MAPPING, _BOOKED, _MEETING, _HELD = 130, 95, 60, 30, 29
_ACTIVE_AFTER = 14


class Trait(StrEnum):
    """What is special about a network."""

    VACANT = "vacant"  # its contact person has resigned, and nobody has taken over
    HANDED_OVER = "handed_over"  # its contact person has resigned, and the deputy has taken over
    OVERLOADED = "overloaded"  # one contact person for all
    NO_DEPUTY = "no_deputy"
    LEAD_SEES_ALL = "lead_sees_all"
    NO_APPROVAL = "no_approval"  # the property owner has not said yes to signs
    FADED_SIGN = "faded_sign"  # a sign was replaced
    SIGNS_ASKED = "signs_asked"  # an order waits
    SIGNS_ORDERED = "signs_ordered"
    YEARLY_PLANNED = "yearly_planned"  # the yearly meeting is invited to
    REQUESTS = "requests"  # somebody waits to be let in
    NEWCOMERS = "newcomers"
    SLIPS = "slips"


@dataclass(frozen=True)
class Course:
    """The states a network has gone through, oldest first, as (state, days ago); and its start meeting and training.

    `met` < 0: the meeting is to come. `trained` None: nobody has been trained. `reason`: why it came to its last state.
    """

    steps: tuple[tuple[NetworkState, int], ...]
    met: int | None = None
    trained: int | None = None
    reason: str | None = None

    @property
    def state(self) -> NetworkState:
        return self.steps[-1][0]

    @property
    def began(self) -> int:
        return self.steps[0][1]

    def entered(self, state: NetworkState) -> int | None:
        """Days ago that the network came to this state; None when it never did."""
        return next((days for one, days in self.steps if one is state), None)


def interest(began: int) -> Course:
    return Course(((NetworkState.INTEREST, began),))


def mapping(began: int) -> Course:
    return Course(((NetworkState.INTEREST, began), (NetworkState.MAPPING, began - 25)))


def start_meeting(began: int, *, meets_in: int) -> Course:
    return Course((*mapping(began).steps, (NetworkState.START_MEETING, began - 50)), met=-meets_in)


def training(began: int, *, met: int) -> Course:
    return Course((*start_meeting(began, meets_in=0).steps, (NetworkState.TRAINING, met - 1)), met=met)


def active(trained: int) -> Course:
    steps = (
        (NetworkState.INTEREST, trained + _INTEREST),
        (NetworkState.MAPPING, trained + _MAPPING),
        (NetworkState.START_MEETING, trained + _BOOKED),
        (NetworkState.TRAINING, trained + _HELD),
        (NetworkState.ACTIVE, trained - _ACTIVE_AFTER),
    )
    return Course(steps, met=trained + _MEETING, trained=trained)


def dormant(trained: int, rested: int, because: RestReason) -> Course:
    before = active(trained)
    return Course((*before.steps, (NetworkState.DORMANT, rested)), before.met, trained, because.value)


def ended(before: Course, days: int, because: EndReason) -> Course:
    return Course((*before.steps, (NetworkState.ENDED, days)), before.met, before.trained, because.value)


@dataclass(frozen=True)
class NetworkPlan:
    """A network of the town. `parts` are streets ("Ekvägen, Bokvägen") or buildings with their stairwells ("Linden 1:
    A B, Linden 2: A"); `at` is (longitude, latitude), and the area is drawn around it, `across_m` wide (0: not at all).
    """

    name: str
    kind: NetworkKind
    parts: str
    joined: int
    dwellings: int | None
    at: tuple[float, float]
    postcode: str
    course: Course
    across_m: int
    traits: frozenset[Trait] = frozenset()
    owner: str = ""
    merged_into: str = ""

    def has(self, trait: Trait) -> bool:
        return trait in self.traits


def villas(
    name: str,
    course: Course,
    parts: str,
    joined: int,
    dwellings: int | None,
    at: tuple[float, float],
    postcode: str,
    *traits: Trait,
    across_m: int = 1200,
    owner: str = "",
    merged_into: str = "",
) -> NetworkPlan:
    """An area of villas; `owner` is who owns the ground its signs stand on."""
    has = frozenset(traits)
    kind = NetworkKind.VILLA
    return NetworkPlan(name, kind, parts, joined, dwellings, at, postcode, course, across_m, has, owner, merged_into)


def apartments(
    name: str,
    course: Course,
    parts: str,
    joined: int,
    dwellings: int | None,
    at: tuple[float, float],
    postcode: str,
    *traits: Trait,
    across_m: int = 260,
    owner: str = "",
) -> NetworkPlan:
    """Apartment buildings; `owner` is their landlord or housing association."""
    has = frozenset(traits)
    return NetworkPlan(
        name, NetworkKind.APARTMENT, parts, joined, dwellings, at, postcode, course, across_m, has, owner
    )


@dataclass(frozen=True)
class TrainingPlan:
    """A training of contact persons."""

    days: int
    place: str
    is_online: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True)
class InterestPlan:
    """Somebody who wants a watch where none is under way yet."""

    days: int
    kind: NetworkKind
    place: str
    wants_to_help: bool = False


@dataclass(frozen=True)
class TargetPlan:
    """A promise, from January of the year before to the end of this one."""

    measure: Measure
    number: int
    kind: NetworkKind | None = None


@dataclass(frozen=True)
class WarningPlan:
    """A warning of the past, with what was filled in."""

    days: int
    networks: tuple[str, ...]
    kind: AlertKind
    dwelling: Dwelling
    day_part: DayPart
    methods: tuple[Method, ...]
    advice: tuple[Advice, ...]
    source: Source = Source.POLICE
    attempted: bool = False


@dataclass(frozen=True)
class MunicipalityPlan:
    """A municipality with everything that is in it."""

    code: str
    mail_name: str
    contact_text: str
    networks: tuple[NetworkPlan, ...]
    trainings: tuple[TrainingPlan, ...]
    interests: tuple[InterestPlan, ...]
    targets: tuple[TargetPlan, ...]
    warnings: tuple[WarningPlan, ...]
