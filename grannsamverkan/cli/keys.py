"""`grannsamverkan keys …`"""

import os
import sys
from pathlib import Path

import click

from grannsamverkan import resealing
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.foundation.sealed_file import new_pair
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.wiring import open_runtime


@click.group()
def keys_group() -> None:
    """About the installation's keys; docs/security/keys.md says how they live."""


@keys_group.command()
def new() -> None:
    """A fresh key as text, for keys.data or keys.web."""
    click.echo(new_key())


@keys_group.command()
@as_json
def status(as_json: bool) -> None:
    """How many sealed values there are, and how many of them an earlier key has sealed. Exit 0 when it is none."""
    with open_runtime() as runtime:
        found = resealing.count(runtime.database)
    tell({"ok": not found.old, "sealed": found.sealed, "old": found.old}, json_wanted=as_json)
    sys.exit(1 if found.old else 0)


@keys_group.command()
@as_json
def rotate(as_json: bool) -> None:
    """Seal anew, with keys.data, what the keys of keys.data_also have sealed, while everything runs."""
    with open_runtime() as runtime:
        found = resealing.reseal(runtime.database)
    tell({"ok": True, "sealed": found.sealed, "resealed": found.old}, json_wanted=as_json)


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
