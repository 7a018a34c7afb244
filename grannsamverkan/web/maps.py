"""The municipality's map as drawing instructions: outline and areas, never a point finer than an area."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import cos, hypot, radians

from grannsamverkan.domain.networks import NetworkCard, NetworkState
from grannsamverkan.foundation.geometry import Area, Frame, Ring, bounds, centre, read_area, svg_path

WIDTH = 560
_LOWEST, _HIGHEST = 360, 1018
_MARGIN = 30
RADIUS = 23  # of a numbered dot, pixels
HALO = 32  # of the ring that stands for an area too small to be seen behind its dot
_GAP = 2 * (HALO - RADIUS) + 4
_ROUNDS = 60
_MOST_LABELS = 3  # more would cover each other
_LABEL_PX, _LETTER_PX = 28, 14

_LINE = {NetworkState.ACTIVE: "gs-m-area", NetworkState.DORMANT: "gs-m-rest"}


@dataclass(frozen=True)
class Dot:
    """A number on the map. `halo` is the class of the ring around it, where the area itself hides behind the dot."""

    number: int
    x: float
    y: float
    halo: str | None = None


@dataclass(frozen=True)
class AreaShape:
    """An area's path and the class that draws its line."""

    path: str
    line: str


@dataclass(frozen=True)
class MapDrawing:
    """A map in pixels."""

    width: int
    height: int
    land: str
    areas: tuple[AreaShape, ...]
    dots: tuple[Dot, ...]
    radius: int = RADIUS
    halo: int = HALO


def draw(
    outline: Sequence[Ring], cards: Sequence[NetworkCard], numbers: Container[int] | None = None
) -> MapDrawing | None:
    """The map with the networks numbered as in their list, from 1; None without an outline. With `numbers` only these
    have their number on the map."""
    if not outline:
        return None
    height = _height(outline)
    frame = Frame.around(outline, WIDTH, height, _MARGIN)
    shapes, dots = [], []
    for number, card in enumerate(cards, start=1):
        if card.area is None:
            continue
        area, line = read_area(card.area), _LINE.get(card.state, "gs-m-new")
        shapes.append(AreaShape(svg_path(area.rings, frame), line))
        if numbers is not None and number not in numbers:
            continue
        x, y = frame.place(centre(area.outer_rings))
        dots.append(Dot(number, x, y, line if _hides(area, frame) else None))
    return MapDrawing(WIDTH, height, svg_path(outline, frame), tuple(shapes), _apart(dots))


def _hides(area: Area, frame: Frame) -> bool:
    """Whether the area is no larger than the dot on it."""
    west, south, east, north = bounds(area.outer_rings)
    (left, top), (right, bottom) = frame.place((west, north)), frame.place((east, south))
    return max(right - left, bottom - top) < 2 * HALO


def _height(outline: Sequence[Ring]) -> int:
    west, south, east, north = bounds(outline)
    tall = (north - south) / ((east - west) * cos(radians((north + south) / 2)))
    return round(min(max((WIDTH - 2 * _MARGIN) * tall + 2 * _MARGIN, _LOWEST), _HIGHEST))


def _apart(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """The dots moved just so far that none covers another."""
    places = [[dot.x, dot.y] for dot in dots]
    for _ in range(_ROUNDS):
        moved = sum(_part(one, other) for one, other in _close(places))  # all of them, not until the first
        if not moved:
            break
    return tuple(replace(dot, x=round(x, 1), y=round(y, 1)) for dot, (x, y) in zip(dots, places, strict=True))


def _close(places: Sequence[list[float]]) -> Iterator[tuple[list[float], list[float]]]:
    """Pairs that may cover each other: from west to east, each with those that begin before it ends."""
    ordered = sorted(places)
    for at, one in enumerate(ordered):
        for other in islice(ordered, at + 1, None):
            if other[0] - one[0] > 2 * RADIUS + _GAP:
                break
            yield other, one


def _part(one: list[float], other: list[float]) -> bool:
    """Move two dots from each other along the line between them; whether they had to."""
    across, down = one[0] - other[0], one[1] - other[1]
    distance = hypot(across, down)
    missing = 2 * RADIUS + _GAP - distance
    if missing <= 0.01:
        return False
    right, below = (across / distance, down / distance) if distance else (1.0, 0.0)
    one[0], one[1] = one[0] + right * missing / 2, one[1] + below * missing / 2
    other[0], other[1] = other[0] - right * missing / 2, other[1] - below * missing / 2
    return True


@dataclass(frozen=True)
class Label:
    """An area's name, in the middle at (x, y)."""

    words: str
    x: float
    y: float


@dataclass(frozen=True)
class HitMap:
    """The areas that a warning is for, in their municipality, in pixels."""

    width: int
    height: int
    land: str
    areas: tuple[str, ...]
    labels: tuple[Label, ...]


def draw_hit(outline: Sequence[Ring], cards: Sequence[NetworkCard]) -> HitMap | None:
    """The municipality with these networks' areas; None when none of them has been drawn."""
    drawn = [(card.name, read_area(card.area)) for card in cards if card.area is not None]
    if not outline or not drawn:
        return None
    height = _height(outline)
    frame = Frame.around(outline, WIDTH, height, _MARGIN)
    labels = tuple(_label(name, area, frame, height) for name, area in drawn) if len(drawn) <= _MOST_LABELS else ()
    paths = tuple(svg_path(area.rings, frame) for _, area in drawn)
    return HitMap(WIDTH, height, svg_path(outline, frame), paths, labels)


def _label(name: str, area: Area, frame: Frame, height: int) -> Label:
    """Under the area, or above it at the lower edge."""
    west, south, east, north = bounds(area.outer_rings)
    (left, top), (right, bottom) = frame.place((west, north)), frame.place((east, south))
    half = len(name) * _LETTER_PX / 2
    x = min(max((left + right) / 2, half), WIDTH - half)
    below = bottom + _LABEL_PX
    return Label(name, round(x, 1), round(below if below < height - _GAP else top - _LABEL_PX / 3, 1))
