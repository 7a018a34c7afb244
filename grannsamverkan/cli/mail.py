"""`grannsamverkan mail …`"""

import sys

import click

from grannsamverkan.replies import take_mail_report
from grannsamverkan.wiring import open_runtime

MOST_BYTES = 10_000_000


@click.group()
def mail_group() -> None:
    """About email that comes back."""


@mail_group.command()
def receive() -> None:
    """Take a delivery report on standard input, as a mail system pipes it; exit 0 also when it is not about us."""
    raw = sys.stdin.buffer.read(MOST_BYTES)
    with open_runtime() as runtime:
        taken = take_mail_report(runtime, raw)
    click.echo("taken" if taken else "not a report about one of our emails")
