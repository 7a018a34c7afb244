"""`grannsamverkan doctor`: is this installation well, and fit for real neighbours?"""

import smtplib
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from grannsamverkan import schema
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import people, places
from grannsamverkan.foundation.vault import VaultError
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, SettingsError, load
from grannsamverkan.wiring import build_runtime

_DNS_WAIT_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One question and its answer: `ok`, or `words` that say what to do."""

    name: str
    ok: bool
    words: str = ""


@click.command()
@click.option("--production", is_flag=True, help="Also refuse what must not face real neighbours.")
@as_json
def doctor(production: bool, as_json: bool) -> None:
    """Look at settings, database, keys, providers and DNS; exit 0 only when all is well."""
    found = list(examine(load(), production=production))
    if as_json:
        tell({"ok": all(f.ok for f in found), **{f.name: f.words or "ok" for f in found}}, json_wanted=True)
    else:
        for finding in found:
            click.echo(f"{'ok ' if finding.ok else 'NO '} {finding.name}" + (f": {finding.words}" if finding.words else ""))
    sys.exit(0 if all(finding.ok for finding in found) else 1)


def examine(settings: Settings, *, production: bool) -> Iterator[Finding]:
    """Every finding about these settings, from the inside out."""
    try:
        runtime = build_runtime(settings)
    except SettingsError as error:
        yield Finding("keys", False, str(error))
        return
    try:
        yield _asked("database", lambda: _database(runtime))
        yield _asked("keys", lambda: _keys(runtime))
        yield _asked("municipality", lambda: _municipality(runtime))
        yield _asked("sms", lambda: "" if settings.sms.account_sid and settings.sms.sender else _unset("sms"))
        yield _asked("email", lambda: _relay(settings))
        yield _asked("dns", lambda: _dns(settings))
        if production:
            yield from _production(settings)
    finally:
        runtime.close()


def _asked(name: str, question: Callable[[], str]) -> Finding:
    words = question()
    return Finding(name, not words, words)


def _database(runtime: Runtime) -> str:
    has, newest = schema.revisions(runtime.database)
    return "" if has == newest else f"at revision {has}, this version needs {newest}: run `grannsamverkan db upgrade`"


def _keys(runtime: Runtime) -> str:
    """Whether the keys open what is in the database."""
    if _database(runtime):
        return "cannot be tried before the database is upgraded"
    try:
        with runtime.database.read() as session:
            people.try_keys(session)
    except VaultError:
        return "the keys in the config do not open this database: use the config it was made with"
    return ""


def _municipality(runtime: Runtime) -> str:
    if _database(runtime):
        return "cannot be looked at before the database is upgraded"
    with runtime.database.read() as session:
        return "" if places.served(session) else "none is served yet: run `grannsamverkan init`"


def _unset(section: str) -> str:
    return f"[{section}] is not set in the config file: fill it in to send"


def _relay(settings: Settings) -> str:
    email = settings.email
    try:
        with smtplib.SMTP(email.host, email.port, timeout=5.0) as relay:
            relay.ehlo()
            if not relay.has_extn("pipelining"):
                return f"{email.host}:{email.port} does not offer PIPELINING: it works, but slowly"
    except OSError as error:
        return f"no mail relay answers at {email.host}:{email.port} ({type(error).__name__})"
    return ""


def _dns(settings: Settings) -> str:
    """Whether mail to the sender's domain finds a way back; SPF, DKIM and DMARC are the relay owner's to publish."""
    domain = settings.email.domain
    if domain.endswith(".example"):
        return f"email.domain is {domain}, which belongs to nobody: set the municipality's own"
    socket.setdefaulttimeout(_DNS_WAIT_S)
    try:
        socket.getaddrinfo(domain, 25)
    except OSError:
        return f"{domain} is not found in DNS: ask for its address and for SPF, DKIM and DMARC (p=reject) records"
    finally:
        socket.setdefaulttimeout(None)
    return ""


def _production(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.installation.base_url)
    yield _asked("mode", lambda: "installation.mode is demo" if settings.is_demo else "")
    yield _asked("https", lambda: "" if url.scheme == "https" else "installation.base_url must begin with https://")
    yield _asked("providers", lambda: "sms.base_url leads to a stand-in" if settings.sms.base_url else "")
    yield _asked("web_key", lambda: "" if len(settings.keys.web) >= 43 else "keys.web must be 32 bytes: run init")
    yield Finding(
        "sign_in", False, "staff sign in by password only, which is interim: not fit for real neighbours yet"
    )
    config = Path("config.toml")
    readable = config.exists() and config.stat().st_mode & 0o077
    yield _asked("config_file", lambda: "others can read config.toml: chmod 600 config.toml" if readable else "")
