"""`grannsamverkan status`: how it goes right now, for an operator, a monitor or an alarm that needs no SMS of ours."""

import sys

import click

from grannsamverkan import status as looking
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.wiring import open_runtime


@click.command()
@as_json
@click.option("--metrics", is_flag=True, help="In Prometheus' text form, as for its textfile collector.")
def status(as_json: bool, metrics: bool) -> None:
    """Does the clock tick, and does what is due go out? Exit 0 only without an alarm; docs/drift says what to do."""
    with open_runtime(with_keys=False) as runtime:
        found = looking.look(runtime)
    if metrics:
        click.echo(looking.as_metrics(found), nl=False)
    else:
        tell(found, json_wanted=as_json)
    sys.exit(0 if found["ok"] else 1)
