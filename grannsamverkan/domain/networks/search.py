"""Is there a watch where I live: by the area's name, a street or a house, or a postcode."""

import re
from dataclasses import dataclass

from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.tables import NetworkPostcode, Unit, WatchNetwork
from grannsamverkan.foundation.swedish import search_key

LONGEST = 60
_HOUSE_NUMBER = re.compile(r"\s+\d+\s*[a-zåäö]?$")


@dataclass(frozen=True)
class Found:
    """A network that fits what somebody looked for; `part` is the street or house that did, if one did."""

    network_id: int
    part: str = ""


def search(session: Session, municipality_code: str, text: str) -> list[Found]:
    """The networks that fit, each once; none for an empty text. House numbers are left out."""
    wanted = search_key(text.strip())[:LONGEST]
    digits = re.sub(r"\s", "", wanted)
    if not wanted:
        return []
    if re.fullmatch(r"\d{5}", digits):
        return _by_postcode(session, municipality_code, digits)
    street = _HOUSE_NUMBER.sub("", wanted)
    named = session.exec(
        select(WatchNetwork.id, WatchNetwork.name).where(WatchNetwork.municipality_code == municipality_code)
    ).all()
    parts = session.exec(
        select(Unit.network_id, Unit.name)
        .join(WatchNetwork, col(WatchNetwork.id) == col(Unit.network_id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            col(Unit.parent_id).is_(None),
            col(Unit.retired_at).is_(None),
        )
    ).all()
    found = {network_id or 0: Found(network_id or 0) for network_id, name in named if street in search_key(name)}
    for network_id, name in parts:
        if street in search_key(name):
            found.setdefault(network_id, Found(network_id, name))
    return list(found.values())


def _by_postcode(session: Session, municipality_code: str, postcode: str) -> list[Found]:
    rows = (
        select(NetworkPostcode.network_id)
        .join(WatchNetwork, col(WatchNetwork.id) == col(NetworkPostcode.network_id))
        .where(WatchNetwork.municipality_code == municipality_code, NetworkPostcode.postcode == postcode)
    )
    return [Found(network_id) for network_id in session.exec(rows)]
