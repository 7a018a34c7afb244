"""What the public may know of a message: the whole story it belongs to, as it was sent and as it stands.

This is the one place that decides it. The page behind a number shows it, and whatever else tells the public of what was
sent, in another format or as a log that others can check, has to begin here too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.alerts.classes import NOTHING_HAPPENED, AlertClass
from grannsamverkan.domain.alerts.drill_words import drill_sentences
from grannsamverkan.domain.alerts.invitation_words import invitation_sentences
from grannsamverkan.domain.alerts.invitations import News, takes_place
from grannsamverkan.domain.alerts.occasions import occasions_of_all
from grannsamverkan.domain.alerts.phrases import PhraseBook, phrase_book
from grannsamverkan.domain.alerts.queries import networks_of_all, places_of_all, published, translations_of_all
from grannsamverkan.domain.alerts.sequel_drafts import Told
from grannsamverkan.domain.alerts.sequel_words import sequel_sentences
from grannsamverkan.domain.alerts.sequels import newest_stories, story_of
from grannsamverkan.domain.alerts.tables import Alert, AlertOccasion, AlertTranslation
from grannsamverkan.domain.alerts.tongue import as_written
from grannsamverkan.domain.alerts.worded import drill_facts_of, facts_of, invitation_facts_of, sequel_facts_of
from grannsamverkan.domain.alerts.wording import AlertFacts, advice_sentences, headline, method_sentences
from grannsamverkan.domain.places import Municipality, municipality, rules
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import NotFound

MOST_STORIES = 50  # of a list for everybody
_ONGOING_FOR = timedelta(days=1)  # what was under way and has had no all-clear
_ADVICE_FOR = timedelta(days=30)  # tips come with a season
_DRILL_FOR = timedelta(days=1)


class Status(StrEnum):
    """How a story stands."""

    HOLDS = "holds"
    FOLLOWED_UP = "followed_up"
    CORRECTED = "corrected"
    ENDED = "ended"


@dataclass(frozen=True)
class Published:
    """One message as anybody may see it: never by whom, to how many, or finer than an area.

    `headline`, in this `language`, and `free_text`, which is marked where the reader's is another, are as they were
    sent. `wrong_until`: when it was put right, None while it stands.
    """

    number: int
    alert_class: AlertClass
    told: Told | News | None
    source: Source
    headline: str
    language: str
    sentences: tuple[str, ...]
    free_text: str
    sent_at: datetime
    wrong_until: datetime | None


@dataclass(frozen=True)
class Story:
    """A message and everything that came after it, the first one first. `facts` are those that are known now; None
    where nothing has happened. `occasion` is what people are invited to, as it stands now.

    `places` and `network_ids` are where the first went, `right_place` where it was in truth; `ends_at` is until when
    neighbours should mind it.
    """

    messages: tuple[Published, ...]
    facts: AlertFacts | None
    municipality_code: str
    places: tuple[str, ...]
    network_ids: frozenset[int]
    right_place: str | None
    ends_at: datetime
    occasion: AlertOccasion | None = None

    @property
    def first(self) -> Published:
        return self.messages[0]

    def newest(self, *classes: AlertClass) -> Published | None:
        """The newest message of one of these classes."""
        return next((one for one in reversed(self.messages) if one.alert_class in classes), None)

    @property
    def nothing_happened(self) -> bool:
        """Whether it is advice, an invitation or a drill."""
        return self.first.alert_class in NOTHING_HAPPENED

    @property
    def is_advice(self) -> bool:
        return self.first.alert_class is AlertClass.ADVICE

    @property
    def is_drill(self) -> bool:
        return self.first.alert_class is AlertClass.DRILL

    @property
    def is_called_off(self) -> bool:
        """Whether nobody is to come to what they were invited to."""
        return self.current.told is News.CALLED_OFF

    @property
    def current(self) -> Published:
        """The message that says how it stands: the last that changed something, else the first."""
        return next((one for one in reversed(self.messages) if one.told in (News.MOVED, News.CALLED_OFF)), self.first)

    @property
    def is_confirmed(self) -> bool:
        """Whether the police stand behind what it tells: where nothing has happened they need not."""
        return self.facts is None or self.facts.confirmed_by_police

    @property
    def methods(self) -> list[str]:
        """How it was done."""
        return method_sentences(self.facts) if self.facts is not None else []

    @property
    def acts(self) -> list[str]:
        """What everybody can do after what has happened."""
        return advice_sentences(self.facts) if self.facts is not None else []

    @property
    def known_places(self) -> tuple[str, ...]:
        """Where it was, as far as is known now."""
        return self.facts.places if self.facts is not None else self.places

    @property
    def is_untrue(self) -> bool:
        """Whether the last word is that it has not happened."""
        correction = self.newest(AlertClass.CORRECTION)
        return correction is not None and correction.told is Told.NOT_TRUE

    @property
    def gives_advice(self) -> bool:
        """Whether there still is something to do after what has happened."""
        return self.facts is not None and not self.is_untrue and self.newest(AlertClass.ALL_CLEAR) is None

    @property
    def updated_at(self) -> datetime:
        """When it was last heard of."""
        return max(one.sent_at for one in self.messages)

    @property
    def headline(self) -> str:
        """What is known now, in one sentence."""
        correction = self.newest(AlertClass.CORRECTION)
        if correction is None or self.facts is None:
            return self.current.headline
        return correction.headline if self.is_untrue else headline(self.facts)

    @property
    def language(self) -> str:
        """That of its headline: what was sent before there was another is Swedish."""
        correction = self.newest(AlertClass.CORRECTION)
        if correction is None or self.facts is None:
            return self.current.language
        return correction.language if self.is_untrue else self.facts.language

    def status(self, now: datetime) -> Status:
        """How it stands then. That a text was wrong is said for as long as the story goes on, whatever came later."""
        if self.newest(AlertClass.ALL_CLEAR) is not None:
            return Status.ENDED
        if self.is_called_off:
            return Status.ENDED
        if self.is_untrue:
            return Status.CORRECTED
        if self.ends_at <= now:
            return Status.ENDED
        if self.newest(AlertClass.CORRECTION) is not None or self.current is not self.first:
            return Status.CORRECTED
        return Status.FOLLOWED_UP if len(self.messages) > 1 else Status.HOLDS

    def of(self, number: int) -> Published:
        """The message of the story that has this number."""
        return next(one for one in self.messages if one.number == number)


def story(session: Session, number: int, *, base_url: str, now: datetime, language: str = SWEDISH) -> Story:
    """The story that this number belongs to, as far as it has been let go, for a reader of this language; NotFound for
    any other number."""
    asked = published(session, number)
    rows = [row for row in story_of(session, asked) if row.release_at is not None and row.release_at <= now]
    if asked.id not in {row.id for row in rows}:
        raise NotFound
    return _told(rows, _around(session, [rows], asked.municipality_code, base_url, language))


def stories(
    session: Session,
    municipality_code: str,
    *,
    base_url: str,
    now: datetime,
    network_id: int | None = None,
    limit: int = MOST_STORIES,
) -> list[Story]:
    """The newest stories of a municipality, or of one of its networks, in a few queries however many they are: the one
    that was last heard of first."""
    found = newest_stories(session, municipality_code, now=now, network_id=network_id, limit=limit)
    around = _around(session, found, municipality_code, base_url, SWEDISH)
    return [_told(rows, around) for rows in found]


@dataclass(frozen=True)
class _Around:
    """What stands around the messages of stories in one municipality. `alerts` has those that they are about too."""

    alerts: dict[int, Alert]
    places: dict[int, list[str]]
    network_ids: dict[int, frozenset[int]]
    municipality: Municipality
    follow_up_days: int
    base_url: str
    book: PhraseBook
    language: str
    translated: dict[int, AlertTranslation]
    occasions: dict[int, AlertOccasion]

    def facts(self, row: Alert) -> AlertFacts | None:
        if row.alert_class in NOTHING_HAPPENED:
            return None
        places = self.places.get(row.id or 0, [])
        return facts_of(row, self.municipality, places, self.base_url, self.book, self.language)

    def sentences(self, row: Alert) -> list[str]:
        """What a message that follows another one says, and one of which nothing has happened."""
        if row.alert_class is AlertClass.ADVICE:
            translation = self.translated.get(row.id or 0)
            return list(translation.paragraphs if translation else row.advice)
        if row.alert_class in NOTHING_HAPPENED:
            return self._said_of_nothing(row)
        if row.about_id is None or row.story_id is None:
            return []
        first, about = self.alerts[row.story_id], self.alerts[row.about_id]
        facts, was = self.facts(row), self.facts(about)
        assert facts is not None
        assert was is not None
        return sequel_sentences(sequel_facts_of(row, first, facts, was))

    def _said_of_nothing(self, row: Alert) -> list[str]:
        places = self.places.get(row.id or 0, [])
        if row.alert_class is AlertClass.DRILL:
            return drill_sentences(drill_facts_of(row, self.municipality, places, self.base_url, self.language))
        about = self.alerts[row.about_id] if row.about_id is not None else None
        occasion, number = self.occasions[row.id or 0], about.number if about is not None else None
        return invitation_sentences(
            invitation_facts_of(
                row,
                occasion,
                self.municipality,
                places,
                self.base_url,
                about_number=number,
                language=self.language,
            )
        )


def _around(
    session: Session, found: list[list[Alert]], municipality_code: str, base_url: str, language: str
) -> _Around:
    of_story = {row.id or 0: row for rows in found for row in rows}
    named = {one for row in of_story.values() for one in (row.about_id, row.story_id) if one is not None}
    others = session.exec(select(Alert).where(col(Alert.id).in_(named - of_story.keys()))).all()
    invitations = [one for one, row in of_story.items() if row.alert_class is AlertClass.INVITATION]
    known = of_story | {row.id or 0: row for row in others}
    return _Around(
        alerts=known,
        places=places_of_all(session, known),
        network_ids=networks_of_all(session, of_story),
        municipality=municipality(session, municipality_code),
        follow_up_days=rules(session, municipality_code).follow_up_days,
        base_url=base_url,
        book=phrase_book(session, municipality_code),
        language=language,
        translated=translations_of_all(session, of_story, language) if language != SWEDISH else {},
        occasions=occasions_of_all(session, invitations) if invitations else {},
    )


def _told(rows: list[Alert], around: _Around) -> Story:
    first, known = rows[0], rows[0]
    for row in rows:
        known = row if row.alert_class is AlertClass.CORRECTION else known
    messages = tuple(_public(row, rows, around) for row in rows)
    changed = [row for row in rows if row.id in around.occasions and (row is first or takes_place(row))]
    occasion = around.occasions[changed[-1].id or 0] if changed else None
    return Story(
        messages=messages,
        facts=around.facts(known),
        municipality_code=first.municipality_code,
        places=tuple(around.places.get(first.id or 0, ())),
        network_ids=around.network_ids.get(first.id or 0, frozenset()),
        right_place=known.right_place,
        ends_at=_ends_at(first, messages, timedelta(days=around.follow_up_days), occasion),
        occasion=occasion,
    )


def _public(row: Alert, rows: list[Alert], around: _Around) -> Published:
    corrections = (one for one in rows if one.about_id == row.id and takes_place(one))
    wrong_until = next((one.release_at for one in corrections), None)
    assert row.release_at is not None
    translation = around.translated.get(row.id or 0)
    return Published(
        number=row.number or 0,
        alert_class=row.alert_class,
        told=_told_of(row),
        source=Source(row.source),
        headline=(translation.headline if translation else row.headline) or "",
        language=translation.language if translation else SWEDISH,
        sentences=tuple(around.sentences(row)),
        free_text=as_written(around.language, row.free_text),
        sent_at=row.release_at,
        wrong_until=wrong_until,
    )


def _told_of(row: Alert) -> Told | News | None:
    if not row.told:
        return None
    return News(row.told) if row.alert_class is AlertClass.INVITATION else Told(row.told)


def _ends_at(
    first: Alert, messages: tuple[Published, ...], days: timedelta, occasion: AlertOccasion | None
) -> datetime:
    """The municipality's days after the last word that there still is something to mind; of an invitation, when what it
    invites to is over."""
    if occasion is not None:
        return occasion.starts_at + timedelta(minutes=occasion.minutes)
    all_clear = next((one for one in messages if one.alert_class is AlertClass.ALL_CLEAR), None)
    if all_clear is not None:
        return all_clear.sent_at
    reminders = [one.sent_at for one in messages if one.told in (Told.SAME, Told.MORE)]
    if reminders:
        return reminders[-1] + days
    lasts = {
        AlertClass.ONGOING: _ONGOING_FOR,
        AlertClass.ADVICE: _ADVICE_FOR,
        AlertClass.DRILL: _DRILL_FOR,
    }
    return messages[0].sent_at + lasts.get(first.alert_class, days)
