"""`grannsamverkan account …`"""

import click
from sqlmodel import Session

from grannsamverkan import tidings
from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import AccountDraft, Role
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.wiring import open_runtime

STAFF = [role.value for role in (Role.POLICE, Role.COORDINATOR, Role.ADMINISTRATOR)]


@click.group()
def account_group() -> None:
    """About who may sign in."""


@account_group.command()
@click.argument("name")
@click.option("--role", type=click.Choice(STAFF), required=True)
@click.option("--municipality", metavar="CODE", help="Four-digit code; police get its local police area.")
@click.password_option(help="At least 15 characters; asked for when left out.")
def add(name: str, role: str, municipality: str | None, password: str) -> None:
    """Add an account of the staff."""
    with open_runtime() as runtime, runtime.database.write() as session:
        draft = _draft(session, name, role, municipality, password)
        accounts.add_account(session, draft, runtime.clock.now())
    click.echo(f"added {name} as {role}")


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
            row = accounts.add_account(session, _draft(session, name, role, municipality, None), now)
        code = accounts.new_link_code(session, row, now)
    click.echo(f"{code} links {name} to a work account; it works once, for {accounts.LINK_LIFE.days} days")


def _draft(session: Session, name: str, role: str, municipality: str | None, password: str | None) -> AccountDraft:
    if role in {Role.POLICE, Role.COORDINATOR} and not municipality:
        raise click.UsageError(f"a {role} account needs --municipality")
    area = places.municipality(session, municipality).local_police_area_id if municipality else None
    return AccountDraft(
        sign_in_name=name,
        password=password,
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
    click.echo(f"ended {name}")


@account_group.command()
@click.argument("name")
@click.password_option(help="A new password, at least 15 characters; asked for when left out.")
def renew(name: str, password: str) -> None:
    """Let somebody in again who has lost their password or phone: a new password, and a new second step."""
    with open_runtime() as runtime, runtime.database.write() as session:
        row = accounts.account_named(session, name)
        if row is None or row.id is None or row.ended_at is not None:
            raise click.ClickException("there is no such account")
        accounts.renew(session, row, name, password, runtime.clock.now())
        tidings.sign_in_changed(runtime, session, row, SignInChange.RENEWED)
    click.echo(f"renewed {name}: they set up their second step when they next sign in")
