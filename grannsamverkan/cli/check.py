"""`grannsamverkan check …`"""

import sys

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.invariants import offences
from grannsamverkan.wiring import open_runtime


@click.group()
def check_group() -> None:
    """Check what must always hold."""


@check_group.command()
@as_json
def invariants(as_json: bool) -> None:
    """Count the rows that break a promise; exit 0 only when none does."""
    with open_runtime(with_keys=False) as runtime:
        found = offences(runtime)
    tell({"ok": not any(found.values()), **found}, json_wanted=as_json)
    sys.exit(1 if any(found.values()) else 0)
