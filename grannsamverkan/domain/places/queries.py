"""Reads of the places."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session, col, select

from grannsamverkan.domain.places.tables import LocalPoliceArea, Municipality, ServedMunicipality
from grannsamverkan.foundation.errors import NotFound


def municipality(session: Session, code: str) -> Municipality:
    """The municipality with this four-digit code; NotFound."""
    found = session.get(Municipality, code)
    if found is None:
        raise NotFound
    return found


def served_municipality(session: Session, code: str) -> ServedMunicipality:
    """How this installation serves the municipality; NotFound when it does not."""
    found = session.get(ServedMunicipality, code)
    if found is None:
        raise NotFound
    return found


def hold_served(session: Session, codes: Iterable[str]) -> None:
    """Whoever holds one of these too waits until this transaction has ended."""
    rows = select(ServedMunicipality.code).where(col(ServedMunicipality.code).in_(sorted(codes)))
    session.exec(rows.order_by(ServedMunicipality.code).with_for_update(key_share=True)).all()


def served(session: Session) -> list[Municipality]:
    """The municipalities this installation serves, in Swedish order."""
    rows = select(Municipality).join(ServedMunicipality).order_by(Municipality.sort_name)
    return list(session.exec(rows))


_NAMES = text("""
    SELECT m.name FROM municipality m JOIN served_municipality s ON s.code = m.code ORDER BY m.sort_name
""")


def served_names(session: Session) -> list[str]:
    """What they are called, without making rows of them: every page says it."""
    return [name for (name,) in session.connection().execute(_NAMES)]


def municipalities_of_police(session: Session, local_police_area_id: int) -> list[Municipality]:
    """The served municipalities of a local police area, in Swedish order."""
    rows = (
        select(Municipality)
        .join(ServedMunicipality)
        .where(col(Municipality.local_police_area_id) == local_police_area_id)
        .order_by(Municipality.sort_name)
    )
    return list(session.exec(rows))


def local_police_area(session: Session, area_id: int) -> LocalPoliceArea:
    """The local police area; NotFound."""
    found = session.get(LocalPoliceArea, area_id)
    if found is None:
        raise NotFound
    return found
