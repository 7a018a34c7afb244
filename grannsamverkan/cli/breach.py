"""`grannsamverkan breach …`"""

import csv
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from grannsamverkan import breaches
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import accounts
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.wiring import open_runtime

_FORMS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@click.group()
def breach_group() -> None:
    """When somebody had what they should not have had."""


@breach_group.command()
@click.option("--account", "name", help="Its sign-in name.  [default: everybody's views]")
@click.option("--since", required=True, type=click.DateTime(_FORMS), help="In Swedish time.")
@click.option("--until", type=click.DateTime(_FORMS), help="In Swedish time.  [default: now]")
@click.option("--list", "file", type=click.Path(path_type=Path), help="A new file with the ids of those concerned.")
@as_json
def measure(name: str | None, since: datetime, until: datetime | None, file: Path | None, as_json: bool) -> None:
    """Whom an account was shown between two moments, and what of them: what the authority asks within 72 hours."""
    with open_runtime(with_keys=False) as runtime:
        account = None
        if name is not None:
            with runtime.database.read() as session:
                account = accounts.account_named(session, name)
            if account is None:
                raise click.ClickException("there is no such account")
        ends = _in_utc(until) if until is not None else runtime.clock.now()
        reach = breaches.measure(runtime, account, since=_in_utc(since), until=ends)
    if file is not None:
        _write(file, reach)
    told = reach.as_json()
    tell(told if as_json else {name: _flat(value) for name, value in told.items()}, json_wanted=as_json)


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=STOCKHOLM).astimezone(UTC)


def _write(file: Path, reach: breaches.Reach) -> None:
    """Ids and kinds, no names: those concerned are told through the product."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(["person_id", "shown_in"])
            lines.writerows([person_id, " ".join(sorted(kinds))] for person_id, kinds in sorted(reach.people.items()))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror})") from None


def _flat(value: object) -> object:
    return ", ".join(f"{name} {number}" for name, number in value.items()) if isinstance(value, dict) else value
