"""`grannsamverkan privacy hold …` and `privacy due`: what is deleted next, and what must not be."""

from datetime import UTC, datetime, timedelta

import click
from sqlmodel import Session

from grannsamverkan import upkeep
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import accounts, keeping
from grannsamverkan.domain.accounts import Role
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.wiring import open_runtime

_MANAGERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
_by = click.option("--by", "name", required=True, help="Who decides: an administrator's or coordinator's sign-in name.")


@click.command()
@as_json
def due(as_json: bool) -> None:
    """How many rows of each kind would be deleted now; nothing is. Held ones say so."""
    with open_runtime() as runtime:
        gone, held = upkeep.due(runtime)
    if as_json:
        tell({"due": gone, "held": sorted(held)}, json_wanted=True)
    else:
        tell({kind: f"{rows}{'  held' if kind in held else ''}" for kind, rows in gone.items()}, json_wanted=False)


@click.group(name="hold")
def hold_group() -> None:
    """Keep what somebody has asked for or appealed from being deleted meanwhile."""


@hold_group.command()
@click.argument("what", type=click.Choice(upkeep.KINDS), nargs=-1, required=True)
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day; a year ahead at most.")
@click.option("--reason", required=True, help="Why, without names: the case's number is enough.")
@_by
def place(what: tuple[str, ...], until: datetime, reason: str, name: str) -> None:
    """Delete nothing of the kinds WHAT until that day has passed."""
    ends = (until + timedelta(days=1)).replace(tzinfo=STOCKHOLM).astimezone(UTC)
    with open_runtime() as runtime, runtime.database.write() as session:
        account_id, now = manager(session, name), runtime.clock.now()
        for kind in what:
            row = keeping.place_hold(session, kind, reason=reason, until=ends, account_id=account_id, now=now)
            click.echo(f"hold {row.id}: {kind}")


@hold_group.command()
@click.argument("hold_id", type=int)
@_by
def release(hold_id: int, name: str) -> None:
    """End a hold before its day: what has had its time goes within the hour."""
    with open_runtime() as runtime, runtime.database.write() as session:
        keeping.release_hold(session, hold_id, account_id=manager(session, name), now=runtime.clock.now())
    click.echo(f"released {hold_id}")


@hold_group.command(name="list")
def show() -> None:
    """Every hold, with by whom and why."""
    with open_runtime() as runtime, runtime.database.read() as session:
        now, rows = runtime.clock.now(), keeping.holds(session)
        names = accounts.sign_in_names(session, [row.placed_by for row in rows])
        for row in rows:
            state = "holds" if row.holds_at(now) else "released" if row.released_at else "over"
            last_day = (row.until - timedelta(seconds=1)).astimezone(STOCKHOLM)
            by = names.get(row.placed_by, str(row.placed_by))
            click.echo(f"{row.id}  {row.what}  {state}  to {last_day:%Y-%m-%d}  {by}  {row.reason}")


def manager(session: Session, name: str) -> int:
    """The id of the open account that decides."""
    account = accounts.account_named(session, name)
    if account is None or account.ended_at is not None or account.role not in _MANAGERS:
        raise click.ClickException("--by must name an open account of an administrator or a coordinator")
    return account.id or 0
