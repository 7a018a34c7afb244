"""How far the one who is asking reaches: municipalities for staff, networks of their own for contact persons."""

from collections.abc import Callable
from datetime import datetime

from flask import request
from sqlmodel import Session

from grannsamverkan.domain import alerts, networks
from grannsamverkan.domain.accounts import Actor, Role
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.networks import NetworkCard
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current

NEIGHBOURS = frozenset({Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON})


def is_neighbour(actor: Actor) -> bool:
    """Whether the actor is a contact person, who reaches networks and not municipalities."""
    return actor.role in NEIGHBOURS


def chosen_municipality() -> Municipality:
    """The served one of `?kommun=`, else the first in reach; NotFound."""
    code = request.args.get("kommun")
    mine = [row for row in current.served_municipalities() if row.code in current.signed_in_actor().municipality_codes]
    found = next((row for row in mine if row.code == code), mine[0] if mine and code is None else None)
    if found is None:
        raise NotFound
    return found


def cards_of(session: Session, actor: Actor) -> list[NetworkCard]:
    """The networks in reach, in Swedish order."""
    if not is_neighbour(actor):
        return networks.cards(session, sorted(actor.municipality_codes))
    codes = networks.municipality_codes(session, actor.network_ids)
    return networks.cards(session, sorted(codes), sorted(actor.network_ids))


def alerts_of(session: Session, actor: Actor, *, limit: int = 50, with_all: bool = False) -> list[Alert]:
    """The approved alerts in reach, newest first: for contact persons those that touch a network of theirs, also those
    from before its parts came from another network."""
    if is_neighbour(actor):
        before = _left_behind(session, actor)
        return alerts.latest_to(session, actor.network_ids, before=before, limit=limit, with_all=with_all)
    return alerts.latest(session, sorted(actor.municipality_codes), limit=limit, with_all=with_all)


def own_networks(session: Session, actor: Actor, alert: Alert) -> frozenset[int] | None:
    """The networks that counts and lists of this alert are kept to; None: all of the alert's."""
    return own_networks_of(session, actor)(alert)


def own_networks_of(session: Session, actor: Actor) -> Callable[[Alert], frozenset[int] | None]:
    """The same for any number of alerts, read once."""
    if not is_neighbour(actor):
        return lambda _alert: None
    left = _left_behind(session, actor)

    def own(alert: Alert) -> frozenset[int]:
        sent_at = alert.approved_at
        earlier = {network_id for network_id, until in left.items() if sent_at is not None and sent_at < until}
        return actor.network_ids | earlier

    return own


def _left_behind(session: Session, actor: Actor) -> dict[int, datetime]:
    """Networks that the contact person's part belonged to before, and until when."""
    if actor.person_id is None or not actor.network_ids:
        return {}
    return networks.left_behind(session, actor.person_id)
