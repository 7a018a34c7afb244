"""Telling accounts of a message that is theirs to decide about, or to know of."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.domain import notices, people, places
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.alerts import Alert, QuietHours
from grannsamverkan.domain.notices import NoticeKind, Words
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

_TOLD_WITHIN = timedelta(hours=12)


def tell(
    session: Session,
    alert: Alert,
    whom: Iterable[Account],
    kind: NoticeKind,
    said: Words,
    *,
    key: str,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """By every address that they have confirmed, each once."""
    code, about = alert.municipality_code, f"alert:{alert.id}"
    tell_accounts(
        session, whom, kind, said, municipality_code=code, about=about, key=key, now=now, not_before=not_before
    )


def tell_accounts(
    session: Session,
    whom: Iterable[Account],
    kind: NoticeKind,
    said: Words,
    *,
    municipality_code: str,
    about: str,
    key: str,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """The same of what is no message; `about` and `key` say what they are told once. Phones wait until `not_before`."""
    for account in whom:
        addresses = people.confirmed_of(session, account.person_id) if account.person_id is not None else []
        for address in addresses:
            notices.queue(
                session,
                address,
                kind,
                said,
                municipality_code=municipality_code,
                about=about,
                key=f"{key}:{address.id}",
                now=now,
                valid_for=_TOLD_WITHIN,
                not_before=not_before if address.channel == ChannelKind.SMS else None,
            )


def after_quiet_hours(session: Session, municipality_code: str, now: datetime) -> datetime | None:
    """When phones may ring again there; None when they may now."""
    quiet = QuietHours.of(places.rules(session, municipality_code))
    return quiet.end_after(now) if quiet.hold_at(now) else None


def sender_of(session: Session, alert: Alert) -> str:
    """Whose name the notice begins with: the municipality's own for its messages."""
    return places.served_municipality(session, alert.municipality_code).sender_name


def page_of(runtime: Runtime, alert: Alert, word: str) -> str:
    """The address of the alert's page, or of one under it."""
    return f"{runtime.settings.installation.base_url}/varningar/{alert.id}{'/' if word else ''}{word}"
