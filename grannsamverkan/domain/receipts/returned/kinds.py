"""What a mail that came back can be."""

from dataclasses import dataclass
from enum import StrEnum

from grannsamverkan.domain.receipts.returned.verdict import Fate


class Kind(StrEnum):
    """What a mail that came back is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    VACATION = "vacation"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Returned:
    """The mail as read. `feedback` is the type of a complaint, as its provider names it ("abuse")."""

    kind: Kind
    recipients: tuple[Fate, ...] = ()
    feedback: str = ""
