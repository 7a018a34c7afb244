"""Areas drawn by people, and the server-drawn maps (SVG) they are shown on.

Pure. Points are (longitude, latitude) in degrees, WGS 84.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from grannsamverkan.foundation.errors import Refused

Point = tuple[float, float]
Ring = tuple[Point, ...]  # closed: the first point is repeated last
Bounds = tuple[float, float, float, float]  # west, south, east, north

LARGEST_AREA_POINTS = 500
_SMALLEST_RING_POINTS = 4  # RFC 7946, 3.1.6: three corners and the first again
_SMALLEST_AREA_SQUARE_DEGREES = 1e-10  # less than a square metre: a line, or a point clicked four times
_SWEDEN: Bounds = (10.5, 55.0, 24.5, 69.2)  # mainland, islands and archipelagos
_SMALLEST_EXTENT_DEGREES = 1e-6


@dataclass(frozen=True)
class Area:
    """An area drawn by a person: polygons, each an outer ring and then its holes."""

    polygons: tuple[tuple[Ring, ...], ...]

    @property
    def outer_rings(self) -> tuple[Ring, ...]:
        return tuple(polygon[0] for polygon in self.polygons)

    @property
    def rings(self) -> tuple[Ring, ...]:
        """Outer rings and holes: what is drawn, with fill-rule evenodd."""
        return tuple(ring for polygon in self.polygons for ring in polygon)

    @cached_property
    def box(self) -> Bounds:
        """West, south, east and north of all of it."""
        return bounds(self.rings)

    def geojson(self) -> str:
        """The area as a GeoJSON geometry (RFC 7946), which `read_area` reads back to the same area."""
        if len(self.polygons) == 1:
            return json.dumps({"type": "Polygon", "coordinates": self.polygons[0]}, separators=(",", ":"))
        return json.dumps({"type": "MultiPolygon", "coordinates": self.polygons}, separators=(",", ":"))


@lru_cache(maxsize=2048)
def read_area(geojson_text: str) -> Area:
    """The area in a GeoJSON geometry, or in a Feature around one. What was read lately is remembered: maps ask for the
    same areas again and again.

    Refused with `area_not_geojson`, `area_not_polygon`, `area_too_many_points` (limit, points), `area_ring_too_short`,
    `area_not_closed`, `area_swapped` (latitude came first), `area_outside_sweden` or `area_empty` (no surface).
    """
    area = Area(tuple(_polygon(rings) for rings in _polygons(_geometry(geojson_text))))
    if not area.polygons:
        raise Refused("area_not_polygon")
    points = sum(len(ring) for ring in area.rings)
    if points > LARGEST_AREA_POINTS:
        raise Refused("area_too_many_points", limit=LARGEST_AREA_POINTS, points=points)
    for ring in area.rings:
        _check_ring(ring)
    return area


def _geometry(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("area_not_geojson") from None
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    if not isinstance(found, dict):
        raise Refused("area_not_geojson")
    return found


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon" and isinstance(coordinates, list):
        return [coordinates]
    if geometry.get("type") == "MultiPolygon" and isinstance(coordinates, list):
        return coordinates
    raise Refused("area_not_polygon")


def _polygon(rings: Any) -> tuple[Ring, ...]:
    if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) for ring in rings):
        raise Refused("area_not_polygon")
    return tuple(tuple(_point(point) for point in ring) for ring in rings)


def _point(point: Any) -> Point:
    """Longitude and latitude; a third number (height) is dropped. True and NaN are no numbers here."""
    if not isinstance(point, list) or len(point) < 2 or any(type(number) not in (int, float) for number in point):
        raise Refused("area_not_geojson")
    try:
        longitude, latitude = float(point[0]), float(point[1])
    except OverflowError:  # JSON's integers have no limit, floats have
        raise Refused("area_not_geojson") from None
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise Refused("area_not_geojson")
    return longitude, latitude


def _check_ring(ring: Ring) -> None:
    if len(ring) < _SMALLEST_RING_POINTS:
        raise Refused("area_ring_too_short", least=_SMALLEST_RING_POINTS, points=len(ring))
    if ring[0] != ring[-1]:
        raise Refused("area_not_closed")
    if not all(_in_sweden(longitude, latitude) for longitude, latitude in ring):
        swapped = all(_in_sweden(second, first) for first, second in ring)
        raise Refused("area_swapped" if swapped else "area_outside_sweden")
    if abs(square_degrees(ring)) < _SMALLEST_AREA_SQUARE_DEGREES:
        raise Refused("area_empty")


def _in_sweden(longitude: float, latitude: float) -> bool:
    west, south, east, north = _SWEDEN
    return west <= longitude <= east and south <= latitude <= north


def square_degrees(ring: Ring) -> float:
    """Square degrees, positive counter-clockwise; from the first corner, so that small areas keep their digits."""
    west, south = ring[0]
    return sum((x1 - west) * (y2 - south) - (x2 - west) * (y1 - south) for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def bounds(rings: Iterable[Ring]) -> Bounds:
    """West, south, east and north of all rings together; ValueError for no points at all."""
    points = [point for ring in rings for point in ring]
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def centre(rings: Sequence[Ring]) -> Point:
    """The centre of gravity of the largest ring; the middle of its bounds when that has no surface."""
    largest = max(rings, key=lambda ring: abs(square_degrees(ring)))
    area = square_degrees(largest)
    if abs(area) < _SMALLEST_AREA_SQUARE_DEGREES:
        west, south, east, north = bounds([largest])
        return (west + east) / 2, (south + north) / 2
    west, south = largest[0]
    x_sum = y_sum = 0.0
    for (x1, y1), (x2, y2) in pairwise(largest):
        x1, y1, x2, y2 = x1 - west, y1 - south, x2 - west, y2 - south
        cross = x1 * y2 - x2 * y1
        x_sum, y_sum = x_sum + (x1 + x2) * cross, y_sum + (y1 + y2) * cross
    return west + x_sum / (6 * area), south + y_sum / (6 * area)


@dataclass(frozen=True)
class Frame:
    """A map's projection: equirectangular, east-west shortened by the cosine of the middle latitude.

    `scale` is pixels for one degree of latitude; (`west`, `north`) falls on (`left`, `top`), in pixels.
    """

    west: float
    north: float
    shortening: float
    scale: float
    left: float
    top: float

    @classmethod
    def around(cls, rings: Iterable[Ring], width: float, height: float, margin: float = 0.0) -> "Frame":
        """The frame that shows all rings as large as they fit, centred in a picture of width times height pixels."""
        west, south, east, north = bounds(rings)
        shortening = math.cos(math.radians((south + north) / 2))
        wide = max((east - west) * shortening, _SMALLEST_EXTENT_DEGREES)
        high = max(north - south, _SMALLEST_EXTENT_DEGREES)
        scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        left, top = (width - (east - west) * shortening * scale) / 2, (height - (north - south) * scale) / 2
        return cls(west, north, shortening, scale, left, top)

    def place(self, point: Point) -> tuple[float, float]:
        """Pixels from the picture's left and top edge."""
        longitude, latitude = point
        x = self.left + (longitude - self.west) * self.shortening * self.scale
        return x, self.top + (self.north - latitude) * self.scale


def svg_path(rings: Iterable[Ring], frame: Frame) -> str:
    """Path data for `<path d="…">`, a subpath for each ring, at most one decimal; draw it with fill-rule evenodd."""
    return "".join(_subpath([frame.place(point) for point in ring]) for ring in rings)


def _subpath(pixels: Sequence[tuple[float, float]]) -> str:
    corners: list[str] = []
    for x, y in pixels:
        corner = f"{_number(x)} {_number(y)}"
        if not corners or corners[-1] != corner:
            corners.append(corner)
    if len(corners) > 1 and corners[-1] == corners[0]:
        corners.pop()  # Z closes
    return f"M{'L'.join(corners)}Z"


def _number(pixels: float) -> str:
    return f"{round(pixels, 1) + 0.0:g}" if abs(pixels) < 10_000 else f"{pixels:.1f}"
