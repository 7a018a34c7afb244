"""`grannsamverkan simulate …`"""

import sys

import click

from grannsamverkan.bench.year import simulate
from grannsamverkan.cli.leaving import leave_when_told
from grannsamverkan.cli.out import as_json, tell


@click.group()
def simulate_group() -> None:
    """Let the product live through what takes long, on a clock that is set."""
    leave_when_told()


@simulate_group.command()
@click.option("--households", type=click.IntRange(60, 1_000_000), default=60_000, show_default=True)
@click.option("--networks", type=click.IntRange(3, 10_000), default=60, show_default=True)
@click.option("--database", default="", metavar="URL", help="An empty database.  [default: a SQLite file, thrown away]")
@as_json
def year(as_json: bool, households: int, networks: int, database: str) -> None:
    """A year of tips: both nights of summer time, an outage, two clocks. Exit 0 only when exactly the plan went out."""
    result = simulate(households=households, networks=networks, database=database)
    tell(result, json_wanted=as_json)
    wrong = ("missing", "doubled", "unplanned", "budget_broken", "repeated_within_year")
    sys.exit(0 if not any(result[name] for name in wrong) else 1)
