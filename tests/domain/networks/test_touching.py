"""Whole networks that a shape touches, and what is taken beside them where there are too few homes."""

import json
from dataclasses import dataclass

from grannsamverkan.domain.networks import touched
from grannsamverkan.foundation.shapes import Circle

X, Y = 13.5, 55.93


@dataclass(frozen=True)
class Drawn:
    id: int
    area: str | None
    households: int


def square(east: float, *, side: float = 0.002) -> str:
    ring = [(X + east, Y), (X + east + side, Y), (X + east + side, Y + side), (X + east, Y + side), (X + east, Y)]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


NEAR, NEXT, FAR = Drawn(3, square(0), 2), Drawn(1, square(0.01), 4), Drawn(2, square(0.05), 30)
UNDRAWN = Drawn(4, None, 50)
ALL = (UNDRAWN, FAR, NEXT, NEAR)
HERE = Circle((X + 0.001, Y + 0.001), 50)


def test_only_what_is_touched_however_few_live_there_when_nothing_is_asked() -> None:
    found = touched(HERE, ALL, least=0)
    assert (found.within, found.beside, found.households) == ((3,), (), 2)
    assert found.nearest_m is not None
    assert 500 < found.nearest_m < 600


def test_the_nearest_are_taken_too_until_there_are_homes_enough() -> None:
    found = touched(HERE, ALL, least=5)
    assert (found.within, found.beside, found.households_with_beside) == ((3,), (1,), 6)
    assert touched(HERE, ALL, least=7).beside == (1, 2)
    too_few = touched(HERE, ALL, least=99)
    assert (too_few.beside, too_few.households_with_beside, too_few.nearest_m) == ((1, 2), 36, None)


def test_where_nothing_is_touched_nothing_lies_beside_it() -> None:
    found = touched(Circle((X + 0.03, Y), 50), ALL, least=5)
    assert (found.within, found.beside) == ((), ())
    assert touched(HERE, [UNDRAWN], least=5).nearest_m is None


def test_a_larger_circle_touches_more_nearest_first() -> None:
    assert touched(Circle((X + 0.001, Y + 0.001), 5_000), ALL, least=5).within == (3, 1, 2)
