"""`grannsamverkan backup`, `restore` and `let-go`."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from grannsamverkan.backups import held, journal, rechecking, restoring, taking
from grannsamverkan.backups.taking import CopyFailed
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import keeping
from grannsamverkan.foundation.journal_file import JournalDamaged
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load
from grannsamverkan.upkeep import keep_journal
from grannsamverkan.wiring import build_runtime, open_database, open_runtime


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), help="Instead of backup.folder.")
@click.option("--recheck", is_flag=True, help="Take none, only read those again that are there.")
@as_json
def backup(folder: Path | None, recheck: bool, as_json: bool) -> None:
    """Take a copy of everything while it runs, read it back, and delete copies that have had their time. Those that are
    there are read again too: exit 1 when one has gone bad."""
    with open_runtime() as runtime:
        chosen = runtime.settings.backup
        where = folder or (Path(chosen.folder) if chosen.folder else None)
        if where is None or not (recheck or chosen.public_key):
            raise click.ClickException(
                "backup.folder and backup.public_key are not set: `grannsamverkan keys backup --to FILE` makes a key"
            )
        taken = {} if recheck else _taken(runtime, where)
    looked = rechecking.recheck(where)
    found = {"rechecked": looked.read, "spoilt": [str(file) for file in looked.spoilt]}
    if not as_json:
        found["spoilt"] = ", ".join(map(str, looked.spoilt)) or "-"
    tell({"ok": not looked.spoilt, **taken, **found}, json_wanted=as_json)
    sys.exit(1 if looked.spoilt else 0)


def _taken(runtime: Runtime, folder: Path) -> dict[str, Any]:
    chosen, now = runtime.settings.backup, datetime.now(UTC)
    try:
        keep_journal(runtime)
        taken = taking.take(runtime.database, folder, chosen.public_key, now=now)
        ended = taking.end_old(folder, now=now, keep_days=chosen.keep_days)
        journal.end_old(runtime.database, folder, before=now - timedelta(days=chosen.journal_days))
    except (CopyFailed, JournalDamaged, ValueError) as failed:
        raise click.ClickException(str(failed)) from None
    return {
        "file": str(taken.file),
        "rows": taken.rows,
        "bytes": taken.bytes,
        "ended": len(ended),
        "seconds": taken.seconds,
    }


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file with the private key.",
)
@click.option("--journal", "given", type=click.Path(path_type=Path), help="Instead of the one beside the copy.")
@click.option("--without-journal", is_flag=True, help="It is lost too: who was erased since the copy comes back.")
@as_json
def restore(file: Path, key: Path, given: Path | None, without_journal: bool, as_json: bool) -> None:
    """Put a copy into the empty database of the settings, take back what people have taken back since, and hold it."""
    settings = load()
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    kept = given or file.parent / keeping.JOURNAL
    if not without_journal and not kept.exists():
        raise click.ClickException(
            f"there is no journal {kept}: name it with --journal, or restore --without-journal, and then whoever was "
            "erased or said STOPP since the copy was taken is back"
        )
    database = open_database(settings)
    try:
        done = restoring.restore(database, file, key.read_text("utf-8"), now=datetime.now(UTC))
        gone = held.take_back(database, None if without_journal else kept, now=datetime.now(UTC))
    except (CopyFailed, JournalDamaged, ValueError) as failed:
        raise click.ClickException(str(failed)) from None
    finally:
        database.close()
    tell(
        {
            "ok": True,
            "taken_at": done.taken_at.isoformat(),
            "rows": sum(done.tables.values()),
            "taken_back": gone if as_json else sum(gone.values()),
            "seconds": done.seconds,
            "next": "grannsamverkan check invariants, then grannsamverkan let-go",
        },
        json_wanted=as_json,
    )


@click.command("let-go")
@as_json
def let_go(as_json: bool) -> None:
    """Let a restored copy be used: what it would send now may have been sent before, and is marked so."""
    settings = load()
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    runtime = build_runtime(settings)
    try:
        marked = held.let_go(runtime)
    finally:
        runtime.close()
    numbers = ", ".join(f"Nr {number:04d}" for number in marked["numbers"])
    tell({"ok": True, **marked, **({} if as_json else {"numbers": numbers or "-"})}, json_wanted=as_json)
