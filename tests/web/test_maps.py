"""Maps: everything inside the picture, and no number on top of another."""

import re
from dataclasses import replace
from math import hypot

from grannsamverkan.domain import places
from grannsamverkan.domain.networks import NetworkCard, NetworkKind, NetworkState
from grannsamverkan.web.maps import RADIUS, draw
from tests.support.web_town import _square

NYBY = NetworkCard(
    1, "1267", "Nyby", NetworkKind.VILLA, NetworkState.ACTIVE, 24, 168, 1, _square(13.5, 55.96)
)  # fmt: skip


def test_neighbouring_areas_get_numbers_apart() -> None:
    cards = [replace(NYBY, area=_square(13.5 + step / 5000, 55.96)) for step in range(6)] + [NYBY]
    drawing = draw(places.outline("1267"), cards)
    assert drawing is not None
    assert [dot.number for dot in drawing.dots] == [1, 2, 3, 4, 5, 6, 7]
    for one in drawing.dots:
        assert 0 < one.x < drawing.width
        assert 0 < one.y < drawing.height
        for other in drawing.dots:
            assert one is other or hypot(one.x - other.x, one.y - other.y) > 2 * RADIUS - 1


def test_lines_tell_the_state_and_a_network_without_an_area_keeps_its_number_in_the_list() -> None:
    states = [NetworkState.ACTIVE, NetworkState.DORMANT, NetworkState.START_MEETING]
    drawing = draw(places.outline("1267"), [replace(NYBY, area=None), *(replace(NYBY, state=s) for s in states)])
    assert drawing is not None
    assert [shape.line for shape in drawing.areas] == ["gs-m-area", "gs-m-rest", "gs-m-new"]
    assert [dot.number for dot in drawing.dots] == [2, 3, 4]


def test_the_outline_fills_the_picture_and_stays_in_it() -> None:
    drawing = draw(places.outline("1267"), [])
    assert drawing is not None
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", drawing.land)]
    assert min(numbers) >= 0
    assert max(numbers) <= max(drawing.width, drawing.height)
    assert max(numbers) > 0.8 * max(drawing.width, drawing.height)


def test_without_an_outline_there_is_no_map() -> None:
    assert draw((), [NYBY]) is None
