"""`grannsamverkan sms …`"""

import sys

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.foundation import sms_text


@click.group()
def sms_group() -> None:
    """About SMS: texts, and addresses for the providers."""


@sms_group.command()
@as_json
def entrances(as_json: bool) -> None:
    """The addresses to write down at the providers, for neighbours' replies. That of the second is a secret."""
    # Here, since counting the parts of a text needs none of it and is to answer at once.
    from grannsamverkan.channels.elks_sms import token
    from grannsamverkan.settings import load
    from grannsamverkan.wiring import INBOUND_PATH, SECOND_INBOUND_PATH, has_second

    settings = load()
    base_url = settings.installation.base_url
    found = {"twilio": f"{base_url}{INBOUND_PATH}"}
    if has_second(settings):
        if not settings.keys.web:
            raise click.ClickException("keys.web is not set; run `grannsamverkan init` to make it")
        found["46elks"] = f"{base_url}{SECOND_INBOUND_PATH}?k={token(settings.keys.web, {})}"
    tell(found, json_wanted=as_json)


@sms_group.command()
@as_json
def parts(as_json: bool) -> None:
    """Count the parts of the text on standard input, as it would be sent."""
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise click.ClickException("the text on standard input is not UTF-8") from None
    tell(sms_text.as_json(sms_text.prepare(text.removesuffix("\n"))), json_wanted=as_json)
