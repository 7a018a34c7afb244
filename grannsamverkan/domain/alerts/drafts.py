"""The validated input of a warning: what the form says, before it is a row."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from grannsamverkan.domain.alerts.catalogue import Advice, AlertKind, DayPart, Dwelling, Method
from grannsamverkan.domain.alerts.classes import BEGINS, AlertClass
from grannsamverkan.domain.alerts.guard import guard_free_text
from grannsamverkan.foundation.errors import Refused

OLDEST_DAYS = 60
MOST_ADVICE = 4


class Target(BaseModel):
    """A whole network, or one of its units."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    network_id: int
    unit_id: int | None = None


class PlacesDraft(BaseModel):
    """What begins a message to places, whatever it says there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    alert_class: AlertClass
    targets: tuple[Target, ...] = ()

    def columns(self) -> dict[str, Any]:
        """What of it stands in the alert's own row."""
        raise NotImplementedError


class AlertDraft(PlacesDraft):
    """A warning as it was filled in. Build it with `AlertDraft(...)`, then `checked_on(today)` before it is stored.

    `called_112`: the writer has said that the emergency number was rung; without it nothing is told as under way.
    """

    alert_class: AlertClass = AlertClass.WARNING
    called_112: bool = False
    kind: AlertKind
    attempted: bool = False
    dwelling: Dwelling
    happened_on: date
    day_part: DayPart
    methods: tuple[Method, ...] = ()
    advice: tuple[Advice, ...] = Field(default=())
    free_text: str = ""
    police_event_id: int | None = None

    def checked_on(self, today: date, known_names: Collection[str] = ()) -> Self:
        """The draft itself when it may be stored on that day; Refused with the first rule it breaks.

        `known_names` are the municipality's own, which the guard lets stand.
        """
        if self.alert_class not in BEGINS:
            raise Refused("not_a_beginning")
        if self.alert_class is AlertClass.ONGOING and not self.called_112:
            raise Refused("112_not_called")
        if not self.targets:
            raise Refused("no_target")
        if self.happened_on > today:
            raise Refused("date_in_future")
        if self.happened_on < today - timedelta(days=OLDEST_DAYS):
            raise Refused("date_too_old", days=OLDEST_DAYS)
        if not self.advice:
            raise Refused("no_advice")
        if len(self.advice) > MOST_ADVICE:
            raise Refused("too_much_advice", most=MOST_ADVICE)
        found = guard_free_text(self.free_text, known_names)
        if found:
            raise Refused("free_text_points_out", rule=found[0].code)
        return self

    def columns(self) -> dict[str, Any]:
        return {
            "alert_class": self.alert_class,
            "kind": self.kind.value,
            "attempted": self.attempted,
            "dwelling": self.dwelling.value,
            "happened_on": self.happened_on,
            "day_part": self.day_part.value,
            "methods": [method.value for method in self.methods],
            "advice": [advice.value for advice in self.advice],
            "free_text": self.free_text.strip(),
            "police_event_id": self.police_event_id,
        }
