"""When a network becomes part of another, is split, or ends: what follows in every room, in one transaction.

    merge, split → people, parts and roles move → signs, tasks, requests, slips follow → those who moved are told
    end          → meetings, orders, tasks, requests, slips are closed → everybody concerned is told once, and let go

None of it happens while a warning there has been approved and not yet been given to all its households: it would miss
those who move in that moment.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlmodel import Session

from grannsamverkan import notify, tidings
from grannsamverkan.domain import accounts, alerts, duties, lifecycle, membership, networks, notices, people, signs
from grannsamverkan.domain.lifecycle import EndReason, Moved
from grannsamverkan.domain.networks import Household, WatchNetwork
from grannsamverkan.domain.notices import Concerned, NoticeKind, Words, words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime


@dataclass(frozen=True)
class Consequences:
    """What ending a network would do, as numbers: for the page that asks once more."""

    households: int
    requests: int
    meetings: int
    contact_persons: int
    sign_orders: int
    signs_standing: int


def consequences(session: Session, network_id: int) -> Consequences:
    """Counted with the questions that the end itself asks."""
    return Consequences(
        households=networks.joined_count(session, network_id),
        requests=len(membership.requests(session, [network_id])),
        meetings=len(lifecycle.planned_meetings(session, network_id)),
        contact_persons=len({role.person_id for role in networks.contact_persons(session, network_id)}),
        sign_orders=len(signs.orders(session, [network_id], only_open=True)),
        signs_standing=signs.standing_signs(session, network_id),
    )


def merge(runtime: Runtime, session: Session, network: WatchNetwork, into: WatchNetwork, *, account_id: int) -> Moved:
    """Everything of `network` goes on in `into`.

    Raises:
        Refused: warning_on_its_way; what lifecycle.merge refuses.
    """
    _wait_for_warnings(session, network, into)
    moved = lifecycle.merge(session, network, into, account_id=account_id, now=runtime.clock.now())
    _follow(runtime, session, moved, network, into)
    return moved


def split(
    runtime: Runtime, session: Session, network: WatchNetwork, name: str, unit_ids: list[int], *, account_id: int
) -> Moved:
    """These parts become a network of their own.

    Raises:
        Refused: warning_on_its_way; what lifecycle.split refuses.
    """
    _wait_for_warnings(session, network)
    moved = lifecycle.split(session, network, name, unit_ids, account_id=account_id, now=runtime.clock.now())
    _follow(runtime, session, moved, network, networks.network(session, moved.into_id))
    return moved


def _follow(runtime: Runtime, session: Session, moved: Moved, network: WatchNetwork, into: WatchNetwork) -> None:
    now = runtime.clock.now()
    signs.follow(session, moved)
    duties.follow(session, moved, day=in_sweden(now).date(), now=now)
    membership.follow(session, moved, now=now)
    sender = tidings.sender_of(session, into.municipality_code)
    said = words.network_moved(sender, network.name, into.name)
    person_ids = networks.people_of(session, moved.households.values())
    for address in people.confirmed_addresses(session, person_ids):
        _queue(runtime, session, address, into, said, key=f"moved:{moved.from_id}:{address.id}")
    notify.nudge(runtime, session)


@dataclass
class _Leaver:
    """What the network was to one person."""

    concerned: Concerned | None = None
    was_contact: bool = False
    had_seat: bool = False
    told: list[ContactAddress] = field(default_factory=list)
    gone: list[ContactAddress] = field(default_factory=list)


def end(runtime: Runtime, session: Session, network: WatchNetwork, reason: EndReason, *, account_id: int) -> None:
    """The network ends for good. Its history stays, and so do the warnings it was sent and where its signs stand.

    Raises:
        Refused: warning_on_its_way, has_ended.
    """
    assert network.id is not None
    now, network_id = runtime.clock.now(), network.id
    _wait_for_warnings(session, network)
    lifecycle.end(session, network, reason, account_id=account_id, now=now)
    cancelled = lifecycle.cancel_meetings(session, network_id, now=now)
    had_meetings = any(meeting.invited_at is not None for meeting in cancelled)
    signs.end_orders(session, network_id)
    duties.note_rest(session, network_id, account_id=account_id, now=now)
    duties.end_tasks(session, network_id, account_id=account_id, now=now)
    leavers: dict[int, _Leaver] = defaultdict(_Leaver)
    if had_meetings:
        for interest in lifecycle.interested_in(session, network_id):
            leavers[interest.person_id].concerned = Concerned.INTERESTED
    lifecycle.release_interests(session, network_id)
    for asked in membership.end_requests(session, network_id, account_id=account_id, now=now):
        leavers[asked.person_id].concerned = Concerned.WAITING
    households = networks.living_households(session, network_id)
    for person_id in networks.people_of(session, [row.id or 0 for row in households]):
        leavers[person_id].concerned = Concerned.MEMBER
    _end_roles(runtime, session, network, leavers)
    _let_go(runtime, session, households, leavers)
    sender = tidings.sender_of(session, network.municipality_code)
    for leaver in leavers.values():
        said = words.network_ended(
            sender,
            network.name,
            leaver.concerned,
            is_erased=bool(leaver.gone),
            had_meetings=had_meetings and leaver.concerned is not Concerned.WAITING,
            was_contact=leaver.was_contact,
            had_seat=leaver.had_seat,
        )
        tidings.goodbye(
            runtime, session, leaver.gone, leaver.told, network.municipality_code, said, key=f"ended:{network_id}"
        )


def _end_roles(runtime: Runtime, session: Session, network: WatchNetwork, leavers: dict[int, _Leaver]) -> None:
    now = runtime.clock.now()
    for role in networks.contact_persons(session, network.id or 0):
        networks.end_role(session, role, because="network_ended", now=now)
        leavers[role.person_id].was_contact = True
    session.flush()
    for person_id, leaver in leavers.items():
        if leaver.was_contact:
            accounts.follow_roles(session, person_id)
            leaver.had_seat = bool(lifecycle.give_up_seats(session, person_id))


def _let_go(runtime: Runtime, session: Session, households: list[Household], leavers: dict[int, _Leaver]) -> None:
    """Households leave, and what their people and those who waited have told us is erased unless it is needed.

    A contact person's name is kept as long as the municipality has decided, and erased by the clock."""
    now = runtime.clock.now()
    for person_id, leaver in leavers.items():
        leaver.told = people.confirmed_addresses(session, [person_id])
    for household in households:
        networks.leave(session, household, now=now)
    session.flush()
    for person_id, leaver in leavers.items():
        if not leaver.was_contact:
            leaver.gone = membership.erase_person(session, person_id, now=now, unless_needed=True)


def _wait_for_warnings(session: Session, *concerned: WatchNetwork) -> None:
    if alerts.on_its_way(session, [row.id or 0 for row in concerned]):
        raise Refused("warning_on_its_way")


def _queue(
    runtime: Runtime, session: Session, address: ContactAddress, network: WatchNetwork, said: Words, *, key: str
) -> None:
    notices.queue(
        session,
        address,
        NoticeKind.CHANGED,
        said,
        municipality_code=network.municipality_code,
        about=f"network:{network.id}",
        key=key,
        now=runtime.clock.now(),
        valid_for=tidings.CHANGE_LIFE,
    )
