"""`grannsamverkan doctor`: is this installation well, and fit for real neighbours?"""

import os
import smtplib
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan import schema
from grannsamverkan.cli.mail_dns import DnsSilent, missing_records
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import people, places, police
from grannsamverkan.foundation.copy_files import LATE, copies_in
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.outside import THIS_MACHINE
from grannsamverkan.foundation.ports import MailboxAway
from grannsamverkan.foundation.vault import VaultError
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import CONFIG_VARIABLE, Backup, Oidc, Settings, SettingsError, load
from grannsamverkan.wiring import build_mailbox, build_runtime

_RELAY_TIMEOUT_S = 5.0
_LOOK_AHEAD, _A_YEAR = timedelta(days=14), timedelta(days=366)
_NOT_UPGRADED = "cannot be tried before the database is upgraded"


@dataclass(frozen=True)
class Finding:
    """One question and its answer: all is well when there are no `words`, which else say what to do."""

    name: str
    words: str = ""

    @property
    def ok(self) -> bool:
        return not self.words


@click.command()
@click.option("--production", is_flag=True, help="Also refuse what must not face real neighbours.")
@as_json
def doctor(production: bool, as_json: bool) -> None:
    """Look at settings, database, keys, providers and DNS; exit 0 only when all is well."""
    configure_logs("WARNING", as_json=False)
    found = list(_examined(production))
    all_well = all(finding.ok for finding in found)
    if as_json:
        tell({"ok": all_well, **{finding.name: finding.words or "ok" for finding in found}}, json_wanted=True)
    else:
        for finding in found:
            click.echo(f"{'ok ' if finding.ok else 'NO '} {': '.join(filter(None, (finding.name, finding.words)))}")
    sys.exit(0 if all_well else 1)


def _examined(production: bool) -> Iterator[Finding]:
    try:
        settings = load()
    except SettingsError as error:
        yield Finding("settings", str(error))
        return
    yield Finding("settings")
    yield from examine(settings, production=production)


def examine(settings: Settings, *, production: bool) -> Iterator[Finding]:
    """Every finding about these settings, from the inside out."""
    try:
        runtime = build_runtime(settings)
    except SettingsError as error:
        yield Finding("keys", str(error))
    else:
        try:
            yield from _rows(runtime)
        finally:
            runtime.close()
    yield Finding("sms", "" if settings.sms.account_sid and settings.sms.sender else _unset("sms"))
    yield Finding("second_sms", _second_sms(settings))
    yield Finding("email", _relay(settings))
    if settings.bounces.host:
        yield Finding("bounces", _mailbox(settings))
    yield Finding("dns", _dns(settings.email.domain))
    if production:
        yield from _production(settings)


# ------------------------------------------------------------------------------------------------------ the rows


def _rows(runtime: Runtime) -> Iterator[Finding]:
    database = _about_rows(runtime, _database)
    yield Finding("database", database)
    questions = {"keys": _keys, "municipality": _municipality}
    if runtime.settings.police.enabled:
        questions["police"] = _police
    for name, question in questions.items():
        yield Finding(name, _NOT_UPGRADED if database else _about_rows(runtime, question))


def _about_rows(runtime: Runtime, question: Callable[[Runtime], str]) -> str:
    try:
        return question(runtime)
    except SQLAlchemyError as error:
        return f"the database does not answer ({type(error).__name__}): look at database.url"


def _database(runtime: Runtime) -> str:
    return schema.misfit(runtime.database)


def _keys(runtime: Runtime) -> str:
    """Whether the keys open what is in the database."""
    try:
        with runtime.database.read() as session:
            people.try_keys(session)
    except VaultError:
        return "the keys in the config do not open this database: use the config it was made with"
    return ""


def _municipality(runtime: Runtime) -> str:
    with runtime.database.read() as session:
        return "" if places.served(session) else "none is served yet: run `grannsamverkan init`"


def _police(runtime: Runtime) -> str:
    with runtime.database.read() as session:
        state = police.feed_state(session)
    if state.final_since is not None:
        return (
            f"the API answered {state.last_status}, which is for good: when it is back, `grannsamverkan police resume`"
        )
    return f"the last {state.failures} calls failed" if state.failures > 2 else ""


# --------------------------------------------------------------------------------------------------- the outside


def _unset(section: str) -> str:
    return f"[{section}] is not set in the config file: fill it in to send"


def _mailbox(settings: Settings) -> str:
    """Whether the mailbox of what comes back can be opened; nothing in it is read."""
    try:
        mailbox = build_mailbox(settings)
        with mailbox.visit() if mailbox else nullcontext():
            return ""
    except (SettingsError, MailboxAway) as problem:
        return str(problem)


def _relay(settings: Settings) -> str:
    email = settings.email
    try:
        with smtplib.SMTP(email.host, email.port, timeout=_RELAY_TIMEOUT_S) as relay:
            relay.ehlo()
            if not relay.has_extn("pipelining"):
                return f"{email.host}:{email.port} does not offer PIPELINING: it works, but slowly"
    except OSError as error:
        return f"no mail relay answers at {email.host}:{email.port} ({type(error).__name__})"
    return ""


def _second_sms(settings: Settings) -> str:
    """Nothing is wrong with having none; half of one is."""
    sms = settings.sms
    given = {"username": sms.second_username, "password": sms.second_password, "sender": sms.second_sender}
    missing = [f"sms.second_{name}" for name, value in given.items() if not value]
    return f"the second provider lacks {', '.join(missing)}" if 0 < len(missing) < len(given) else ""


def _dns(domain: str) -> str:
    if domain.endswith(".example"):
        return f"email.domain is {domain}, which belongs to nobody: set the municipality's own"
    try:
        missing = missing_records(domain)
    except DnsSilent as error:
        return f"no name server answers ({error})"
    return f"{domain} lacks {', '.join(missing)}" if missing else ""


# ------------------------------------------------------------------------------------------------- real neighbours


def _production(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.installation.base_url)
    yield Finding("mode", "installation.mode is demo" if settings.is_demo else "")
    yield Finding("https", "" if url.scheme == "https" else "installation.base_url must begin with https://")
    given = {name: getattr(settings.sms, name) for name in ("base_url", "second_base_url")}
    stand_ins = [name for name, url in given.items() if url and not url.startswith("https://")]
    yield Finding("providers", f"sms.{stand_ins[0]} leads to a stand-in" if stand_ins else "")
    yield Finding("web_key", "" if len(settings.keys.web) >= 43 else "keys.web must be 32 bytes: run init")
    yield Finding("config_file", _open_to_others())
    yield Finding("old_keys", _also(settings))
    yield Finding("backup", _copies(settings.backup))
    is_off = settings.web.second_step == "off"
    yield Finding(
        "sign_in", 'a password alone must not open a way to send: web.second_step = "required"' if is_off else ""
    )

    yield Finding("oidc", _oidc(settings.oidc))
    yield Finding("outside", _outside(settings))
    yield Finding("security_txt", _security_txt(settings, datetime.now(UTC)))


def _security_txt(settings: Settings, now: datetime) -> str:
    chosen, until = settings.installation, settings.installation.security_until_at
    if not chosen.security_contact or until is None:
        return "installation.security_contact and security_until say to whom a weakness is reported, and for how long"
    if until <= now + _LOOK_AHEAD:
        return (
            f"installation.security_until is {chosen.security_until}: see that the contact is right and set a later day"
        )
    is_far = until > now + _A_YEAR
    return "installation.security_until is more than a year ahead: somebody has to look at it by then" if is_far else ""


def _outside(settings: Settings) -> str:
    if settings.installation.outside_hosts.split():
        return ""
    hosts = sorted(set(settings.hosts_outside().values()) - THIS_MACHINE)
    return (
        "installation.outside_hosts names none: see where each keeps what it gets, and whether in the EU, and write "
        + " ".join(hosts)
        if hosts
        else ""
    )


def _oidc(chosen: Oidc) -> str:
    if not chosen.issuer:
        return ""
    if not chosen.issuer.startswith("https://"):
        return "oidc.issuer must begin with https://"
    if not (chosen.client_id and chosen.client_secret):
        return "oidc.issuer needs oidc.client_id and oidc.client_secret"
    return "" if chosen.acr else "oidc.acr must name the ways of signing in there that are strong enough"


def _copies(chosen: Backup) -> str:
    """Whether copies are taken, and the newest is of today."""
    if not (chosen.folder and chosen.public_key):
        return "no copies are taken: `grannsamverkan keys backup`, then backup.folder and backup.public_key"
    if chosen.journal_days < chosen.keep_days:
        return "backup.journal_days must not be less than backup.keep_days: the erased would come back"
    found = copies_in(Path(chosen.folder))
    if not found or found[-1][1] < datetime.now(UTC) - LATE:
        return "there is no copy of the last day: run `grannsamverkan backup` each night"
    return ""


def _also(settings: Settings) -> str:
    """Secrets of before that are still taken: they are meant for days."""
    named = {
        "keys.data_also": settings.keys.data_also,
        "keys.web_also": settings.keys.web_also,
        "sms.auth_token_also": settings.sms.auth_token_also,
    }
    kept = ", ".join(name for name, value in named.items() if value)
    return (
        f"{kept} still open what they once did: when `grannsamverkan keys status` is ok, take them out" if kept else ""
    )


def _open_to_others() -> str:
    config = Path(os.environ.get(CONFIG_VARIABLE) or "config.toml")
    if config.exists() and config.stat().st_mode & 0o077:
        return f"others can read {config.name}: chmod 600 {config.name}"
    return ""
