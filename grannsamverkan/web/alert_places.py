"""Where a warning may go: the networks in the writer's reach, with their parts, as check boxes and as a map.

With a few networks all their parts are in the page. With many, such a page would be slow to make, and slow to load in
a police car: parts are there for the networks that are ticked, and fetched for one whose list is opened.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlmodel import Session

from grannsamverkan.domain import alerts, networks, places
from grannsamverkan.domain.accounts import Actor
from grannsamverkan.domain.alerts import Target
from grannsamverkan.domain.networks import NetworkState, Part
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.geometry import read_area
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.web.reach import cards_of

Key = tuple[int, int | None]  # a network, or one of its units
MOST_WITH_PARTS = 60  # networks of one writer that are shown with all their parts


@dataclass(frozen=True)
class UnitChoice:
    """A street, building or stairwell that can be ticked. `name` says which building a stairwell is in."""

    id: int
    name: str
    households: int
    parent_id: int | None


@dataclass(frozen=True)
class NetworkChoice:
    """A network that can be ticked, with its parts; `is_folded` when it has some that are not among `units`."""

    id: int
    municipality_code: str
    name: str
    households: int
    warned_at: datetime | None
    area: str | None
    units: tuple[UnitChoice, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class Places:
    """Everything that can be ticked, by municipality in Swedish order; `resting` networks are not under way."""

    municipalities: tuple[tuple[str, str], ...]
    networks: tuple[NetworkChoice, ...]
    resting: int

    def within(self, code: str) -> list[NetworkChoice]:
        return [one for one in self.networks if one.municipality_code == code]

    def codes(self, chosen: Iterable[Key]) -> list[str]:
        """The municipalities in which something is ticked, in the order of the list."""
        ids = {network for network, _unit in chosen}
        return [code for code, _ in self.municipalities if any(one.id in ids for one in self.within(code))]

    def chosen_in(self, code: str, chosen: Iterable[Key]) -> frozenset[Key]:
        """What is ticked in one municipality."""
        ids = {one.id for one in self.within(code)}
        return frozenset(key for key in chosen if key[0] in ids)

    def keys(self) -> frozenset[Key]:
        """All that may be asked for; anything else in a form is not the writer's to warn."""
        whole = {(one.id, None) for one in self.networks}
        return frozenset(whole | {(one.id, unit.id) for one in self.networks for unit in one.units})

    def households(self, chosen: Iterable[Key]) -> int:
        """How many households live where is ticked, each counted once."""
        return sum(_households(one, {unit for network, unit in chosen if network == one.id}) for one in self.networks)

    def names(self, chosen: Iterable[Key]) -> list[str]:
        """What is ticked, by the names that the warning will use."""
        return [name for one in self.networks for name in _names(one, {u for n, u in chosen if n == one.id})]


def _households(choice: NetworkChoice, units: set[int | None]) -> int:
    if None in units:
        return choice.households
    return sum(unit.households for unit in choice.units if unit.id in units and unit.parent_id not in units)


def _names(choice: NetworkChoice, units: set[int | None]) -> list[str]:
    if None in units:
        return [choice.name]
    return sorted((unit.name for unit in choice.units if unit.id in units), key=sort_key)


def read_places(session: Session, actor: Actor, opened: Collection[int] = ()) -> Places:
    """What the actor may warn: networks that are under way, those in `opened` with their parts in any case."""
    cards = cards_of(session, actor)
    active = [card for card in cards if card.state is NetworkState.ACTIVE]
    ids = [card.id for card in active]
    shown = ids if len(ids) <= MOST_WITH_PARTS else [one for one in ids if one in set(opened)]
    folded = networks.with_parts(session, set(ids).difference(shown))
    units = _units_of(session, shown)
    warned = alerts.last_warned(session, ids)
    codes = {card.municipality_code for card in active}
    return Places(
        municipalities=tuple((row.code, row.name) for row in places.served(session) if row.code in codes),
        networks=tuple(
            NetworkChoice(
                id=card.id,
                municipality_code=card.municipality_code,
                name=card.name,
                households=card.households,
                warned_at=warned.get(card.id),
                area=card.area,
                units=units.get(card.id, ()),
                is_folded=card.id in folded,
            )
            for card in active
        ),
        resting=len(cards) - len(active),
    )


def _units_of(session: Session, network_ids: list[int]) -> dict[int, tuple[UnitChoice, ...]]:
    in_units = networks.households_by_unit(session, network_ids)
    parts = networks.parts_of(session, network_ids)
    return {network_id: tuple(_in_order(of_network, in_units)) for network_id, of_network in parts.items()}


def _in_order(parts: list[Part], in_units: dict[int, int]) -> Iterable[UnitChoice]:
    """Each building is followed by its stairwells."""
    for one in (part for part in parts if part.parent_id is None):
        yield UnitChoice(one.id, one.name, in_units.get(one.id, 0), None)
        for inner in (part for part in parts if part.parent_id == one.id):
            yield UnitChoice(inner.id, f"{one.name} {inner.name}", in_units.get(inner.id, 0), one.id)


def most_likely(session: Session, actor: Actor, offered: Places) -> str:
    """The municipality to begin with: where the actor last wrote, else where most households are; "" for none."""
    codes = {code for code, _ in offered.municipalities}
    mine = [*alerts.drafts_of(session, actor.account_id), *alerts.latest(session, sorted(codes), limit=20)]
    written = [one.municipality_code for one in mine if one.author_account_id == actor.account_id]
    if written and written[0] in codes:
        return written[0]
    return max(codes, key=lambda code: (sum(one.households for one in offered.within(code)), code), default="")


def key_of(value: str) -> Key:
    """A tick as the form sends it, `12` or `12-3`; NotFound for anything else."""
    network, _dash, unit = value.partition("-")
    try:
        return int(network), int(unit) if unit else None
    except ValueError:
        raise NotFound from None


def targets_of(keys: Iterable[Key]) -> tuple[Target, ...]:
    """The places as a draft holds them."""
    in_order = sorted(keys, key=lambda key: (key[0], key[1] or 0))
    return tuple(Target(network_id=network, unit_id=unit) for network, unit in in_order)


def map_of(code: str, choices: Iterable[NetworkChoice]) -> str:
    """The municipality's outline and its networks' areas as JSON for the scripts that draw them; "" without an outline.

    Points are [latitude, longitude], as the map library wants them.
    """
    land = _outline(code)
    if not land:
        return ""
    areas = [
        {"id": one.id, "name": one.name, "rings": [_turned(ring) for ring in read_area(one.area).outer_rings]}
        for one in choices
        if one.area
    ]
    return json.dumps({"land": land, "areas": areas}, separators=(",", ":"), ensure_ascii=False)


@cache
def _outline(code: str) -> list[list[list[float]]]:
    return [_turned(ring) for ring in places.outline(code)]


def _turned(ring: Iterable[tuple[float, float]]) -> list[list[float]]:
    return [[round(latitude, 4), round(longitude, 4)] for longitude, latitude in ring]
