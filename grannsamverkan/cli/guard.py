"""`grannsamverkan guard …`"""

import sys
from typing import Any

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import alerts


@click.group()
def guard_group() -> None:
    """The guard on free text."""


@guard_group.command()
@as_json
def measure(as_json: bool) -> None:
    """How well it does on the labelled sentences that ship with it; exit 0 only when the goals hold.

    Recall by label and false alarms on the sealed half and on the open one that its rules are tuned on: totals, never a
    sentence. The goals are those of the sealed half.
    """
    result = alerts.measure_guard()
    if as_json:
        tell(result, json_wanted=True)
    else:
        _for_people(result)
    sys.exit(0 if result["ok"] else 1)


def _for_people(result: dict[str, Any]) -> None:
    halves = (result["sealed"], result["open"])
    click.echo(f"{'':20}{'sealed':>20}{'open':>20}{'goal':>10}")
    for label, figures in halves[0].items():
        if isinstance(figures, dict):
            shown = [f"{half[label]['found']} of {half[label]['of']}{_share(half[label])}" for half in halves]
            goal = result["goals"].get(label, "")
            click.echo(f"{label.replace('_', ' '):20}{shown[0]:>20}{shown[1]:>20}{goal:>10}")
    click.echo("every goal is reached" if result["ok"] else "a goal is missed")


def _share(figures: dict[str, Any]) -> str:
    share = figures.get("recall", figures.get("share"))
    return "" if share is None else f", {share:.4f}"
