"""`grannsamverkan bench …`"""

import sys
from typing import Any

import click

from grannsamverkan.bench.beside import compare
from grannsamverkan.bench.delivery import Plan, measure
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.foundation.ports import ChannelKind

CHANNELS = {"sms": ChannelKind.SMS, "email": ChannelKind.EMAIL}


@click.group()
def bench_group() -> None:
    """Measure this installation on this machine."""


@bench_group.command()
@click.option("--recipients", type=click.IntRange(1, 5_000_000), default=10_000, show_default=True)
@click.option("--channel", type=click.Choice(list(CHANNELS)), required=True)
@click.option("--database", default="", metavar="URL", help="An empty database.  [default: a SQLite file, thrown away]")
@click.option("--smtp", default="", metavar="HOST:PORT", help="A mail server on this machine instead of the stand-in.")
@click.option("--twilio", default="", metavar="URL", help="A Messages API on this machine instead of the stand-in.")
@as_json
def delivery(as_json: bool, channel: str, **wanted: Any) -> None:
    """One alert to made-up recipients: rate, times from release to acceptance, processor time and memory."""
    result = measure(Plan(channel=CHANNELS[channel], **wanted))
    tell(result, json_wanted=as_json)
    sys.exit(0 if not (result["lost"] or result["doubled"]) else 1)


@bench_group.command()
@click.option("--recipients", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True)
@click.option("--channel", type=click.Choice(list(CHANNELS)), required=True)
@click.option("--rounds", type=click.IntRange(1, 20), default=3, show_default=True)
@as_json
def beside(as_json: bool, channel: str, recipients: int, rounds: int) -> None:
    """The whole product beside a bare client (the limit) and a naive loop, taking turns in one run."""
    tell(compare(CHANNELS[channel], recipients, rounds), json_wanted=as_json)
