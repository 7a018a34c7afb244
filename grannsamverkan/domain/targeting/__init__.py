"""Targeting: who gets an alert, once, on which channel."""

from grannsamverkan.domain.targeting.fan_out import Slice, heed_quiet_hours, take_slice
from grannsamverkan.domain.targeting.reach import REASONS, Reach, had_enough, is_remembered, meant, reach, reach_planned
from grannsamverkan.domain.targeting.tables import Audience, AudienceAddress

__all__ = [
    "REASONS",
    "Audience",
    "AudienceAddress",
    "Reach",
    "Slice",
    "had_enough",
    "heed_quiet_hours",
    "is_remembered",
    "meant",
    "reach",
    "reach_planned",
    "take_slice",
]
