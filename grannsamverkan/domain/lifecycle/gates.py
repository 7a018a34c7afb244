"""What a network needs before its next step, and what it has. The numbers are local guidance, never law."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle.tables import Interest, Meeting, MeetingKind, MeetingState, PersonTraining
from grannsamverkan.domain.networks import ContactPerson, ContactRole, NetworkState, WatchNetwork, joined_count
from grannsamverkan.domain.places import Rules


class GateCode(StrEnum):
    """A condition."""

    INTERESTED = "interested"
    DWELLINGS = "dwellings"
    MEETING_PLANNED = "meeting_planned"
    MEETING_HELD = "meeting_held"
    TRAINED = "trained"
    SHARE = "share"
    SECOND_PERSON = "second_person"
    NOT_TOO_MANY = "not_too_many"


@dataclass(frozen=True)
class Facts:
    """What is so of a network now. `dwellings` None: not counted yet; `contact_persons` without deputies."""

    interested: int = 0
    households: int = 0
    dwellings: int | None = None
    meeting_planned: bool = False
    meeting_held: bool = False
    contact_persons: int = 0
    trained: int = 0

    @property
    def share_percent(self) -> int | None:
        """Joined households of all dwellings; None while these are not counted."""
        return 100 * self.households // self.dwellings if self.dwellings else None


@dataclass(frozen=True)
class Gate:
    """A condition with what the network has and what it needs. Advice does not hold it back."""

    code: GateCode
    is_met: bool
    has: int
    needs: int
    is_advice: bool = False


NEXT = {
    NetworkState.INTEREST: NetworkState.MAPPING,
    NetworkState.MAPPING: NetworkState.START_MEETING,
    NetworkState.START_MEETING: NetworkState.TRAINING,
    NetworkState.TRAINING: NetworkState.ACTIVE,
    NetworkState.DORMANT: NetworkState.ACTIVE,
}


def facts_of(session: Session, network: WatchNetwork) -> Facts:
    """Gathered in a constant number of queries."""
    assert network.id is not None
    meetings = session.exec(
        select(Meeting.state).where(Meeting.network_id == network.id, Meeting.kind == MeetingKind.START)
    ).all()
    people = set(
        session.exec(
            select(ContactPerson.person_id).where(
                ContactPerson.network_id == network.id,
                col(ContactPerson.until).is_(None),
                ContactPerson.role != ContactRole.DEPUTY,
            )
        )
    )
    trained = session.exec(
        select(func.count(func.distinct(PersonTraining.person_id))).where(col(PersonTraining.person_id).in_(people))
    ).one()
    return Facts(
        interested=interest_count(session, network.id),
        households=joined_count(session, network.id),
        dwellings=network.dwellings,
        meeting_planned=any(state is not MeetingState.CANCELLED for state in meetings),
        meeting_held=MeetingState.HELD in meetings,
        contact_persons=len(people),
        trained=trained,
    )


def interest_count(session: Session, network_id: int) -> int:
    """People who have shown that they want this network, and are not joined as households yet."""
    return session.exec(
        select(func.count(col(Interest.id))).where(
            Interest.network_id == network_id,
            col(Interest.confirmed_at).is_not(None),
            col(Interest.closed_at).is_(None),
        )
    ).one()


def gates(state: NetworkState, facts: Facts, rules: Rules) -> list[Gate]:
    """The conditions of the step that follows this state; empty where none follows by itself."""
    interested = facts.interested + facts.households
    if state is NetworkState.INTEREST:
        return [_at_least(GateCode.INTERESTED, interested, rules.interested_least)]
    if state is NetworkState.MAPPING:
        return [
            _at_least(GateCode.DWELLINGS, facts.dwellings or 0, 1),
            _at_least(GateCode.MEETING_PLANNED, int(facts.meeting_planned), 1),
        ]
    if state is NetworkState.START_MEETING:
        return [_at_least(GateCode.MEETING_HELD, int(facts.meeting_held), 1)]
    if state is NetworkState.TRAINING:
        return [
            _at_least(GateCode.TRAINED, facts.trained, rules.least_contact_persons),
            _at_least(GateCode.SHARE, facts.share_percent or 0, rules.least_share_percent),
            *_advice(facts, rules),
        ]
    if state is NetworkState.DORMANT:
        return [_at_least(GateCode.TRAINED, facts.trained, rules.least_contact_persons), *_advice(facts, rules)]
    return []


def is_open(conditions: list[Gate]) -> bool:
    """Whether nothing but advice is missing."""
    return all(gate.is_met or gate.is_advice for gate in conditions)


def should_split(households: int, contact_persons: int, rules: Rules) -> bool:
    """Whether a network, or a part of it, has grown so large that two would do better."""
    each = households / contact_persons if contact_persons else 0
    return households > rules.advise_split_at or each > rules.most_households_per_contact_person


def _at_least(code: GateCode, has: int, needs: int) -> Gate:
    return Gate(code, has >= needs, has, needs)


def _advice(facts: Facts, rules: Rules) -> list[Gate]:
    each = -(-facts.households // facts.contact_persons) if facts.contact_persons else facts.households
    most = rules.most_households_per_contact_person
    return [
        Gate(
            GateCode.SECOND_PERSON,
            facts.contact_persons >= rules.advised_contact_persons,
            facts.contact_persons,
            rules.advised_contact_persons,
            is_advice=True,
        ),
        Gate(GateCode.NOT_TOO_MANY, each <= most, each, most, is_advice=True),
    ]
