"""The classes of messages to a whole neighbourhood, and what each of them may do: how long, how soon, how late.

The numbers are the municipality's own (places.Rules); what they rest on is not.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.places import EVERYBODY, STAFF, Rules


class AlertClass(StrEnum):
    """What a message is: the first two begin a story, the next three go on with one. The last three are about nothing
    that has happened, and never count as warnings: advice, an invitation with its own news, and a drill, which tries
    the whole way to everybody in an area and says that it is a trial."""

    ONGOING = "ongoing"
    WARNING = "warning"
    FOLLOW_UP = "follow_up"
    CORRECTION = "correction"
    ALL_CLEAR = "all_clear"
    ADVICE = "advice"
    INVITATION = "invitation"
    DRILL = "drill"


BEGINS = (AlertClass.ONGOING, AlertClass.WARNING)
CAN_WAIT = (
    AlertClass.WARNING,
    AlertClass.FOLLOW_UP,
    AlertClass.ALL_CLEAR,
    AlertClass.INVITATION,
    AlertClass.DRILL,
)
SEQUELS = (AlertClass.FOLLOW_UP, AlertClass.CORRECTION, AlertClass.ALL_CLEAR)
NOTHING_HAPPENED = (AlertClass.ADVICE, AlertClass.INVITATION, AlertClass.DRILL)
# Somebody is in danger, or acts on a mistake, or stays inside for nothing: these never wait for a word about money.
WHATEVER_IT_COSTS = (AlertClass.ONGOING, AlertClass.CORRECTION, AlertClass.ALL_CLEAR)

MOST_URGENT = 1  # of priorities


@dataclass(frozen=True)
class ClassRule:
    """What holds for a message of a class. Each goes by every channel that a neighbour has chosen.

    validity: how long a copy is worth handing over. hold: how long it can be taken back before it goes.
    passes_quiet_hours: whether it may ring at night, the municipality's and the person's own. priority: the lower, the
    sooner its batches are taken.
    """

    validity: timedelta
    hold: timedelta
    passes_quiet_hours: bool
    priority: int


def rule_of(alert_class: AlertClass, rules: Rules) -> ClassRule:
    """What holds for the class in a municipality with these rules.

    Nothing but what is under way rings at night. A correction is not held: each minute that a mistake stands is a
    minute in which somebody acts on it.
    """
    hold, at_once = timedelta(seconds=rules.warning_hold_s), timedelta(0)
    advised = timedelta(minutes=rules.advice_validity_min)
    warned, told = timedelta(minutes=rules.warning_validity_min), timedelta(minutes=rules.follow_up_validity_min)
    invited, tried = timedelta(minutes=rules.invitation_validity_min), timedelta(minutes=rules.drill_validity_min)
    return {
        AlertClass.ONGOING: ClassRule(timedelta(seconds=rules.ongoing_validity_s), at_once, True, MOST_URGENT),
        AlertClass.CORRECTION: ClassRule(warned, at_once, False, 5),
        AlertClass.WARNING: ClassRule(warned, hold, False, 10),
        AlertClass.ALL_CLEAR: ClassRule(told, hold, False, 20),
        AlertClass.FOLLOW_UP: ClassRule(told, hold, False, 30),
        AlertClass.DRILL: ClassRule(tried, hold, False, 34),
        AlertClass.INVITATION: ClassRule(invited, hold, False, 36),
        AlertClass.ADVICE: ClassRule(advised, at_once, False, 40),
    }[alert_class]


def passes_level(alert_class: AlertClass) -> bool:
    """Whether it reaches those too who want to hear of nothing but what is under way. A drill tries that very way."""
    return alert_class in (AlertClass.ONGOING, AlertClass.DRILL)


def may_tell_of_ongoing(source: Source, rules: Rules) -> bool:
    """Whether this sender may tell neighbours of a crime that is under way, in a municipality with these rules."""
    return _is_among(source, rules.ongoing_by)


def may_drill(source: Source, rules: Rules) -> bool:
    """Whether this sender may try the way to a whole area, in a municipality with these rules."""
    return _is_among(source, rules.drill_by)


def _is_among(source: Source, senders: str) -> bool:
    allowed = {STAFF: {Source.POLICE, Source.MUNICIPALITY}, EVERYBODY: set(Source)}
    return source in allowed.get(senders, {Source.POLICE})
