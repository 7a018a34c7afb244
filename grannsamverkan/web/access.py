"""From a number in an address to the thing itself: fetch it, may you, or 404. One function for each kind of thing."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlmodel import Session, col, select

from grannsamverkan.domain import alerts, networks
from grannsamverkan.domain.accounts import Account, Action, Thing
from grannsamverkan.domain.advice import CardEdition
from grannsamverkan.domain.alerts import Alert, Source
from grannsamverkan.domain.networks import NetworkCard, NetworkStateSpan, WatchNetwork
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.reach import cards_of, own_networks
from grannsamverkan.web.refusals import note_refusal

T = TypeVar("T")


def allowed(session: Session, find: Callable[[Session], tuple[T, Thing]], action: Action) -> T:
    """What `find` finds, when the one who asks may do this with it.

    Raises:
        NotFound: there is none, or it is not yours; the two are never told apart.
    """
    found, thing = find(session)
    if not current.may(action, thing):
        note_refusal("not_yours")
        raise NotFound
    return found


def network(session: Session, network_id: int, action: Action) -> WatchNetwork:
    """The network with this id; NotFound."""

    def find(session: Session) -> tuple[WatchNetwork, Thing]:
        row = networks.network(session, network_id)
        return row, Thing(row.municipality_code, frozenset({network_id}))

    return allowed(session, find, action)


def cards_in_reach(session: Session) -> list[NetworkCard]:
    """The networks that the one who asks reaches."""
    return cards_of(session, current.signed_in_actor())


def accounts_of(session: Session, rows: Iterable[NetworkStateSpan | CardEdition]) -> list[Account]:
    """The accounts behind these rows, to tell their roles."""
    ids = {row.account_id for row in rows if row.account_id is not None}
    return list(session.exec(select(Account).where(col(Account.id).in_(ids))))


def alert(session: Session, alert_id: int, action: Action) -> Alert:
    """The alert with this id; NotFound.

    Whoever writes, checks or approves must reach all of it. To see it, it is enough that it goes to a network of one's
    own, or went to the one that its parts belonged to then: a neighbour's warning from the police often goes to the
    next village too.
    """

    def find(session: Session) -> tuple[Alert, Thing]:
        row = alerts.alert(session, alert_id)
        touched = alerts.networks_of(session, alert_id)
        actor = current.signed_in_actor()
        if action is Action.SEE_ALERT and touched & (own_networks(session, actor, row) or frozenset()):
            touched = (touched & actor.network_ids) or actor.network_ids
        asked = alerts.last_request(session, alert_id) if row.source == Source.CONTACT_PERSON else None
        # open, or answered by this one: whoever said yes is shown what became of it, however often they press
        asks_lead = asked is not None and (asked.answer is None or asked.answered_by == actor.account_id)
        return row, Thing(row.municipality_code, touched, row.author_account_id, asks_lead)

    return allowed(session, find, action)


def joint_alerts(session: Session, alert_id: int, action: Action) -> list[Alert]:
    """The alert, and those that were written as one with it and that the one who asks reaches too; NotFound."""
    asked = alert(session, alert_id, action)
    return [row for row in alerts.joint(session, asked) if row.id == alert_id or _reaches(session, row, action)]


def _reaches(session: Session, row: Alert, action: Action) -> bool:
    try:
        alert(session, row.id or 0, action)
    except NotFound:
        return False
    return True
