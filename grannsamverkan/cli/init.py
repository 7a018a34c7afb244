"""`grannsamverkan init`: a first real installation."""

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import AccountDraft, Role
from grannsamverkan.foundation.resources import resource_file
from grannsamverkan.foundation.swedish import search_key
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.settings import load
from grannsamverkan.wiring import build_runtime, ensure_schema


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default=Path("config.toml"), show_default=True)
@click.option("--municipality", metavar="CODE", prompt="Four-digit code of the first municipality (Höör is 1267)")
@click.option("--administrator", prompt="Sign-in name of the first administrator")
@click.option("--base-url", prompt="The address neighbours will see, such as https://gs.example")
@click.password_option(prompt="Password of the administrator (at least 15 characters)")
def init(config: Path, municipality: str, administrator: str, base_url: str, password: str) -> None:
    """Write a config file with fresh keys, make the database, the first municipality and the first administrator."""
    if config.exists():
        raise click.ClickException(f"{config} is there already; move it away first: its keys open its database")
    draft = AccountDraft(sign_in_name=administrator, password=password, role=Role.ADMINISTRATOR)
    written = _with_values(resource_file("config.example.toml").read_text("utf-8"), base_url)
    try:
        config.touch(mode=0o600)
        config.write_text(written, "utf-8")
        _first_rows(config, municipality, draft)
    except BaseException:
        config.unlink(missing_ok=True)
        raise
    click.echo(f"Wrote {config} (keep it secret, and keep a copy: without its keys the database cannot be read).")
    click.echo("Next: fill in [sms] and [email] there, then `grannsamverkan doctor`, `grannsamverkan serve`.")


def _with_values(example: str, base_url: str) -> str:
    """The example settings with fresh keys and the address in place."""
    values = {"base_url": base_url.rstrip("/"), "data": new_key(), "lookup": new_key(), "web": new_key()}
    text, section = [], ""
    for line in example.splitlines():
        if match := re.match(r"^\[(\w+)\]", line):
            section = match[1]
        name = line.partition("=")[0].strip()
        if (section, name) == ("installation", "base_url") or (section == "keys" and name in values):
            line = f'{name} = "{values[name]}"'
        text.append(line)
    return "\n".join(text) + "\n"


def _first_rows(config: Path, code: str, draft: AccountDraft) -> None:
    runtime = build_runtime(load(config))
    try:
        ensure_schema(runtime)
        now = datetime.now(UTC)
        with runtime.database.write() as session:
            name = places.municipality(session, code).name
            mail_name = re.sub(r"[^a-z0-9]+", "-", search_key(name).translate(str.maketrans("åäö", "aao"))).strip("-")
            places.serve(session, code, mail_name=mail_name, now=now)
            accounts.add_account(session, draft, now)
    finally:
        runtime.close()
