"""Making and changing a network: its name, its parts, its boundary."""

import json
import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from grannsamverkan.domain import audit, membership, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import NetworkKind, Unit, UnitKind, WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.geometry import centre, read_area
from grannsamverkan.web import access, current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("network_edit")

_LARGEST_FILE = 200_000
_CORNER = re.compile(r"^\s*(-?\d{1,3}[.,]\d+)\s*[,; ]\s*(-?\d{1,3}[.,]\d+)\s*$")
_NAME = [InputRequired(_l("Skriv ett namn")), Length(max=60, message=_l("Skriv högst 60 tecken"))]
_DWELLINGS = [Optional(), NumberRange(0, 20_000, _l("Skriv ett tal från 0 till 20 000"))]


class NetworkForm(FlaskForm):  # type: ignore[misc]
    """What a network is called and how many homes it has."""

    municipality = SelectField(_l("Kommun"))
    name = StringField(_l("Områdets namn"), _NAME)
    kind = RadioField(
        _l("Vad för slags område?"),
        [InputRequired(_l("Välj villor eller lägenheter"))],
        choices=[(NetworkKind.VILLA.value, _l("Villor")), (NetworkKind.APARTMENT.value, _l("Lägenheter"))],
    )
    dwellings = IntegerField(_l("Antal bostäder"), _DWELLINGS)
    postcodes = StringField(_l("Postnummer"))
    lead_sees = BooleanField(_l("Huvudkontaktombudet får se alla hushåll, så som de själva visar sig"))

    def codes(self) -> list[str] | None:
        """The postcodes; None with an error at the field."""
        digits = re.sub(r"(?<=\d{3})[  ](?=\d{2}\b)", "", self.postcodes.data or "")
        found = re.split(r"[,;\s]+", digits.strip()) if digits.strip() else []
        if any(not re.fullmatch(r"\d{5}", code) for code in found):
            refuse(self.postcodes, _("Skriv postnummer med fem siffror, till exempel 243 31, 243 32"))
            return None
        return found


class PartsForm(FlaskForm):  # type: ignore[misc]
    """New parts, one on each line."""

    parts = TextAreaField(_l("Nya delar, en på varje rad"), [InputRequired(_l("Skriv minst en del"))])


class PartForm(FlaskForm):  # type: ignore[misc]
    """One part."""

    name = StringField(_l("Namn"), _NAME)
    dwellings = IntegerField(_l("Antal bostäder"), _DWELLINGS)


class MovePartForm(FlaskForm):  # type: ignore[misc]
    """Where the households of a part are to be counted instead."""

    into = SelectField(_l("Räkna hushållen i"), name="till")


class AreaForm(FlaskForm):  # type: ignore[misc]
    """A boundary as corners, or as a file."""

    corners = TextAreaField(_l("Hörn, ett på varje rad: latitud, longitud"))
    file = FileField(_l("Eller en fil med GeoJSON"))


@pages.get("/omraden/nytt", may=Action.MANAGE_NETWORK)
def new() -> ResponseReturnValue:
    return render_template("networks/new.html", form=_new_form())


@pages.post("/omraden/nytt", may=Action.MANAGE_NETWORK)
def create() -> ResponseReturnValue:
    form = _new_form()
    codes = form.codes()
    if not form.validate() or codes is None:
        return render_template("networks/new.html", form=form), 422
    with current.runtime().database.write() as rows:
        try:
            network = networks.add_network(
                rows,
                form.municipality.data,
                form.name.data.strip(),
                NetworkKind(form.kind.data),
                now=current.now(),
                dwellings=form.dwellings.data,
                account_id=current.signed_in_actor().account_id,
            )
        except Refused:
            refuse(form.name, _("Det finns redan ett område med det namnet"))
            return render_template("networks/new.html", form=form), 422
        networks.set_postcodes(rows, network, codes)
        note(rows, network, "network.added")
    return redirect(url_for("network_edit.parts", network_id=network.id), 303)


@pages.get("/omraden/<int:network_id>/andra", may=Action.MANAGE_NETWORK)
def form(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        filled = NetworkForm(
            name=network.name,
            kind=network.kind.value,
            dwellings=network.dwellings,
            postcodes=", ".join(networks.postcodes(rows, network_id)),
            lead_sees=network.lead_sees_households,
        )
    return render_template("networks/edit.html", form=filled, network=network)


@pages.post("/omraden/<int:network_id>/andra", may=Action.MANAGE_NETWORK)
def change(network_id: int) -> ResponseReturnValue:
    filled = NetworkForm()
    del filled.municipality, filled.kind
    codes = filled.codes()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        if not filled.validate() or codes is None:
            return render_template("networks/edit.html", form=filled, network=network), 422
        try:
            networks.rename(rows, network, filled.name.data.strip())
        except Refused:
            refuse(filled.name, _("Det finns redan ett område med det namnet"))
            return render_template("networks/edit.html", form=filled, network=network), 422
        network.dwellings, network.lead_sees_households = filled.dwellings.data, filled.lead_sees.data
        networks.set_postcodes(rows, network, codes)
        note(rows, network, "network.changed")
    return redirect(url_for("networks.one", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/delar", may=Action.MANAGE_NETWORK)
def parts(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        return _parts_page(rows, network, PartsForm())


@pages.post("/omraden/<int:network_id>/delar", may=Action.MANAGE_NETWORK)
def add_parts(network_id: int) -> ResponseReturnValue:
    """Streets, one a line; or buildings with their stairwells: "Linden 1: A, B, C"."""
    filled = PartsForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        if not filled.validate():
            return _parts_page(rows, network, filled), 422
        wrong = _add_parts(rows, network, filled.parts.data)
        if wrong:
            rows.rollback()
            refuse(filled.parts, wrong)
            network = access.network(rows, network_id, Action.MANAGE_NETWORK)
            return _parts_page(rows, network, filled), 422
        note(rows, network, "network.parts_added")
    return redirect(url_for("network_edit.parts", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/delar/<int:unit_id>", may=Action.MANAGE_NETWORK)
def part(network_id: int, unit_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network, unit = _unit(rows, network_id, unit_id)
        return _part_page(rows, network, unit)


@pages.post("/omraden/<int:network_id>/delar/<int:unit_id>", may=Action.MANAGE_NETWORK)
def change_part(network_id: int, unit_id: int) -> ResponseReturnValue:
    filled = PartForm()
    with current.runtime().database.write() as rows:
        network, unit = _unit(rows, network_id, unit_id)
        if not filled.validate():
            return _part_page(rows, network, unit, filled), 422
        try:
            networks.rename_unit(rows, unit, filled.name.data.strip(), filled.dwellings.data)
        except Refused:
            refuse(filled.name, _("Det finns redan en del med det namnet"))
            return _part_page(rows, network, unit, filled), 422
        note(rows, network, "network.part_changed")
    return redirect(url_for("network_edit.parts", network_id=network_id), 303)


@pages.post("/omraden/<int:network_id>/delar/<int:unit_id>/flytta", may=Action.MANAGE_NETWORK)
def empty_part(network_id: int, unit_id: int) -> ResponseReturnValue:
    """Everybody who lives there is counted in another part (`till`) instead."""
    with current.runtime().database.write() as rows:
        network, unit = _unit(rows, network_id, unit_id)
        filled = _move_form(rows, network, unit)
        if not filled.validate():
            return _part_page(rows, network, unit, move=filled), 422
        into = networks.unit_of(rows, network_id, int(filled.into.data) or None)
        moved = networks.move_households(rows, unit, into, now=current.now())
        note(rows, network, "network.part_emptied", households=moved)
    return redirect(url_for("network_edit.part", network_id=network_id, unit_id=unit_id), 303)


@pages.post("/omraden/<int:network_id>/delar/<int:unit_id>/ta-bort", may=Action.MANAGE_NETWORK)
def remove_part(network_id: int, unit_id: int) -> ResponseReturnValue:
    """Only a part that nobody lives in. What was sent there stays to be read."""
    with current.runtime().database.write() as rows:
        network, unit = _unit(rows, network_id, unit_id)
        try:
            networks.retire_unit(rows, unit, now=current.now())
        except Refused as refused:
            filled = PartForm(formdata=None, name=unit.name, dwellings=unit.dwellings)
            refuse(filled.name, _in_use_words(refused))
            return _part_page(rows, network, unit, filled), 422
        membership.leave_part(rows, unit, now=current.now())
        note(rows, network, "network.part_removed")
    return redirect(url_for("network_edit.parts", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/grans", may=Action.MANAGE_NETWORK)
def area(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
    return _area_page(network, AreaForm(corners=corner_lines(network.area)))


@pages.post("/omraden/<int:network_id>/grans", may=Action.MANAGE_NETWORK)
def change_area(network_id: int) -> ResponseReturnValue:
    """`ta-bort` takes the boundary away; a file wins over the corners."""
    request.max_content_length = _LARGEST_FILE + 100_000
    filled = AreaForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_NETWORK)
        if "ta-bort" in request.form:
            network.area = None
        else:
            drawn = _drawn(filled)
            if drawn is None:
                return _area_page(network, filled), 422
            network.area = drawn
        note(rows, network, "network.area_changed")
    return redirect(url_for("networks.one", network_id=network_id), 303)


def _area_page(network: WatchNetwork, filled: AreaForm) -> str:
    outline = places.outline(network.municipality_code)
    land = [[[latitude, longitude] for longitude, latitude in ring] for ring in outline]
    return render_template("networks/area.html", network=network, form=filled, land=land)


def corner_lines(area: str | None) -> str:
    """The outer ring as lines that the form takes again; empty for none."""
    if area is None:
        return ""
    ring = read_area(area).outer_rings[0]
    return "\n".join(f"{latitude:.5f}, {longitude:.5f}" for longitude, latitude in ring[:-1])


def note(rows: Session, network: WatchNetwork, act: str, **facts: int) -> None:
    """Write down that somebody changed the network."""
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        **facts,
    )


def _drawn(form: AreaForm) -> str | None:
    """The boundary as GeoJSON; None with an error at the field that is wrong."""
    sent = form.file.data if form.file.data and form.file.data.filename else None
    field = form.file if sent is not None else form.corners
    try:
        text = sent.read(_LARGEST_FILE + 1).decode("utf-8-sig") if sent is not None else _from_corners(form)
        if text is None:
            return None
        if len(text) > _LARGEST_FILE:
            refuse(field, _("Filen är för stor. Den får vara högst 200 kB."))
            return None
        centre(read_area(text).outer_rings)
    except UnicodeDecodeError:
        refuse(field, _("Filen går inte att läsa. Den ska vara GeoJSON i UTF-8."))
        return None
    except Refused as refused:
        refuse(field, area_words(refused))
        return None
    return text


def _from_corners(form: AreaForm) -> str | None:
    lines = [line for line in (form.corners.data or "").splitlines() if line.strip()]
    found = [_CORNER.match(line) for line in lines]
    wrong = next((number for number, match in enumerate(found, start=1) if match is None), None)
    if wrong is not None:
        refuse(form.corners, _("Rad %(row)d går inte att läsa. Skriv som 55.9425, 13.5590", row=wrong))
        return None
    if len(found) < 3:
        refuse(form.corners, _("Ett område behöver minst tre hörn"))
        return None
    ring = [[float(m[2].replace(",", ".")), float(m[1].replace(",", "."))] for m in found if m is not None]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def area_words(refused: Refused) -> str:
    """What is wrong with a boundary."""
    return {
        "area_not_geojson": _("Filen är inte GeoJSON"),
        "area_not_polygon": _("Filen har ingen yta. Rita området som en polygon."),
        "area_too_many_points": _("Gränsen har för många hörn. Förenkla den."),
        "area_outside_sweden": _("Området ligger inte i Sverige. Latitud står först, till exempel 55.9425, 13.5590"),
        "area_swapped": _("Latitud och longitud har bytt plats"),
        "area_empty": _("Området har ingen yta. Sätt hörnen i ordning runt det."),
    }.get(refused.code, _("Gränsen går inte att använda. Kontrollera hörnen."))


def _in_use_words(refused: Refused) -> str:
    if refused.facts["households"]:
        return _("Här bor %(num)d hushåll. Flytta dem till en annan del först.", num=int(refused.facts["households"]))
    if refused.facts["parts"]:
        return _("Ta bort trapphusen först")
    return _("Ett kontaktombud har hand om delen. Ändra det först.")


def _add_parts(rows: Session, network: WatchNetwork, text: str) -> str | None:
    """Add every line; what is wrong with the first that cannot be."""
    for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        name, _colon, rest = line.partition(":")
        stairwells = [one.strip()[:60] for one in rest.split(",") if one.strip()]
        try:
            if line:
                _add_part(rows, network, name.strip()[:60], stairwells)
        except Refused as refused:
            return {
                "street": _("Rad %(row)d: skriv ett nytt gatunamn", row=number),
                "building_taken": _("Rad %(row)d: huset finns redan", row=number),
            }.get(refused.code, _("Rad %(row)d: två trapphus har samma namn", row=number))
    return None


def _add_part(rows: Session, network: WatchNetwork, name: str, stairwells: list[str]) -> None:
    """Refused: street, building_taken, unit_name_taken."""
    if network.kind is NetworkKind.VILLA:
        if stairwells or not name or name in _top_parts(rows, network):
            raise Refused("street")
        networks.add_unit(rows, network, UnitKind.STREET, name)
        return
    building = _top_parts(rows, network).get(name)
    if not name or (building is not None and not stairwells):
        raise Refused("building_taken")
    building = building or networks.add_unit(rows, network, UnitKind.BUILDING, name)
    for stairwell in stairwells:
        networks.add_unit(rows, network, UnitKind.STAIRWELL, stairwell, parent=building)


def _top_parts(rows: Session, network: WatchNetwork) -> dict[str, Unit]:
    return {unit.name: unit for unit in networks.units(rows, network.id or 0) if unit.parent_id is None}


def _new_form() -> NetworkForm:
    filled = NetworkForm()
    codes = current.signed_in_actor().municipality_codes
    filled.municipality.choices = [(row.code, row.name) for row in current.served_municipalities() if row.code in codes]
    del filled.lead_sees
    return filled


def _unit(rows: Session, network_id: int, unit_id: int) -> tuple[WatchNetwork, Unit]:
    network = access.network(rows, network_id, Action.MANAGE_NETWORK)
    unit = networks.unit_of(rows, network_id, unit_id)
    if unit is None or unit.retired_at is not None:
        raise NotFound
    return network, unit


def _move_form(rows: Session, network: WatchNetwork, unit: Unit) -> MovePartForm:
    form = MovePartForm()
    names = networks.unit_names(rows, [network.id or 0])
    leaves = [one for one in networks.leaf_units(rows, network.id or 0) if one.id != unit.id]
    form.into.choices = [*((str(one.id), names[one.id or 0]) for one in leaves), ("0", _("Ingen särskild del"))]
    return form


def _part_page(
    rows: Session,
    network: WatchNetwork,
    unit: Unit,
    filled: PartForm | None = None,
    move: MovePartForm | None = None,
) -> str:
    return render_template(
        "networks/part.html",
        network=network,
        unit=unit,
        form=filled or PartForm(formdata=None, name=unit.name, dwellings=unit.dwellings),
        move=move or _move_form(rows, network, unit),
        households=networks.living_in(rows, unit.id or 0),
    )


def _parts_page(rows: Session, network: WatchNetwork, filled: PartsForm) -> str:
    units = networks.units(rows, network.id or 0)
    ordered = [
        one
        for unit in units
        if unit.parent_id is None
        for one in (unit, *(part for part in units if part.parent_id == unit.id))
    ]
    return render_template(
        "networks/parts.html",
        network=network,
        form=filled,
        units=ordered,
        names=networks.unit_names(rows, [network.id or 0]),
        counted=networks.households_by_unit(rows, [network.id or 0]),
    )
