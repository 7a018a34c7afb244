"""Requests to be let in: who sees them, who decides, and where nobody can."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain import networks
from grannsamverkan.domain.membership.drafts import Choices, Joined, JoinOutcome, Place
from grannsamverkan.domain.membership.joining import household_in, let_in
from grannsamverkan.domain.membership.tables import JoinRequest, RequestState
from grannsamverkan.domain.networks import Carrier, ContactPerson, ContactRole, WatchNetwork
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import NotFound


@dataclass(frozen=True)
class Decided:
    """What was decided of a request. `is_new`: by this act; else somebody had decided before, and this changed nothing.

    `joined` only for a household that is let in by this act.
    """

    state: RequestState
    is_new: bool
    joined: Joined | None = None


@dataclass(frozen=True)
class Unanswered:
    """Requests in a part of a network (None: no part was told) that no contact person can answer; the oldest first."""

    network_id: int
    unit_id: int | None
    request_ids: tuple[int, ...]
    since: datetime


def decide(session: Session, request: JoinRequest, *, is_approved: bool, account_id: int, now: datetime) -> Decided:
    """Let the household in, or not. Decided once: of two who decide at the same moment the first counts, and the other
    is told what it was.

    Raises:
        Refused: network_ended, when it is let in to a network that ended in the meantime.
    """
    session.refresh(request, with_for_update=True)
    if request.state is not RequestState.WAITING:
        return Decided(request.state, is_new=False)
    if not is_approved:
        _settle(request, RequestState.DECLINED, account_id, now)
        return Decided(request.state, is_new=True)
    person = session.get(Person, request.person_id, with_for_update=True)
    assert person is not None
    if household_in(session, request.person_id, request.network_id) is not None:
        _settle(request, RequestState.APPROVED, account_id, now)
        return Decided(request.state, True, Joined(JoinOutcome.ALREADY, person, request.network_id))
    place, choices = Place(request.network_id, request.unit_id), Choices(request.shows, request.label or "")
    household = let_in(session, person, place, choices, request.joined_by, now=now)
    _settle(request, RequestState.APPROVED, account_id, now)
    request.household_id = household.id
    return Decided(request.state, True, Joined(JoinOutcome.JOINED, person, request.network_id, household))


def _settle(request: JoinRequest, state: RequestState, account_id: int | None, now: datetime) -> None:
    """What the household told us goes, whatever the answer: if it is let in, the household has it now."""
    request.state, request.label, request.decided_at, request.decided_by = state, None, now, account_id


def close_request(request: JoinRequest, *, account_id: int | None, now: datetime) -> None:
    """Nobody will answer it any more: its network has ended, or the person is in already."""
    if request.state is RequestState.WAITING:
        _settle(request, RequestState.WITHDRAWN, account_id, now)


def requests(session: Session, network_ids: Iterable[int]) -> list[JoinRequest]:
    """Who waits to be let in to these networks, the oldest first."""
    return list(session.exec(_waiting_in(select(JoinRequest), network_ids)))


def _waiting_in(rows: Any, network_ids: Iterable[int]) -> Any:
    """Of a query over JoinRequest: those that wait in these networks, the oldest first."""
    return rows.where(
        Among(col(JoinRequest.network_id), network_ids), JoinRequest.state == RequestState.WAITING
    ).order_by(col(JoinRequest.asked_at), col(JoinRequest.id))


def request(session: Session, network_id: int, request_id: int) -> JoinRequest:
    """One of the network's requests, decided or not; NotFound."""
    row = session.get(JoinRequest, request_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def requests_for(session: Session, viewer_person_id: int | None, network: WatchNetwork) -> list[JoinRequest]:
    """Those that this contact person decides, and so reads; see `_deciders`."""
    assert network.id is not None
    if viewer_person_id is None:
        return []
    roles = networks.contact_persons(session, network.id)
    if not any(role.person_id == viewer_person_id for role in roles):
        return []
    parents = networks.unit_parents(session, [network.id])
    all_by_lead = network.lead_sees_households
    waiting = requests(session, [network.id])
    return [
        row for row in waiting if viewer_person_id in _deciders(row.unit_id, roles, parents, all_by_lead=all_by_lead)
    ]


def unanswered(
    session: Session, network_ids: Iterable[int], who_can_sign_in: Callable[[list[int]], Container[int]]
) -> list[Unanswered]:
    """Where households wait and no contact person sees it: there is none, or none who can sign in. In a constant number
    of queries; ids, parts and times only."""
    of_all = select(JoinRequest.id, JoinRequest.network_id, JoinRequest.unit_id, JoinRequest.asked_at)
    waiting = session.exec(_waiting_in(of_all, network_ids)).all()
    concerned = sorted({row.network_id for row in waiting})
    roles = networks.carriers(session, concerned)
    in_network: dict[int, list[Carrier]] = defaultdict(list)
    for role in roles:
        in_network[role.network_id].append(role)
    able = who_can_sign_in(sorted({role.person_id for role in roles}))
    parents = networks.unit_parents(session, concerned)
    led = networks.led_openly(session, concerned)
    alone: dict[tuple[int, int | None], list[tuple[int, datetime]]] = defaultdict(list)
    for request_id, network_id, unit_id, asked_at in waiting:
        deciders = _deciders(unit_id, in_network[network_id], parents, all_by_lead=network_id in led)
        if not any(person_id in able for person_id in deciders):
            alone[network_id, unit_id].append((request_id or 0, asked_at))
    return [
        Unanswered(network_id, unit_id, tuple(request_id for request_id, _asked_at in rows), rows[0][1])
        for (network_id, unit_id), rows in alone.items()
    ]


def let_in_alone(session: Session, alone: Unanswered, *, account_id: int, now: datetime) -> list[Joined]:
    """The office lets in who waits in a part that no contact person can answer for, without knowing who they are.

    Raises:
        Refused: network_ended.
    """
    found = []
    for request_id in alone.request_ids:
        asked = request(session, alone.network_id, request_id)
        decided = decide(session, asked, is_approved=True, account_id=account_id, now=now)
        if decided.joined is not None:
            found.append(decided.joined)
    return found


def _deciders(
    unit_id: int | None,
    roles: Sequence[ContactPerson | Carrier],
    parents: dict[int, int | None],
    *,
    all_by_lead: bool,
) -> set[int]:
    """Who, of those who carry these roles in the network, decides about a household in this part: whoever looks after
    it; of a part that nobody looks after, everybody; a deputy only where there is nobody else. The lead all of them,
    where it sees all households."""
    carriers = [role for role in roles if role.role is not ContactRole.DEPUTY]
    near = {unit_id, parents.get(unit_id or 0)} - {None}
    own = [role for role in carriers if role.unit_id in near]
    leads = {role.person_id for role in roles if all_by_lead and role.role is ContactRole.LEAD}
    return {role.person_id for role in own or carriers or roles} | leads
