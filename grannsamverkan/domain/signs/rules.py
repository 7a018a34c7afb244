"""What an order of signs or stickers needs, by name."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.signs.tables import OrderReason

MOST_STICKERS = 500


class Condition(StrEnum):
    """A condition of an order."""

    ACTIVE = "active"
    NUMBER = "number"
    SOMETHING = "something"
    PLACES = "places"
    PLACES_APPROVED = "places_approved"
    OFF_PUBLIC_ROAD = "off_public_road"
    COUNTY_PERMIT = "county_permit"
    HOUSE_APPROVED = "house_approved"


@dataclass(frozen=True)
class OrderDraft:
    """An order as it is asked for. `places_approved`: of the chosen places; `house_approved`: every owner of the houses
    has said yes (for signs at them and stickers on stairwell doors)."""

    reason: OrderReason
    signs: int
    stickers: int
    places: int
    places_approved: int
    house_approved: bool
    is_off_public_road: bool
    is_in_built_up_area: bool
    county_permit_on: date | None


def missing(draft: OrderDraft, kind: NetworkKind, state: NetworkState, rules: Rules) -> list[Condition]:
    """What the order lacks; empty when it can be asked for. A new area gets as many signs as the guidance says."""
    least = rules.signs_least if draft.reason is OrderReason.NEW and draft.signs else 0
    wanted = {
        Condition.ACTIVE: state is NetworkState.ACTIVE,
        Condition.SOMETHING: draft.signs + draft.stickers > 0,
        Condition.NUMBER: least <= draft.signs <= rules.signs_most and 0 <= draft.stickers <= MOST_STICKERS,
        Condition.HOUSE_APPROVED: kind is not NetworkKind.APARTMENT or draft.house_approved,
    }
    if draft.signs:
        wanted |= {
            Condition.PLACES: draft.places > 0,
            Condition.PLACES_APPROVED: draft.places_approved == draft.places,
            Condition.OFF_PUBLIC_ROAD: draft.is_off_public_road,
            Condition.COUNTY_PERMIT: draft.is_in_built_up_area or draft.county_permit_on is not None,
        }
    return [condition for condition, is_met in wanted.items() if not is_met]
