"""The operator's commands for the police's open events."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from grannsamverkan.domain import police
from grannsamverkan.wiring import open_runtime

_POLLED_AT = re.compile(r"(\d{4}-\d\d-\d\dT\d{6})Z", re.ASCII)


@click.group("police")
def police_group() -> None:
    """The police's open events."""


@police_group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_files(files: tuple[Path, ...], as_json: bool) -> None:
    """Take in answers of the API or archives of them (JSON or JSON lines, plain or gzip), in the order given.

    An answer counts as seen at the UTC time in its file's name (2026-01-20T174303Z), else when the file was written.
    Empty and broken ones are counted. A file is stored whole or not at all.
    """
    total = police.Taken()
    with open_runtime(with_keys=False) as runtime:
        for file in files:
            answer, seen_at = _read(file)
            with runtime.database.write() as session:
                taken = police.take_in(session, answer, seen_at=seen_at)
            total += taken
    _say(total, as_json)


@police_group.command("resume")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def resume(as_json: bool) -> None:
    """Let the feed call again after the API has said for good that it is gone."""
    with open_runtime(with_keys=False) as runtime, runtime.database.write() as session:
        had_stopped = police.resume_feed(session)
    if as_json:
        click.echo(json.dumps({"had_stopped": had_stopped}))
    else:
        click.echo("The feed will call again." if had_stopped else "The feed had not stopped.")


def _read(file: Path) -> tuple[bytes, datetime]:
    """The file's bytes, and when its answer was seen. A usage error (exit 2) when it cannot be read."""
    try:
        return file.read_bytes(), _seen_at(file)
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror}") from None


def _seen_at(file: Path) -> datetime:
    named = _POLLED_AT.search(file.name)
    try:
        if named:
            return datetime.strptime(named[1], "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        pass  # digits that are no time
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _say(taken: police.Taken, as_json: bool) -> None:
    figures = asdict(taken)
    click.echo(json.dumps(figures) if as_json else "\n".join(f"{name:10} {count}" for name, count in figures.items()))
