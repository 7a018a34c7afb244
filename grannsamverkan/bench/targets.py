"""What is asked for: every page of the product, found in its own table of routes, as everybody who may see it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from grannsamverkan.app import create_app
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Actor, Role
from grannsamverkan.runtime import Runtime
from grannsamverkan.web.pages import declared

EVERYBODY = "everybody"
ROLES = (Role.COORDINATOR, Role.POLICE, Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON, Role.NEIGHBOUR)
_NO_PAGE = (".pdf", ".ics", ".vcf", "/halsa/", "/v/", "/demo/")  # papers, calendars, cards, probes, files
# the same page asked for in other ways
_ALSO = {
    "/omraden": ("?q=01", "?sida=2&lage=active", "?vakant=1"),
    "/kommun/<code>": ("?q=gatan+0004", "?q=24301", "?sida=2"),
    "/varningar/ny": ("?omrade={network_id}",),
    "/atgarder": ("?alla=1",),
    "/skyltar": ("?alla=1",),
    "/intressen": ("?sida=2",),
}


@dataclass(frozen=True)
class Asked:
    """A page as somebody: its route with the query, and the address."""

    route: str
    role: str
    path: str


@dataclass(frozen=True)
class Known:
    """What stands for the placeholders of a route, for one role."""

    ids: dict[str, str] = field(default_factory=dict)

    def path(self, rule: str) -> str | None:
        """The address; None when a placeholder is not known."""
        path = rule
        for name, value in self.ids.items():
            path = path.replace(f"<int:{name}>", value).replace(f"<{name}>", value)
        return None if "<" in path else path


def every_page(runtime: Runtime, known: dict[str, Known]) -> Iterator[Asked]:
    """(role, address) of every page that is to be asked for; `known` by role."""
    app = create_app(runtime)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        route = declared(app, rule.endpoint)
        if route is None or "GET" not in (rule.methods or ()) or any(part in rule.rule for part in _NO_PAGE):
            continue
        is_open = accounts.may(None, route.action)
        for role in (EVERYBODY,) if is_open else (r.value for r in ROLES if accounts.may(Actor(0, r), route.action)):
            path = known[role].path(rule.rule)
            if path is not None:
                for query in ("", *_ALSO.get(rule.rule, ())):
                    yield Asked(rule.rule + query, role, path + query.format(**known[role].ids))
