"""A network's parts: streets, buildings and stairwells, added, renamed, emptied and taken out of use."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from grannsamverkan.domain import membership, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import NetworkKind, Unit, UnitKind, WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.network_edit import DWELLINGS, NAME, note
from grannsamverkan.web.pages import Pages

pages = Pages("network_parts")


class PartsForm(FlaskForm):  # type: ignore[misc]
    """New parts, one on each line."""

    parts = TextAreaField(_l("Nya delar, en på varje rad"), [InputRequired(_l("Skriv minst en del"))])


class PartForm(FlaskForm):  # type: ignore[misc]
    """One part."""

    name = StringField(_l("Namn"), NAME)
    dwellings = IntegerField(_l("Antal bostäder"), DWELLINGS)


class MovePartForm(FlaskForm):  # type: ignore[misc]
    """Where the households of a part are to be counted instead."""

    into = SelectField(_l("Räkna hushållen i"), [InputRequired(_l("Välj en del"))], name="till")


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
    return redirect(url_for("network_parts.parts", network_id=network_id), 303)


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
    return redirect(url_for("network_parts.parts", network_id=network_id), 303)


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
    return redirect(url_for("network_parts.part", network_id=network_id, unit_id=unit_id), 303)


@pages.post("/omraden/<int:network_id>/delar/<int:unit_id>/ta-bort", may=Action.MANAGE_NETWORK)
def remove_part(network_id: int, unit_id: int) -> ResponseReturnValue:
    """Only a part that nobody lives in. What was sent there stays to be read."""
    with current.runtime().database.write() as rows:
        network, unit = _unit(rows, network_id, unit_id)
        question = _removal(network, unit)
        try:
            networks.retire_unit(rows, unit, now=current.now())
        except Refused as refused:
            filled = PartForm(formdata=None, name=unit.name, dwellings=unit.dwellings)
            refuse(filled.name, _in_use_words(refused))
            return _part_page(rows, network, unit, filled), 422
        if not is_confirmed():  # it can be done, and is not done yet
            rows.rollback()
            return ask(question)
        membership.leave_part(rows, unit, now=current.now())
        note(rows, network, "network.part_removed")
    return redirect(url_for("network_parts.parts", network_id=network_id), 303)


def _removal(network: WatchNetwork, unit: Unit) -> Question:
    return Question(
        _("Ta bort %(name)s?", name=unit.name),
        [_("Lappar för delen slutar gälla. Varningar som har gått dit finns kvar. Det går inte att ångra.")],
        _("Ta bort %(name)s från %(place)s", name=unit.name, place=network.name),
        url_for("network_parts.part", network_id=network.id, unit_id=unit.id),
    )


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
    parts = [(str(one.id), names[one.id or 0]) for one in leaves]
    form.into.choices = [("", _("Välj")), *parts, ("0", _("Ingen särskild del"))]
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
