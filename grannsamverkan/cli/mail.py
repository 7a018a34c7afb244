"""`grannsamverkan mail …`"""

import click

from grannsamverkan.cli.bounces import take_from_stdin


@click.group()
def mail_group() -> None:
    """About email that comes back."""


@mail_group.command()
def receive() -> None:
    """The same as `bounces take`, under the name it had before."""
    take_from_stdin()
