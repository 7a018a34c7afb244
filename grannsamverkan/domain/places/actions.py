"""Changes of the places."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain.places.queries import municipality
from grannsamverkan.domain.places.tables import ServedMunicipality


def serve(session: Session, code: str, *, mail_name: str, now: datetime) -> ServedMunicipality:
    """Begin to serve a municipality; its messages are signed "Grannsamverkan <name>". Safe to repeat."""
    name = municipality(session, code).name
    row = session.get(ServedMunicipality, code)
    if row is None:
        row = ServedMunicipality(code=code, sender_name=f"Grannsamverkan {name}", mail_name=mail_name, since=now)
        session.add(row)
        session.flush()
    return row
