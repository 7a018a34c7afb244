"""What the public may know of a message: the whole story it belongs to, as it was sent and as it stands.

This is the one place that decides it. The page behind a number shows it, and whatever else tells the public of what was
sent, in another format or as a log that others can check, has to begin here too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.queries import networks_of, places_of, published
from grannsamverkan.domain.alerts.sequel_drafts import Told
from grannsamverkan.domain.alerts.sequel_words import sequel_sentences
from grannsamverkan.domain.alerts.sequels import story_of
from grannsamverkan.domain.alerts.tables import Alert
from grannsamverkan.domain.alerts.worded import facts_in, sequel_facts_in
from grannsamverkan.domain.alerts.wording import AlertFacts, headline
from grannsamverkan.domain.places import rules
from grannsamverkan.foundation.errors import NotFound

_ONGOING_FOR = timedelta(days=1)  # what was under way and has had no all-clear


class Status(StrEnum):
    """How a story stands."""

    HOLDS = "holds"
    FOLLOWED_UP = "followed_up"
    CORRECTED = "corrected"
    ENDED = "ended"


@dataclass(frozen=True)
class Published:
    """One message as anybody may see it: never by whom, to how many, or finer than an area.

    `headline` and `free_text` are as they were sent. `wrong_until`: when it was put right, None while it stands.
    """

    number: int
    alert_class: AlertClass
    told: Told | None
    source: Source
    headline: str
    sentences: tuple[str, ...]
    free_text: str
    sent_at: datetime
    wrong_until: datetime | None


@dataclass(frozen=True)
class Story:
    """A message and everything that came after it, the first one first. `facts` are those that are known now.

    `places` and `network_ids` are where the first went, `right_place` where it was in truth; `ends_at` is until when
    neighbours should mind it.
    """

    messages: tuple[Published, ...]
    facts: AlertFacts
    municipality_code: str
    places: tuple[str, ...]
    network_ids: frozenset[int]
    right_place: str | None
    ends_at: datetime

    @property
    def first(self) -> Published:
        return self.messages[0]

    def newest(self, *classes: AlertClass) -> Published | None:
        """The newest message of one of these classes."""
        return next((one for one in reversed(self.messages) if one.alert_class in classes), None)

    @property
    def is_untrue(self) -> bool:
        """Whether the last word is that it has not happened."""
        correction = self.newest(AlertClass.CORRECTION)
        return correction is not None and correction.told is Told.NOT_TRUE

    @property
    def headline(self) -> str:
        """What is known now, in one sentence."""
        correction = self.newest(AlertClass.CORRECTION)
        if correction is None:
            return self.first.headline
        return correction.headline if self.is_untrue else headline(self.facts)

    def status(self, now: datetime) -> Status:
        """How it stands then. That a text was wrong is said for as long as the story goes on, whatever came later."""
        if self.newest(AlertClass.ALL_CLEAR) is not None:
            return Status.ENDED
        if self.is_untrue:
            return Status.CORRECTED
        if self.ends_at <= now:
            return Status.ENDED
        if self.newest(AlertClass.CORRECTION) is not None:
            return Status.CORRECTED
        return Status.FOLLOWED_UP if len(self.messages) > 1 else Status.HOLDS

    def of(self, number: int) -> Published:
        """The message of the story that has this number."""
        return next(one for one in self.messages if one.number == number)


def story(session: Session, number: int, *, base_url: str, now: datetime) -> Story:
    """The story that this number belongs to, as far as it has been let go; NotFound for any other number."""
    asked = published(session, number)
    rows = [row for row in story_of(session, asked) if row.release_at is not None and row.release_at <= now]
    if asked.id not in {row.id for row in rows}:
        raise NotFound
    first, known = rows[0], rows[0]
    for row in rows:
        known = row if row.alert_class is AlertClass.CORRECTION else known
    messages = tuple(_public(session, row, rows, base_url) for row in rows)
    return Story(
        messages=messages,
        facts=facts_in(session, known, base_url),
        municipality_code=first.municipality_code,
        places=tuple(places_of(session, first.id or 0)),
        network_ids=networks_of(session, first.id or 0),
        right_place=known.right_place,
        ends_at=_ends_at(session, first, messages),
    )


def _public(session: Session, row: Alert, rows: list[Alert], base_url: str) -> Published:
    corrections = (one for one in rows if one.about_id == row.id and one.alert_class is AlertClass.CORRECTION)
    wrong_until = next((one.release_at for one in corrections), None)
    sentences = sequel_sentences(sequel_facts_in(session, row, base_url)) if row.about_id is not None else []
    assert row.release_at is not None
    return Published(
        number=row.number or 0,
        alert_class=row.alert_class,
        told=Told(row.told) if row.told else None,
        source=Source(row.source),
        headline=row.headline or "",
        sentences=tuple(sentences),
        free_text=row.free_text,
        sent_at=row.release_at,
        wrong_until=wrong_until,
    )


def _ends_at(session: Session, first: Alert, messages: tuple[Published, ...]) -> datetime:
    """The municipality's days after the last word that there still is something to mind."""
    all_clear = next((one for one in messages if one.alert_class is AlertClass.ALL_CLEAR), None)
    if all_clear is not None:
        return all_clear.sent_at
    days = timedelta(days=rules(session, first.municipality_code).follow_up_days)
    reminders = [one.sent_at for one in messages if one.told in (Told.SAME, Told.MORE)]
    if reminders:
        return reminders[-1] + days
    return messages[0].sent_at + (_ONGOING_FOR if first.alert_class is AlertClass.ONGOING else days)
