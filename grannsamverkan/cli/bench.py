"""`grannsamverkan bench …`"""

import sys
from typing import Any

import click

from grannsamverkan.bench.beside import compare
from grannsamverkan.bench.compare import Comparison
from grannsamverkan.bench.compare import compare as compare_all
from grannsamverkan.bench.delivery import Plan, measure
from grannsamverkan.bench.overtake import Overtaking
from grannsamverkan.bench.overtake import measure as measure_overtaking
from grannsamverkan.bench.pg_server import NoPostgres
from grannsamverkan.bench.rows import measure as measure_rows
from grannsamverkan.bench.sink import NoTool
from grannsamverkan.bench.web import ASKED_AS, BOTH, POSTGRESQL, SQLITE, WebPlan
from grannsamverkan.bench.web import measure as measure_web
from grannsamverkan.cli.leaving import leave_when_told
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.foundation.ports import ChannelKind

CHANNELS = {"sms": ChannelKind.SMS, "email": ChannelKind.EMAIL}


@click.group()
def bench_group() -> None:
    """Measure this installation on this machine."""
    leave_when_told()


@bench_group.command()
@click.option("--recipients", type=click.IntRange(1, 5_000_000), default=10_000, show_default=True)
@click.option("--channel", type=click.Choice(list(CHANNELS)), required=True)
@click.option("--database", default="", metavar="URL", help="An empty database.  [default: a SQLite file, thrown away]")
@click.option("--smtp", default="", metavar="HOST:PORT", help="A mail server on this machine instead of the stand-in.")
@click.option("--twilio", default="", metavar="URL", help="A Messages API on this machine instead of the stand-in.")
@click.option("--latency-ms", type=click.IntRange(0, 60_000), default=0, help="Of the stand-in, before each answer.")
@click.option("--provider-limit", type=float, default=0.0, help="Copies a second at the most, for all senders.")
@click.option("--connections", type=click.IntRange(0, 100), default=0, help="At once.  [default: the settings']")
@click.option(
    "--workers", type=click.IntRange(0, 32), default=0, help="Processes, on PostgreSQL.  [default: only this]"
)
@as_json
def delivery(as_json: bool, channel: str, **wanted: Any) -> None:
    """One alert to made-up recipients: rate, times from release to acceptance, processor time and memory."""
    if wanted["workers"] and wanted["database"] and not wanted["database"].startswith("postgres"):
        raise click.BadParameter("workers need PostgreSQL", param_hint="--database")
    try:
        result = measure(Plan(channel=CHANNELS[channel], **wanted))
    except NoPostgres as missing:
        raise click.ClickException(str(missing)) from None
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


@bench_group.command("compare")
@click.option("--recipients", type=click.IntRange(100, 1_000_000), default=100_000, show_default=True)
@click.option("--rounds", type=click.IntRange(1, 20), default=3, show_default=True)
@click.option("--grown", type=click.IntRange(0, 5_000_000), default=0, help="One large run, to see how the cost grows.")
@click.option("--postgresql/--no-postgresql", default=True, show_default=True)
@click.option("--peer-python", default="", metavar="PATH", help="A Python with django-post_office, to send beside it.")
@as_json
def compare_command(as_json: bool, **wanted: Any) -> None:
    """The product between the limit (postfix's smtp-source) and naive loops, into a sink in C, taking turns."""
    try:
        result = compare_all(Comparison(**wanted))
    except (NoTool, NoPostgres) as missing:
        raise click.ClickException(str(missing)) from None
    tell(result, json_wanted=as_json)


@bench_group.command()
@click.option("--recipients", type=click.IntRange(100, 5_000_000), default=100_000, show_default=True)
@click.option("--postgresql/--sqlite", default=True, show_default=True)
@as_json
def rows(as_json: bool, recipients: int, postgresql: bool) -> None:
    """What an alert's rows cost: how fast they are written, and how much log and room each takes (PostgreSQL)."""
    try:
        result = measure_rows(recipients, postgresql=postgresql)
    except NoPostgres as missing:
        raise click.ClickException(str(missing)) from None
    tell(result, json_wanted=as_json)


@bench_group.command()
@click.option("--recipients", type=click.IntRange(100, 1_000_000), default=100_000, show_default=True)
@click.option("--channel", type=click.Choice(list(CHANNELS)), default="email", show_default=True)
@click.option("--database", type=click.Choice([SQLITE, POSTGRESQL]), default=SQLITE, show_default=True)
@click.option("--workers", type=click.IntRange(1, 32), default=2, show_default=True, help="Processes, on PostgreSQL.")
@click.option("--times", type=click.IntRange(1, 20), default=5, show_default=True, help="How often it is overtaken.")
@click.option("--latency-ms", type=click.IntRange(0, 60_000), default=0, help="Of the far end, before each answer.")
@click.option("--provider-limit", type=float, default=0.0, help="Copies a second at the most, for all senders.")
@click.option("--limit-ms", type=float, default=1000.0, show_default=True, help="What `ok` holds the slowest to.")
@as_json
def overtake(as_json: bool, channel: str, database: str, workers: int, **wanted: Any) -> None:
    """Urgent alerts to ten while a warning to everybody is under way: from approval to the first and the last."""
    senders = workers if database == POSTGRESQL else 0
    try:
        result = measure_overtaking(Overtaking(channel=CHANNELS[channel], workers=senders, **wanted))
    except (NoTool, NoPostgres) as missing:
        raise click.ClickException(str(missing)) from None
    tell(result, json_wanted=as_json)
    sys.exit(0 if result["ok"] else 1)


@bench_group.command()
@click.option("--households", type=click.IntRange(50, 1_000_000), default=50_000, show_default=True)
@click.option("--requests", type=click.IntRange(1, 10_000), default=200, show_default=True, help="For each page.")
@click.option(
    "--database",
    default=SQLITE,
    show_default=True,
    metavar="sqlite|postgresql|both|URL",
    help="Databases that are thrown away, or the address of an empty one.",
)
@click.option("--workers", type=click.IntRange(1, 32), default=2, show_default=True)
@click.option("--limit-ms", type=float, default=200.0, show_default=True, help="What `ok` holds the p95 to.")
@click.option("--longest-s", type=float, default=3600.0, show_default=True, help="Ends the asking on each database.")
@click.option("--role", type=click.Choice(list(ASKED_AS)), multiple=True, help="Only these, instead of everybody.")
@as_json
def web(as_json: bool, database: str, **wanted: Any) -> None:
    """Every page over HTTP, as every role, with many made-up households behind it: times and queries."""
    if database not in (SQLITE, POSTGRESQL, BOTH) and "://" not in database:
        raise click.BadParameter("sqlite, postgresql, both, or an address", param_hint="--database")
    try:
        result = measure_web(WebPlan(database=database, **wanted))
    except NoPostgres as missing:
        raise click.ClickException(str(missing)) from None
    if as_json:
        tell(result, json_wanted=True)
    else:
        _tell_pages(result)
    sys.exit(0 if result["ok"] else 1)


def _tell_pages(result: dict[str, Any]) -> None:
    """The slowest last, where the eye is when the command has ended."""
    pages = sorted(result.pop("pages"), key=lambda page: page["p95_ms"])
    for page in pages:
        times = f"{page['p50_ms']:8.1f} {page['p95_ms']:8.1f} ms {page['queries']:4} queries"
        click.echo(f"{times}  {page['database']:<10} {page['role']:<19} {page['route']}")
    tell(result, json_wanted=False)
