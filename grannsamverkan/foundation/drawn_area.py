"""An area as a person draws or uploads it: read generously, checked strictly, kept plainly.

Pure. What has been kept is read back by `geometry.read_area`, which asks less: it is read for every map.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.geometry import Area, Point, Ring, bounds, read_area, square_degrees

LARGEST_AREA_KM2 = 200
_KM_PER_DEGREE = 111.195
_NEAR_DEGREES = 0.1  # of latitude, some 11 km; twice that of longitude
_PER_DEGREE = 10**6  # corners are kept to a tenth of a metre, and compared as whole numbers
_WORLD = 180.0
_LONGITUDE_FIRST = ("CRS84", "EPSG::4326", "EPSG:4326")

_CORNER = re.compile(r"^\s*(-?\d{1,3}[.,]\d+)\s*[,; ]\s*(-?\d{1,3}[.,]\d+)\s*$")

_Corner = tuple[int, int]
_Edge = tuple[_Corner, _Corner]


def read_drawn_area(text: str, *, near: Sequence[Ring] = ()) -> Area:
    """The area in a GeoJSON geometry, a Feature or a FeatureCollection, which lies in or about the rings of `near`.

    Refused with what `read_area` refuses, and with `area_other_crs`: metres, or another grid than WGS 84;
    `area_crosses_itself`, `area_hole_outside`, `area_parts_overlap`, `area_too_large` (most, km2), `area_far_away`.
    """
    area = _tidy(read_area(json.dumps(_one_geometry(_parsed(text)))))
    for polygon in area.polygons:
        _check_polygon(polygon)
    for one, other in combinations(area.polygons, 2):
        _check_apart(one[0], other[0])
    size = sum(_km2(polygon) for polygon in area.polygons)
    if size > LARGEST_AREA_KM2:
        raise Refused("area_too_large", most=LARGEST_AREA_KM2, km2=round(size))
    if near and not _lies_near(area, near):
        raise Refused("area_far_away")
    return area


def read_corner(line: str) -> Point | None:
    """Latitude and longitude as people type them, with a point or a comma: 55.9425, 13.5590. None for anything else."""
    match = _CORNER.match(line)
    return (float(match[2].replace(",", ".")), float(match[1].replace(",", "."))) if match is not None else None


def corners_to_geojson(text: str) -> str:
    """Lines of corners as GeoJSON for `read_drawn_area`; an empty line begins another surface.

    Refused: area_line_unreadable (row), area_ring_too_short (least, points).
    """
    surfaces: list[list[Point]] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        corner = read_corner(line)
        if corner is not None:
            surfaces[-1].append(corner)
        elif line.strip():
            raise Refused("area_line_unreadable", row=number)
        elif surfaces[-1]:
            surfaces.append([])
    drawn = [ring for ring in surfaces if ring] or [[]]
    fewest = min(len(ring) for ring in drawn)
    if fewest < 3:
        raise Refused("area_ring_too_short", least=3, points=fewest)
    return json.dumps({"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]] for ring in drawn]})


# --------------------------------------------------------------------------------------------------------- reading


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("area_not_geojson") from None
    if not isinstance(found, dict):
        raise Refused("area_not_geojson")
    _refuse_other_crs(found.get("crs"))
    return found


def _refuse_other_crs(crs: Any) -> None:
    """The old member that says which grid the numbers are in (GeoJSON of 2008); drawing programs still write it."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.endswith(_LONGITUDE_FIRST):
        raise Refused("area_other_crs")


def _one_geometry(found: dict[str, Any]) -> dict[str, Any]:
    """The polygons of everything in it, as one geometry; anything but polygons is refused."""
    polygons: list[Any] = []
    for geometry in _geometries(found):
        coordinates = geometry.get("coordinates")
        if geometry.get("type") == "Polygon":
            polygons.append(coordinates)
        elif geometry.get("type") == "MultiPolygon" and isinstance(coordinates, list):
            polygons.extend(coordinates)
        else:
            raise Refused("area_not_polygon")
    if not polygons:
        raise Refused("area_not_polygon")
    _refuse_metres(polygons)
    return {"type": "MultiPolygon", "coordinates": polygons}


def _geometries(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    features = found.get("features") if found.get("type") == "FeatureCollection" else [found]
    if not isinstance(features, list):
        raise Refused("area_not_geojson")
    for feature in features:
        geometry = (
            feature.get("geometry") if isinstance(feature, dict) and feature.get("type") == "Feature" else feature
        )
        if geometry is None:
            continue
        if not isinstance(geometry, dict):
            raise Refused("area_not_geojson")
        yield geometry


def _refuse_metres(polygons: list[Any]) -> None:
    """SWEREF 99 and its like count metres: their numbers are no degrees of anything."""
    try:
        first = polygons[0][0][0]
        is_far = any(type(number) in (int, float) and abs(number) > _WORLD for number in first[:2])
    except (TypeError, IndexError, KeyError):
        return  # what it is instead, read_area says
    if is_far:
        raise Refused("area_other_crs")


def _tidy(area: Area) -> Area:
    """Corners rounded, and each of several on one spot kept once: a hand that trembles draws no crossing."""
    return Area(tuple(tuple(_tidy_ring(ring) for ring in polygon) for polygon in area.polygons))


def _tidy_ring(ring: Ring) -> Ring:
    rounded = [(round(x * _PER_DEGREE) / _PER_DEGREE, round(y * _PER_DEGREE) / _PER_DEGREE) for x, y in ring]
    kept = [point for point, before in zip(rounded, [None, *rounded[:-1]], strict=True) if point != before]
    if len(kept) < 4:
        raise Refused("area_ring_too_short", least=4, points=len(kept))
    return tuple(kept)


# --------------------------------------------------------------------------------------------------------- checking


def _check_polygon(polygon: tuple[Ring, ...]) -> None:
    outer, *holes = polygon
    for ring in polygon:
        if _crosses_itself(_edges(ring)):
            raise Refused("area_crosses_itself")
    for hole in holes:
        if any(_side(outer, corner) < 0 for corner in _corners(hole)):
            raise Refused("area_hole_outside")
    for one, other in combinations(polygon, 2):
        if _cross(_edges(one), _edges(other)):
            raise Refused("area_crosses_itself")


def _check_apart(one: Ring, other: Ring) -> None:
    """Two surfaces may share an edge, as two plots do, but no ground."""
    inside = any(_side(one, corner) > 0 for corner in _corners(other)) or any(
        _side(other, corner) > 0 for corner in _corners(one)
    )
    if inside or _cross(_edges(one), _edges(other)) or set(_corners(one)) == set(_corners(other)):
        raise Refused("area_parts_overlap")


def _corners(ring: Ring) -> list[_Corner]:
    return [(round(x * _PER_DEGREE), round(y * _PER_DEGREE)) for x, y in ring]


def _edges(ring: Ring) -> list[_Edge]:
    return list(pairwise(_corners(ring)))


def _turn(a: _Corner, b: _Corner, c: _Corner) -> int:
    """Above 0: c lies to the left of the line from a to b; 0: on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _is_on(edge: _Edge, corner: _Corner) -> bool:
    (x1, y1), (x2, y2) = edge
    return (
        _turn(*edge, corner) == 0
        and min(x1, x2) <= corner[0] <= max(x1, x2)
        and min(y1, y2) <= corner[1] <= max(y1, y2)
    )


def _cross(some: list[_Edge], others: list[_Edge]) -> bool:
    """Whether an edge goes right through another; to touch is allowed."""
    return any(_goes_through(one, other) for one in some for other in others)


def _goes_through(one: _Edge, other: _Edge) -> bool:
    a, b = _turn(*one, other[0]), _turn(*one, other[1])
    c, d = _turn(*other, one[0]), _turn(*other, one[1])
    return (a > 0 > b or a < 0 < b) and (c > 0 > d or c < 0 < d)


def _crosses_itself(edges: list[_Edge]) -> bool:
    """Whether a ring meets itself anywhere but where one edge goes over into the next."""
    last = len(edges) - 1
    for (number, one), (later, other) in combinations(enumerate(edges), 2):
        if later == number + 1 or (number == 0 and later == last):
            before, after = (one, other) if later == number + 1 else (other, one)
            if _is_on(before, after[1]) or _is_on(after, before[0]):  # back along the way it came
                return True
        elif _goes_through(one, other) or any(
            (_is_on(one, other[0]), _is_on(one, other[1]), _is_on(other, one[0]), _is_on(other, one[1]))
        ):
            return True
    return False


def _side(ring: Ring, corner: _Corner) -> int:
    """1 inside the ring, 0 on it, -1 outside."""
    is_inside = False
    for edge in _edges(ring):
        if _is_on(edge, corner):
            return 0
        (_, y1), (_, y2) = edge
        if (y1 > corner[1]) != (y2 > corner[1]) and (_turn(*edge, corner) > 0) == (y2 > y1):
            is_inside = not is_inside
    return 1 if is_inside else -1


def _km2(polygon: tuple[Ring, ...]) -> float:
    outer, *holes = (abs(square_degrees(ring)) for ring in polygon)
    _, south, _, north = bounds(polygon)
    return (outer - sum(holes)) * _KM_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))


def _lies_near(area: Area, near: Sequence[Ring]) -> bool:
    west, south, east, north = bounds(near)
    return all(
        west - 2 * _NEAR_DEGREES <= x <= east + 2 * _NEAR_DEGREES
        and south - _NEAR_DEGREES <= y <= north + _NEAR_DEGREES
        for ring in area.rings
        for x, y in ring
    )
