"""What a call says: that something happened with a message which the interface shows, and which one. Never its words,
to whom it went, or what came of it: the receiver asks the interface, with its key."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.webhooks.tables import Event


class Said(BaseModel):
    """Nothing that has no name here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OfAlert(Said):
    """A message as `/api/v1/alerts` has it: its municipality, `number` and `kind`; `story` is the address of what it
    belongs to, which is `url` there."""

    municipality: str
    number: int
    kind: str
    story: str


class OfNothing(Said):
    """Somebody tries whether calls arrive."""

    municipality: str


class AlertCall(Said):
    """`timestamp`: when it happened, as far as that is told."""

    type: Event
    timestamp: datetime
    data: OfAlert


class PingCall(Said):
    """A trial, which tells of nothing."""

    type: Event
    timestamp: datetime
    data: OfNothing


def of_alert(session: Session, alert: Alert, event: Event, at: datetime, *, base_url: str) -> AlertCall:
    first = alert if alert.story_id is None else alerts.alert(session, alert.story_id)
    told = OfAlert(
        municipality=alert.municipality_code,
        number=alert.number or 0,
        kind=alert.alert_class.value,
        story=f"{base_url}/n/{first.number}",
    )
    return AlertCall(type=event, timestamp=at, data=told)


def of_nothing(municipality_code: str, at: datetime) -> PingCall:
    return PingCall(type=Event.PING, timestamp=at, data=OfNothing(municipality=municipality_code))
