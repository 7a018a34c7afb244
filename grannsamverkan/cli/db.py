"""`grannsamverkan db …`"""

import click

from grannsamverkan import schema
from grannsamverkan.cli.db_copy import CopyRefused, copy_all
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.settings import load
from grannsamverkan.wiring import open_database


@click.group()
def db_group() -> None:
    """About the database."""


@db_group.command()
@as_json
def upgrade(as_json: bool) -> None:
    """Bring the tables up to this version, with the data in place."""
    settings = load()
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    database = open_database(settings, with_keys=False)
    try:
        before, _ = schema.revisions(database)
        schema.upgrade(database)
        now, _ = schema.revisions(database)
    finally:
        database.close()
    tell({"before": before, "now": now}, json_wanted=as_json)


@db_group.command()
@click.option("--to", "target_url", required=True, metavar="URL", help="An empty PostgreSQL database: postgresql://…")
@as_json
def copy(target_url: str, as_json: bool) -> None:
    """Copy the whole installation to PostgreSQL and compare every row. Stop `serve` first; then set database.url."""
    settings = load()
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    source, target = open_database(settings, with_keys=False), Database(target_url, None)
    try:
        report = copy_all(source, target)
    except CopyRefused as refused:
        raise click.ClickException(str(refused)) from None
    finally:
        source.close()
        target.close()
    tell(report if as_json else {"rows": report["rows"], "tables": len(report["tables"])}, json_wanted=as_json)
