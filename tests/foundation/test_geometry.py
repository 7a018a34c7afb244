import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.geometry import (
    LARGEST_AREA_POINTS,
    Area,
    Frame,
    Ring,
    bounds,
    centre,
    read_area,
    svg_path,
)

SQUARE: Ring = ((13.54, 55.93), (13.56, 55.93), (13.56, 55.94), (13.54, 55.94), (13.54, 55.93))
HOLE: Ring = ((13.545, 55.932), (13.545, 55.934), (13.55, 55.934), (13.545, 55.932))
FAR: Ring = ((20.2, 63.8), (20.3, 63.8), (20.3, 63.9), (20.2, 63.8))


def polygon(*rings: Ring) -> str:
    return json.dumps({"type": "Polygon", "coordinates": rings})


def code_of(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read_area(text)
    return refused.value.code


def test_a_polygon_with_a_hole_is_read() -> None:
    area = read_area(polygon(SQUARE, HOLE))
    assert area == Area(((SQUARE, HOLE),))
    assert area.outer_rings == (SQUARE,)
    assert area.rings == (SQUARE, HOLE)


def test_a_feature_and_several_polygons_are_read() -> None:
    geometry = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [FAR]]}
    area = read_area(json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}))
    assert area.outer_rings == (SQUARE, FAR)


@pytest.mark.parametrize("polygons", [((SQUARE, HOLE),), ((SQUARE, HOLE), (FAR,))])
def test_what_is_written_is_read_back(polygons: tuple[tuple[Ring, ...], ...]) -> None:
    assert read_area(Area(polygons).geojson()) == Area(polygons)


def test_a_height_is_dropped() -> None:
    assert read_area(polygon(*[[[*point, 71.5] for point in SQUARE]])) == Area(((SQUARE,),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "[" * 100_000,
        '{"type": "Feature", "geometry": null}',
        polygon(((True, 55.0), *SQUARE[1:])),
        polygon(((math.nan, 55.0), *SQUARE[1:])),
        polygon(((math.inf, 55.0), *SQUARE[1:])),
        polygon(((10**400, 55.0), *SQUARE[1:])),
        polygon(((13.5,), *SQUARE[1:])),  # type: ignore[arg-type]
        '{"type": "Polygon", "coordinates": [["13.5", "55.9"]]}',
        '{"type": "Polygon", "coordinates": [[["13.5", "55.9"]]]}',
    ],
)
def test_what_is_no_geojson_is_refused(text: str) -> None:
    assert code_of(text) == "area_not_geojson"


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [13.5, 55.9]},
        {"type": "LineString", "coordinates": SQUARE},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [7]},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "FeatureCollection", "features": []},
    ],
)
def test_other_geometries_are_refused(geometry: dict[str, object]) -> None:
    assert code_of(json.dumps(geometry)) == "area_not_polygon"


def test_a_ring_left_open_is_refused() -> None:
    assert code_of(polygon(SQUARE[:-1])) == "area_not_closed"
    assert code_of(polygon(SQUARE, (*HOLE[:-1], (13.546, 55.932)))) == "area_not_closed"


def test_two_corners_are_no_area() -> None:
    assert code_of(polygon((SQUARE[0], SQUARE[1], SQUARE[0]))) == "area_ring_too_short"
    assert code_of(polygon((SQUARE[0],) * 4)) == "area_empty"
    assert code_of(polygon((SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]))) == "area_empty"


def test_latitude_first_is_told_from_a_place_abroad() -> None:
    assert code_of(polygon(tuple((lat, lon) for lon, lat in SQUARE))) == "area_swapped"
    copenhagen_to_paris = tuple((lon - 11, lat - 7) for lon, lat in SQUARE)
    assert code_of(polygon(copenhagen_to_paris)) == "area_outside_sweden"
    assert code_of(polygon((*SQUARE[:2], (13.56, 0.0), *SQUARE[3:]))) == "area_outside_sweden"


def circle(points: int) -> Ring:
    around = [2 * math.pi * step / (points - 1) for step in range(points - 1)]
    ring = tuple((13.5 + math.cos(angle) / 100, 55.9 + math.sin(angle) / 100) for angle in around)
    return (*ring, ring[0])


def test_too_many_points_are_refused_with_the_limit() -> None:
    assert len(read_area(polygon(circle(LARGEST_AREA_POINTS))).rings[0]) == LARGEST_AREA_POINTS
    with pytest.raises(Refused) as refused:
        read_area(polygon(circle(LARGEST_AREA_POINTS + 1)))
    assert refused.value.code == "area_too_many_points"
    assert refused.value.facts == {"limit": 500, "points": 501}


def test_bounds_are_west_south_east_north_of_all_rings() -> None:
    assert bounds([SQUARE, FAR]) == (13.54, 55.93, 20.3, 63.9)
    with pytest.raises(ValueError, match="empty"):
        bounds([])


def test_the_centre_is_the_largest_rings_centre_of_gravity() -> None:
    assert centre([SQUARE]) == pytest.approx((13.55, 55.935))
    assert centre([tuple(reversed(SQUARE))]) == pytest.approx((13.55, 55.935))
    corner_heavy: Ring = ((13.0, 56.0), (13.3, 56.0), (13.0, 56.3), (13.0, 56.0))
    assert centre([SQUARE, corner_heavy]) == pytest.approx((13.1, 56.1))


def test_the_centre_of_a_ring_without_surface_is_the_middle_of_its_bounds() -> None:
    flat: Ring = ((13.0, 56.0), (13.2, 56.0), (13.1, 56.0), (13.0, 56.0))
    assert centre([flat]) == pytest.approx((13.1, 56.0))


def test_a_frame_fills_the_picture_and_keeps_the_margin() -> None:
    frame = Frame.around([SQUARE], 300, 200, margin=10)
    left, bottom = frame.place(SQUARE[0])
    right, top = frame.place(SQUARE[2])
    assert (top, bottom) == pytest.approx((10, 190))
    assert 10 < left < right < 290
    assert (left + right) / 2 == pytest.approx(150)
    assert (top + bottom) / 2 == pytest.approx(100)


def test_a_kilometre_east_is_as_long_as_a_kilometre_north() -> None:
    frame = Frame.around([SQUARE], 500, 500)
    x0, y0 = frame.place((13.55, 55.935))
    north = frame.place((13.55, 55.935 + 1 / 111.195))
    east = frame.place((13.55 + 1 / (111.195 * math.cos(math.radians(55.935))), 55.935))
    assert y0 - north[1] == pytest.approx(east[0] - x0, rel=1e-6)


def test_a_frame_around_a_single_point_places_it_in_the_middle() -> None:
    assert Frame.around([(SQUARE[0],)], 300, 200).place(SQUARE[0]) == pytest.approx((150, 100))


def test_path_data() -> None:
    frame = Frame.around([SQUARE], 100, 100)
    assert svg_path([SQUARE], frame) == "M0 94.6L100 94.6L100 5.4L0 5.4Z"
    assert svg_path([SQUARE, HOLE], frame).count("M") == 2
    assert svg_path([], frame) == ""


def test_points_that_fall_on_one_pixel_are_drawn_once() -> None:
    frame = Frame.around([SQUARE], 100, 100)
    ring = (*SQUARE[:1], (13.5400001, 55.93), *SQUARE[1:])
    assert svg_path([ring], frame) == svg_path([SQUARE], frame)


longitudes = st.floats(11, 24, allow_nan=False)
latitudes = st.floats(55.3, 69, allow_nan=False)


@given(st.lists(st.tuples(longitudes, latitudes), min_size=3, max_size=12), st.integers(20, 900), st.integers(20, 900))
def test_nothing_falls_outside_the_picture(points: list[tuple[float, float]], width: int, height: int) -> None:
    ring: Ring = (*points, points[0])
    path = svg_path([ring], Frame.around([ring], width, height))
    assert re.fullmatch(r"M-?\d+(\.\d)? -?\d+(\.\d)?(L-?\d+(\.\d)? -?\d+(\.\d)?)*Z", path)
    for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path):
        assert -0.1 <= float(x) <= width + 0.1
        assert -0.1 <= float(y) <= height + 0.1
