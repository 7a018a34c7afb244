"""Where: county, police area, local police area, municipality."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import UtcDateTime


class County(SQLModel, table=True):
    """A county (län), by its two-digit code."""

    __tablename__ = "county"
    code: str = Field(primary_key=True, max_length=2)
    name: str


class PoliceArea(SQLModel, table=True):
    """A police area (polisområde)."""

    __tablename__ = "police_area"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class LocalPoliceArea(SQLModel, table=True):
    """A local police area (lokalpolisområde): the police who know the municipality."""

    __tablename__ = "local_police_area"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    police_area_id: int = Field(foreign_key="police_area.id", ondelete="RESTRICT")


class Municipality(SQLModel, table=True):
    """A municipality (kommun), by its four-digit code: text, since 0180 is not 180."""

    __tablename__ = "municipality"
    code: str = Field(primary_key=True, max_length=4)
    name: str
    sort_name: str = Field(index=True)
    county_code: str = Field(foreign_key="county.code", ondelete="RESTRICT")
    local_police_area_id: int | None = Field(default=None, foreign_key="local_police_area.id", ondelete="SET NULL")


class ServedMunicipality(SQLModel, table=True):
    """A municipality that this installation serves, and how its messages are signed.

    `sender_name` is what a message begins with ("Grannsamverkan Höör"), `mail_name` the local part of its address.
    """

    __tablename__ = "served_municipality"
    code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    sender_name: str
    mail_name: str = Field(unique=True)
    contact_text: str = ""
    since: datetime = Field(sa_type=UtcDateTime)


class MunicipalRule(SQLModel, table=True):
    """A local rule that differs from its default; see rules.py for what there is."""

    __tablename__ = "municipal_rule"
    municipality_code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)
