"""`grannsamverkan api-key …`"""

import click

from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import Scope
from grannsamverkan.wiring import open_runtime


@click.group()
def api_key_group() -> None:
    """About the keys with which a municipality's other systems read."""


@api_key_group.command()
@click.argument("name")
@click.option("--municipality", metavar="CODE", required=True, help="Four-digit code; the key reads of no other.")
@click.option("--scope", type=click.Choice([scope.value for scope in accounts.READING]), multiple=True, required=True)
@click.option("--days", default=accounts.LONGEST_DAYS, show_default=True, help="How long it holds; a year at most.")
def make(name: str, municipality: str, scope: tuple[str, ...], days: int) -> None:
    """Make a key for the system NAME, to read with. It is shown this once. Keys that post are made on the page."""
    with open_runtime() as runtime, runtime.database.write() as session:
        code, now = places.served_municipality(session, municipality).code, runtime.clock.now()
        key = accounts.make_key(session, name, code, [Scope(one) for one in scope], days=days, now=now)
    click.echo(key)


@api_key_group.command(name="list")
def show() -> None:
    """What keys there are, never the keys themselves."""
    with open_runtime() as runtime, runtime.database.read() as session:
        now = runtime.clock.now()
        for row in accounts.keys(session):
            until = "expired" if row.expires_at <= now else f"to {row.expires_at:%Y-%m-%d}"
            holds = "revoked" if row.revoked_at else until
            used = f"used {row.used_at:%Y-%m-%d}" if row.used_at else "never used"
            click.echo(f"{row.id}  {row.municipality_code}  {','.join(row.scopes)}  {holds}  {used}  {row.name}")


@api_key_group.command()
@click.argument("key_id", type=int)
def revoke(key_id: int) -> None:
    """End a key at once."""
    with open_runtime() as runtime, runtime.database.write() as session:
        accounts.revoke_key(session, key_id, runtime.clock.now())
    click.echo(f"revoked {key_id}")
