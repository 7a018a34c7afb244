"""The police's open events: taken in once, kept in every version, shown as background."""

from grannsamverkan.domain.police.actions import decide_place, forget_older, note_answer, note_call, resume_feed
from grannsamverkan.domain.police.intake import Taken, take_in
from grannsamverkan.domain.police.kinds import alert_kind, attempted, burglary_like, unverified
from grannsamverkan.domain.police.queries import event, feed_state, recent_in, undecided, versions, versions_of
from grannsamverkan.domain.police.tables import PlaceCertainty, PoliceEvent, PoliceEventVersion, PoliceFeedState

__all__ = [
    "PlaceCertainty",
    "PoliceEvent",
    "PoliceEventVersion",
    "PoliceFeedState",
    "Taken",
    "alert_kind",
    "attempted",
    "burglary_like",
    "decide_place",
    "event",
    "feed_state",
    "forget_older",
    "note_answer",
    "note_call",
    "recent_in",
    "resume_feed",
    "take_in",
    "undecided",
    "unverified",
    "versions",
    "versions_of",
]
