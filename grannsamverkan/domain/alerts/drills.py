"""A drill: the whole way tried, to everybody in an area whom something that is under way would reach. It says first and
last that it is a trial, and is no warning in any figure."""

from typing import Any, Self

from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.drafts import PlacesDraft
from grannsamverkan.foundation.errors import Refused


class DrillDraft(PlacesDraft):
    """A drill as it was filled in: only where; `checked()` before it is stored."""

    alert_class: AlertClass = AlertClass.DRILL

    def checked(self) -> Self:
        """The draft itself when it may be stored; Refused: no_target."""
        if not self.targets:
            raise Refused("no_target")
        return self

    def columns(self) -> dict[str, Any]:
        return {"alert_class": self.alert_class}
