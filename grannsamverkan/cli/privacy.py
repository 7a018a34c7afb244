"""`grannsamverkan privacy …`: papers of the data protection law, printed from what the program does."""

import click

from grannsamverkan import privacy
from grannsamverkan.domain import places
from grannsamverkan.settings import load
from grannsamverkan.wiring import open_runtime


@click.group()
def privacy_group() -> None:
    """Papers of the data protection law, in Swedish, as Markdown."""


@privacy_group.command()
def register() -> None:
    """The register of processing (article 30)."""
    with open_runtime(with_keys=False) as runtime:
        with runtime.database.read() as session:
            controllers = [row.name for row in places.served(session)]
        click.echo(privacy.register(runtime.settings, controllers), nl=False)


@privacy_group.command()
def retention() -> None:
    """What is deleted when, with the settings' own numbers."""
    click.echo(privacy.retention(load()), nl=False)


@privacy_group.command()
def processors() -> None:
    """Who gets something from us, and what has to be agreed with each."""
    click.echo(privacy.processors(load()), nl=False)
