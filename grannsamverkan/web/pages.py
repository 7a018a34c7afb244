"""Routes that say who may use them. A route that says nothing is closed to everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask

from grannsamverkan.domain.accounts import Action

View = Callable[..., Any]


@dataclass(frozen=True)
class Declared:
    """What a route asks leave for, how many seconds strangers' copies of the page may be kept (0: not at all), how
    many bytes may be sent to it (0: as everywhere), and whether whoever sends has to have shown lately who they are."""

    action: Action
    cache_s: int = 0
    largest_body: int = 0
    needs_proof: bool = False


class Pages:
    """A group of pages; `get` and `post` take the permission that the route asks for."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(name, __name__)

    def get(self, path: str, *, may: Action, cache_s: int = 0) -> Callable[[View], View]:
        return self._route(path, "GET", Declared(may, cache_s))

    def post(
        self, path: str, *, may: Action, largest_body: int = 0, needs_proof: bool = False
    ) -> Callable[[View], View]:
        return self._route(path, "POST", Declared(may, largest_body=largest_body, needs_proof=needs_proof))

    def _route(self, path: str, method: str, declared: Declared) -> Callable[[View], View]:
        def declare(view: View) -> View:
            view.declared = declared  # type: ignore[attr-defined]
            self.blueprint.add_url_rule(path, view_func=view, methods=[method], provide_automatic_options=False)
            return view

        return declare


def declared(app: Flask, endpoint: str | None) -> Declared | None:
    """What the route has declared; None when it has not, and is closed."""
    found = getattr(app.view_functions.get(endpoint or ""), "declared", None)
    return found if isinstance(found, Declared) else None
