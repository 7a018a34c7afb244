"""From a number in an address to the thing itself: fetch it, may you, or 404. One function for each kind of thing."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from grannsamverkan.domain import networks
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current

T = TypeVar("T")


def allowed(session: Session, find: Callable[[Session], tuple[T, Thing]], action: Action) -> T:
    """What `find` finds, when the one who asks may do this with it.

    Raises:
        NotFound: there is none, or it is not yours; the two are never told apart.
    """
    found, thing = find(session)
    if not current.may(action, thing):
        raise NotFound
    return found


def network(session: Session, network_id: int, action: Action) -> WatchNetwork:
    """The network with this id; NotFound."""

    def find(session: Session) -> tuple[WatchNetwork, Thing]:
        row = networks.network(session, network_id)
        return row, Thing(row.municipality_code, frozenset({network_id}))

    return allowed(session, find, action)
