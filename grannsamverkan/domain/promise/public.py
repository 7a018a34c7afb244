"""What everybody may know of the figures: networks and meetings as they are, households never so that one shows.

Every public number of households stands on one grid of fives, rounded down, as on the pages of the areas. Two roundings
of one number would meet at different places, and between them show it whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ROUNDED_TO = 5


@dataclass(frozen=True)
class PublicNumber:
    """A number of households as the public sees it: at least `at_least`, or (then 0) fewer than `fewer_than`."""

    at_least: int
    fewer_than: int | None = None


def households(number: int, *, smallest: int) -> PublicNumber:
    """Rounded down to fives, so that two days' answers never differ by a household; what is fewer than that, or than
    the local `smallest`, is not told, and none is as little told as one."""
    least = max(ROUNDED_TO, smallest)
    return PublicNumber(0, least) if number < least else PublicNumber(number // ROUNDED_TO * ROUNDED_TO)


def added(numbers: Iterable[PublicNumber]) -> PublicNumber:
    """Several as one: what anybody could add up for themselves, so that the sum tells no more than its parts."""
    parts = list(numbers)
    total = sum(one.at_least for one in parts)
    return PublicNumber(total) if total else PublicNumber(0, sum(one.fewer_than or 0 for one in parts))
