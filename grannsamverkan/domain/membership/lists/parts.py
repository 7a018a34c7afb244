"""From a street, a house number and a stairwell as a list writes them to the network's part."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grannsamverkan.foundation.swedish import search_key

_ADDRESS = re.compile(
    r"(?P<street>\D{1,80}?)\s*(?P<number>\d{1,4}(?:\s?[-–/]\s?\d{1,4})?\s?[A-Za-z]?(?![A-Za-z\d]))?"
    r"\s*(?:(?:lgh|lägenhet|apt)\.?\s*)?(?P<flat>(?<!\d)\d{4})?"
)
_FLAT = re.compile(r"\b(?:lgh|lägenhet|apt)\.?\s*(\d{1,4})\b", re.IGNORECASE)
_SHORT = ((re.compile(r"v\.(?=\s|$)"), "vägen"), (re.compile(r"g\.(?=\s|$)"), "gatan"))
_FILLING = re.compile(r"\b(?:trappa|trappan|trapphus|trapphuset|uppgång|uppgången|port|ingång|hus|nr|stairwell)\b")


@dataclass(frozen=True)
class Address:
    """A street address, taken apart; what it does not say is empty."""

    street: str = ""
    number: str = ""
    flat: str = ""


def read_address(text: str) -> Address:
    """Nybyvägen 3 A lgh 1102, 243 30 Höör: the street, 3A and 1102. Town and postcode are left out."""
    first, *more = (part.strip() for part in text.split(","))
    named = next((match[1] for part in (first, *more) if (match := _FLAT.search(part))), "")
    whole = _ADDRESS.fullmatch(_FLAT.sub("", first).strip())
    if whole is None:
        return Address(first, "", named)
    return Address(whole["street"].strip(), plain_number(whole["number"] or ""), named or whole["flat"] or "")


def plain_number(number: str) -> str:
    """3 a as 3A"""
    return "".join(number.split()).upper()


@dataclass(frozen=True)
class Part:
    """A part of a network as it is matched: `is_leaf` when households live in it, not in parts of it."""

    id: int
    full_name: str
    own_name: str
    is_leaf: bool


class Parts:
    """The network's parts, found by what a list says. A network without parts takes everything as it is."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._leaves: dict[str, list[int]] = {}
        self._short: dict[str, list[int]] = {}
        self._buildings: set[str] = set()
        self.names: dict[int, str] = {}
        for part in parts:
            self.names[part.id] = part.full_name
            if part.is_leaf:
                self._leaves.setdefault(folded(part.full_name), []).append(part.id)
                self._short.setdefault(folded(part.own_name), []).append(part.id)
            else:
                self._buildings.add(folded(part.full_name))

    def find(self, address: Address, stairwell: str) -> tuple[int | None, str]:
        """(the part, "") or (None, what is wrong: unit_unknown, unit_ambiguous, stairwell_missing).

        (None, "") where the list says nothing of a place, or the network has no parts.
        """
        if not self.names or not (address.street or stairwell):
            return None, ""
        is_building = False
        for spelt in self._spellings(address, stairwell):
            found = self._leaves.get(spelt, ())
            if found:
                return (found[0], "") if len(found) == 1 else (None, "unit_ambiguous")
            is_building = is_building or spelt in self._buildings
        if not address.street:
            short = self._short.get(folded(stairwell), ())
            if short:
                return (short[0], "") if len(short) == 1 else (None, "unit_ambiguous")
        return None, "stairwell_missing" if is_building and not stairwell else "unit_unknown"

    def _spellings(self, address: Address, stairwell: str) -> list[str]:
        """What the part may be called, the most exact first."""
        street, number = address.street, address.number
        bare = number.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        wanted = []
        if stairwell:
            wanted += [f"{street} {number} {stairwell}", f"{street} {bare} {stairwell}", f"{street} {stairwell}"]
        wanted += [f"{street} {number}", f"{street} {bare}", street]
        return list(dict.fromkeys(folded(one) for one in wanted if one.strip()))


def folded(text: str) -> str:
    """Storgatan 12, trapphus A as storgatan12a: nobody writes a place the same way twice."""
    plain = search_key(text)
    if "." in plain:
        for short, long in _SHORT:
            plain = short.sub(long, plain)
    if plain.isalnum():
        return plain
    return "".join(char for char in _FILLING.sub(" ", plain) if char.isalnum())
