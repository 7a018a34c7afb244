"""Whatever cannot be taken back asks first, names the thing and how many, and does nothing without the yes; whatever
says that it can be taken back is done and taken back here."""

import ast
import hashlib
import html
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from grannsamverkan import flow
from grannsamverkan.domain import alerts, duties, membership, networks, people
from grannsamverkan.domain.alerts import PUBLISHED, Alert, AlertState
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.domain.lifecycle import Interest
from grannsamverkan.domain.membership import JoinRequest
from grannsamverkan.domain.networks import Household, ToNeighbours, UnitKind
from grannsamverkan.domain.promise import Measure, PromiseTarget
from grannsamverkan.domain.signs import PropertyOwner, SignPlace
from grannsamverkan.jobs.inline import InlineEngine
from tests.support.builders import a_draft
from tests.support.copies import copied, rows_of
from tests.support.lived_in import LivedIn, live_in
from tests.support.web_town import NOW, Town, token
from tests.web.acts import ACTS, ADDS, ASKED, UNDONE, Asked, Form, Undone

# Rows that a request writes by being asked: that somebody is there, and that they looked.
_PASSING = tuple(f'INSERT INTO "{table}"' for table in ("sign_in_session", "sign_in_try", "view_entry"))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """The lived-in town, with something on every list."""
    lived = live_in(tmp_path_factory.mktemp("acts"))
    with lived.town.runtime.database.write() as rows:
        _more(rows, lived)
    contact, page = lived.town.signed_in("kontakt"), lived.address("/omraden/{network}/moten/{meeting}")
    assert _send(contact, f"{page}/bjud-in", {}) == 303
    _let_go(lived)
    yield lived
    lived.town.runtime.close()


def _let_go(lived: LivedIn) -> None:
    """A warning of which nothing has gone yet, elsewhere than where networks are merged, split and ended."""
    runtime, author = replace(lived.town.runtime, engine=InlineEngine()), lived.town.account_ids["polis"]
    with runtime.database.write() as rows:
        for gone in rows.exec(select(Alert).where(col(Alert.state).in_(PUBLISHED))):
            gone.state = AlertState.CLOSED
        draft = a_draft(lived.town.network_ids["Sätofta"])
        row = alerts.start(
            rows, draft, author_account_id=author, source=alerts.Source.POLICE, now=lived.town.clock.now()
        )
        alert_id = row.id or 0
    content = flow.check_alert(runtime, alert_id=alert_id).content
    approved = flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author, content=content)
    lived.things |= {"going": str(alert_id), "going_number": f"{approved.number:04d}"}


def _more(rows: Session, lived: LivedIn) -> None:
    network = networks.network(rows, int(lived.things["network"]))
    empty = networks.add_unit(rows, network, UnitKind.STREET, "Tomtebo")
    vacancy = duties.open_vacancy(rows, network.id or 0, due_on=NOW.date() + timedelta(days=9), now=NOW)
    assert vacancy is not None
    for household in rows.exec(select(Household)).all():
        if household.label in ("Nybyvägen 1", "Nybyvägen 2"):
            membership.show_neighbours(rows, household, ToNeighbours.NAME, household.label)
    for address in people.confirmed_addresses(rows, [lived.neighbour_id]):
        people.prove_address(address, now=NOW)
    task = rows.exec(select(Task).where(Task.kind == TaskKind.INFORM)).one()
    interests = rows.exec(select(Interest).order_by(col(Interest.id).desc())).all()
    target = rows.exec(select(PromiseTarget).where(PromiseTarget.measure == Measure.NEW_NETWORKS)).one()
    owner = rows.exec(select(PropertyOwner).where(col(PropertyOwner.approved_on).is_not(None))).one()
    place = rows.exec(select(SignPlace).where(col(SignPlace.put_up_on).is_not(None))).one()
    asked = rows.exec(select(JoinRequest)).one()
    made: dict[str, Any] = {
        "task": task,
        "vacancy": vacancy,
        "empty": empty,
        "target": target,
        "owner": owner,
        "place": place,
    }
    made |= {"request": asked, "interest": interests[0], "other_interest": interests[1]}
    lived.things |= {name: str(row.id) for name, row in made.items()} | {"neighbour": str(lived.neighbour_id)}


@pytest.fixture
def own(lived: LivedIn, tmp_path: Path) -> Iterator[LivedIn]:
    """A town of the test's own to do harm in."""
    copy = copied(lived, tmp_path)
    yield copy
    copy.town.runtime.close()


def test_every_act_stands_in_the_table(lived: LivedIn) -> None:
    routes = _posts(lived.town)
    assert routes - {row.route for row in ACTS} == set()
    assert {row.route for row in ACTS} - routes == set()
    kinds = Counter(route for route, _ in {(row.route, type(row)) for row in ACTS})
    assert [route for route, number in kinds.items() if number > 1] == []


def test_what_is_added_has_a_way_out(lived: LivedIn) -> None:
    assert {row.back for row in ADDS} - _posts(lived.town) == set()


def test_acts_that_other_tests_take_back_are_taken_back_there() -> None:
    for row in UNDONE:
        if row.by:
            file, _, name = row.by.partition("::")
            tree = ast.parse((Path(__file__).parents[2] / file).read_text(encoding="utf-8"))
            assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, row.by


@pytest.mark.parametrize("row", [row for row in UNDONE if not row.by], ids=lambda row: row.route)
def test_what_says_so_is_taken_back(own: LivedIn, row: Undone) -> None:
    before = _answer(own, row.seen)
    for who, address, form in (row.does, row.back):
        assert _send(own.browsing_as(who), own.address(address), _filled(own, form)) in (200, 303)
        is_done = (who, address, form) == row.does
        assert (_answer(own, row.seen) != before) is is_done, (address, form)


@pytest.mark.parametrize("row", ASKED, ids=lambda row: f"{row.route} {row.names[0]}")
def test_what_cannot_be_taken_back_asks_first(own: LivedIn, row: Asked) -> None:
    client, address, form = own.browsing_as(row.who), own.address(row.address), _filled(own, row.form)
    form["csrf_token"] = token(client, "/logga-in")
    before = _content(own.town)
    answer = client.post(address, data=form)
    assert answer.status_code in (200, 409, 422), answer.status_code
    assert _content(own.town) == before, "the form without its yes has changed something"

    asking = client.get(own.address(row.page)).text if row.page else answer.text
    main = asking.split("<main", 1)[1].split("</main>", 1)[0]
    asked = _form_to(main, address)
    names = [own.address(name) for name in row.names]
    assert names[0] in _words(asked)
    for name in names:
        assert name in _words(main)
    assert _content(own.town) == before

    answer = client.post(address, data=_hidden(asked) | _filled(own, row.chosen))
    assert answer.status_code == 303, _words(answer.text)[:2000]
    assert _content(own.town) != before, "the yes has changed nothing"


def _posts(town: Town) -> set[str]:
    return {f"POST {rule.rule}" for rule in town.app.url_map.iter_rules() if "POST" in (rule.methods or set())}


def _send(client: FlaskClient, address: str, form: Form) -> int:
    return client.post(address, data={"csrf_token": token(client, "/logga-in"), **form}).status_code


def _filled(lived: LivedIn, form: Form) -> Form:
    return {
        name: [lived.address(one) for one in value] if isinstance(value, list) else lived.address(value)
        for name, value in form.items()
    }


def _answer(lived: LivedIn, question: str) -> object:
    with sqlite3.connect(rows_of(lived.town)) as rows:
        return rows.execute(lived.address(question)).fetchone()


def _content(town: Town) -> str:
    """A checksum over every row that does not pass."""
    with sqlite3.connect(rows_of(town)) as rows:
        lines = [line for line in rows.iterdump() if not line.startswith(_PASSING)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _form_to(page: str, address: str) -> str:
    """The last form of the page that is sent to this address: what else goes there stands before it."""
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    found = [one for one in forms if html.unescape(re.findall(r'action="([^"]*)"', one)[0]) == address]
    assert found, f"no form is sent to {address}"
    return str(found[-1])


def _hidden(form: str) -> Form:
    """What the form sends by itself."""
    found: dict[str, str | list[str]] = {}
    for field in re.findall(r"<input[^>]*>", form):
        facts = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', field)}
        if facts.get("type") == "hidden":
            kept = found.setdefault(facts["name"], [])
            assert isinstance(kept, list)
            kept.append(facts["value"])
    return found


def _words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
