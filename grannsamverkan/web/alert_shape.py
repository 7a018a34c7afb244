"""A circle or a surface on the map ticks the networks that it touches: whole ones, in the writer's reach.

The shape is a pen and no part of the warning: it is read from the form, ticks boxes and is never kept.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.networks import Touched
from grannsamverkan.domain.places import WIDEN
from grannsamverkan.foundation.drawn_area import corners_to_geojson, read_corner, read_drawn_area
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.geometry import Area, read_area
from grannsamverkan.foundation.shapes import Circle, Shape, middle_of
from grannsamverkan.foundation.swedish import search_key
from grannsamverkan.web.alert_form import Filled, TypedShape
from grannsamverkan.web.alert_places import NetworkChoice, Places
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.network_area import area_words

LEAST_RADIUS_M, DEFAULT_RADIUS_M, MOST_RADIUS_M = 10, 300, 5_000
MOST_CORNERS_CHARS = 100_000


class _Fault(Exception):
    """A field of the form, and what is wrong there."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(field)
        self.field = field
        self.words = words


def typed_shape(form: MultiDict[str, str]) -> TypedShape:
    """The fields as they were sent."""
    return TypedShape(
        middle=form.get("mitt", "").strip(),
        radius=form.get("radie", "").strip(),
        corners=form.get("yta", "").replace("\r\n", "\n").strip(),
    )


def tick_touched(session: Session, filled: Filled, offered: Places, *, several: bool) -> Filled:
    """The form with what the shape touches ticked beside what was, and what is said about it; or with its fault.

    `several`: also in municipalities other than the chosen one.
    """
    among = list(offered.networks) if several else offered.within(filled.municipality_code)
    try:
        shape = _read(session, filled.shape, offered, among)
        found, is_widened = _touched(session, shape, among)
    except _Fault as fault:
        return replace(filled, faults=((fault.field, fault.words),))
    chosen = {*found.within, *(found.beside if is_widened else ())}
    hit = [one for one in among if one.id in chosen]
    codes = {*filled.municipality_codes, *(one.municipality_code for one in hit)}
    return replace(
        filled,
        municipality_codes=tuple(code for code, _name in offered.municipalities if code in codes),
        places=filled.places | {(one.id, None) for one in hit},
        shape_told=tuple(_told(session, found, among, hit, is_widened=is_widened)),
    )


# --------------------------------------------------------------------------------------------------------- reading


def _read(session: Session, typed: TypedShape, offered: Places, among: list[NetworkChoice]) -> Shape:
    if typed.corners:
        return _surface(typed.corners, offered)
    if not typed.middle:
        raise _Fault("mitt", _("Skriv var mitten är, eller rita på kartan"))
    try:
        radius = int(typed.radius)
    except ValueError:
        raise _Fault("radie", _("Skriv radien i hela meter")) from None
    if not LEAST_RADIUS_M <= radius <= MOST_RADIUS_M:
        told = _("Radien får vara %(least)d till %(most)d meter", least=LEAST_RADIUS_M, most=MOST_RADIUS_M)
        raise _Fault("radie", told)
    corner = read_corner(typed.middle)
    return Circle(corner or middle_of(_place(session, typed.middle, offered, among)), radius)


def _surface(text: str, offered: Places) -> Area:
    """Corners line by line, or GeoJSON."""
    if len(text) > MOST_CORNERS_CHARS:
        raise _Fault("yta", _("Texten är för lång. Förenkla ytan."))
    near = [ring for code, _name in offered.municipalities for ring in places.outline(code)]
    try:
        return read_drawn_area(text if text.startswith(("{", "[")) else corners_to_geojson(text), near=near)
    except Refused as refused:
        raise _Fault("yta", area_words(refused)) from None


def _place(session: Session, typed: str, offered: Places, among: list[NetworkChoice]) -> Area:
    """The boundary of the network that has this name, or has a street of this name in it; after a comma may stand in
    which municipality."""
    name, _comma, within = (part.strip() for part in typed.partition(","))
    codes = [
        (code, town) for code, town in offered.municipalities if not within or search_key(town) in search_key(within)
    ]
    choices = {one.id: one for one in among}
    found = [
        (choices[one.network_id], one.part, town)
        for code, town in codes
        for one in networks.search(session, code, name)
        if one.network_id in choices
    ]
    wanted = search_key(name)
    exact = [one for one in found if search_key(one[1] or one[0].name) == wanted]
    fitting = exact or found
    if not fitting:
        raise _Fault(
            "mitt", _("Vi hittar ingen sådan plats. Skriv ett områdes eller en gatas namn, eller koordinater.")
        )
    if len(fitting) > 1:
        named = ", ".join(f"{part or choice.name} ({town})" for choice, part, town in fitting[:4])
        raise _Fault(
            "mitt", _("Flera platser heter så: %(places)s. Skriv mer av namnet, eller kommunen sist.", places=named)
        )
    choice, _part, _town = fitting[0]
    if choice.area is None:
        raise _Fault("mitt", _("%(place)s har ingen gräns på kartan. Skriv koordinater i stället.", place=choice.name))
    return read_area(choice.area)


# -------------------------------------------------------------------------------------------------------- touching


def _touched(session: Session, shape: Shape, among: list[NetworkChoice]) -> tuple[Touched, bool]:
    """What is touched, and whether what lies beside it is taken too: by the rules where the nearest of it lies."""
    field = "mitt" if isinstance(shape, Circle) else "yta"
    found = networks.touched(shape, among, least=0)
    if not found.within:
        raise _Fault(field, _nothing(found))
    nearest = next(one for one in among if one.id == found.within[0])
    rules = places.rules(session, nearest.municipality_code)
    least = rules.shape_least_households
    if found.households >= least:
        return found, False
    if rules.small_shape == WIDEN:
        found = networks.touched(shape, among, least=least)
        if found.households_with_beside >= least:
            return found, True
    raise _Fault(
        field, _("Där är färre än %(least)d hushåll med. Gör ytan större, eller kryssa i listan.", least=least)
    )


def _nothing(found: Touched) -> str:
    if found.nearest_m is None:
        return _("Inget område har en gräns på kartan. Kryssa i listan.")
    return _("Inget område rörs. Det närmaste ligger %(metres)d meter bort.", metres=round(found.nearest_m))


def _told(
    session: Session, found: Touched, among: list[NetworkChoice], hit: list[NetworkChoice], *, is_widened: bool
) -> Iterator[str]:
    within = [one.name for one in among if one.id in found.within]
    yield ngettext(
        "Ett område rörs och är ikryssat: %(places)s.",
        "%(num)d områden rörs och är ikryssade: %(places)s.",
        len(within),
        places=", ".join(within),
    )
    if is_widened:
        least = places.rules(session, hit[0].municipality_code).shape_least_households
        beside = ", ".join(one.name for one in among if one.id in found.beside)
        yield _(
            "Där är färre än %(least)d hushåll med. Därför är också det närmaste ikryssat: %(places)s.",
            least=least,
            places=beside,
        )
    codes = {one.municipality_code for one in hit}
    undrawn = sum(1 for one in among if one.area is None and one.municipality_code in codes)
    if undrawn:
        yield ngettext(
            "Ett område har ingen gräns på kartan. Kryssa det i listan om det ska med.",
            "%(num)d områden har ingen gräns på kartan. Kryssa dem i listan om de ska med.",
            undrawn,
        )
