"""How a command tells its result: one JSON object on standard output, or lines for people."""

import json
from collections.abc import Mapping
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


def tell(result: Mapping[str, Any], *, json_wanted: bool) -> None:
    """Print the result, as one JSON object or as `name: value` lines."""
    if json_wanted:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    width = max((len(name) for name in result), default=0)
    for name, value in result.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {value}")
