"""`grannsamverkan privacy …`: papers of the data protection law, printed from what the program does; and holds."""

import click

from grannsamverkan import privacy
from grannsamverkan.cli.handing_out import extract
from grannsamverkan.cli.holds import due, hold_group
from grannsamverkan.domain import places
from grannsamverkan.settings import Settings, load
from grannsamverkan.wiring import open_runtime


@click.group()
def privacy_group() -> None:
    """Papers of the data protection law, in Swedish, as Markdown; and what is deleted when, and what is held."""


privacy_group.add_command(due)
privacy_group.add_command(hold_group)
privacy_group.add_command(extract)


@privacy_group.command()
def register() -> None:
    """The register of processing (article 30)."""
    settings, controllers = _served()
    click.echo(privacy.register(settings, [name for name, _ in controllers]), nl=False)


@privacy_group.command()
def notice() -> None:
    """The notice to those who are in (articles 13 and 14)."""
    click.echo(privacy.notice(*_served()), nl=False)


@privacy_group.command()
def assessment() -> None:
    """A draft of the impact assessment (article 35)."""
    settings, controllers = _served()
    click.echo(privacy.assessment(settings, [name for name, _ in controllers]), nl=False)


def _served() -> tuple[Settings, list[tuple[str, str]]]:
    """The settings, and each municipality with how it is reached."""
    with open_runtime(with_keys=False) as runtime, runtime.database.read() as session:
        rows = places.served(session)
        reached = {row.code: places.served_municipality(session, row.code).contact_text for row in rows}
        return runtime.settings, [(row.name, reached[row.code]) for row in rows]


@privacy_group.command()
def retention() -> None:
    """What is deleted when, with the settings' own numbers."""
    click.echo(privacy.retention(load()), nl=False)


@privacy_group.command()
def processors() -> None:
    """Who gets something from us, and what has to be agreed with each."""
    click.echo(privacy.processors(load()), nl=False)
