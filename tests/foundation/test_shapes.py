"""A shape over areas: what it touches and how far away the rest is, against counting by brute force."""

import math
import random

import pytest

from grannsamverkan.foundation.geometry import Area, Point, Ring
from grannsamverkan.foundation.shapes import M_PER_DEGREE, Circle, Shape, covers, distance_m, middle_of, touches

X, Y = 13.5, 55.93  # in Höör
EAST, NORTH = 1 / (M_PER_DEGREE * math.cos(math.radians(Y))), 1 / M_PER_DEGREE  # a metre


def at(east_m: float, north_m: float) -> Point:
    return X + east_m * EAST, Y + north_m * NORTH


def ring(*corners: tuple[float, float]) -> Ring:
    points = [at(*corner) for corner in corners]
    return (*points, points[0])


def box(west: float, south: float, side: float) -> Ring:
    return ring((west, south), (west + side, south), (west + side, south + side), (west, south + side))


def area(*rings: Ring) -> Area:
    return Area((rings,))


SQUARE = area(box(0, 0, 100))
WITH_HOLE = area(box(0, 0, 100), box(20, 20, 60))
TWO = Area(((box(0, 0, 100),), (box(500, 0, 100),)))


@pytest.mark.parametrize(
    ("shape", "over", "is_touched"),
    [
        (Circle(at(50, 50), 1), SQUARE, True),
        (Circle(at(150, 50), 49), SQUARE, False),
        (Circle(at(150, 50), 51), SQUARE, True),
        (Circle(at(140, 140), 56), SQUARE, False),  # past the corner: 56.6 m
        (Circle(at(140, 140), 57), SQUARE, True),
        (Circle(at(50, 50), 29), WITH_HOLE, False),
        (Circle(at(50, 50), 31), WITH_HOLE, True),
        (Circle(at(480, 50), 21), TWO, True),
        (SQUARE, SQUARE, True),
        (area(box(40, 40, 20)), SQUARE, True),  # wholly inside
        (area(box(-50, -50, 500)), SQUARE, True),  # all around
        (area(box(40, 40, 20)), WITH_HOLE, False),  # in the hole
        (area(box(100, 0, 50)), SQUARE, True),  # an edge in common
        (area(box(101, 0, 50)), SQUARE, False),
        (area(ring((-50, 50), (150, 40), (150, 60))), SQUARE, True),  # right through: no corner within either
        (area(ring((90, 150), (150, 90), (150, 150))), SQUARE, False),  # boxes meet, areas do not
        (area(box(520, 20, 10)), TWO, True),
        (TWO, area(box(520, 20, 10)), True),
        (Area(((box(900, 900, 10),), (box(20, 20, 10),))), SQUARE, True),  # its second surface lies within
    ],
)
def test_what_is_touched(shape: Shape, over: Area, is_touched: bool) -> None:
    assert touches(shape, over) is is_touched


def test_metres_are_metres() -> None:
    assert distance_m(at(50, 50), SQUARE) == 0
    assert distance_m(at(350, 50), SQUARE) == pytest.approx(250, rel=0.001)
    assert distance_m(at(130, 140), SQUARE) == pytest.approx(50, rel=0.001)
    assert distance_m(at(50, 50), WITH_HOLE) == pytest.approx(30, rel=0.001)
    assert middle_of(SQUARE) == pytest.approx(at(50, 50))
    assert middle_of(Circle(at(1, 2), 5)) == at(1, 2)


def _star(die: random.Random, corners: int) -> Area:
    """A polygon that does not cross itself, somewhere about the middle."""
    east, north = die.uniform(-200, 200), die.uniform(-200, 200)
    angles = sorted(die.uniform(0, 2 * math.pi) for _ in range(corners))
    radii = [die.uniform(20, 150) for _ in angles]
    return area(
        ring(
            *(
                (east + far * math.cos(turn), north + far * math.sin(turn))
                for turn, far in zip(angles, radii, strict=True)
            )
        )
    )


def _have_ground_in_common(one: Area, other: Area, step: float = 4) -> bool:
    """By a grid of points: it may overlook a sliver, never see what is not there."""
    return any(
        covers(one, point) and covers(other, point)
        for east in range(-90, 91)
        for north in range(-90, 91)
        if (point := at(east * step, north * step))
    )


@pytest.mark.parametrize("seed", range(12))
def test_areas_touch_where_a_grid_of_points_finds_ground_in_common(seed: int) -> None:
    die = random.Random(seed)
    one, other = _star(die, 5), _star(die, 7)
    assert touches(one, other) == touches(other, one)
    if _have_ground_in_common(one, other):
        assert touches(one, other)
    elif touches(one, other):  # no more than a sliver: a corner or an edge of one lies at the other
        grown = [distance_m(point, two) for first, two in ((one, other), (other, one)) for point in first.rings[0]]
        assert min(grown) < 20


@pytest.mark.parametrize("seed", range(20))
def test_a_circle_touches_what_is_no_further_away_than_its_radius(seed: int) -> None:
    die = random.Random(seed)
    over, middle = _star(die, 6), at(die.uniform(-300, 300), die.uniform(-300, 300))
    metres = distance_m(middle, over)
    assert touches(Circle(middle, metres + 0.01), over)
    if metres:
        assert not touches(Circle(middle, metres - 0.01), over)
