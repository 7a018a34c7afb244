"""Nobody learns from us whether somebody is a member: a known address and an unknown one get the same bytes, the same
headers, and the same work."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from grannsamverkan.domain import membership, people
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import JoinedBy, Shows
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_mailbox, a_phone
from tests.support.web_town import HOOR, NOW, Town, token

KNOWN, UNKNOWN, ANOTHER = "070-174 06 05", "070-174 06 06", "070-174 06 07"
MAILBOXES = {phone: a_mailbox(number) for number, phone in enumerate((KNOWN, UNKNOWN, ANOTHER))}
Ask = Callable[[Town, str], list[TestResponse]]


@pytest.fixture
def town_with_a_neighbour(town: Town) -> Town:
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW)
        for channel, value in ((ChannelKind.SMS, a_phone(0)), (ChannelKind.EMAIL, a_mailbox(0))):
            people.prove_address(people.add_address(rows, person, channel, value, now=NOW), now=NOW)
            people.consent(rows, person, channel, given_by=GivenBy.SELF, now=NOW)
        place = Place(town.network_ids["Nyby"])
        membership.let_in(rows, person, place, Choices(Shows.NAME, "Hus 3"), JoinedBy.SLIP, now=NOW)
    return town


def send(client: FlaskClient, path: str, page: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client, page), **form})


def ask_for_own_page(town: Town, phone: str) -> list[TestResponse]:
    client = town.visitor()
    asked = send(client, "/min-sida", "/min-sida", phone=phone)
    return [asked, client.get("/min-sida/kod"), send(client, "/min-sida/kod", "/min-sida/kod", code="12345")]


def ask_for_own_page_by_mail(town: Town, phone: str) -> list[TestResponse]:
    client = town.visitor()
    return [send(client, "/min-sida", "/min-sida", email=MAILBOXES[phone])]


def join(town: Town, phone: str) -> list[TestResponse]:
    client = town.visitor()
    send(client, f"/ga-med?omrade={town.network_ids['Nyby']}", "/ga-med")
    asked = send(client, "/ga-med/hur", "/ga-med/hur", phone=phone)
    return [asked, client.get("/ga-med/kod"), send(client, "/ga-med/kod", "/ga-med/kod", code="12345")]


def tell_interest(town: Town, phone: str) -> list[TestResponse]:
    client, path = town.visitor(), f"/anmal-intresse/{HOOR}"
    asked = send(client, path, path, phone=phone, kind="villa", place="Ekvägen")
    return [asked, client.get("/anmal-intresse/kod")]


def stop_by_link(town: Town, phone: str) -> list[TestResponse]:
    with town.runtime.database.read() as rows:
        lookup = people.lookup_of(rows, ChannelKind.EMAIL, MAILBOXES[phone])
    path = f"/avsluta/{people.stop_token(town.runtime.database.vault, lookup)}"
    client = town.app.test_client()
    return [client.get(path), client.post(path, data={"List-Unsubscribe": "One-Click"}), client.post(path)]


WAYS: list[Ask] = [ask_for_own_page, ask_for_own_page_by_mail, join, tell_interest, stop_by_link]


@pytest.mark.goal("S4")
@pytest.mark.parametrize("ask", WAYS)
def test_a_stranger_is_answered_byte_for_byte_as_a_neighbour(town_with_a_neighbour: Town, ask: Ask) -> None:
    known, unknown = ([as_said(answer) for answer in ask(town_with_a_neighbour, phone)] for phone in (KNOWN, UNKNOWN))
    assert known == unknown


def as_said(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """Without what is new in every answer: the form's token, the page's nonce, the cookie's content, a link's token."""
    body = re.sub(r'(?<=value=")[\w-]+\.[\w-]+\.[\w-]+(?=")|(?<=nonce=")[^"]+|(?<=/avsluta/)[\w-]+', "", answer.text)
    headers = [(name, re.sub(r"nonce-[^']+|(?<=formular=)[^;]+", "", value)) for name, value in answer.headers]
    return answer.status_code, body, sorted(headers)


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """The kind of every statement that reaches the database: SELECT, INSERT, UPDATE."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        kind = statement.split()[0]
        if kind in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            found.append(kind)

    event.listen(town.runtime.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(town.runtime.database.engine, "before_cursor_execute", note)


@pytest.mark.goal("S4")
@pytest.mark.parametrize("ask", WAYS)
def test_a_stranger_costs_as_much_work_as_a_neighbour(town_with_a_neighbour: Town, ask: Ask) -> None:
    ask(town_with_a_neighbour, ANOTHER)  # what is done once and for all
    with statements(town_with_a_neighbour) as for_known:
        ask(town_with_a_neighbour, KNOWN)
    with statements(town_with_a_neighbour) as for_unknown:
        ask(town_with_a_neighbour, UNKNOWN)
    assert for_known == for_unknown
    assert for_known
