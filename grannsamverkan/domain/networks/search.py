"""Is there a watch where I live: by the area's name, a street or a house, or a postcode, as people type them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.tables import NetworkPostcode, Unit, WatchNetwork
from grannsamverkan.foundation.swedish import plain_key, search_key

LONGEST = 60
_POSTCODE = re.compile(r"(?<!\d)(\d{3})[\s-]?(\d{2})(?!\d)")
_FROM_HOUSE_NUMBER = re.compile(r"[\s,]\d.*$|,.*$")  # 12, 12 B, 12 lgh 1101, and a town after a comma
_OWN_LETTERS = frozenset("åäö")


@dataclass(frozen=True)
class Found:
    """A network that fits what somebody looked for; `part` is the street or house that did, if one did, or the name of
    a network that has become a part of it."""

    network_id: int
    part: str = ""


def search(session: Session, municipality_code: str, text: str) -> list[Found]:
    """The networks that fit, each once; none for an empty text. House numbers are left out.

    A whole address is looked for by its street, and by its postcode when no street fits. Whoever types no å, ä or ö may
    mean them.
    """
    wanted = search_key(text.strip())[:LONGEST]
    postcode = _POSTCODE.search(wanted)
    street = _FROM_HOUSE_NUMBER.sub("", _POSTCODE.sub(" ", wanted).strip()).strip(" ,-")
    found = _by_name(session, municipality_code, street) if any(char.isalpha() for char in street) else []
    if not found and postcode is not None:
        return _by_postcode(session, municipality_code, "".join(postcode.groups()))
    return found


def _by_name(session: Session, municipality_code: str, wanted: str) -> list[Found]:
    fits = _fits(wanted)
    named = session.exec(
        select(WatchNetwork.id, WatchNetwork.name, WatchNetwork.merged_into_id)
        .where(WatchNetwork.municipality_code == municipality_code)
        .order_by(col(WatchNetwork.merged_into_id).is_not(None), col(WatchNetwork.sort_name))
    ).all()
    parts = session.exec(
        select(Unit.network_id, Unit.name)
        .join(WatchNetwork, col(WatchNetwork.id) == col(Unit.network_id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            col(WatchNetwork.merged_into_id).is_(None),
            col(Unit.parent_id).is_(None),
            col(Unit.retired_at).is_(None),
        )
        .order_by(col(Unit.sort_name))
    ).all()
    into = {network_id: merged_into_id for network_id, _, merged_into_id in named}
    found: dict[int, Found] = {}
    for network_id, name, merged_into_id in named:
        if network_id is not None and fits(name):
            successor = _last(into, network_id)
            found.setdefault(successor, Found(successor, name if merged_into_id is not None else ""))
    for network_id, name in parts:
        if fits(name):
            found.setdefault(network_id, Found(network_id, name))
    return list(found.values())


def _fits(wanted: str) -> Callable[[str], bool]:
    if _OWN_LETTERS & set(wanted):
        return lambda name: wanted in search_key(name)
    return lambda name: wanted in plain_key(name)


def _last(into: dict[int | None, int | None], network_id: int) -> int:
    """What the network has become a part of, however often."""
    seen = {network_id}
    while (following := into.get(network_id)) is not None and following not in seen:
        seen.add(following)
        network_id = following
    return network_id


def _by_postcode(session: Session, municipality_code: str, postcode: str) -> list[Found]:
    rows = (
        select(NetworkPostcode.network_id)
        .join(WatchNetwork, col(WatchNetwork.id) == col(NetworkPostcode.network_id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            col(WatchNetwork.merged_into_id).is_(None),
            NetworkPostcode.postcode == postcode,
        )
        .order_by(col(WatchNetwork.sort_name))
    )
    return [Found(network_id) for network_id in session.exec(rows)]
