"""Changes of the places."""

import re
from datetime import datetime

from sqlmodel import Session, select

from grannsamverkan.domain.places.queries import municipality
from grannsamverkan.domain.places.tables import ServedMunicipality
from grannsamverkan.foundation.swedish import search_key

_WITHOUT_RINGS = str.maketrans("åäö", "aao")


def serve(session: Session, code: str, *, now: datetime, mail_name: str = "") -> ServedMunicipality:
    """Begin to serve a municipality; its messages are signed "Grannsamverkan <name>". Safe to repeat.

    Without a `mail_name` its addresses begin with its own name in plain letters. NotFound for an unknown code.
    """
    name = municipality(session, code).name
    row = session.get(ServedMunicipality, code)
    if row is None:
        chosen = mail_name or _free_mail_name(session, name, code)
        row = ServedMunicipality(code=code, sender_name=f"Grannsamverkan {name}", mail_name=chosen, since=now)
        session.add(row)
        session.flush()
    return row


def _free_mail_name(session: Session, name: str, code: str) -> str:
    """Habo and Håbo look alike without their rings: whoever comes second gets its code too."""
    plain = re.sub(r"[^a-z0-9]+", "-", search_key(name).translate(_WITHOUT_RINGS)).strip("-")
    taken = session.exec(select(ServedMunicipality).where(ServedMunicipality.mail_name == plain)).first()
    return f"{plain}-{code}" if taken else plain
