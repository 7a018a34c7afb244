"""What everybody may know of the figures: networks and meetings as they are, households never so that one shows."""

from dataclasses import dataclass

ROUNDED_TO = 5


@dataclass(frozen=True)
class PublicNumber:
    """A number of households as the public sees it: about `about`, or fewer than `fewer_than`."""

    about: int
    fewer_than: int | None = None


def households(number: int, *, smallest: int) -> PublicNumber:
    """Rounded to the nearest five, so that two days' answers never differ by a household; small ones are not told, and
    none is as little told as one."""
    if number < smallest:
        return PublicNumber(0, smallest)
    return PublicNumber(max(ROUNDED_TO, (number + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO))
