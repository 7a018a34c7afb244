"""`grannsamverkan chaos`"""

import secrets
import sys
from typing import Any

import click

from grannsamverkan.chaos.faults import CATALOGUE
from grannsamverkan.chaos.play import BOTH, POSTGRESQL, SQLITE, ChaosPlan, play
from grannsamverkan.cli.leaving import leave_when_told
from grannsamverkan.cli.out import as_json, tell

_WORDS = {True: "ok", False: "BROKEN", None: "not played"}
_ROWS = list(dict.fromkeys(fault.row for fault in CATALOGUE))


@click.command()
@click.option("--short", is_flag=True, help="The quick ones only.")
@click.option("--database", type=click.Choice((SQLITE, POSTGRESQL, BOTH)), default=BOTH, show_default=True)
@click.option("--seed", type=int, help="Repeats a drawing.  [default: a new one]")
@click.option("--rounds", type=click.IntRange(1, 1000), default=1, show_default=True, help="How often each fault.")
@click.option("--seconds", type=float, default=900.0, show_default=True, help="No new fault on a database after that.")
@click.option("--households", type=click.IntRange(20, 20_000), help="To warn, each time.  [default: 120, short: 40]")
@click.option("--fault", "faults", type=click.Choice(_ROWS), multiple=True, help="Only these rows.")
@as_json
def chaos(as_json: bool, seed: int | None, households: int | None, short: bool, **wanted: Any) -> None:
    """Break the product's own processes while they send, against stand-ins on this machine, and count what came of it.

    Touches no installation: databases, stand-ins and processes are made for it and thrown away.
    """
    leave_when_told()
    drawn = secrets.randbelow(10**6) if seed is None else seed
    plan = ChaosPlan(short=short, seed=drawn, households=households or (40 if short else 120), **wanted)
    result = play(plan, lambda one: click.echo(_line(one), err=True))
    if as_json:
        tell(result, json_wanted=True)
    else:
        _tell(result)
    sys.exit(0 if result["ok"] else 1)


def _line(one: dict[str, Any]) -> str:
    counts = " ".join(f"{name} {one[name]}" for name in ("lost", "doubled", "copies") if name in one)
    return f"{one['id']:<4} {one['database']:<10} {_WORDS[one['ok']]:<10} {one['name']}  {counts}  {one['note']}"


def _tell(result: dict[str, Any]) -> None:
    """What the rounds have told already is not told again."""
    for one in result.pop("faults"):
        if one["ok"] is None:
            click.echo(_line(one))
    for database, kept in result.pop("invariants").items():
        for name, one in kept.items():
            click.echo(f"{database:<10} {_WORDS[one['ok']]:<10} {name}")
    tell(result, json_wanted=False)
