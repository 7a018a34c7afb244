"""The public page on how the service is doing, in words."""

from datetime import datetime, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.domain import alerts, deliveries
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.deliveries import Availability, CanaryWord, Health, HeartbeatWord, ProviderWord
from grannsamverkan.foundation.ports import ProviderName
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages

_LATE = timedelta(minutes=2)  # work that should have been begun this long ago is late

pages = Pages("status")


@pages.get("/driftlage", may=Action.SEE_PUBLIC)
def status() -> ResponseReturnValue:
    """Answers 200 even when the database is away: saying so is what the page is for."""
    sending, last_at = _sending()
    return render_template(
        "status.html",
        now=current.now(),
        sending=sending,
        last_at=last_at,
        providers=_providers(),
        heartbeat=_heartbeat(),
        available=_availability(),
    )


def _sending() -> tuple[str, datetime | None]:
    """(away, idle, going or late; when messages last left)."""
    try:
        with current.runtime().database.read() as session:
            due_at, last_at = deliveries.next_due_at(session), deliveries.last_done_at(session)
            released_at = alerts.released_since(session, now=current.now())
    except SQLAlchemyError:
        return "away", None
    # Between two slices of a long fan-out nothing is due for a moment, and all of it is on its way.
    waits_since = due_at or released_at
    if waits_since is None:
        return "idle", last_at
    return "late" if waits_since + _LATE < current.now() else "going", last_at


def _providers() -> list[tuple[str, ProviderWord, bool]]:
    """Each provider that is set, in words, how it goes with it, and whether its canary is lost; nothing while the
    database is away."""
    runtime = current.runtime()
    try:
        with runtime.database.read() as session:
            known, canaries = deliveries.providers_health(session), deliveries.canaries(session)
    except SQLAlchemyError:
        return []
    found = []
    for one in runtime.providers:
        canary = canaries.get(one.name, CanaryWord()) if runtime.settings.canary.to(one.kind) else CanaryWord()
        word = known.get(one.name, ProviderWord(Health.UNUSED))
        found.append((_named(one.name), word, canary.is_lost(current.now())))
    return found


def _named(provider: ProviderName) -> str:
    if provider is ProviderName.RELAY:
        return _("Mejlservern")
    return _("Sms genom %(name)s", name="Twilio" if provider is ProviderName.TWILIO else "46elks")


def _heartbeat() -> HeartbeatWord | None:
    """When whoever watches us from outside last heard us; None where nobody does, and while the database is away."""
    if not current.runtime().settings.heartbeat.url:
        return None
    try:
        with current.runtime().database.read() as session:
            return deliveries.heartbeat(session)
    except SQLAlchemyError:
        return None


def _availability() -> Availability | None:
    """In how much of the last thirty days a warning could have gone; None while the database is away."""
    try:
        with current.runtime().database.read() as session:
            return deliveries.availability(session, now=current.now())
    except SQLAlchemyError:
        return None
