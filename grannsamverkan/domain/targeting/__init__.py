"""Targeting: who gets an alert, once, on which channel."""

from grannsamverkan.domain.targeting.fan_out import Slice, take_slice
from grannsamverkan.domain.targeting.reach import REASONS, Reach, had_enough, is_remembered, reach
from grannsamverkan.domain.targeting.tables import Audience, AudienceAddress

__all__ = [
    "REASONS",
    "Audience",
    "AudienceAddress",
    "Reach",
    "Slice",
    "had_enough",
    "is_remembered",
    "reach",
    "take_slice",
]
