"""`grannsamverkan status`: how it goes right now, for an operator, a monitor or an alarm that needs no SMS of ours."""

import sys
from typing import Any

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
        tell(found if as_json else _plainly(found), json_wanted=as_json)
    sys.exit(0 if found["ok"] else 1)


def _plainly(found: dict[str, Any]) -> dict[str, Any]:
    """The same with a line for each channel, each provider and the month."""
    lines = {name: value for name, value in found.items() if name not in ("channels", "providers", "available")}
    named = {str(name): figures for name, figures in (found["channels"] | found["providers"]).items()}
    named["available"] = _month(found["available"])
    lines |= {
        name: ", ".join(f"{key.replace('_', ' ')} {_word(value)}" for key, value in figures.items())
        for name, figures in named.items()
    }
    return {name: _word(value) for name, value in lines.items()}


def _month(share: dict[str, Any] | None) -> dict[str, Any]:
    """With both decimals of the percent, which are rounded down: 99.97 is not to be read as 100."""
    return {"percent": None} if share is None else share | {"percent": f"{share['percent']:.2f}"}


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "-"
    if isinstance(value, float):
        return f"{value:.1f}"
    return "-" if value is None else str(value)
