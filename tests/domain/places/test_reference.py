"""The shipped reference of places, against itself and, where the folder is at hand, against two other sources."""

import csv
import json
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import grannsamverkan.domain.places
from grannsamverkan.foundation.geometry import Ring, bounds, centre, read_area

REFERENCE = Path(grannsamverkan.domain.places.__file__).parent / "reference"
PLACES = json.loads((REFERENCE / "places.json").read_text("utf-8"))
OUTLINES: dict[str, list[list[list[float]]]] = json.loads((REFERENCE / "outlines.json").read_text("utf-8"))
NAMES = {row["code"]: row["name"] for row in PLACES["municipalities"]}


def rings_of(code: str) -> list[Ring]:
    return [tuple((lon, lat) for lon, lat in ring) for ring in OUTLINES[code]]


def test_all_counties_and_municipalities_are_there_once() -> None:
    counties = [row["code"] for row in PLACES["counties"]]
    codes = [row["code"] for row in PLACES["municipalities"]]
    assert len(set(counties)) == len(counties) == 21
    assert len(set(codes)) == len(codes) == 290
    assert len(set(NAMES.values())) == 290
    assert {row["county_code"] for row in PLACES["municipalities"]} == set(counties)


def test_a_municipality_belongs_to_the_county_its_code_begins_with() -> None:
    for row in PLACES["municipalities"]:
        assert row["code"].isdigit()
        assert len(row["code"]) == 4
        assert row["code"].startswith(row["county_code"])


def test_police_areas_name_known_municipalities_and_none_twice() -> None:
    named = [
        code
        for area in PLACES["police_areas"]
        for local in area["local_police_areas"]
        for code in local["municipalities"]
    ]
    assert max(Counter(named).values()) == 1
    assert [NAMES[code] for code in sorted(named)] == ["Hörby", "Höör", "Eslöv"]


def test_every_municipality_has_an_outline_of_real_rings() -> None:
    assert set(OUTLINES) == set(NAMES)
    for code in OUTLINES:
        for ring in rings_of(code):
            polygon = {"type": "Polygon", "coordinates": [ring[:400] + ring[:1]]}
            read_area(json.dumps(polygon))  # closed, with a surface, in Sweden
            assert ring[0] == ring[-1], code
            assert len(set(ring)) == len(ring) - 1, code
            assert all(round(number, 4) == number for point in ring for number in point), code


def test_the_file_stays_small() -> None:
    assert (REFERENCE / "outlines.json").stat().st_size <= 250_000


def test_neighbours_share_the_points_of_their_border() -> None:
    hoor, horby, eslov = (set(rings_of(code)[0]) for code in ("1267", "1266", "1285"))
    assert len(hoor & horby) >= 5
    assert len(hoor & eslov) >= 5


def test_hoor_lies_where_it_should() -> None:
    west, south, east, north = bounds(rings_of("1267"))
    assert (west, south, east, north) == pytest.approx((13.37, 55.79, 13.66, 56.09), abs=0.01)
    assert centre(rings_of("1267")) == pytest.approx((13.51, 55.94), abs=0.02)
    assert covers("1267", 13.5420, 55.9370)  # the town of Höör
    assert not covers("1267", 13.3040, 55.8390)  # the town of Eslöv


def test_islands_are_kept() -> None:
    assert len(OUTLINES["1407"]) == 2  # Öckerö
    assert len(OUTLINES["0187"]) == 2  # Vaxholm
    assert len(OUTLINES["0120"]) == 8  # Värmdö
    assert covers("0980", 18.30, 57.64)  # Visby, Gotland


def covers(code: str, lon: float, lat: float) -> bool:
    """Whether an outline covers the point: a line eastwards crosses its rings an odd number of times."""
    return any(crossings(ring, lon, lat) % 2 for ring in rings_of(code))


def crossings(ring: Ring, lon: float, lat: float) -> int:
    return sum(
        (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise(ring)
    )


@pytest.fixture(scope="module")
def geo() -> Path:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA names no folder to compare with")
    return Path(folder) / "geo"


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_codes_and_names_agree_with_statistics_sweden(geo: Path) -> None:
    rows = rows_of(geo / "scb_admin_areas.csv")
    assert {row["municipality_code"]: row["municipality_name"] for row in rows} == NAMES
    assert {row["municipality_code"]: row["county_code"] for row in rows} == {
        row["code"]: row["county_code"] for row in PLACES["municipalities"]
    }


def test_counties_agree_with_another_source(geo: Path) -> None:
    rows = rows_of(geo / "counties.csv")
    assert {row["county_code"]: row["county_name"] for row in rows} == {
        row["code"]: row["name"] for row in PLACES["counties"]
    }


def test_outlines_lie_where_another_map_has_the_municipality(geo: Path) -> None:
    map_of_2020 = json.loads((geo / "municipalities.geojson").read_text("utf-8"))
    for feature in map_of_2020["features"]:
        lat, lon = feature["properties"]["geo_point_2d"]
        west, south, east, north = bounds(rings_of(feature["properties"]["id"]))
        assert west - 0.15 <= lon <= east + 0.15, feature["properties"]["kom_namn"]
        assert south - 0.1 <= lat <= north + 0.1, feature["properties"]["kom_namn"]


def test_four_towns_in_five_lie_inside_their_municipality(geo: Path) -> None:
    """One in nine of the list's positions is wrong in the list itself, and shores are drawn coarsely."""
    code_of = {name: code for code, name in NAMES.items()}
    rows = rows_of(geo / "localities.csv")
    towns = [row for row in rows if row["Municipality"] in code_of]
    inside = sum(covers(code_of[row["Municipality"]], float(row["Longitude"]), float(row["Latitude"])) for row in towns)
    assert len(towns) > 1_500
    assert inside / len(towns) > 0.8
