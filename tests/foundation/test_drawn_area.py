"""Areas as people draw and upload them: what cannot be an area is refused for what it is."""

import json
import math
import random
from typing import Any

import pytest

from grannsamverkan.domain import places
from grannsamverkan.foundation.drawn_area import corners_to_geojson, read_corner, read_drawn_area
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.geometry import LARGEST_AREA_POINTS, read_area

X, Y = 13.5, 55.93  # in Höör


def ring(*corners: tuple[float, float]) -> list[list[float]]:
    """Hundredths of a degree from a corner in Höör, closed."""
    points = [[X + x / 100, Y + y / 100] for x, y in corners]
    return [*points, points[0]]


SQUARE = ring((0, 0), (4, 0), (4, 4), (0, 4))
HOLE = ring((1, 1), (2, 1), (2, 2), (1, 2))
POINT = {"type": "Point", "coordinates": [X, Y]}
BESIDE = ring((4, 0), (8, 0), (8, 4), (4, 4))


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(geometry: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"namn": "Kalle Anka"}, "geometry": geometry, **more}


def code_of(found: Any, **near: Any) -> str:
    with pytest.raises(Refused) as refused:
        read_drawn_area(found if isinstance(found, str) else json.dumps(found), **near)
    return refused.value.code


@pytest.mark.parametrize(
    "found",
    [
        polygon(SQUARE),
        polygon(SQUARE, HOLE),
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [BESIDE]]},
        feature(polygon(SQUARE)),
        {"type": "FeatureCollection", "features": [feature(polygon(SQUARE)), feature(polygon(BESIDE)), feature(None)]},
        {**polygon(SQUARE), "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        {**polygon(SQUARE), "crs": {"type": "name", "properties": {"name": "EPSG:4326"}}},
        {**polygon(SQUARE), "crs": None},
        polygon([SQUARE[0], *SQUARE]),  # clicked twice on one spot
        polygon(SQUARE[::-1]),
    ],
)
def test_what_is_an_area_is_read_and_kept_without_anything_else(found: dict[str, Any]) -> None:
    area = read_drawn_area(json.dumps(found))
    assert read_area(area.geojson()) == area
    assert "Anka" not in area.geojson()


@pytest.mark.parametrize(
    "corners",
    [
        ((0, 0), (4, 4), (4, 0), (0, 3)),  # a bow
        ((0, 0), (4, 0), (2, 3), (2, -1)),
        ((0, 0), (4, 0), (4, 4), (2, 0), (0, 4)),  # touches its own edge
        ((0, 0), (4, 0), (8, 0), (4, 0), (4, 4)),  # out and back along the same line
        ((0, 0), (4, 0), (4, 4), (2, 2), (4, 4.5), (0, 4), (2, 2)),  # twice through one corner
    ],
)
def test_an_edge_that_crosses_itself_is_refused(corners: tuple[tuple[float, float], ...]) -> None:
    assert code_of(polygon(ring(*corners))) == "area_crosses_itself"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (polygon(SQUARE, ring((5, 5), (6, 5), (6, 6))), "area_hole_outside"),
        (polygon(SQUARE, ring((3, 3), (6, 3), (6, 3.5), (3, 3.5))), "area_hole_outside"),
        (polygon(SQUARE, HOLE, ring((1.5, 0.5), (3, 0.5), (3, 1.5), (1.5, 1.5))), "area_crosses_itself"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [HOLE]]}, "area_parts_overlap"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, "area_parts_overlap"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [ring((2, 2), (6, 2), (6, 6))]]}, "area_parts_overlap"),
        (polygon(ring((0, 0), (4, 4), (4, 0), (0, 4))), "area_empty"),  # a bow whose halves weigh each other up
        (polygon([*SQUARE[:2], SQUARE[0]]), "area_ring_too_short"),
        (polygon([SQUARE[0], SQUARE[0], SQUARE[1], SQUARE[0]]), "area_empty"),
        (polygon(SQUARE[:-1]), "area_not_closed"),
        (polygon(ring((0, 0), (40, 0), (40, 40), (0, 40))), "area_too_large"),
        (polygon([[y, x] for x, y in SQUARE]), "area_swapped"),
        (polygon([[x - 11, y - 7] for x, y in SQUARE]), "area_outside_sweden"),
        (polygon([[x * 30_000, y * 110_000] for x, y in SQUARE]), "area_other_crs"),
        ({**polygon(SQUARE), "crs": {"type": "name", "properties": {"name": "EPSG:3006"}}}, "area_other_crs"),
        ({**polygon(SQUARE), "crs": {"type": "link", "properties": {"href": "x"}}}, "area_other_crs"),
        ({**polygon(SQUARE), "crs": "EPSG:3006"}, "area_other_crs"),
        ({"type": "FeatureCollection", "features": []}, "area_not_polygon"),
        (
            {"type": "FeatureCollection", "features": [feature({"type": "Point", "coordinates": [X, Y]})]},
            "area_not_polygon",
        ),
        ({"type": "FeatureCollection", "features": 7}, "area_not_geojson"),
        ({"type": "FeatureCollection", "features": ["x"]}, "area_not_geojson"),
        ({"type": "GeometryCollection", "geometries": [polygon(SQUARE)]}, "area_not_polygon"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "area_not_geojson"),
        ({"type": "Polygon", "coordinates": [[7]]}, "area_not_geojson"),
        ({"type": "MultiPolygon", "coordinates": {}}, "area_not_polygon"),
        ("[]", "area_not_geojson"),
        ("{", "area_not_geojson"),
        ("[" * 100_000, "area_not_geojson"),
    ],
)
def test_each_fault_is_told_from_the_others(found: Any, code: str) -> None:
    assert code_of(found) == code


def test_an_area_lies_in_or_about_its_municipality() -> None:
    outline = places.outline("1267")
    read_drawn_area(json.dumps(polygon(SQUARE)), near=outline)
    far = polygon([[x + 4, y + 3] for x, y in SQUARE])
    read_drawn_area(json.dumps(far))
    assert code_of(far, near=outline) == "area_far_away"


def circle(points: int) -> list[list[float]]:
    around = [2 * math.pi * step / (points - 1) for step in range(points - 1)]
    found = [[X + math.cos(angle) / 100, Y + math.sin(angle) / 100] for angle in around]
    return [*found, found[0]]


def test_the_most_corners_are_checked_in_no_time() -> None:
    assert len(read_drawn_area(json.dumps(polygon(circle(LARGEST_AREA_POINTS)))).rings[0]) == LARGEST_AREA_POINTS
    assert code_of(polygon(circle(LARGEST_AREA_POINTS + 1))) == "area_too_many_points"


def test_corners_sorted_around_a_middle_never_cross() -> None:
    """What is drawn in order round a point is an area; the same corners with two exchanged mostly are not."""
    chance = random.Random(7)
    for _ in range(30):
        angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(9))
        if max(b - a for a, b in zip(angles, [*angles[1:], angles[0] + 2 * math.pi], strict=True)) > 3:
            continue
        star = [(4 * math.cos(a) * r, 4 * math.sin(a) * r) for a in angles for r in (chance.uniform(0.3, 1),)]
        read_drawn_area(json.dumps(polygon(ring(*star))))


@pytest.mark.parametrize("typed", ["55.9425, 13.5590", "55,9425 13,5590", " 55.9425;13.559 ", "55.9425,13.5590"])
def test_a_corner_is_read_as_people_type_it(typed: str) -> None:
    assert read_corner(typed) == (13.559, 55.9425)


@pytest.mark.parametrize("typed", ["", "55 13", "Nyby", "55.9425", "55.9425, 13.5590, 4.0", "N55.94, E13.55"])
def test_anything_else_is_no_corner(typed: str) -> None:
    assert read_corner(typed) is None


def test_lines_of_corners_become_surfaces_closed_and_with_longitude_first() -> None:
    found = read_drawn_area(
        corners_to_geojson("55.93, 13.50\n55.93, 13.51\n55.94, 13.50\n\n\n56.0, 13.6\n56.0, 13.61\n56.01, 13.6")
    )
    assert [ring[0] for ring in found.outer_rings] == [(13.5, 55.93), (13.6, 56.0)]
    assert all(ring[0] == ring[-1] for ring in found.outer_rings)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "area_ring_too_short"), ("55.93, 13.5\n55.94, 13.5", "area_ring_too_short"), ("x", "area_line_unreadable")],
)
def test_lines_that_are_no_surface_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        corners_to_geojson(text)
