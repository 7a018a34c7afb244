"""`grannsamverkan drill`: the restoring that everybody hopes never to do, done with a stopwatch."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from grannsamverkan import schema
from grannsamverkan.backups import drill as drills
from grannsamverkan.backups.taking import CopyFailed
from grannsamverkan.bench.pg_server import NoPostgres, pg_server
from grannsamverkan.bench.web import POSTGRESQL, SQLITE, fill
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import keeping
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load
from grannsamverkan.wiring import build_runtime, open_runtime


@click.command()
@click.option(
    "--households", type=click.IntRange(50, 1_000_000), help="Of a made-up town, instead of this installation."
)
@click.option(
    "--database",
    type=click.Choice([SQLITE, POSTGRESQL]),
    default=SQLITE,
    show_default=True,
    help="Where the made-up town is, and where the copy is restored: thrown away afterwards.",
)
@as_json
def drill(households: int | None, database: str, as_json: bool) -> None:
    """Back up, restore in a database that is thrown away, verify: how long each step takes, and is all there?"""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="gsdrill-") as name,
            _scratch(database, Path(name)) as (town, scratch),
            _installation(households, town) as runtime,
        ):
            found = drills.drill(runtime, scratch, Path(name) / "copies", _journal(runtime))
    except (CopyFailed, NoPostgres) as failed:
        raise click.ClickException(str(failed)) from None
    tell(found if as_json else _plainly(found), json_wanted=as_json)
    sys.exit(0 if found["ok"] else 1)


def _journal(runtime: Runtime) -> Path | None:
    folder = runtime.settings.backup.folder
    kept = Path(folder) / keeping.JOURNAL
    return kept if folder and kept.exists() else None


@contextmanager
def _scratch(database: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases."""
    if database == SQLITE:
        yield str(folder / "town.db"), str(folder / "scratch.db")
        return
    with pg_server(durable=True) as first, pg_server(durable=True) as second:
        yield first.url(), second.url()


@contextmanager
def _installation(households: int | None, url: str) -> Iterator[Runtime]:
    if households is None:
        with open_runtime() as runtime:
            yield runtime
        return
    sections: dict[str, Any] = {
        "installation": {"mode": "demo"},
        "database": {"url": url},
        "keys": {name: new_key() for name in ("data", "lookup", "web")},
        "sms": {"base_url": "http://127.0.0.1:9"},
        "email": {"host": "127.0.0.1", "port": 9},
        "log": {"level": "ERROR"},
    }
    runtime = build_runtime(load(None, **sections))
    try:
        schema.upgrade(runtime.database)
        fill(runtime, households)
        yield runtime
    finally:
        runtime.close()


def _plainly(found: dict[str, Any]) -> dict[str, Any]:
    steps = found.pop("seconds")
    return {**{name: value for name, value in found.items() if not isinstance(value, dict)}, **steps}
