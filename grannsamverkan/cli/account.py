"""`grannsamverkan account …`"""

import click

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
    if role in {Role.POLICE, Role.COORDINATOR} and not municipality:
        raise click.UsageError(f"a {role} account needs --municipality")
    with open_runtime() as runtime, runtime.database.write() as session:
        area = places.municipality(session, municipality).local_police_area_id if municipality else None
        draft = AccountDraft(
            sign_in_name=name,
            password=password,
            role=Role(role),
            municipality_code=municipality if role == Role.COORDINATOR else None,
            local_police_area_id=area if role == Role.POLICE else None,
        )
        accounts.add_account(session, draft, runtime.clock.now())
    click.echo(f"added {name} as {role}")


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
