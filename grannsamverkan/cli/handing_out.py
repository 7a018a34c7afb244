"""`grannsamverkan privacy extract`: rows that somebody has asked for as a public record."""

import csv
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from grannsamverkan import handing_out
from grannsamverkan.cli.holds import manager
from grannsamverkan.domain import places
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.web.csv_files import inert
from grannsamverkan.wiring import open_runtime

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("tables", type=click.Choice(handing_out.tables()), nargs=-1, required=True)
@click.option("--municipality", metavar="CODE", required=True, help="Four-digit code; rows of no other.")
@click.option("--since", required=True, type=_DAY, help="The first day, in Swedish time.")
@click.option("--until", required=True, type=_DAY, help="The last day.")
@click.option("--purpose", required=True, help="The case's number: those who are shown read it.")
@click.option("--by", "name", required=True, help="Who hands out: an administrator's or coordinator's sign-in name.")
@click.option("--to", "file", required=True, type=click.Path(path_type=Path), help="A new file (CSV), for you alone.")
def extract(
    tables: tuple[str, ...],
    municipality: str,
    since: datetime,
    until: datetime,
    purpose: str,
    name: str,
    file: Path,
) -> None:
    """Write the rows of TABLES, each value with a proposal: handed out, or masked until somebody has judged it. Hold
    what is asked for meanwhile: `privacy hold place`."""
    begins, ends = _in_utc(since), _in_utc(until + timedelta(days=1))
    with open_runtime() as runtime, runtime.database.write() as session:
        code, now = places.served_municipality(session, municipality).code, runtime.clock.now()
        account_id = manager(session, name)
        found = [one for table in tables for one in handing_out.values(session, table, code, begins, ends)]
        _write(file, found)
        handing_out.note(session, found, tables, code, account_id=account_id, purpose=purpose, now=now)
    click.echo(f"{len(found)} values in {file}")


def _write(file: Path, found: list[handing_out.Value]) -> None:
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror})") from None
    with os.fdopen(opened, "w", newline="", encoding="utf-8-sig") as out:
        lines = csv.writer(out, delimiter=";")
        lines.writerow(["tabell", "rad", "kolumn", "värde", "förslag"])
        for one in found:
            lines.writerow([one.table, one.row, one.column, inert(one.text), one.proposal.value])


def _in_utc(day: datetime) -> datetime:
    return day.replace(tzinfo=STOCKHOLM).astimezone(UTC)
