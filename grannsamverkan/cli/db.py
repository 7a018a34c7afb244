"""`grannsamverkan db …`"""

import click

from grannsamverkan import schema
from grannsamverkan.cli.out import as_json, tell
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
