"""Who wants a watch and waits, and who asks to be let in to one."""

from collections.abc import Sequence
from datetime import timedelta

from grannsamverkan.demo.cast import mailbox, phone
from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.homes import reached_by
from grannsamverkan.demo.town.plan import MunicipalityPlan, Trait
from grannsamverkan.domain.lifecycle import Interest
from grannsamverkan.domain.membership import JoinRequest
from grannsamverkan.domain.networks import JoinedBy, NetworkKind, NetworkState, Shows, Unit
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.ports import ChannelKind

_FIRST_INTERESTED = 5  # of a network's households, those who asked for it
_STILL_INTERESTED = {
    NetworkState.INTEREST: 3,
    NetworkState.MAPPING: 7,
    NetworkState.START_MEETING: 6,
    NetworkState.TRAINING: 2,
}


def build_interests(ground: Ground, municipality: MunicipalityPlan, grown: Sequence[Grown]) -> None:
    """Those of the past became households; those of networks on their way, and of none yet, still wait."""
    rows: list[Interest] = []
    for one in grown:
        rows += [_that_came_true(ground, one, place) for place in range(min(_FIRST_INTERESTED, len(one.homes)))]
        for place in range(_STILL_INTERESTED.get(one.plan.course.state, 0)):
            days = max(1.0, one.plan.course.began - 3.0 * place)
            where = f"{one.plan.name}, {one.units[place % len(one.units)].name}" if one.units else one.plan.name
            is_helper = place in (1, 4)
            rows.append(_waiting(ground, municipality.code, one.plan.kind, where, days, is_helper, one.id))
    for plan in municipality.interests:
        rows.append(_waiting(ground, municipality.code, plan.kind, plan.place, plan.days, plan.wants_to_help))
    ground.write(rows)


def _that_came_true(ground: Ground, one: Grown, place: int) -> Interest:
    home = one.homes[place]
    told_at = min(ground.days_ago(one.plan.course.began - place), home.household.joined_at)
    return Interest(
        municipality_code=one.municipality.code,
        network_id=one.id,
        person_id=home.person.id or 0,
        kind=one.plan.kind,
        place=home.unit.name,
        wants_to_help=place == 0,
        made_at=told_at,
        confirmed_at=told_at,
        closed_at=home.household.joined_at,
    )


def _waiting(
    ground: Ground,
    code: str,
    kind: NetworkKind,
    place: str,
    days: float,
    wants_to_help: bool,
    network_id: int | None = None,
) -> Interest:
    told_at = ground.days_ago(days)
    person = stranger(ground, code, days)
    return Interest(
        municipality_code=code,
        network_id=network_id,
        person_id=person.id or 0,
        kind=kind,
        place=place,
        wants_to_help=wants_to_help,
        made_at=told_at,
        confirmed_at=told_at + timedelta(minutes=2),
    )


def stranger(ground: Ground, code: str, days: float) -> Person:
    """Somebody who has shown a phone or, every third of them, a mailbox to be theirs, and lives in no network yet."""
    number = next(ground.numbers)
    person = Person(municipality_code=code, created_at=ground.days_ago(days))
    ground.session.add(person)
    ground.session.flush()
    by_mail = number % 3 == 0
    channel = ChannelKind.EMAIL if by_mail else ChannelKind.SMS
    value = mailbox(number) if by_mail else phone(number)
    ground.write(reached_by(ground, person, channel, value, JoinedBy.WEB))
    return person


# part of a network by place, what the household is called, what it lets its contact person see, days ago
_REQUESTS = ((0, "Ny på gatan", Shows.NAME, 1.2), (1, "", Shows.NOTHING, 0.3))


def build_requests(ground: Ground, grown: Sequence[Grown]) -> None:
    """Households that have asked to be let in, and wait for their contact person."""
    for one in grown:
        if one.plan.has(Trait.REQUESTS):
            for place, label, shows, days in _REQUESTS:
                _ask(ground, one, one.units[place % len(one.units)], label, shows, days)
    ground.session.flush()


def _ask(ground: Ground, one: Grown, unit: Unit, label: str, shows: Shows, days: float) -> None:
    person = stranger(ground, one.municipality.code, days)
    ground.session.add(
        JoinRequest(
            network_id=one.id,
            unit_id=unit.id,
            person_id=person.id or 0,
            label=label or None,
            shows=shows,
            joined_by=JoinedBy.WEB,
            asked_at=ground.days_ago(days),
        )
    )
