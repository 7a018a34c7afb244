"""Whole networks that a shape on the map touches. Pure.

Never the homes within the shape: several messages to different homes around one would point it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from grannsamverkan.foundation.geometry import read_area
from grannsamverkan.foundation.shapes import Shape, distance_m, middle_of, touches


class OnMap(Protocol):
    """What is asked of a network: its boundary, if one is drawn, and how many households have joined it."""

    @property
    def id(self) -> int: ...

    @property
    def area(self) -> str | None: ...

    @property
    def households(self) -> int: ...


@dataclass(frozen=True)
class Touched:
    """`within` are touched, nearest first; `beside` the nearest of the others, as many as it takes to come to the least
    number of households. `nearest_m`: how far it is to the next one that is not among them, None for none."""

    within: tuple[int, ...]
    beside: tuple[int, ...]
    households: int
    households_with_beside: int
    nearest_m: float | None


def touched(shape: Shape, networks: Iterable[OnMap], *, least: int) -> Touched:
    """Which of these networks the shape touches, and which more it takes to come to `least` households. Whoever has no
    boundary on the map is not touched. Where nothing is touched, nothing lies beside it."""
    middle = middle_of(shape)
    drawn = [(one, read_area(one.area)) for one in networks if one.area]
    near = sorted(((distance_m(middle, area), one.id, one, area) for one, area in drawn), key=lambda row: row[:2])
    within = [one for _, _, one, area in near if touches(shape, area)]
    ids = {one.id for one in within}
    others = [(metres, one) for metres, _, one, _ in near if one.id not in ids]
    homes, beside = _sum(within), list[OnMap]()
    while within and others and homes + _sum(beside) < least:
        beside.append(others.pop(0)[1])
    return Touched(
        within=tuple(one.id for one in within),
        beside=tuple(one.id for one in beside),
        households=homes,
        households_with_beside=homes + _sum(beside),
        nearest_m=others[0][0] if others else None,
    )


def _sum(networks: Sequence[OnMap]) -> int:
    return sum(one.households for one in networks)
