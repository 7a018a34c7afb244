"""The households of the town: when they joined, how they are reached, and what they let their contact person see."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import timedelta

from grannsamverkan.demo.cast import mailbox, phone
from grannsamverkan.demo.town.ground import Ground, Grown, Home
from grannsamverkan.demo.town.names import full_name, surname
from grannsamverkan.demo.town.plan import NetworkPlan
from grannsamverkan.domain import people
from grannsamverkan.domain.networks import Household, HouseholdMember, JoinedBy, NetworkKind, NetworkState, Shows, Unit
from grannsamverkan.domain.people import CONSENT_TEXT_VERSION, Consent, ContactAddress, GivenBy, Level, Person
from grannsamverkan.foundation.ports import ChannelKind

# How the households of a network are reached, in turn: by what, and what is special about them. Those of the first
# networks, which a demo warns, can all be warned at any hour.
_EVERYDAY = (
    *("sms", "sms", "both", "email", "sms", "sms", "paper", "sms"),
    *("email", "both", "sms", "paused", "sms", "old", "sms"),
)
_OTHERS = (*_EVERYDAY, "landline", "sms", "quiet", "both", "ongoing", "sms", "email")
_BY_SMS = frozenset({"sms", "both", "paused", "old", "quiet", "ongoing"})
_BY_EMAIL = frozenset({"email", "both"})
_WAYS_IN = (JoinedBy.DOORSTEP, JoinedBy.SLIP, JoinedBy.SLIP, JoinedBy.WEB)
_BOOKED_AFTER = 50  # days from the first interest until the first households sign up, before a start meeting
_LAST_JOINED = 0.7  # how much of the time since then had passed when the last one joined
_EVERYDAY_NETWORKS = 3
_ALWAYS_REACHED = 2  # a network's first households are its contact persons': both channels
_READS_ENGLISH = 9  # one home in so many


def build_homes(ground: Ground, grown: Sequence[Grown]) -> None:
    """Households for all of these networks, written all at once."""
    everyday, others = itertools.cycle(_EVERYDAY), itertools.cycle(_OTHERS)
    for place, one in enumerate(grown):
        one.homes = list(_homes_of(ground, one, everyday if place < _EVERYDAY_NETWORKS else others))
    homes = [home for one in grown for home in one.homes]
    ground.session.add_all(home.person for home in homes)
    ground.session.add_all(home.household for home in homes)
    ground.session.flush()
    ground.write(_membership(home) for home in homes)
    ground.write(row for home in homes if not home.left for row in _ways_to(ground, home))


def _homes_of(ground: Ground, one: Grown, ways: Iterator[str]) -> Iterator[Home]:
    """Those of the first weeks, and then fewer and fewer."""
    course, number = one.plan.course, _number(one.plan)
    if not one.units or course.met is None:
        return
    begins = course.met if course.met > 0 else course.began - _BOOKED_AFTER
    ends = course.entered(NetworkState.ENDED)
    for place in range(number):
        way = next(ways) if place >= _ALWAYS_REACHED else "both"
        days = begins * (1 - _LAST_JOINED * (place / number) ** 2)
        left = ends if ends is not None else begins / 4 if place >= one.plan.joined else None
        yield _home(ground, one, place, way, days, left)


def _home(ground: Ground, one: Grown, place: int, way: str, days: float, left: float | None) -> Home:
    """`days` ago it joined, and `left` days ago it moved away again."""
    number, unit, shows = next(ground.numbers), one.units[place % len(one.units)], _shows(place)
    joined_at = ground.days_ago(max(days, left or 0))
    has_left = left is not None
    household = Household(
        network_id=one.id,
        unit_id=unit.id,
        label=None if has_left or shows is Shows.NOTHING else _label(one.plan, unit, place, number),
        landline=phone(number) if way == "landline" and not has_left else None,
        shows=shows,
        joined_by=_WAYS_IN[place % len(_WAYS_IN)],
        joined_at=joined_at,
        left_at=ground.days_ago(left) if left is not None else None,
    )
    person = Person(municipality_code=one.municipality.code, created_at=joined_at)
    if place <= _ALWAYS_REACHED and not has_left:
        person.name = full_name(number)
    if number % _READS_ENGLISH == 0:
        person.language = "en"
    _wish(person, way, ground)
    return Home(household, person, unit, way, number, left=has_left)


def _ways_to(ground: Ground, home: Home) -> Iterator[ContactAddress | Consent]:
    channels = [(ChannelKind.SMS, phone(home.number))] if home.way in _BY_SMS else []
    channels += [(ChannelKind.EMAIL, mailbox(home.number))] if home.way in _BY_EMAIL else []
    if home.way == "old":
        ground.old_numbers.append(phone(home.number))
    for channel, value in channels:
        yield from reached_by(ground, home.person, channel, value, home.household.joined_by)


def reached_by(
    ground: Ground, person: Person, channel: ChannelKind, value: str, source: JoinedBy | None
) -> tuple[ContactAddress, Consent]:
    """An address that its owner has confirmed and wants to be reached at, since they are here."""
    assert person.id is not None
    since = person.created_at
    is_on_paper = source is JoinedBy.DOORSTEP
    address = ContactAddress(
        person_id=person.id,
        channel=channel,
        value=value,
        lookup=people.lookup_of(ground.session, channel, value),
        created_at=since,
        confirmed_at=since,
    )
    consent = Consent(
        person_id=person.id,
        channel=channel,
        text_version=CONSENT_TEXT_VERSION,
        given_at=since,
        given_by=GivenBy.CONTACT_PERSON if is_on_paper else GivenBy.SELF,
        source=source.value if source else None,
    )
    return address, consent


def _number(plan: NetworkPlan) -> int:
    """Households that have ever joined: those of today, some who have moved, and half of a network that has ended."""
    if plan.course.state is NetworkState.ENDED:
        return (plan.dwellings or 0) // 2
    moved = plan.joined // 8 if plan.course.state in (NetworkState.ACTIVE, NetworkState.DORMANT) else 0
    return plan.joined + moved


def _shows(place: int) -> Shows:
    if place >= _ALWAYS_REACHED and place % 8 == 3:
        return Shows.CONTACT
    return Shows.NOTHING if place >= _ALWAYS_REACHED and place % 13 == 9 else Shows.NAME


def _label(plan: NetworkPlan, unit: Unit, place: int, number: int) -> str:
    """By house number, and now and then by name."""
    if plan.kind is NetworkKind.APARTMENT:
        where = f"lägenhet {1001 + place // 2 % 2 + 100 * (place // 4)}"
        return f"{surname(number)}, {where}" if place % 5 == 3 else f"{unit.name}, {where}"
    where = f"{unit.name} {place + 1}"
    return f"{surname(number)}, {where}" if place % 5 == 4 else where


def _wish(person: Person, way: str, ground: Ground) -> None:
    if way == "paused":
        person.paused_until = ground.now + timedelta(days=9)
    elif way == "quiet":
        person.quiet_from, person.quiet_to = 21, 7
    elif way == "ongoing":
        person.level = Level.ONGOING


def _membership(home: Home) -> HouseholdMember:
    return HouseholdMember(
        household_id=home.household.id or 0,
        person_id=home.person.id or 0,
        since=home.household.joined_at,
        until=home.household.left_at,
    )
