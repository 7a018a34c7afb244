"""`grannsamverkan db …`"""

import click

from grannsamverkan import schema
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.settings import load
from grannsamverkan.wiring import open_database


@click.group()
def db_group() -> None:
    """About the database."""


@db_group.command()
@as_json
def upgrade(as_json: bool) -> None:
    """Bring the tables up to this version, with the data in place."""
    database = open_database(load(), with_keys=False)
    before, _ = schema.revisions(database)
    schema.upgrade(database)
    now, _ = schema.revisions(database)
    database.close()
    tell({"before": before, "now": now}, json_wanted=as_json)
