"""The validated input of an invitation and of its news. News goes to those who have the invitation, and is an alert of
the same class in its story: that it is moved or called off takes the place of what is not sent yet, as a correction
does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from grannsamverkan.domain.alerts.catalogue import Words
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.drafts import PlacesDraft
from grannsamverkan.domain.alerts.guard import RuleSet, guard, guard_free_text
from grannsamverkan.domain.alerts.tables import Alert
from grannsamverkan.domain.lifecycle import MeetingKind
from grannsamverkan.foundation.errors import Refused

LEAST_MINUTES, MOST_MINUTES = 15, 600
MOST_PLACE_CHARS = 120
MOST_DAYS_TO_IT = 365


class Occasion(StrEnum):
    """What people are invited to. The first three may be a network's own meeting (lifecycle)."""

    INFORMATION = "information"
    YEARLY_MEETING = "yearly_meeting"
    START_MEETING = "start_meeting"
    SAFETY_WALK = "safety_walk"
    WORKING_DAY = "working_day"
    GATHERING = "gathering"


OCCASION_WORDS: dict[Occasion, Words] = {
    Occasion.INFORMATION: Words("Informationsmöte", "informationsmöte", "informationsmöte"),
    Occasion.YEARLY_MEETING: Words("Årsmöte", "årsmöte", "årsmöte"),
    Occasion.START_MEETING: Words("Startmöte", "startmöte", "startmöte"),
    Occasion.SAFETY_WALK: Words("Trygghetsvandring", "trygghetsvandring", "trygghetsvandring"),
    Occasion.WORKING_DAY: Words("Arbetsdag ute", "arbetsdag ute", "arbetsdag ute"),
    Occasion.GATHERING: Words("Träff för grannar", "träff för grannar", "grannträff"),
}
OCCASION_OF = {
    MeetingKind.START: Occasion.START_MEETING,
    MeetingKind.YEARLY: Occasion.YEARLY_MEETING,
    MeetingKind.INFORMATION: Occasion.INFORMATION,
}


class News(StrEnum):
    """What those who are invited are told afterwards."""

    REMINDER = "reminder"
    MOVED = "moved"
    CALLED_OFF = "called_off"


class InvitationDraft(PlacesDraft):
    """An invitation as it was filled in; `checked_at(now)` before it is stored."""

    alert_class: AlertClass = AlertClass.INVITATION
    occasion: Occasion
    starts_at: datetime
    minutes: int = 90
    place: str = Field(max_length=MOST_PLACE_CHARS)
    free_text: str = ""
    meeting_id: int | None = None

    def checked_at(self, now: datetime, known_names: Collection[str] = ()) -> Self:
        """The draft itself when it may be stored then; Refused: no_target, in_the_past, too_far_ahead (days), minutes
        (least, most), place_missing, place_points_out (rule), free_text_points_out (rule)."""
        if not self.targets:
            raise Refused("no_target")
        _refuse_time(self.starts_at, self.minutes, now)
        _refuse_place(self.place, known_names)
        found = guard_free_text(self.free_text, known_names)
        if found:
            raise Refused("free_text_points_out", rule=found[0].code)
        return self

    def columns(self) -> dict[str, Any]:
        return {"alert_class": self.alert_class, "free_text": self.free_text.strip()}


@dataclass(frozen=True)
class NewsDraft:
    """News of an invitation as it was filled in; the time and the place are looked at when it is moved."""

    news: News
    starts_at: datetime | None = None
    minutes: int = 90
    place: str = ""

    def checked_at(self, now: datetime, known_names: Collection[str] = ()) -> Self:
        """As an invitation's."""
        if self.news is News.MOVED:
            if self.starts_at is None:
                raise Refused("in_the_past")
            _refuse_time(self.starts_at, self.minutes, now)
            _refuse_place(self.place, known_names)
        return self


def _refuse_time(starts_at: datetime, minutes: int, now: datetime) -> None:
    if starts_at <= now:
        raise Refused("in_the_past")
    if starts_at > now + timedelta(days=MOST_DAYS_TO_IT):
        raise Refused("too_far_ahead", days=MOST_DAYS_TO_IT)
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Refused("minutes", least=LEAST_MINUTES, most=MOST_MINUTES)


def _refuse_place(place: str, known_names: Collection[str]) -> None:
    if not place.strip():
        raise Refused("place_missing")
    found = guard(place, RuleSet.NOTE, known_names)
    if found:
        raise Refused("place_points_out", rule=found[0].code)


def takes_place(alert: Alert) -> bool:
    """Whether what it tells makes what it is about wrong: then that goes to nobody any more."""
    return alert.alert_class is AlertClass.CORRECTION or alert.told in (News.MOVED, News.CALLED_OFF)
