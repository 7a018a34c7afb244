"""`grannsamverkan sms …`"""

import sys

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.foundation import sms_text


@click.group()
def sms_group() -> None:
    """About SMS texts."""


@sms_group.command()
@as_json
def parts(as_json: bool) -> None:
    """Count the parts of the text on standard input, as it would be sent."""
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise click.ClickException("the text on standard input is not UTF-8") from None
    tell(sms_text.as_json(sms_text.prepare(text.removesuffix("\n"))), json_wanted=as_json)
