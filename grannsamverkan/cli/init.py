"""`grannsamverkan init`: a first real installation."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy.engine import make_url
from sqlmodel import Session

from grannsamverkan import schema
from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import AccountDraft, Role
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.example_config import filled_example
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.settings import load
from grannsamverkan.wiring import build_runtime


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default=Path("config.toml"), show_default=True)
@click.option("--municipality", metavar="CODE", prompt="Four-digit code of the first municipality (Höör is 1267)")
@click.option("--administrator", prompt="Sign-in name of the first administrator")
@click.option("--base-url", prompt="The address neighbours will see, such as https://gs.example")
@click.option("--database", default="", metavar="URL", help="A PostgreSQL address.  [default: a SQLite file]")
@click.password_option(prompt="Password of the administrator (at least 15 characters)")
def init(config: Path, municipality: str, administrator: str, base_url: str, database: str, password: str) -> None:
    """Write a config file with fresh keys, make the database, the first municipality and the first administrator."""
    configure_logs("WARNING", as_json=False)
    if config.exists():
        raise click.ClickException(f"{config} is there already; move it away first: its keys open its database")
    draft = AccountDraft(sign_in_name=administrator, password=password, role=Role.ADMINISTRATOR)
    written = _settings(_checked(base_url), _plain(database))
    try:
        config.touch(mode=0o600)
        config.write_text(written, "utf-8")
        _first_rows(config, municipality, draft)
    except BaseException:
        config.unlink(missing_ok=True)
        raise
    click.echo(f"Wrote {config} (keep it secret, and keep a copy: without its keys the database cannot be read).")
    click.echo("Next: fill in [sms] and [email] there, then `grannsamverkan doctor`, `grannsamverkan serve`.")


def _checked(base_url: str) -> str:
    url = urlsplit(base_url)
    is_plain = re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+/?", base_url) and url.hostname
    if not is_plain:
        raise click.BadParameter("write it as https://name, without a path", param_hint="--base-url")
    return base_url.rstrip("/")


def _plain(database: str) -> str:
    if re.search(r'["\\\x00-\x1f]', database):
        raise click.BadParameter("write it without quotation marks and backslashes", param_hint="--database")
    return database


def _settings(base_url: str, database: str) -> str:
    """The example settings with fresh keys and the addresses in place."""
    values = {("keys", name): new_key() for name in ("data", "lookup", "web")}
    values["installation", "base_url"] = base_url
    if database:
        values["database", "url"] = database
    return filled_example(values)


def _first_rows(config: Path, code: str, draft: AccountDraft) -> None:
    """The first rows, in a database file that only its owner can read. A new file does not outlive a failure."""
    runtime = build_runtime(load(config))
    file = _file_of(runtime.database)
    is_new = file is not None and not file.exists()
    try:
        if file and is_new:
            file.touch(mode=0o600)
        schema.upgrade(runtime.database)
        with runtime.database.write() as session:
            _fill(session, code, draft)
    except BaseException:
        runtime.close()
        if file and is_new:
            for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                part.unlink(missing_ok=True)
        raise
    runtime.close()


def _file_of(database: Database) -> Path | None:
    name = make_url(database.url).database if database.is_sqlite else None
    return Path(name) if name else None


def _fill(session: Session, code: str, draft: AccountDraft) -> None:
    if places.served(session):
        raise click.ClickException("this database is in use already: use the config file that it was made with")
    now = datetime.now(UTC)
    try:
        places.serve(session, code, now=now)
    except NotFound:
        raise click.ClickException(f"no municipality has the code {code[:8]}; Höör's is 1267") from None
    accounts.add_account(session, draft, now)
