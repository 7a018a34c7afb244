"""From one state to the next: always a person's decision, dated, with its reason where one is needed."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle.gates import NEXT, facts_of, gates, is_open
from grannsamverkan.domain.networks import NetworkState, NetworkStateSpan, WatchNetwork, enter_state, state_of
from grannsamverkan.domain.networks import network as network_row
from grannsamverkan.domain.places import rules
from grannsamverkan.foundation.errors import Conflict, Refused


class RestReason(StrEnum):
    """Why an active network rests."""

    PAUSED = "paused"
    NO_CONTACT_PERSON = "no_contact_person"
    CHECK_UNANSWERED = "check_unanswered"
    LOW_ACTIVITY = "low_activity"


class EndReason(StrEnum):
    """Why a network ends."""

    NO_INTEREST = "no_interest"
    WISH = "wish"
    MERGED = "merged"
    OTHER = "other"


def step_forward(
    session: Session, network: WatchNetwork, expected: NetworkState, *, account_id: int, now: datetime
) -> NetworkState:
    """The next state, when every gate is open. `expected` is the state the person looked at.

    Raises:
        Conflict: somebody else has changed the state.
        Refused: no_next_state; gates_closed (missing: how many).
    """
    assert network.id is not None
    network_row(session, network.id, to_change=True)
    state = state_of(session, network.id)
    if state is not expected:
        raise Conflict("state_changed")
    if state not in NEXT:
        raise Refused("no_next_state")
    conditions = gates(state, facts_of(session, network), rules(session, network.municipality_code))
    if not is_open(conditions):
        raise Refused("gates_closed", missing=sum(not gate.is_met and not gate.is_advice for gate in conditions))
    enter_state(session, network, NEXT[state], now=now, account_id=account_id)
    return NEXT[state]


def rest(session: Session, network: WatchNetwork, reason: RestReason, *, account_id: int, now: datetime) -> None:
    """An active network rests: it keeps its households and contact persons, and may become active again.

    Raises:
        Refused: not_active.
    """
    assert network.id is not None
    network_row(session, network.id, to_change=True)
    if state_of(session, network.id) is not NetworkState.ACTIVE:
        raise Refused("not_active")
    enter_state(session, network, NetworkState.DORMANT, now=now, account_id=account_id, reason=reason.value)


def end(session: Session, network: WatchNetwork, reason: EndReason, *, account_id: int, now: datetime) -> None:
    """The network ends for good; its history stays.

    Raises:
        Refused: has_ended.
    """
    assert network.id is not None
    network_row(session, network.id, to_change=True)
    if state_of(session, network.id) is NetworkState.ENDED:
        raise Refused("has_ended")
    enter_state(session, network, NetworkState.ENDED, now=now, account_id=account_id, reason=reason.value)


def history(session: Session, network_id: int) -> list[NetworkStateSpan]:
    """Every state the network has been in, newest first."""
    rows = (
        select(NetworkStateSpan)
        .where(NetworkStateSpan.network_id == network_id)
        .order_by(col(NetworkStateSpan.id).desc())
    )
    return list(session.exec(rows))
