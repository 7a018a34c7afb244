"""The validated input of what comes after a message. It is chosen from few words, so that it is written in a moment and
cannot point anybody out."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from grannsamverkan.domain.alerts.catalogue import AlertKind, DayPart
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.drafts import OLDEST_DAYS
from grannsamverkan.domain.alerts.guard import guard_free_text
from grannsamverkan.foundation.errors import Refused


class Told(StrEnum):
    """What a sequel tells."""

    NOTHING_MORE = "nothing_more"
    MORE = "more"
    SAME = "same"
    OVER = "over"
    NOT_TRUE = "not_true"
    PLACE = "place"
    TIME = "time"
    WHAT = "what"


TOLD_IN: dict[AlertClass, tuple[Told, ...]] = {
    AlertClass.FOLLOW_UP: (Told.NOTHING_MORE, Told.SAME, Told.MORE),
    AlertClass.ALL_CLEAR: (Told.OVER,),
    AlertClass.CORRECTION: (Told.NOT_TRUE, Told.PLACE, Told.TIME, Told.WHAT),
}


class SequelDraft(BaseModel):
    """A sequel as it was filled in; `checked_on(today)` before it is stored.

    For a correction: `right_place` is the place it was in truth, empty when that is not known; `happened_on` and
    `day_part` the right time; `kind` and `attempted` what it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    alert_class: AlertClass
    told: Told
    right_place: str = ""
    happened_on: date | None = None
    day_part: DayPart = DayPart.UNKNOWN
    kind: AlertKind | None = None
    attempted: bool = False
    free_text: str = ""

    def checked_on(self, today: date, known_names: Collection[str] = ()) -> Self:
        """The draft itself when it may be stored on that day; Refused with the first rule it breaks.

        `known_names` are the municipality's own, which the guard lets stand.
        """
        if self.told not in TOLD_IN.get(self.alert_class, ()):
            raise Refused("told_not_of_class")
        if self.told is Told.TIME:
            if self.happened_on is None:
                raise Refused("date_unreadable")
            if self.happened_on > today:
                raise Refused("date_in_future")
            if self.happened_on < today - timedelta(days=OLDEST_DAYS):
                raise Refused("date_too_old", days=OLDEST_DAYS)
        if self.told is Told.WHAT and self.kind is None:
            raise Refused("kind_missing")
        found = guard_free_text(self.free_text, known_names)
        if found:
            raise Refused("free_text_points_out", rule=found[0].code)
        return self
