"""What the copies of a message say, and which of them say the same: worded once for all, in each language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from sqlmodel import Session

from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.ports import ChannelKind, Copy, Wording
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.runtime import Runtime

T = TypeVar("T")


def of_alert(runtime: Runtime, session: Session, alert: Alert, kind: ChannelKind) -> dict[str, Wording]:
    """What a copy in each language says, worded once for all copies in it."""
    assert alert.number is not None
    others = alerts.translations(session, alert.id or 0)
    if kind is ChannelKind.SMS:
        texts = {SWEDISH: alert.sms_text or "", **{one.language: one.sms_text for one in others}}
        return {language: _sms(alert.number, text) for language, text in texts.items()}
    served = places.served_municipality(session, alert.municipality_code)
    settings = runtime.settings
    first = alerts.alert(session, alert.story_id) if alert.story_id is not None else None
    wordings = {}
    for translation in (None, *others):
        mail = alerts.mail_template(
            alert,
            served,
            domain=settings.email.domain,
            base_url=settings.installation.base_url,
            first_number=first.number if first else None,
            translation=translation,
        )
        wordings[translation.language if translation else SWEDISH] = Wording(alert.number, mail=mail)
    return wordings


def in_one(
    runtime: Runtime, session: Session, alert: Alert, kind: ChannelKind, along: tuple[int, ...]
) -> dict[str, Wording]:
    """The same of a tip and those that go along with it in one message."""
    served = places.served_municipality(session, alert.municipality_code)
    rows = [alert, *(alerts.alert(session, one) for one in along)]
    assert alert.number is not None
    also = tuple(row.number or 0 for row in rows[1:])
    settings = runtime.settings
    said = alerts.word_in_one(
        session, rows, served, domain=settings.email.domain, base_url=settings.installation.base_url
    )
    if kind is ChannelKind.SMS:
        return {language: _sms(alert.number, one.sms, also) for language, one in said.items()}
    return {language: Wording(alert.number, mail=one.mail, also=also) for language, one in said.items()}


def _sms(number: int, text: str, also: tuple[int, ...] = ()) -> Wording:
    return Wording(number, text=text, also=also, parts=parts_of(text).parts)


def in_groups(
    worded: Mapping[tuple[int, ...], Mapping[str, Wording]], copies: Sequence[Copy], size: int
) -> Iterator[tuple[Wording, Sequence[Copy]]]:
    """Copies with the same in them, in the same language; what was not worded in theirs goes in Swedish."""
    for along, wordings in worded.items():
        with_it = [copy for copy in copies if copy.along == along] if len(worded) > 1 else copies
        in_swedish = [copy for copy in with_it if copy.language == SWEDISH or copy.language not in wordings]
        yield from ((wordings[SWEDISH], group) for group in groups(in_swedish, size))
        for language in wordings.keys() - {SWEDISH}:
            same = [copy for copy in with_it if copy.language == language]
            yield from ((wordings[language], group) for group in groups(same, size))


def groups(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]
