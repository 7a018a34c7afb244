"""A circle or a drawn area laid over other areas: which of them it touches, and how far away the others are.

Pure. Metres are counted on a plane that touches the ground there: right to a few per mille in a municipality.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from grannsamverkan.foundation.geometry import Area, Bounds, Point, centre

M_PER_DEGREE = 111_195

_Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Circle:
    """Around a point (longitude, latitude)."""

    middle: Point
    radius_m: float


Shape = Circle | Area


def middle_of(shape: Shape) -> Point:
    """Where it lies."""
    return shape.middle if isinstance(shape, Circle) else centre(shape.outer_rings)


def touches(shape: Shape, area: Area) -> bool:
    """Whether they have ground in common, be it a single point. A hole is no ground."""
    if isinstance(shape, Circle):
        return distance_m(shape.middle, area) <= shape.radius_m
    if not _meet(shape.box, area.box):
        return False
    inside = any(covers(area, ring[0]) for ring in shape.outer_rings)
    if inside or any(covers(shape, ring[0]) for ring in area.outer_rings):
        return True
    mine = [one for one in _edges(shape) if _meet(_box(one), area.box)]
    others = [one for one in _edges(area) if _meet(_box(one), shape.box)]
    return any(_cross(one, other) for one in mine for other in others)


def covers(area: Area, point: Point) -> bool:
    """Whether the point lies within the area, and in none of its holes."""
    x, y = point
    is_inside = False
    for (x1, y1), (x2, y2) in _edges(area):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            is_inside = not is_inside
    return is_inside


def distance_m(point: Point, area: Area) -> float:
    """From the point to the nearest ground of the area; 0 within it."""
    if covers(area, point):
        return 0.0
    flat = _flat(point)
    return min(_to_segment(flat(one), flat(other)) for one, other in _edges(area))


def _flat(middle: Point) -> Callable[[Point], Point]:
    """Metres east and north of the middle."""
    west, south = middle
    shortening = math.cos(math.radians(south))
    return lambda point: ((point[0] - west) * shortening * M_PER_DEGREE, (point[1] - south) * M_PER_DEGREE)


def _to_segment(one: Point, other: Point) -> float:
    """From the middle of the plane to the segment."""
    (x1, y1), (x2, y2) = one, other
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length))
    return math.hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))


def _edges(area: Area) -> Iterator[_Segment]:
    for ring in area.rings:
        yield from pairwise(ring)


def _box(segment: _Segment) -> Bounds:
    (x1, y1), (x2, y2) = segment
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _cross(one: _Segment, other: _Segment) -> bool:
    """Whether they have a point in common."""
    if not _meet(_box(one), _box(other)):
        return False
    a, b = (_turn(*one, corner) for corner in other)
    c, d = (_turn(*other, corner) for corner in one)
    return (a >= 0 >= b or a <= 0 <= b) and (c >= 0 >= d or c <= 0 <= d)


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above 0: c lies to the left of the line from a to b; 0: on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
