"""Numbers in addresses and forms that are too big for any row: not found, whatever the page is."""

import re

import pytest
from flask import Flask
from sqlalchemy.exc import DataError

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web.ids import LARGEST_ID, IdConverter, read_id
from grannsamverkan.web.pages import Pages, declared
from tests.support.web_town import Town, token

TOO_BIG = (str(LARGEST_ID + 1), "9" * 20, "9" * 5000)
ROLES = {
    Action.SEE_OWN: "granne",
    Action.CHANGE_OWN: "granne",
    Action.SEE_HOUSEHOLDS: "kontakt",
    Action.ADD_HOUSEHOLD: "kontakt",
    Action.DECIDE_JOIN: "kontakt",
    Action.RESIGN: "kontakt",
    Action.SEE_DUTIES: "kontakt",
    Action.DO_DUTIES: "kontakt",
}


def addresses(app: Flask, number: str) -> list[tuple[str, str, Action]]:
    """(method, address, what it asks leave for) of every route that has a number in it, with this one everywhere."""
    found = []
    for rule in app.url_map.iter_rules():
        route = declared(app, rule.endpoint)
        if "<int" in rule.rule and route is not None:
            address = re.sub(r"<[^>]+>", number, rule.rule)
            found += [(one, address, route.action) for one in (rule.methods or set()) & {"GET", "POST"}]
    return found


def test_no_route_is_asked_for_a_row_that_no_database_can_hold(town: Town) -> None:
    clients = {name: town.signed_in(name) for name in ("samordnare", *set(ROLES.values()))}
    tokens = {name: token(client) for name, client in clients.items()}
    wrong = {}
    for number in TOO_BIG:
        asked = addresses(town.app, number)
        assert len(asked) > 80
        for method, address, action in asked:
            name = ROLES.get(action, "samordnare")
            answer = clients[name].open(address, method=method, data={"csrf_token": tokens[name]})
            if answer.status_code != 404:
                wrong[f"{method} {address[:80]}"] = answer.status_code
    assert wrong == {}


def test_every_number_in_a_route_is_read_in_one_place(shared_town: Town) -> None:
    app = shared_town.app
    assert app.url_map.converters["int"] is IdConverter
    assert {
        rule.rule for rule in app.url_map.iter_rules() if re.search(r"<(?:int|float|any)\([^)]*\)", rule.rule)
    } == set()


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (str(LARGEST_ID), LARGEST_ID), *((one, None) for one in (*TOO_BIG, "", "-1", "1.5", "²", "x", None))],
)
def test_a_number_in_a_form(text: str | None, number: int | None) -> None:
    assert read_id(text) == number


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/intressen", {"val": "9" * 20, "gor": "close"}, 422),
        ("/intressen", {"val": "9" * 5000, "gor": "close"}, 422),
        ("/ga-med?omrade=" + "9" * 20, {}, 422),
    ],
)
def test_forms_with_such_numbers_are_refused(town: Town, path: str, form: dict[str, str], status: int) -> None:
    client = town.signed_in("samordnare")
    assert client.post(path, data={"csrf_token": token(client), **form}).status_code == status


@pytest.mark.goal("S26")
def test_what_no_column_can_hold_is_no_fault_of_ours(town: Town) -> None:
    def refuse() -> str:
        raise DataError("SELECT", {}, ValueError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))

    pages = Pages("made_up")
    pages.get("/nolla", may=Action.SEE_PUBLIC)(refuse)
    town.app.register_blueprint(pages.blueprint)
    assert town.visitor().get("/nolla").status_code == 400
    for path in ("/kommun/%00", "/anmal-intresse/%00", "/moten/%00.ics", "/avsluta/%00", "/papper/%00.pdf"):
        assert town.visitor().get(path).status_code == 404, path
