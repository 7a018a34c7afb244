"""`grannsamverkan bounces …`"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain.receipts import Returned, read_returned
from grannsamverkan.foundation.ports import MailboxAway
from grannsamverkan.replies import fetch_returned, take_mail_report
from grannsamverkan.wiring import open_runtime

MOST_BYTES = 10_000_000


@click.group()
def bounces_group() -> None:
    """About email that comes back."""


@bounces_group.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def read(files: Sequence[Path], as_json: bool) -> None:
    """Say of mails in FILES what they are and whom they are about. Nothing is written down."""
    results = [{"file": str(file), **_told(read_returned(_bytes(file)))} for file in files]
    if as_json:
        tell({"files": results}, json_wanted=True)
        return
    for result in results:
        click.echo(f"{result['file']}: {result['kind']}")
        for one in result["recipients"]:
            click.echo(f"  {one['address']}  {one['status']}  {'gone' if one['hard'] else ''}".rstrip())


@bounces_group.command()
def take() -> None:
    """Take a mail on standard input, as a mail server pipes it; exit 0 also when it is not about us."""
    take_from_stdin()


@bounces_group.command()
@as_json
def fetch(as_json: bool) -> None:
    """Take what nobody has read in the mailbox of [bounces], now; the clock does it every five minutes."""
    with open_runtime() as runtime:
        if runtime.mailbox is None:
            raise click.ClickException("bounces.host is not set in the config file: there is no mailbox to read")
        try:
            done = fetch_returned(runtime)
        except MailboxAway as away:
            raise click.ClickException(f"the mailbox cannot be read: {away}") from None
    tell({"ok": True, "read": done.read, "taken": done.taken}, json_wanted=as_json)


def take_from_stdin() -> None:
    """Take the mail in and say whether it was about one of ours."""
    raw = sys.stdin.buffer.read(MOST_BYTES)
    with open_runtime() as runtime:
        taken = take_mail_report(runtime, raw)
    click.echo("taken" if taken else "not a report about one of our emails")


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES)


def _told(returned: Returned) -> dict[str, Any]:
    recipients = [{"address": one.address, "status": one.status, "hard": one.hard} for one in returned.recipients]
    return {"kind": returned.kind.value, "recipients": recipients}
