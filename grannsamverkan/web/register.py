"""The register of contact persons: whose names a page shows is written down, and they can read it."""

from collections.abc import Iterable

from sqlmodel import Session

from grannsamverkan.domain import audit, people
from grannsamverkan.web import current


def shown_names(
    rows: Session, person_ids: Iterable[int], municipality_code: str, network_id: int | None = None
) -> dict[int, str]:
    """The names of these people, for a page that shows them to whoever is asking; needs a transaction that writes."""
    asked = set(person_ids)
    actor = current.signed_in_actor()
    audit.note_view(
        rows,
        now=current.now(),
        account_id=actor.account_id,
        role=actor.role.value,
        what="register",
        municipality_code=municipality_code,
        network_id=network_id,
        person_ids=asked - {actor.person_id},
    )
    return people.names(rows, sorted(asked))
