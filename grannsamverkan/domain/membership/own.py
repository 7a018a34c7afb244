"""Everything we know of one person, for their own eyes: what they chose, what they were sent, who looked at it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain import audit, networks, notices, people
from grannsamverkan.domain.audit import ViewEntry
from grannsamverkan.domain.lifecycle import Interest, PersonTraining, TrainingSeat
from grannsamverkan.domain.membership.erasing import households_of, lived_in
from grannsamverkan.domain.membership.tables import JoinRequest
from grannsamverkan.domain.networks import ContactPerson, Household, WatchNetwork
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.people import Consent, ContactAddress, Person
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ChannelKind


@dataclass(frozen=True)
class OwnHousehold:
    """A household of one's own, with its network and the name of its part."""

    household: Household
    network: WatchNetwork
    unit_name: str

    @property
    def network_name(self) -> str:
        return self.network.name


@dataclass(frozen=True)
class OwnData:
    """All of it."""

    person: Person
    households: list[OwnHousehold]
    addresses: list[ContactAddress]
    consents: list[Consent]
    requests: list[JoinRequest]
    interests: list[Interest]
    roles: list[ContactPerson]
    trained_on: list[date]
    seats: list[TrainingSeat]
    stopped: list[tuple[ChannelKind, datetime]]
    lived: list[OwnHousehold]
    notices: list[Notice]
    views: list[ViewEntry]

    def wants(self, channel: ChannelKind) -> bool:
        return any(row.channel == channel and row.withdrawn_at is None for row in self.consents)

    def address(self, channel: ChannelKind) -> ContactAddress | None:
        """The confirmed address of this channel; the newest."""
        found = [row for row in self.addresses if row.channel == channel and row.confirmed_at is not None]
        return found[-1] if found else None


def own_data(session: Session, person_id: int) -> OwnData:
    """Everything that is kept about the person; NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    households = households_of(session, person_id)
    network_ids = sorted({row.network_id for row in households})
    lived = lived_in(session, person_id)
    addresses: list[ContactAddress] = _rows(
        session, select(ContactAddress).where(ContactAddress.person_id == person_id), ContactAddress
    )
    return OwnData(
        person=person,
        households=_named(session, households, network_ids),
        addresses=addresses,
        consents=_rows(session, select(Consent).where(Consent.person_id == person_id), Consent),
        requests=_rows(session, select(JoinRequest).where(JoinRequest.person_id == person_id), JoinRequest),
        interests=_rows(session, select(Interest).where(Interest.person_id == person_id), Interest),
        roles=_rows(session, select(ContactPerson).where(ContactPerson.person_id == person_id), ContactPerson),
        trained_on=_trained_on(session, person_id),
        seats=list(session.exec(select(TrainingSeat).where(TrainingSeat.person_id == person_id))),
        stopped=_stopped(session, addresses),
        lived=_named(session, _past(session, lived, households), sorted({network_id for _, network_id in lived})),
        notices=notices.sent_to(session, person_id),
        views=audit.views_of(
            session,
            municipality_code=person.municipality_code,
            person_id=person_id,
            network_ids={network_id for _, network_id in lived},
            household_ids={household_id for household_id, _ in lived},
        ),
    )


def _past(session: Session, lived: list[tuple[int, int]], now: list[Household]) -> list[Household]:
    """Households the person no longer belongs to."""
    past = {household_id for household_id, _ in lived} - {row.id for row in now}
    return list(session.exec(select(Household).where(col(Household.id).in_(past)).order_by(col(Household.id))))


def _trained_on(session: Session, person_id: int) -> list[date]:
    rows = select(PersonTraining).where(PersonTraining.person_id == person_id)
    return sorted(row.trained_on for row in session.exec(rows))


def _stopped(session: Session, addresses: list[ContactAddress]) -> list[tuple[ChannelKind, datetime]]:
    """Which of the person's addresses have said STOPP, and when."""
    found = [(ChannelKind(row.channel), row.lookup) for row in addresses]
    since = [(channel, people.stopped_since(session, channel, lookup)) for channel, lookup in found]
    return [(channel, at) for channel, at in since if at is not None]


def _named(session: Session, households: list[Household], network_ids: list[int]) -> list[OwnHousehold]:
    units = networks.unit_names(session, network_ids)
    rows = {network_id: networks.network(session, network_id) for network_id in network_ids}
    return [OwnHousehold(row, rows[row.network_id], units.get(row.unit_id or 0, "")) for row in households]


def _rows(session: Session, rows: Any, table: Any) -> list[Any]:
    return list(session.exec(rows.order_by(col(table.id))))
