"""The matrix of routes and roles, and that no route escapes it."""

import pytest
from flask import Flask

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web.pages import Pages, declared
from tests.support.web_town import Town, token
from tests.web.matrix import COLUMNS, MATRIX, Row


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_stands_in_the_matrix(shared_town: Town) -> None:
    assert routes(shared_town.app) - {row.route for row in MATRIX} == set()
    assert {row.route for row in MATRIX} - routes(shared_town.app) == set()


def test_every_route_declares_what_it_asks_leave_for(shared_town: Town) -> None:
    app = shared_town.app
    assert [rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_each_role_gets_what_the_matrix_says(town: Town, name: str) -> None:
    wrong = {}
    for row in MATRIX:
        client = town.signed_in(name) if name else town.visitor()
        status = answer(client, row, town)
        if status != row.expectations()[name]:
            wrong[f"{row.route} {row.address}"] = status
    assert wrong == {}


def answer(client, row: Row, town: Town) -> int:  # type: ignore[no-untyped-def]
    address = row.address.format(**town.network_ids)
    if row.route.startswith("GET"):
        return int(client.get(address).status_code)
    filled = {name: value.format(**town.network_ids) for name, value in row.form.items()}
    form = {**filled, "csrf_token": token(client)}
    return int(client.post(address, data=form).status_code)


def test_a_route_that_declares_nothing_is_closed_to_everybody(town: Town) -> None:
    town.app.add_url_rule("/glomd", view_func=lambda: "open", endpoint="forgotten")
    assert town.visitor().get("/glomd").status_code == 404
    assert town.signed_in("administrator").get("/glomd").status_code == 404


def test_a_role_that_lacks_the_permission_is_told_no(town: Town) -> None:
    pages = Pages("made_up")
    pages.get("/hemligt", may=Action.MANAGE_ACCOUNTS)(lambda: "secret")
    town.app.register_blueprint(pages.blueprint)
    assert town.signed_in("polis").get("/hemligt").status_code == 403
    assert town.signed_in("administrator").get("/hemligt").get_data(as_text=True) == "secret"
