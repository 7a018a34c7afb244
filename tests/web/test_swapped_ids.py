"""What is another's is answered as what is not there: the same status and the same page, on every route with an id."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from grannsamverkan.domain import lifecycle, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.lifecycle import EndReason
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.web.pages import declared
from tests.support.web_town import HOOR, NOW, Town, build, token
from tests.web.matrix import COLUMNS
from tests.web.objects import Ids, WideTown, widened

NOWHERE = 9999
OF_MUNICIPALITIES = {"entry_id"}  # everybody who works in a municipality may see these
HOOR_TOO = frozenset({"Nyby", "Tjörnarp"})
_PASSING = ("Set-Cookie", "Date", "Content-Length")  # the last counts the address, which stands in the page
PAPERS = {"/moten/": "inbjudan", "/lappar/": "lappar"}
_SAID_BEFORE_IDS = (302, 401, 403)  # what this role never does, whatever stands in the address


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WideTown]:
    town = build(tmp_path_factory.mktemp("wide"))
    yield widened(town)
    town.runtime.close()


def rules_with_ids(town: Town) -> list[tuple[str, Rule]]:
    """(method, rule) of every route about a thing that is somebody's. What is public is everybody's."""
    return [
        (method, rule)
        for rule in town.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if any(name.endswith("_id") for name in rule.arguments) and not _is_public(town, rule)
    ]


def _is_public(town: Town, rule: Rule) -> bool:
    route = declared(town.app, rule.endpoint)
    return route is not None and route.action is Action.SEE_PUBLIC


class Asking:
    """One role's browser, which says what it got without what differs from one answer to the next."""

    def __init__(self, town: Town, name: str) -> None:
        self.town, self.name = town, name
        self.client: FlaskClient = town.signed_in(name) if name else town.visitor()
        self.token = token(self.client)

    def answer(self, method: str, rule: Rule, ids: Ids) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: self._part(rule, found[1], ids), rule.rule)
        answer = self.client.open(path, method=method, data={"csrf_token": self.token} if method == "POST" else None)
        body = answer.data.decode("latin-1").replace(path, "PATH")
        body = re.sub(r'(?<=name="csrf_token" value=")[^"]+|(?<=nonce=")[^"]+', "", body)
        headers = sorted((name, value) for name, value in answer.headers if name not in _PASSING)
        return answer.status_code, body, tuple((name, re.sub(r"nonce-[^']+", "", value)) for name, value in headers)

    @staticmethod
    def _part(rule: Rule, name: str, ids: Ids) -> str:
        if name == "paper":
            return next(paper for part, paper in PAPERS.items() if part in rule.rule)
        return "x" if name == "token" else str(ids[name])  # a link that nobody was given


@pytest.mark.goal("S2")
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "utloggad"])
def test_a_strangers_thing_is_answered_as_one_that_is_not_there(wide: WideTown, name: str) -> None:
    asking, reach = Asking(wide.town, name), wide.reach[name]
    own = [wide.objects[one] for one in sorted(reach)]
    told_apart = []
    for method, rule in rules_with_ids(wide.town):
        near = HOOR_TOO if rule.arguments & OF_MUNICIPALITIES and reach & HOOR_TOO else frozenset()
        names = [one for one in ("Tjörnarp", "Marieholm", "Nyby", "Borstahusen") if one not in reach | near]
        foreign = [wide.objects[one] for one in names[:2]]
        missing = dict.fromkeys(wide.objects["Nyby"], NOWHERE)
        pairs = [(ids, missing) for ids in foreign]
        if own and rule.arguments > {"network_id"}:
            other = foreign[0] if foreign else wide.objects["Borstahusen"]
            pairs.append(
                ({**other, "network_id": own[0]["network_id"]}, {**missing, "network_id": own[0]["network_id"]})
            )
        for ids, nothing in pairs:
            found = asking.answer(method, rule, ids)
            if found[0] in _SAID_BEFORE_IDS:
                break
            if found != asking.answer(method, rule, nothing):
                told_apart.append((method, rule.rule, found[0]))
    assert told_apart == []


def test_every_kind_of_thing_is_asked_for(wide: WideTown) -> None:
    """A route about a new kind of thing needs one in every network here."""
    asked = {name for _, rule in rules_with_ids(wide.town) for name in rule.arguments if name.endswith("_id")}
    assert asked == set(wide.objects["Nyby"])


def test_things_are_shown_to_those_who_reach_them(wide: WideTown) -> None:
    """Else nothing above would be proven: these answers are not all alike."""
    for name in ("samordnare", "kontakt"):
        asking = Asking(wide.town, name)
        shown = {
            rule.rule
            for method, rule in rules_with_ids(wide.town)
            if method == "GET" and asking.answer(method, rule, wide.objects["Nyby"])[0] == 200
        }
        assert len(shown) > 10, name


def test_a_network_that_has_ended_shows_nothing_of_itself(wide: WideTown) -> None:
    with wide.town.runtime.database.write() as rows:
        ended = networks.add_network(rows, HOOR, "Gamla Nyby", NetworkKind.VILLA, now=NOW)
        lifecycle.end(rows, ended, EndReason.WISH, account_id=1, now=NOW)
    rule = next(rule for rule in wide.town.app.url_map.iter_rules() if rule.rule == "/omrade/<int:network_id>")
    status, page, _ = Asking(wide.town, "").answer("GET", rule, {"network_id": ended.id or 0})
    assert status == 410  # it says that it has ended, and where one begins anew
    assert "Gamla Nyby" not in page
