"""How many queries a request costs: counted around the product, which knows nothing of it."""

import os
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from grannsamverkan import wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

QUERIES, WORKER = "X-Bench-Queries", "X-Bench-Worker"  # headers of every answer
_NOT_COUNTED = ("BEGIN", "PRAGMA", "SET LOCAL")  # what opens a transaction


class Counted:
    """A WSGI application whose answers say how many statements they cost, and which process gave them."""

    def __init__(self, app: "WSGIApplication", engine: Engine) -> None:
        self._app = app
        self._here = threading.local()
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_COUNTED):
            self._here.queries = getattr(self._here, "queries", 0) + 1

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._here.queries = 0

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            counted = [(QUERIES, str(self._here.queries)), (WORKER, str(os.getpid()))]
            return start_response(status, [*headers, *counted], *more)

        return self._app(environ, start)


def application() -> Counted:
    """What a worker of the bench serves: the pages alone, counted."""
    app, runtime = wsgi.assemble()
    return Counted(app, runtime.database.engine)
