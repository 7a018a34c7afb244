"""Which home a row or a household is, as far as it says: to see that two of them are the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grannsamverkan.domain.membership.lists.parts import folded
from grannsamverkan.domain.networks import NetworkKind

_FLAT = re.compile(r"(?:\b(?:lgh|lägenhet|apt)\.? ?|^)(\d{4}|(?<=[a-z. ])\d{1,3})$", re.IGNORECASE)
_FIRST_DIGIT = re.compile(r"\d.*")


@dataclass(frozen=True)
class Home:
    """A home in a part. `door` is what only one home there has: a house's number, or a flat's; `name` who lives there.

    Either may be empty.
    """

    unit_id: int | None
    door: str
    name: str


def home(unit_id: int | None, label: str, street: str, kind: NetworkKind | None) -> Home:
    """From how a household is known: "Nybyvägen 3, Anna", "3", "lgh 1102", "Anna". Among flats the number of the house
    is no door: everybody in the stairwell has it."""
    flat = house = ""
    names = []
    for piece in (one.strip() for one in label.split(",")):
        plain = folded(piece)
        if match := _FLAT.search(piece):
            flat = flat or match[1]
        elif digits := _FIRST_DIGIT.search(plain):
            house = house or digits[0]
        elif plain != folded(street):
            names.append(plain)
    in_a_house = f"{house}/{flat}" if flat else house
    return Home(unit_id, flat if kind is NetworkKind.APARTMENT else in_a_house, "".join(names))


class Homes:
    """The homes that are known, to ask whether one is among them."""

    def __init__(self, homes: Iterable[Home] = ()) -> None:
        self._doors: set[tuple[int | None, str]] = set()
        self._names: set[tuple[int | None, str]] = set()
        self._names_alone: set[tuple[int | None, str]] = set()
        for one in homes:
            if one.door:
                self._doors.add((one.unit_id, one.door))
            if one.name:
                (self._names if one.door else self._names_alone).add((one.unit_id, one.name))

    def __contains__(self, one: Home) -> bool:
        """By door where both have one, else by name. A home in no part is never known by this."""
        if one.unit_id is None:
            return False
        name = (one.unit_id, one.name)
        if one.door:
            return (one.unit_id, one.door) in self._doors or name in self._names_alone
        return bool(one.name) and (name in self._names_alone or name in self._names)
