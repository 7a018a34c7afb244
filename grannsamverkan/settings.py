"""The settings: config.toml and the environment into one frozen, typed tree. Unknown keys are refused.

Every key stands in config.example.toml with a sentence, its unit and its default. An environment variable
GRANNSAMVERKAN_<SECTION>_<KEY> replaces any value.
"""

import os
import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from grannsamverkan.foundation.errors import SettingsError as SettingsError
from grannsamverkan.foundation.outside import THIS_MACHINE, may_reach
from grannsamverkan.foundation.ports import ChannelKind

CONFIG_VARIABLE = "GRANNSAMVERKAN_CONFIG"
_PREFIX = "GRANNSAMVERKAN_"
_NOT_SETTINGS = {CONFIG_VARIABLE, f"{_PREFIX}FAULT_POINT", f"{_PREFIX}TEST_DATA"}
TWILIO, ELKS = "https://api.twilio.com", "https://api.46elks.com"  # where none is set


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Installation(_Section):
    """What this installation is."""

    mode: Literal["production", "demo"] = "production"
    base_url: str = "http://localhost:8000"
    security_contact: str = Field(default="", pattern=r"^(?:(?:mailto|https|tel):\S+)?$")
    security_until: str = Field(default="", pattern=r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?$")
    outside_hosts: str = ""

    @property
    def security_until_at(self) -> datetime | None:
        """The end of that day."""
        if not self.security_until:
            return None
        return datetime.combine(date.fromisoformat(self.security_until), time(23, 59, 59), UTC)

    @model_validator(mode="after")
    def _day_there_is(self) -> Self:
        _ = self.security_until_at  # ValueError for the thirtieth of February
        return self


class DatabaseSection(_Section):
    """Where the rows are."""

    url: str = "grannsamverkan.db"


class Keys(_Section):
    """Three keys of 32 bytes as URL-safe base64; made by `grannsamverkan init`. Those of `…_also`, with spaces between,
    open what they once sealed or signed, and seal and sign nothing."""

    data: str = ""
    data_also: str = ""
    lookup: str = ""
    web: str = ""
    web_also: str = ""


class Backup(_Section):
    """Copies of the whole installation, and the journal of what must stay gone when one is restored."""

    folder: str = ""
    public_key: str = ""
    keep_days: int = Field(default=30, ge=1)
    journal_days: int = Field(default=60, ge=1)


class Web(_Section):
    """The web server and its sessions."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    threads: int = Field(default=8, ge=1, le=200)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    idle_min: int = Field(default=30, ge=1)
    absolute_h: int = Field(default=12, ge=1)
    sign_in_tries: int = Field(default=5, ge=1)
    sign_in_window_min: int = Field(default=15, ge=1)
    visitor_tries: int = Field(default=30, ge=1)
    second_step: Literal["required", "off"] = "required"
    proof_min: int = Field(default=15, ge=1)
    proof_from_households: int = Field(default=500, ge=0)


class Oidc(_Section):
    """Signing in with the municipality's or the police's own accounts, by OpenID Connect."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    acr: str = ""
    timeout_s: float = Field(default=10.0, gt=0)


class Sms(_Section):
    """SMS through Twilio, or through what speaks its Messages API; and through 46elks what that does not take."""

    account_sid: str = ""
    auth_token: str = ""
    auth_token_also: str = ""
    sender: str = ""
    base_url: str = ""
    second_username: str = ""
    second_password: str = ""
    second_sender: str = ""
    second_base_url: str = ""
    connections: int = Field(default=20, ge=1, le=100)
    timeout_s: float = Field(default=10.0, gt=0)
    kronor_per_part: float = Field(default=0.52, ge=0)
    per_s: float = Field(default=20.0, gt=0)
    most_per_s: float = Field(default=0.0, ge=0)
    ask_after_s: float = Field(default=30.0, ge=0)
    receipt_wait_s: float = Field(default=600.0, gt=0)


class Email(_Section):
    """Email through the municipality's relay, which also signs DKIM."""

    host: str = "localhost"
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls"] = "none"
    username: str = ""
    password: str = ""
    domain: str = "gs.kommun.example"
    connections: int = Field(default=4, ge=1, le=50)
    step: int = Field(default=20, ge=1, le=100)
    timeout_s: float = Field(default=30.0, gt=0)
    per_s: float = Field(default=100.0, gt=0)
    most_per_s: float = Field(default=0.0, ge=0)
    report_key: str = ""
    report_key_also: str = ""
    own_return_paths: bool = False


class Bounces(_Section):
    """The mailbox in which mail systems' answers lie, read over IMAP."""

    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password: str = ""
    folder: str = Field(default="INBOX", pattern=r"^[ !#-\[\]-~]+$")
    move_to: str = Field(default="", pattern=r"^[ !#-\[\]-~]*$")
    timeout_s: float = Field(default=30.0, gt=0)


class Canary(_Section):
    """A message to the operator's own number and mailbox, by each provider."""

    sms_to: str = Field(default="", pattern=r"^(?:\+[1-9][0-9]{6,14})?$")
    email_to: str = Field(default="", pattern=r"^(?:[!-;=?A-~]+@[A-Za-z0-9.-]+)?$")
    every_min: int = Field(default=60, ge=1)

    def to(self, kind: ChannelKind) -> str:
        return self.sms_to if kind is ChannelKind.SMS else self.email_to


class Codes(_Section):
    """One-time codes and the limits on asking for them."""

    enabled: bool = True
    life_min: int = Field(default=10, ge=1, le=10)
    tries: int = Field(default=5, ge=1, le=10)
    per_number_10min: int = Field(default=3, ge=1)
    per_number_day: int = Field(default=5, ge=1)
    per_visitor_hour: int = Field(default=10, ge=1)
    per_block_hour: int = Field(default=20, ge=1)
    per_day: int = Field(default=2000, ge=1)


class Networks(_Section):
    """Local guidance for networks."""

    households_per_contact_person: int = Field(default=12, ge=1)


class Engine(_Section):
    """The engine that sends."""

    kind: Literal["embedded", "distributed"] = "embedded"
    tick_s: float = Field(default=1.0, gt=0)
    batch_size: int = Field(default=480, ge=1, le=2000)
    lease_s: float = Field(default=120.0, ge=10)
    stalled_after_s: float = Field(default=15.0, ge=1)


class Police(_Section):
    """The police's open events, shown as background."""

    enabled: bool = False
    url: str = "https://polisen.se/api/events"
    contact: str = ""
    poll_every_min: int = Field(default=15, ge=1)


_NAMED_HOST = r"(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z][A-Za-z0-9-]{0,62}(?::[0-9]{1,5})?"  # no address in numbers


class Webhooks(_Section):
    """Calls to municipalities' own systems, at the hosts that are named: `host`, or `host:port` where it is not 443."""

    hosts: str = Field(default="", pattern=rf"^\s*(?:{_NAMED_HOST}(?:\s+|$))*$")

    @property
    def named(self) -> frozenset[str]:
        return frozenset(host.lower().removesuffix(":443") for host in self.hosts.split())

    @model_validator(mode="after")
    def _ports_there_are(self) -> Self:
        for host in self.named:
            _ = urlsplit(f"//{host}").port  # ValueError for 65536
        return self


class Heartbeat(_Section):
    """The dead man's switch of another party, pressed each minute while all that has to live does."""

    url: str = Field(default="", pattern=rf"^(?:https://{_NAMED_HOST}(?:/[!-~]*)?)?$")

    @model_validator(mode="after")
    def _port_there_is(self) -> Self:
        _ = urlsplit(self.url).port  # ValueError for 65536
        return self


class Retention(_Section):
    """How long things live."""

    deliveries_days: int = Field(default=30, ge=3, le=90)
    receipts_days: int = Field(default=30, ge=3, le=90)
    replies_days: int = Field(default=30, ge=1)
    notices_days: int = Field(default=30, ge=3, le=90)
    imports_days: int = Field(default=30, ge=2, le=90)
    stopped_days: int = Field(default=14, ge=1)
    sign_in_tries_days: int = Field(default=7, ge=1)
    drafts_days: int = Field(default=30, ge=1)
    advice_given_days: int = Field(default=396, ge=31)
    police_events_days: int = Field(default=365, ge=7)
    tasks_days: int = Field(default=396, ge=31)
    at_provider_days: int = Field(default=1, ge=1, le=13)
    acts_days: int = Field(default=731, ge=90)
    views_days: int = Field(default=731, ge=90)
    webhook_calls_days: int = Field(default=30, ge=4, le=90)


class Log(_Section):
    """Logs to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    form: Literal["json", "text"] = "json"


class Settings(BaseSettings):
    """The whole tree. Build it with `load`; the environment wins over the file."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="forbid",
    )

    installation: Installation = Installation()
    database: DatabaseSection = DatabaseSection()
    keys: Keys = Keys()
    backup: Backup = Backup()
    web: Web = Web()
    oidc: Oidc = Oidc()
    sms: Sms = Sms()
    email: Email = Email()
    bounces: Bounces = Bounces()
    canary: Canary = Canary()
    codes: Codes = Codes()
    networks: Networks = Networks()
    engine: Engine = Engine()
    police: Police = Police()
    webhooks: Webhooks = Webhooks()
    heartbeat: Heartbeat = Heartbeat()
    retention: Retention = Retention()
    log: Log = Log()

    @model_validator(mode="after")
    def _demo_stays_inside(self) -> Self:
        """A demo can reach nothing but this machine, whatever else is set."""
        stays = _is_loopback(self.sms.base_url) and self.email.host in THIS_MACHINE
        if self.installation.mode == "demo" and not stays:
            raise ValueError("a demo may only use an SMS provider and a mail relay on this machine")
        if self.installation.mode == "demo" and self.sms.second_username and not _is_loopback(self.sms.second_base_url):
            raise ValueError("a demo may only use a second SMS provider on this machine")
        if self.installation.mode == "demo" and self.bounces.host and self.bounces.host not in THIS_MACHINE:
            raise ValueError("a demo may only read a mailbox on this machine")
        if self.installation.mode == "demo" and self.police.enabled and not _is_loopback(self.police.url):
            raise ValueError("a demo may only read police events from this machine")
        if self.installation.mode == "demo" and not {_host(f"//{one}") for one in self.webhooks.named} <= THIS_MACHINE:
            raise ValueError("a demo may only call systems on this machine")
        if self.installation.mode == "demo" and self.heartbeat.url and not _is_loopback(self.heartbeat.url):
            raise ValueError("a demo may only be watched by what is on this machine")
        return self

    @model_validator(mode="after")
    def _many_need_a_server(self) -> Self:
        if self.is_distributed and not self.database.url.startswith(("postgres://", "postgresql")):
            raise ValueError(
                "engine.kind distributed needs PostgreSQL: set database.url to its address; what is in SQLite goes "
                "there by `grannsamverkan db copy --to URL`"
            )
        return self

    @model_validator(mode="after")
    def _outside_is_named(self) -> Self:
        hosts = self.installation.outside_hosts.split()
        for setting, host in self.hosts_outside().items() if hosts else ():
            if not may_reach(host, hosts):
                raise ValueError(f"{setting} leads to a host that is not in installation.outside_hosts")
        return self

    def hosts_outside(self) -> dict[str, str]:
        """What these settings have the product reach: the setting, and the host it leads to."""
        addresses = {
            "sms.base_url": (self.sms.base_url or TWILIO) if self.sms.account_sid else "",
            "sms.second_base_url": (self.sms.second_base_url or ELKS) if self.sms.second_username else "",
            "oidc.issuer": self.oidc.issuer,
            "police.url": self.police.url if self.police.enabled else "",
            "heartbeat.url": self.heartbeat.url,
            "database.url": self.database.url if "://" in self.database.url else "",
        }
        named = {"email.host": self.email.host, "bounces.host": self.bounces.host}
        named |= {f"webhooks.hosts {one}": _host(f"//{one}") for one in sorted(self.webhooks.named)}
        found = {setting: _host(address) for setting, address in addresses.items()} | named
        return {setting: host for setting, host in found.items() if host}

    @property
    def is_distributed(self) -> bool:
        return self.engine.kind == "distributed"

    @property
    def is_demo(self) -> bool:
        return self.installation.mode == "demo"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def load(file: Path | None = None, **sections: dict[str, Any]) -> Settings:
    """The settings from `file`, else from $GRANNSAMVERKAN_CONFIG, else ./config.toml if there is one, else defaults.

    `sections` stand for the file where there is none (tests, demo). SettingsError names every key that is wrong.
    """
    _refuse_unknown_variables()
    try:
        return Settings(**(sections or _read(file)))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in e['loc']) or 'settings'}: {e['msg']}" for e in error.errors()
        )
        raise SettingsError(f"cannot use these settings: {wrong}") from None  # the value itself may be a secret


def _read(file: Path | None) -> dict[str, Any]:
    named = file or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    path = named or Path("config.toml")
    if not path.exists():
        if named:
            raise SettingsError(f"there is no file {path}; run `grannsamverkan init` to make one")
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None


def _refuse_unknown_variables() -> None:
    known = {f"{_PREFIX}{name}_{key}".upper() for name, field in Settings.model_fields.items() for key in _keys(field)}
    for variable in os.environ:
        if variable.startswith(_PREFIX) and variable not in known | _NOT_SETTINGS:
            raise SettingsError(f"the environment variable {variable} names no setting")


def _keys(field: Any) -> list[str]:
    return list(field.annotation.model_fields)


def _is_loopback(url: str) -> bool:
    return _host(url) in THIS_MACHINE


def _host(url: str) -> str:
    """The host's name; empty for what has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
