"""Watch networks of both kinds, their streets, buildings and stairwells, households and contact persons.

Rows that change over time are closed (`until`, `left_at`) and followed by new ones, so that "how was it on date X"
can be answered.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class NetworkKind(StrEnum):
    """A villa area is made of streets, an apartment area of buildings with stairwells."""

    VILLA = "villa"
    APARTMENT = "apartment"


class NetworkState(StrEnum):
    """Where a network is in its life."""

    INTEREST = "interest"
    MAPPING = "mapping"
    START_MEETING = "start_meeting"
    TRAINING = "training"
    ACTIVE = "active"
    DORMANT = "dormant"
    ENDED = "ended"


class UnitKind(StrEnum):
    """A part of a network."""

    STREET = "street"
    BUILDING = "building"
    STAIRWELL = "stairwell"


class Shows(StrEnum):
    """What a household lets its own contact person see of it: nothing (it is only counted), its name, or how to
    reach it too."""

    NOTHING = "nothing"
    NAME = "name"
    CONTACT = "contact"


class ToNeighbours(StrEnum):
    """What a household lets the others on its network's list see of it. Whoever shows nothing sees nothing."""

    NOTHING = "nothing"
    NAME = "name"
    CONTACT = "contact"


class JoinedBy(StrEnum):
    """How a household came to join."""

    SLIP = "slip"
    WEB = "web"
    DOORSTEP = "doorstep"
    IMPORT = "import"
    OFFICE = "office"


class ContactRole(StrEnum):
    """What a contact person does in the network."""

    CONTACT_PERSON = "contact_person"
    DEPUTY = "deputy"
    LEAD = "lead"


class WatchNetwork(SQLModel, table=True):
    """A watch network (grannsamverkansområde). `dwellings` counts all homes in it; those outside are never rows.

    `lead_sees_households`: the network has decided that its lead contact person sees what households show to their own.
    `via_contact_person`: warnings go to its contact persons first, who pass them on.
    `has_member_list`: it has decided to have a list of neighbours for those who stand on it.
    """

    __tablename__ = "watch_network"
    __table_args__ = (
        UniqueConstraint("municipality_code", "name"),
        CheckConstraint("dwellings >= 0", name="dwellings"),
    )
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    name: str
    sort_name: str
    kind: NetworkKind = Field(sa_type=enum_text(NetworkKind))
    area: str | None = None  # GeoJSON
    dwellings: int | None = None
    lead_sees_households: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    has_member_list: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    via_contact_person: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    merged_into_id: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class NetworkStateSpan(SQLModel, table=True):
    """A network was in this state from `since` until `until` (open: still is)."""

    __tablename__ = "network_state_span"
    __table_args__ = (
        Index(
            "uq_network_state_span_open",
            "network_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE")
    state: NetworkState = Field(sa_type=enum_text(NetworkState))
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    account_id: int | None = None
    reason: str | None = Field(default=None, max_length=40)


class NetworkPostcode(SQLModel, table=True):
    """A postcode (five digits) that the network lies in, wholly or in part: for the search on the public page."""

    __tablename__ = "network_postcode"
    network_id: int = Field(primary_key=True, foreign_key="watch_network.id", ondelete="CASCADE")
    postcode: str = Field(primary_key=True, max_length=5, index=True)


class Unit(SQLModel, table=True):
    """A street, a building or, in a building, a stairwell. `dwellings` counts all homes in it, joined or not.

    `retired_at`: nobody joins it or is warned there any more; the row stays for what once went there.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("network_id", "parent_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    parent_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="CASCADE")
    kind: UnitKind = Field(sa_type=enum_text(UnitKind))
    name: str
    sort_name: str
    dwellings: int | None = None
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Household(SQLModel, table=True):
    """A joined household, the unit that a warning must reach. `label` is how its contact person knows it.

    `shows` says what its contact person may see, `to_neighbours` what the others on the network's list may; `landline`
    is for the printed list only, nothing is ever sent there.
    """

    __tablename__ = "household"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL", index=True)
    label: str | None = Field(default=None, sa_type=SealedText("household.label"))
    landline: str | None = Field(default=None, sa_type=SealedText("household.landline"))
    shows: Shows = Field(
        default=Shows.NAME, sa_type=enum_text(Shows), sa_column_kwargs={"server_default": Shows.NAME.value}
    )
    to_neighbours: ToNeighbours = Field(
        default=ToNeighbours.NOTHING,
        sa_type=enum_text(ToNeighbours),
        sa_column_kwargs={"server_default": ToNeighbours.NOTHING.value},
    )
    joined_by: JoinedBy | None = Field(default=None, sa_type=enum_text(JoinedBy))
    joined_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HouseholdMember(SQLModel, table=True):
    """A person belonged to a household from `since` until `until`."""

    __tablename__ = "household_member"
    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", ondelete="CASCADE", index=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ContactPerson(SQLModel, table=True):
    """A person carried a contact role in a network, or in one of its units, from `since` until `until`."""

    __tablename__ = "contact_person"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    role: ContactRole = Field(sa_type=enum_text(ContactRole))
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_because: str | None = Field(default=None, max_length=40)


class HouseholdAssignment(SQLModel, table=True):
    """A household was some contact person's to inform from `since` until `until`."""

    __tablename__ = "household_assignment"
    __table_args__ = (
        Index(
            "uq_household_assignment_open",
            "household_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", ondelete="CASCADE", index=True)
    contact_person_id: int = Field(foreign_key="contact_person.id", ondelete="CASCADE", index=True)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
