"""Targeting: who gets an alert, once, on which channel."""

from grannsamverkan.domain.targeting.carrying import MOST_IN_ONE, awaits_carried, carried_with
from grannsamverkan.domain.targeting.coverage import Given, Homes, given_since, given_to, homes_since
from grannsamverkan.domain.targeting.fan_out import Slice, heed_quiet_hours, take_slice
from grannsamverkan.domain.targeting.passing_on import (
    forwardings,
    forwardings_to,
    households_via,
    networks_via_contact_persons,
    pass_on,
    waiting_in,
)
from grannsamverkan.domain.targeting.reach import Reach, had_enough, is_remembered, meant, reach, reach_planned
from grannsamverkan.domain.targeting.tables import Audience, AudienceAddress, Forwarding
from grannsamverkan.domain.targeting.whom import REASONS

__all__ = [
    "MOST_IN_ONE",
    "REASONS",
    "Audience",
    "AudienceAddress",
    "Forwarding",
    "Given",
    "Homes",
    "Reach",
    "Slice",
    "awaits_carried",
    "carried_with",
    "forwardings",
    "forwardings_to",
    "given_since",
    "given_to",
    "had_enough",
    "heed_quiet_hours",
    "homes_since",
    "households_via",
    "is_remembered",
    "meant",
    "networks_via_contact_persons",
    "pass_on",
    "reach",
    "reach_planned",
    "take_slice",
    "waiting_in",
]
