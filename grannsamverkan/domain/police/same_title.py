"""The same event published again under a new id: linked to the first one, so that it counts once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from sqlmodel import Session, col, select

from grannsamverkan.domain.police.tables import PoliceEvent

WITHIN = timedelta(hours=24)
_ROWS_A_QUERY = 500
T = TypeVar("T")


def link_same(session: Session, changed: Iterable[PoliceEvent]) -> None:
    """Set `same_as_id` of the changed events, and of those that were linked to one of them, from title and place."""
    touched = {event.id: event for event in changed}
    for ids in _slices(list(touched)):
        dependents = select(PoliceEvent).where(col(PoliceEvent.same_as_id).in_(ids))
        touched |= {event.id: event for event in session.exec(dependents)}
    groups = _by_title(session, {event.title for event in touched.values()}) if touched else {}
    for group in groups.values():
        _link(group, touched)


def _link(group: list[PoliceEvent], touched: dict[int, PoliceEvent]) -> None:
    group.sort(key=lambda event: (event.published_at, event.id))
    for place, event in enumerate(group):
        before = [e for e in group[:place] if event.published_at - e.published_at <= WITHIN]
        if event.id in touched or any(e.id in touched for e in before):
            event.same_as_id = (before[0].same_as_id or before[0].id) if before else None


def _by_title(session: Session, titles: set[str]) -> dict[tuple[str, str], list[PoliceEvent]]:
    groups: dict[tuple[str, str], list[PoliceEvent]] = defaultdict(list)
    for some in _slices(sorted(titles)):
        for event in session.exec(select(PoliceEvent).where(col(PoliceEvent.title).in_(some))):
            groups[event.title, event.place_name].append(event)
    return groups


def _slices(items: list[T]) -> Iterable[list[T]]:
    return (items[start : start + _ROWS_A_QUERY] for start in range(0, len(items), _ROWS_A_QUERY))
