"""No page asks the database once for each row: with many times the rows it asks as often as with few."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from grannsamverkan.app import create_app
from grannsamverkan.bench.counting import QUERIES, Counted
from grannsamverkan.bench.targets import EVERYBODY, Asked, every_page
from grannsamverkan.bench.web import NEIGHBOUR, SIGN_INS, fill
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Role, SessionLimits
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from tests.support.web_town import made_up_settings

pytestmark = pytest.mark.slow
FEW, MANY = {"households": 60, "usual": 12, "busy": 1}, {"households": 480, "usual": 40, "busy": 3}


def counted(folder: Path, empty: Path, size: dict[str, int]) -> dict[tuple[str, str], int]:
    """(route, role) → queries, of every page that answers."""
    folder.mkdir()
    chosen = made_up_settings(folder)
    database = Database(chosen.database.url, Vault(chosen.keys.data, chosen.keys.lookup))
    with empty.open("rb") as rows, (folder / "town.db").open("wb") as copy:
        copy.write(rows.read())
    runtime = Runtime(chosen, database, SystemClock(), InlineEngine())
    known = fill(runtime, **size)
    app = create_app(runtime)
    app.testing = False
    app.wsgi_app = Counted(app.wsgi_app, database.engine)  # type: ignore[method-assign]
    clients = {role: signed_in(app.test_client(), runtime, role) for role in known}
    found = dict(asked(clients, every_page(runtime, known)))
    runtime.close()
    return found


def signed_in(client: FlaskClient, runtime: Runtime, role: str) -> FlaskClient:
    with runtime.database.write() as rows:
        now = runtime.clock.now()
        if role == Role.NEIGHBOUR:
            visit = accounts.open_session(rows, None, {}, now, accounts.VISIT, person_id=NEIGHBOUR)
        elif role != EVERYBODY:
            account = accounts.account_named(rows, SIGN_INS[role])
            assert account is not None
            visit = accounts.open_session(rows, account.id, {}, now, SessionLimits())
        else:
            return client
    client.set_cookie("grannsamverkan", visit)
    return client


def asked(clients: dict[str, FlaskClient], pages: Iterator[Asked]) -> Iterator[tuple[tuple[str, str], int]]:
    for one in pages:
        answer = clients[one.role].get(one.path)
        assert answer.status_code < 500, one
        if answer.status_code == 200:
            yield (one.route, one.role), int(answer.headers[QUERIES])


def test_no_page_asks_once_for_each_row(tmp_path: Path, sqlite_template: Path) -> None:
    few = counted(tmp_path / "few", sqlite_template, FEW)
    many = counted(tmp_path / "many", sqlite_template, MANY)
    assert few.keys() == many.keys()
    assert len(many) > 100
    grown = [
        f"{role} {route}: {few[route, role]} → {many[route, role]}"
        for route, role in many
        if many[route, role] > few[route, role]
    ]
    assert not grown, "\n".join(grown)
