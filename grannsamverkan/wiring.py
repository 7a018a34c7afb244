"""The parts list: settings become a runtime. The only place that knows concrete parts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from grannsamverkan import __version__, schema
from grannsamverkan.backups.held import held_copy
from grannsamverkan.channels.breaker import Breaker
from grannsamverkan.channels.elks_sms import ElksSms
from grannsamverkan.channels.fallback_sms import FallbackSms
from grannsamverkan.channels.https import HttpsCaller
from grannsamverkan.channels.smtp import Smtp
from grannsamverkan.channels.switch import HttpsSwitch
from grannsamverkan.channels.twilio_sms import TwilioSms
from grannsamverkan.channels.watched import Watched
from grannsamverkan.feeds.imap_mailbox import ImapMailbox
from grannsamverkan.feeds.polisen import Feed
from grannsamverkan.foundation.clock import Clock, ClockWatch, SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.outside import keep_to
from grannsamverkan.foundation.ports import Channel, ChannelKind, Engine, Mailbox, PoliceFeed, Provider, ProviderName
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.distributed import DistributedEngine
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, SettingsError, load

STATUS_PATH = "/ingang/twilio/status"  # where the SMS provider's receipts come in
INBOUND_PATH = "/ingang/twilio/svar"  # where neighbours' replies come in
SECOND_STATUS_PATH = "/ingang/46elks/status"  # the second SMS provider's receipts
SECOND_INBOUND_PATH = "/ingang/46elks/svar"  # replies to the number at the second provider
REPORT_PATH = "/ingang/epost"  # where delivery reports of email come in

_UNFIT_FEED = {
    "feed_not_https": "police.url must begin with https://",
    "feed_without_contact": "police.contact must be an address in plain letters: the police want to know who asks",
}


def build_runtime(
    settings: Settings, *, engine: Engine | None = None, clock: Clock | None = None, with_keys: bool = True
) -> Runtime:
    """A runtime of these settings; its database may still lack its tables. SettingsError when keys are missing.

    Without an engine of its own it does no work itself: it leaves it in the rows, and wakes workers where there are.
    """
    keep_to(settings.installation.outside_hosts.split())
    database, time = open_database(settings, with_keys=with_keys), clock or SystemClock()
    channels = build_channels(settings)
    return Runtime(
        settings=settings,
        database=database,
        clock=time,
        engine=engine or (DistributedEngine(database, time) if settings.is_distributed else InlineEngine()),
        channels=channels,
        police_feed=build_police_feed(settings),
        mailbox=build_mailbox(settings),
        providers=providers_of(channels),
        webhook_caller=HttpsCaller(settings.webhooks.named, __version__),
        clock_watch=ClockWatch(time),
        switch=HttpsSwitch(settings.heartbeat.url, __version__) if settings.heartbeat.url else None,
    )


def open_database(settings: Settings, *, with_keys: bool = True) -> Database:
    """The rows, opened with their keys; `with_keys=False` for what touches no personal data and may lack them."""
    if not settings.keys.data or not settings.keys.lookup:
        if not with_keys:
            return Database(settings.database.url, None)
        raise SettingsError("keys.data and keys.lookup are not set; run `grannsamverkan init` to make them")
    try:
        vault = Vault(settings.keys.data, settings.keys.lookup, settings.keys.data_also.split())
    except ValueError:
        raise SettingsError(
            "keys.data, keys.lookup and keys.data_also must each be 32 bytes as URL-safe base64"
        ) from None
    return Database(settings.database.url, vault)


def build_channels(settings: Settings) -> dict[ChannelKind, Channel]:
    """The ways out that are set: a channel without settings is left out, and its copies wait."""
    channels: dict[ChannelKind, Channel] = {}
    if settings.sms.account_sid:
        callback = f"{settings.installation.base_url}{STATUS_PATH}" if settings.installation.base_url else ""
        breaker = Breaker()
        first = Watched(ProviderName.TWILIO, TwilioSms(settings.sms, callback), breaker)
        channels[ChannelKind.SMS] = first
        if has_second(settings):
            second = Watched(ProviderName.ELKS, build_second_sms(settings))
            channels[ChannelKind.SMS] = FallbackSms(first, second, breaker)
    if settings.email.host:
        channels[ChannelKind.EMAIL] = Watched(ProviderName.RELAY, Smtp(settings.email))
    return channels


def providers_of(channels: Mapping[ChannelKind, Channel]) -> list[Provider]:
    """Who is behind the channels, in the order in which they are tried."""
    pairs = [(way.first, way.second) if isinstance(way, FallbackSms) else (way,) for way in channels.values()]
    return [way for pair in pairs for way in pair if isinstance(way, Watched)]


def has_second(settings: Settings) -> bool:
    """Whether there is a second SMS provider."""
    return bool(settings.sms.second_username and settings.sms.second_sender)


def build_second_sms(settings: Settings) -> ElksSms:
    """The second SMS provider alone."""
    callback = f"{settings.installation.base_url}{SECOND_STATUS_PATH}" if settings.installation.base_url else ""
    return ElksSms(settings.sms, callback, settings.keys.web)


def build_police_feed(settings: Settings) -> PoliceFeed | None:
    """The police's open events, when they are wanted; SettingsError when their API's rules cannot be kept."""
    if not settings.police.enabled:
        return None
    try:
        return Feed(settings.police, __version__)
    except Refused as refused:
        raise SettingsError(_UNFIT_FEED[refused.code]) from None


def build_mailbox(settings: Settings) -> Mailbox | None:
    """The mailbox of what comes back, when it is wanted. SettingsError without return addresses of our own: anybody can
    write to a mailbox, and no other sign tells a report from a made-up one."""
    if not settings.bounces.host:
        return None
    if not (settings.email.own_return_paths and settings.email.report_key):
        raise SettingsError("bounces.host needs email.own_return_paths = true and email.report_key")
    return ImapMailbox(settings.bounces)


def ensure_schema(runtime: Runtime) -> None:
    """Give an empty SQLite file its tables; SettingsError when this version cannot run on those that are there."""
    has, _newest = schema.revisions(runtime.database)
    if has is None and runtime.database.is_sqlite:
        schema.upgrade(runtime.database)
    elif words := schema.misfit(runtime.database):
        raise SettingsError(words)


def ensure_let_go(runtime: Runtime) -> None:
    """Refuse to run on a restored copy that nobody has let go: it may hold what has been sent already."""
    with runtime.database.read() as session:
        copy = held_copy(session)
    if copy is not None:
        raise SettingsError(
            f"these rows are a copy of {copy.taken_at:%Y-%m-%d %H:%M} UTC that was restored: look at them with "
            "`grannsamverkan check invariants`, then run `grannsamverkan let-go`"
        )


@contextmanager
def open_runtime(settings: Settings | None = None, *, with_keys: bool = True) -> Iterator[Runtime]:
    """A runtime for a command: settings from file and environment, tables in place, closed at the end."""
    chosen = settings or load()
    configure_logs(chosen.log.level, as_json=chosen.log.form == "json")
    runtime = build_runtime(chosen, with_keys=with_keys)
    try:
        ensure_schema(runtime)
        yield runtime
    finally:
        runtime.close()
