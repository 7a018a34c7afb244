"""`grannsamverkan webhook …`"""

import click

from grannsamverkan.domain import places, webhooks
from grannsamverkan.wiring import open_runtime


@click.group()
def webhook_group() -> None:
    """About the systems of municipalities that are called when something has been sent."""


@webhook_group.command()
@click.argument("name")
@click.argument("url")
@click.option("--municipality", metavar="CODE", required=True, help="Four-digit code; it is told of no other.")
def make(name: str, url: str, municipality: str) -> None:
    """Have the system NAME called at URL, whose host webhooks.hosts names. Its secret is shown this once."""
    with open_runtime() as runtime, runtime.database.write() as session:
        code, now = places.served_municipality(session, municipality).code, runtime.clock.now()
        hosts = runtime.settings.webhooks.named
        _row, secret = webhooks.add_webhook(session, name, code, url, hosts=hosts, now=now)
    click.echo(secret)


@webhook_group.command(name="list")
def show() -> None:
    """What systems are called and how it goes; of an address the host, never a secret."""
    with open_runtime() as runtime, runtime.database.read() as session:
        for row in webhooks.webhooks(session):
            failing = f"failing since {row.failing_since:%Y-%m-%d %H:%M} UTC" if row.failing_since else "called"
            goes = f"paused ({row.paused_for})" if row.paused_at else failing
            click.echo(f"{row.id}  {row.municipality_code}  {row.host}  {goes}  {row.name}")


@webhook_group.command()
@click.argument("webhook_id", type=int)
def remove(webhook_id: int) -> None:
    """Stop calling a system at once, and forget the calls to it."""
    with open_runtime() as runtime, runtime.database.write() as session:
        row = webhooks.webhook(session, webhook_id, to_change=True)
        webhooks.remove_webhook(session, row, runtime.clock.now())
    click.echo(f"removed {webhook_id}")
