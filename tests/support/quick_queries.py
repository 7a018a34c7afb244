"""A statement is put into SQL once in a run, and not anew for each of the thousands of databases that tests make.

Engines of the same kind and keys share one dialect, and what was compiled for it; their connections are their own.
"""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.util import LRUCache

from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault

_MOST_STATEMENTS = 10_000
_Shared = dict[tuple[str, Any], tuple[Dialect, LRUCache[Any, Any]]]


def share_compiled_statements() -> None:
    """Call it once in a process, before the first database."""
    _remember_keys()
    shared: _Shared = {}
    open_database = Database.__init__

    def open_sharing(self: Database, url: str, vault: Vault | None, **words: Any) -> None:
        open_database(self, url, vault, **words)
        for engine in {self.engine, self._quick}:
            _share(shared, engine, (engine.dialect.name, getattr(vault, "made_of", None)))

    Database.__init__ = open_sharing  # type: ignore[method-assign]


def _share(shared: _Shared, engine: Engine, kind: tuple[str, Any]) -> None:
    if kind in shared:
        engine.dialect, engine._compiled_cache = shared[kind]
        return

    @event.listens_for(engine, "engine_connect")
    def keep(_connection: Connection) -> None:  # now the dialect has asked its first server what it is
        shared.setdefault(kind, (engine.dialect, compiled))

    compiled: LRUCache[Any, Any] = LRUCache(_MOST_STATEMENTS)
    engine._compiled_cache = compiled


def _remember_keys() -> None:
    """Two vaults of the same keys open the same: what was compiled with the one may be used with the other."""
    make = Vault.__init__

    def made(self: Vault, *keys: Any, **named: Any) -> None:
        make(self, *keys, **named)
        self.made_of = repr((keys, sorted(named.items())))  # type: ignore[attr-defined]

    Vault.__init__ = made  # type: ignore[method-assign]
