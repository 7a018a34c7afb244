"""Signs of the town: who owns house and ground and has said yes, where they stand, and what is ordered."""

from collections.abc import Sequence
from datetime import datetime

from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.plan import Trait
from grannsamverkan.domain import signs
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.signs import OrderReason, OrderState, OwnerKind, PropertyOwner, SignOrder, SignPlace, Wanted
from grannsamverkan.foundation.swedish import in_sweden

_STICKERS_EACH = 1
_ASKED, _ORDERED, _DELIVERED = 6, 12, 30  # days after a network became active
_REPLACED = 150  # days ago at most
_CHECKED = 40


def build_signs(ground: Ground, grown: Sequence[Grown]) -> None:
    """Owners, places and orders of the networks that have come so far."""
    for one in grown:
        if one.plan.owner:
            owner = _owner(ground, one)
            active = one.plan.course.entered(NetworkState.ACTIVE)
            if active is not None and owner.approved_on is not None and one.plan.course.state is NetworkState.ACTIVE:
                _signs(ground, one, owner, active)


def _owner(ground: Ground, one: Grown) -> PropertyOwner:
    approved = one.plan.course.met if (one.plan.course.met or 0) > 0 and not one.plan.has(Trait.NO_APPROVAL) else None
    return signs.add_owner(
        ground.session,
        one.network,
        one.plan.owner,
        _owner_kind(one),
        contact="styrelsen@fastigheten.example",
        approved_on=in_sweden(ground.days_ago(approved - 5)).date() if approved is not None else None,
    )


def _owner_kind(one: Grown) -> OwnerKind:
    if one.plan.kind is NetworkKind.APARTMENT:
        is_association = one.plan.owner.startswith("Bostadsrättsföreningen")
        return OwnerKind.HOUSING_ASSOCIATION if is_association else OwnerKind.LANDLORD
    return OwnerKind.MUNICIPALITY if one.plan.owner.endswith("kommun") else OwnerKind.COMMUNITY_ASSOCIATION


def _signs(ground: Ground, one: Grown, owner: PropertyOwner, active: int) -> None:
    places = [signs.add_place(ground.session, one.network, words, owner.id) for words in _words(one)]
    asked_at = ground.days_ago(min(active, max(active - _ASKED, 2)))
    if one.plan.has(Trait.SIGNS_ASKED):
        _order(ground, one, places, OrderReason.NEW, ground.days_ago(4))
        return
    if one.plan.has(Trait.SIGNS_ORDERED):
        _order(ground, one, places, OrderReason.NEW, ground.days_ago(16), ordered_at=ground.days_ago(11))
        return
    delivered_at = ground.days_ago(max(active - _DELIVERED, 1))
    ordered_at = ground.days_ago(max(active - _ORDERED, 1))
    order = _order(ground, one, places, OrderReason.NEW, asked_at, ordered_at, delivered_at)
    signs.put_up(ground.session, order, day=in_sweden(delivered_at).date(), now=delivered_at)
    for place in places:
        place.checked_on = in_sweden(max(delivered_at, ground.days_ago(_CHECKED))).date()
    if one.plan.has(Trait.FADED_SIGN):
        days = min(_REPLACED, active - _DELIVERED - 1)
        dates = [ground.days_ago(days - after) for after in (0, 4, 20)]
        fresh = _order(ground, one, places[:1], OrderReason.FADED, *dates)
        signs.put_up(ground.session, fresh, day=in_sweden(dates[-1]).date(), now=dates[-1])


def _words(one: Grown) -> list[str]:
    """Three entrances, as many as a new area's order has at least."""
    if one.plan.kind is NetworkKind.APARTMENT:
        return ["Infarten till gården", "Väggen vid tvättstugan", "Gaveln mot parkeringen"]
    return [*(f"Infarten till {unit.name}" for unit in one.units), "Busshållplatsen", "Infarten från landsvägen"][:3]


def _order(
    ground: Ground,
    one: Grown,
    places: Sequence[SignPlace],
    reason: OrderReason,
    asked_at: datetime,
    ordered_at: datetime | None = None,
    delivered_at: datetime | None = None,
) -> SignOrder:
    wanted = Wanted(
        signs=len(places),
        stickers=one.plan.joined * _STICKERS_EACH if reason is OrderReason.NEW else 0,
        reason=reason,
        place_ids=tuple(place.id or 0 for place in places),
        is_off_public_road=True,
        is_in_built_up_area=True,
        county_permit_on=None,
    )
    row = signs.ask_for(
        ground.session, one.network, wanted, account_id=ground.desks[one.municipality.code], now=asked_at
    )
    if ordered_at is not None:
        signs.move_order(ground.session, row, OrderState.ORDERED, now=ordered_at)
    if delivered_at is not None:
        signs.move_order(ground.session, row, OrderState.DELIVERED, now=delivered_at)
    return row
