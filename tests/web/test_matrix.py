"""The matrix of routes and roles, and that no route escapes it."""

import pytest
from flask import Flask

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.web.pages import Pages, declared
from tests.support.web_town import Town, token
from tests.web.matrix import COLUMNS, MATRIX, Row
from tests.web.objects import widened


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.mark.goal("S1")
def test_every_route_stands_in_the_matrix(shared_town: Town) -> None:
    assert routes(shared_town.app) - {row.route for row in MATRIX} == set()
    assert {row.route for row in MATRIX} - routes(shared_town.app) == set()


def test_every_route_declares_what_it_asks_leave_for(shared_town: Town) -> None:
    app = shared_town.app
    assert [rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None] == []


# After this the browser is a stranger's. What cannot be taken back asks first, and changes nothing here.
ENDING = frozenset({"POST /logga-ut"})


@pytest.mark.goal("S1")
@pytest.mark.parametrize("name", COLUMNS)
def test_each_role_gets_what_the_matrix_says(town: Town, name: str) -> None:
    widened(town)
    wrong, browser = {}, Browser(town, name)
    for row in MATRIX:
        status = browser.answer(row)
        if status != row.expectations()[name]:
            wrong[f"{row.route} {row.address}"] = status
        if row.route in ENDING:
            browser = Browser(town, name)
    assert wrong == {}


class Browser:
    """One role's browser, signed in once: what it has done before changes no status here."""

    def __init__(self, town: Town, name: str) -> None:
        self.ids = town.network_ids
        if name == "utloggad":
            self.client = town.signed_in("polis")
            with town.runtime.database.write() as rows:
                accounts.close_all_of(rows, town.account_ids["polis"])
        else:
            self.client = town.signed_in(name) if name else town.visitor()
        self.token = token(self.client)

    def answer(self, row: Row) -> int:
        address = row.address.format(**self.ids)
        if row.route.startswith("GET"):
            return self.client.get(address).status_code
        filled = {name: value.format(**self.ids) for name, value in row.form.items()}
        return self.client.post(address, data={**filled, "csrf_token": self.token}).status_code


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
