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
@click.option("--look", is_flag=True, help="Change nothing; only tell whether the version before may go on.")
@as_json
def upgrade(look: bool, as_json: bool) -> None:
    """Bring the tables up to this version, with the data in place. Stop the processes first unless suits_before."""
    settings = load()
    configure_logs(settings.log.level, as_json=settings.log.form == "json")
    database = open_database(settings, with_keys=False)
    try:
        if schema.is_later(database):
            raise click.ClickException(schema.misfit(database, exactly=True))
        before, _ = schema.revisions(database)
        suits = schema.suits(database)
        if not look:
            schema.upgrade(database)
        now, _ = schema.revisions(database)
    finally:
        database.close()
    tell({"before": before, "now": now, "suits_before": suits}, json_wanted=as_json)


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
