"""The networks of the town: their states over the years, their parts, and where they lie."""

import json
import math
from collections.abc import Iterator, Sequence

from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.plan import MunicipalityPlan, NetworkPlan, Trait
from grannsamverkan.domain.networks import (
    NetworkKind,
    NetworkPostcode,
    NetworkStateSpan,
    Unit,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.foundation.swedish import sort_key

_METRES_A_DEGREE = 111_320  # of latitude
_CORNERS = (1.0, 0.85, 1.1, 0.9, 1.05, 0.8, 0.95)  # how far each lies from the middle


def build_networks(ground: Ground, municipality: MunicipalityPlan) -> list[Grown]:
    """The municipality's networks in the order of its table."""
    grown = [
        Grown(plan, municipality, _network(ground, municipality, plan, turn))
        for turn, plan in enumerate(municipality.networks)
    ]
    ground.session.add_all(one.network for one in grown)
    ground.session.flush()
    ground.write(span for one in grown for span in _spans(ground, one))
    ground.write(NetworkPostcode(network_id=one.id, postcode=one.plan.postcode) for one in grown)
    _build_units(ground, grown)
    by_name = {one.plan.name: one for one in grown}
    for one in grown:
        if one.plan.merged_into:
            one.network.merged_into_id = by_name[one.plan.merged_into].id
    return grown


def _network(ground: Ground, municipality: MunicipalityPlan, plan: NetworkPlan, turn: int) -> WatchNetwork:
    return WatchNetwork(
        municipality_code=municipality.code,
        name=plan.name,
        sort_name=sort_key(plan.name),
        kind=plan.kind,
        area=area_around(plan.at, plan.across_m, turn) if plan.across_m else None,
        dwellings=plan.dwellings,
        lead_sees_households=plan.has(Trait.LEAD_SEES_ALL),
        created_at=ground.days_ago(plan.course.began),
    )


def _spans(ground: Ground, one: Grown) -> Iterator[NetworkStateSpan]:
    """The states one after the other, each until the next began."""
    steps = one.plan.course.steps
    for (state, since), until in zip(steps, [*(days for _, days in steps[1:]), None], strict=True):
        yield NetworkStateSpan(
            network_id=one.id,
            state=state,
            since=ground.days_ago(since),
            until=None if until is None else ground.days_ago(until),
            account_id=ground.desks[one.municipality.code],
            reason=one.plan.course.reason if until is None else None,
        )


def _build_units(ground: Ground, grown: Sequence[Grown]) -> None:
    """The streets and the buildings, and then the stairwells in these."""
    buildings: list[tuple[Grown, Unit, str]] = []
    for one in grown:
        for text in filter(None, one.plan.parts.split(", ")):
            name, _, stairwells = text.partition(": ")
            if one.plan.kind is NetworkKind.VILLA:
                one.units.append(_unit(one, UnitKind.STREET, name))
                ground.session.add(one.units[-1])
            else:
                buildings.append((one, _unit(one, UnitKind.BUILDING, name), stairwells))
                ground.session.add(buildings[-1][1])
    ground.session.flush()
    for one, building, stairwells in buildings:
        one.units += [_unit(one, UnitKind.STAIRWELL, f"Trappa {letter}", building) for letter in stairwells.split()]
    for one in grown:
        _share_dwellings(one.plan, one.units)
    ground.session.add_all(unit for one in grown for unit in one.units)
    ground.session.flush()


def _unit(one: Grown, kind: UnitKind, name: str, building: Unit | None = None) -> Unit:
    parent_id = building.id if building else None
    return Unit(network_id=one.id, parent_id=parent_id, kind=kind, name=name, sort_name=sort_key(name))


def _share_dwellings(plan: NetworkPlan, units: list[Unit]) -> None:
    if plan.dwellings is None or not units:
        return
    each, over = divmod(plan.dwellings, len(units))
    for place, unit in enumerate(units):
        unit.dwellings = each + (place < over)


def area_around(at: tuple[float, float], across_m: int, turn: int) -> str:
    """A seven-cornered area about so many metres across, as GeoJSON; `turn` makes no two look alike."""
    lon, lat = at
    up = across_m / 2 / _METRES_A_DEGREE
    right = up / math.cos(math.radians(lat))
    corners = []
    for place in range(len(_CORNERS)):
        radius = _CORNERS[(place + turn) % len(_CORNERS)]
        angle = (place + turn / 3) * math.tau / len(_CORNERS)
        corners.append(
            [round(lon + right * radius * math.cos(angle), 5), round(lat + up * radius * math.sin(angle), 5)]
        )
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
