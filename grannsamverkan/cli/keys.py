"""`grannsamverkan keys …`"""

import os
from pathlib import Path

import click

from grannsamverkan.foundation.sealed_file import new_pair


@click.group()
def keys_group() -> None:
    """About the installation's keys; docs/security/keys.md says how they live."""


@keys_group.command()
@click.option("--to", "file", required=True, type=click.Path(path_type=Path), help="A new file for the private key.")
def backup(file: Path) -> None:
    """Make the pair of keys for copies: the private one goes to a file, the public one into the settings."""
    public, private = new_pair()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"{private}\n")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror})") from None
    click.echo(f"Wrote {file}. Move it away from this machine, to two places: without it no copy can be opened.")
    click.echo("Into config.toml, under [backup]:")
    click.echo(f'public_key = "{public}"')
