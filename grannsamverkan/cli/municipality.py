"""`grannsamverkan municipality …`"""

import click

from grannsamverkan.domain import places
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.wiring import open_runtime


@click.group()
def municipality_group() -> None:
    """About the municipalities that this installation serves."""


@municipality_group.command()
@click.argument("code")
def add(code: str) -> None:
    """Begin to serve the municipality with this four-digit CODE, kept apart from the others."""
    with open_runtime() as runtime, runtime.database.write() as session:
        try:
            row = places.serve(session, code, now=runtime.clock.now())
        except NotFound:
            raise click.ClickException(f"no municipality has the code {code[:8]}; Höör's is 1267") from None
    click.echo(f"serving {row.code}: messages are signed {row.sender_name}, mail comes from {row.mail_name}@…")
