"""A network's boundary: corners typed or clicked, or a file."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import FileField, TextAreaField

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.drawn_area import corners_to_geojson
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.geometry import read_area
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.network_edit import note
from grannsamverkan.web.pages import Pages

pages = Pages("network_area")

_LARGEST_FILE = 200_000


class AreaForm(FlaskForm):  # type: ignore[misc]
    """A boundary as corners, or as a file."""

    corners = TextAreaField(_l("Hörn, ett på varje rad: latitud, longitud"))
    file = FileField(_l("Eller en fil med GeoJSON"))


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
        if "ta-bort" in request.form and not is_confirmed():
            return _ask_to_remove(network)
        if "ta-bort" in request.form:
            networks.draw(network, None)
        elif not _draw(network, filled):
            return _area_page(network, filled), 422
        note(rows, network, "network.area_changed")
    return redirect(url_for("networks.one", network_id=network_id), 303)


def _ask_to_remove(network: WatchNetwork) -> str:
    return ask(
        Question(
            _("Ta bort gränsen för %(place)s?", place=network.name),
            [_("Området finns kvar, men syns inte på kartan."), _("Det går inte att ångra.")],
            _("Ta bort gränsen för %(place)s", place=network.name),
            url_for("network_area.area", network_id=network.id),
            [("ta-bort", "1")],
        )
    )


def _area_page(network: WatchNetwork, filled: AreaForm) -> str:
    outline = places.outline(network.municipality_code)
    land = [[[latitude, longitude] for longitude, latitude in ring] for ring in outline]
    kept = read_area(network.area) if network.area is not None else None
    has_holes = kept is not None and len(kept.rings) > len(kept.outer_rings)
    return render_template("networks/area.html", network=network, form=filled, land=land, has_holes=has_holes)


def corner_lines(area: str | None) -> str:
    """The surfaces' outer rings as lines that the form takes again, an empty line between two; empty for none."""
    rings = read_area(area).outer_rings if area is not None else ()
    return "\n\n".join(
        "\n".join(f"{latitude:.6f}, {longitude:.6f}" for longitude, latitude in one[:-1]) for one in rings
    )


def _draw(network: WatchNetwork, form: AreaForm) -> bool:
    """Take the boundary from the form; False with an error at the field that is wrong."""
    sent = form.file.data if form.file.data and form.file.data.filename else None
    field = form.file if sent is not None else form.corners
    try:
        text = (
            sent.read(_LARGEST_FILE + 1).decode("utf-8-sig")
            if sent is not None
            else corners_to_geojson(form.corners.data or "")
        )
        if len(text) > _LARGEST_FILE:
            refuse(field, _("Filen är för stor. Den får vara högst 200 kB."))
            return False
        networks.draw(network, text)
    except UnicodeDecodeError:
        refuse(field, _("Filen går inte att läsa. Den ska vara GeoJSON i UTF-8."))
        return False
    except Refused as refused:
        refuse(field, area_words(refused))
        return False
    return True


def area_words(refused: Refused) -> str:
    """What is wrong with a boundary, and what to do."""
    most = int(refused.facts.get("most", 0))
    return {
        "area_not_geojson": _("Filen är inte GeoJSON"),
        "area_not_polygon": _("Filen har annat än ytor. Rita området som en polygon."),
        "area_too_many_points": _("Gränsen har för många hörn. Förenkla den."),
        "area_line_unreadable": _(
            "Rad %(row)d går inte att läsa. Skriv som 55.9425, 13.5590", row=int(refused.facts.get("row", 0))
        ),
        "area_ring_too_short": _("Ett område behöver minst tre hörn"),
        "area_not_closed": _("Gränsen är inte sluten. Sista hörnet ska vara samma som det första."),
        "area_outside_sweden": _("Området ligger inte i Sverige. Latitud står först, till exempel 55.9425, 13.5590"),
        "area_swapped": _("Latitud och longitud har bytt plats"),
        "area_empty": _("Området har ingen yta. Sätt hörnen i ordning runt det."),
        "area_crosses_itself": _("Gränsen korsar sig själv. Sätt hörnen i ordning runt området."),
        "area_hole_outside": _("Ett hål ligger utanför området. Rita om hålet, eller ta bort det."),
        "area_parts_overlap": _("Två ytor ligger över varandra. Rita dem som en."),
        "area_too_large": _("Området är större än %(most)d kvadratkilometer. Kontrollera hörnen.", most=most),
        "area_far_away": _("Området ligger långt från kommunen. Kontrollera hörnen."),
        "area_other_crs": _("Filen räknar i något annat än grader. Spara den som WGS 84 (EPSG:4326)."),
    }.get(refused.code, _("Gränsen går inte att använda. Kontrollera hörnen."))
