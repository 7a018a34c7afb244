"""A small town with accounts: Höör (1267) served, Eslöv (1285) beside it, two networks, cheap passwords."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import grannsamverkan.schema  # noqa: F401  (gathers every room's tables)
from grannsamverkan.domain import networks, people, places
from grannsamverkan.domain.places.reference_rows import load_reference
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault, new_key

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(str(tmp_path / "town.db"), Vault(new_key(), new_key()))
    SQLModel.metadata.create_all(database.engine)
    with database.write() as session:
        load_reference(session)
        for code, mail_name in (("1267", "hoor"), ("1285", "eslov")):
            places.serve(session, code, mail_name=mail_name, now=NOW)
        for name in ("Nyby", "Sätofta"):
            network = networks.add_network(session, "1267", name, networks.NetworkKind.VILLA, now=NOW)
            person = people.add_person(session, "1267", now=NOW)
            assert person.id is not None
            networks.add_contact_person(session, network, person.id, networks.ContactRole.CONTACT_PERSON, now=NOW)
    yield database
    database.close()
