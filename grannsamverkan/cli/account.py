"""`grannsamverkan account …`"""

from datetime import datetime

import click
from sqlmodel import Session

from grannsamverkan.domain import accounts, alerts, places
from grannsamverkan.domain.accounts import AccountDraft, Role
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.runtime import Runtime
from grannsamverkan.wiring import open_runtime

STAFF = [role.value for role in (Role.POLICE, Role.COORDINATOR, Role.ADMINISTRATOR)]


@click.group()
def account_group() -> None:
    """About who may sign in."""


@account_group.command()
@click.argument("name")
@click.option("--role", type=click.Choice(STAFF), required=True)
@click.option("--municipality", metavar="CODE", help="Four-digit code; police get its local police area.")
def add(name: str, role: str, municipality: str | None) -> None:
    """Add an account of the staff: a code to hand over, with which they choose a password themselves."""
    with open_runtime() as runtime, runtime.database.write() as session:
        now = runtime.clock.now()
        row = accounts.add_account(session, _draft(session, name, role, municipality), now)
        said = _said(accounts.new_password_code(session, row, now), name, runtime)
    click.echo(said)


@account_group.command()
@click.argument("name")
@click.option("--role", type=click.Choice(STAFF), help="For an account that is not there yet.")
@click.option("--municipality", metavar="CODE", help="Four-digit code; police get its local police area.")
def invite(name: str, role: str | None, municipality: str | None) -> None:
    """Let somebody of the staff in with their own account at work: a code to hand over, for an account with that name,
    which is made when it is not there."""
    with open_runtime() as runtime, runtime.database.write() as session:
        row, now = accounts.account_named(session, name), runtime.clock.now()
        if row is not None and row.ended_at is not None:
            raise click.ClickException("that account has ended")
        if row is None:
            if role is None:
                raise click.UsageError("a new account needs --role")
            row = accounts.add_account(session, _draft(session, name, role, municipality), now)
        code = accounts.new_link_code(session, row, now)
    click.echo(f"{code} links {name} to a work account; it works once, for {accounts.LINK_LIFE.days} days")


def _draft(session: Session, name: str, role: str, municipality: str | None) -> AccountDraft:
    if role in {Role.POLICE, Role.COORDINATOR} and not municipality:
        raise click.UsageError(f"a {role} account needs --municipality")
    area = places.municipality(session, municipality).local_police_area_id if municipality else None
    return AccountDraft(
        sign_in_name=name,
        password=None,
        role=Role(role),
        municipality_code=municipality if role == Role.COORDINATOR else None,
        local_police_area_id=area if role == Role.POLICE else None,
    )


@account_group.command()
@click.argument("name")
def end(name: str) -> None:
    """End an account and all its sessions at once."""
    with open_runtime() as runtime, runtime.database.write() as session:
        row = accounts.account_named(session, name)
        if row is None or row.id is None:
            raise click.ClickException("there is no such account")
        accounts.end_account(session, row.id, runtime.clock.now())
        waiting = alerts.approved_and_waiting(session, row.id)
    click.echo(f"ended {name}")
    for alert in waiting:
        click.echo(f"look at Nr {alert.number}, which {name} has approved and which goes {_at(alert.release_at)}")


def _at(release_at: datetime | None) -> str:
    return "soon" if release_at is None else f"{release_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"


@account_group.command()
@click.argument("name")
def renew(name: str) -> None:
    """Let somebody in again who has lost their password or phone: a code, with which they choose another password and
    set up their second step anew. Whoever has the account open is out."""
    with open_runtime() as runtime, runtime.database.write() as session:
        row = accounts.account_named(session, name)
        if row is None or row.id is None or row.ended_at is not None:
            raise click.ClickException("there is no such account")
        said = _said(accounts.new_password_code(session, row, runtime.clock.now()), name, runtime)
    click.echo(said)


def _said(code: str, name: str, runtime: Runtime) -> str:
    page, days = f"{runtime.settings.installation.base_url}/inbjudan", accounts.INVITATION_LIFE.days
    return f"{code} lets {name} choose a password at {page}; it works once, for {days} days"
