"""Counties, municipalities and known police areas: shipped with the product and kept up to date at each upgrade."""

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

from sqlmodel import Session, col, select

from grannsamverkan.domain.places.tables import County, LocalPoliceArea, Municipality, PoliceArea
from grannsamverkan.foundation.geometry import Ring
from grannsamverkan.foundation.swedish import sort_key

_FOLDER = Path(__file__).parent / "reference"


class _LocalPoliceArea(TypedDict):
    name: str
    municipalities: list[str]


class _PoliceArea(TypedDict):
    name: str
    local_police_areas: list[_LocalPoliceArea]


class _Places(TypedDict):
    counties: list[dict[str, str]]
    municipalities: list[dict[str, str]]
    police_areas: list[_PoliceArea]


def load_reference(session: Session) -> None:
    """Add what is missing and follow changed names; never removes a row, never moves a municipality set by hand."""
    places: _Places = json.loads((_FOLDER / "places.json").read_text("utf-8"))
    for county in places["counties"]:
        session.merge(County(**county))
    have = {row.code: row for row in session.exec(select(Municipality))}
    for row in places["municipalities"]:
        old = have.get(row["code"])
        if old is None:
            session.add(Municipality.model_validate({**row, "sort_name": sort_key(row["name"])}))
        elif old.name != row["name"]:
            old.name, old.sort_name = row["name"], sort_key(row["name"])
    session.flush()
    for area in places["police_areas"]:
        _load_police_area(session, area)


def _load_police_area(session: Session, area: _PoliceArea) -> None:
    police_area = session.exec(select(PoliceArea).where(PoliceArea.name == area["name"])).first()
    if police_area is None:
        session.add(police_area := PoliceArea(name=area["name"]))
        session.flush()
    assert police_area.id is not None
    for local in area["local_police_areas"]:
        found = session.exec(select(LocalPoliceArea).where(LocalPoliceArea.name == local["name"])).first()
        if found is None:
            session.add(found := LocalPoliceArea(name=local["name"], police_area_id=police_area.id))
            session.flush()
        unset = select(Municipality).where(
            col(Municipality.code).in_(local["municipalities"]), col(Municipality.local_police_area_id).is_(None)
        )
        for municipality in session.exec(unset):
            municipality.local_police_area_id = found.id


@cache
def longest_name() -> str:
    """The longest name of a municipality: what is made to be signed by any of them has to have room for it."""
    places: _Places = json.loads((_FOLDER / "places.json").read_text("utf-8"))
    return max((row["name"] for row in places["municipalities"]), key=len)


@cache
def outline(municipality_code: str) -> tuple[Ring, ...]:
    """The municipality's outer rings, each a tuple of (longitude, latitude) in WGS 84; empty for an unknown code."""
    outlines = json.loads((_FOLDER / "outlines.json").read_text("utf-8"))
    return tuple(tuple((float(lon), float(lat)) for lon, lat in ring) for ring in outlines.get(municipality_code, []))
