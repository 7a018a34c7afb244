"""How many burglaries were reported where in a month: read from lines, kept, and shown so that nobody stands out."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain.letters.tables import CrimeCount, CrimeKind
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import sort_key

HEADINGS = ("Område", "Villor", "Lägenheter", "Förråd", "Fritidshus", "Bilar")
AREA_MAX_CHARS, MOST_AREAS, MOST_COUNTED = 60, 60, 9_999


@dataclass(frozen=True)
class AreaCounts:
    """An area's numbers, in the order of CrimeKind."""

    area: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class ShownCounts:
    """The same as everybody may know it. A number is None where it is smaller than what may be told; of all areas
    together it stands with whether there may be more."""

    areas: tuple[tuple[str, tuple[int | None, ...]], ...]
    together: tuple[tuple[int, bool], ...]
    smallest: int


def read_counts(text: str) -> list[AreaCounts]:
    """Lines of an area and five numbers, apart by semicolons, tabs or commas; a line of headings is passed over.

    Refused: as of `read_rows`.
    """
    lines = [line for line in text.replace("\ufeff", "").splitlines() if line.strip(" \t;,")]
    sign = next((one for one in ";\t," if lines and one in lines[0]), ";")
    return read_rows(enumerate(csv.reader(lines, delimiter=sign), start=1))


def read_rows(rows: Iterable[tuple[int, Sequence[str]]]) -> list[AreaCounts]:
    """The same of the cells of a sheet, with the numbers of its lines.

    Raises:
        Refused: counts_line (line), counts_area (line, most), counts_twice (line), counts_many (most).
    """
    found: dict[str, AreaCounts] = {}
    for place, (number, cells) in enumerate(rows):
        row = [" ".join(cell.split()) for cell in cells]
        if place == 0 and not any(cell.isdecimal() for cell in row):
            continue
        one = _read(row, number)
        if one.area.casefold() in found:
            raise Refused("counts_twice", line=number)
        found[one.area.casefold()] = one
    if len(found) > MOST_AREAS:
        raise Refused("counts_many", most=MOST_AREAS)
    return list(found.values())


def _read(row: Sequence[str], line: int) -> AreaCounts:
    area, cells = row[0], [cell or "0" for cell in row[1:]]
    kinds = len(CrimeKind)
    cells = [*cells[:kinds], *["0"] * (kinds - len(cells))]
    if len(row) < 2 or any(row[kinds + 1 :]) or not all(cell.isascii() and cell.isdecimal() for cell in cells):
        raise Refused("counts_line", line=line)
    if not 1 <= len(area) <= AREA_MAX_CHARS:
        raise Refused("counts_area", line=line, most=AREA_MAX_CHARS)
    numbers = tuple(int(cell[:9]) for cell in cells)
    if max(numbers) > MOST_COUNTED:
        raise Refused("counts_line", line=line)
    return AreaCounts(area, numbers)


def keep_counts(
    session: Session,
    municipality_code: str,
    month: str,
    rows: Iterable[AreaCounts],
    *,
    account_id: int,
    now: datetime,
) -> bool:
    """These are the month's numbers, and no others; False when they are so already."""
    wanted = sorted(rows, key=lambda one: sort_key(one.area))
    if wanted == counts_of(session, municipality_code, month):
        return False
    mine = (col(CrimeCount.municipality_code) == municipality_code, col(CrimeCount.month) == month)
    session.execute(delete(CrimeCount).where(*mine))
    session.add_all(
        CrimeCount(
            municipality_code=municipality_code,
            month=month,
            area=one.area,
            kind=kind,
            count=number,
            account_id=account_id,
            at=now,
        )
        for one in wanted
        for kind, number in zip(CrimeKind, one.numbers, strict=True)
    )
    session.flush()
    return True


def counts_of(session: Session, municipality_code: str, month: str) -> list[AreaCounts]:
    """The month's numbers, in Swedish order."""
    rows = select(CrimeCount).where(CrimeCount.municipality_code == municipality_code, CrimeCount.month == month)
    found: dict[str, dict[CrimeKind, int]] = {}
    for row in session.exec(rows):
        found.setdefault(row.area, {})[row.kind] = row.count
    counted = [AreaCounts(area, tuple(by.get(kind, 0) for kind in CrimeKind)) for area, by in found.items()]
    return sorted(counted, key=lambda one: sort_key(one.area))


def months_counted(session: Session, municipality_code: str) -> frozenset[str]:
    """The months that there are numbers of."""
    rows = select(CrimeCount.month).where(CrimeCount.municipality_code == municipality_code)
    return frozenset(session.exec(rows.distinct()))


def shown_counts(rows: Sequence[AreaCounts], *, smallest: int) -> ShownCounts:
    """What is smaller than `smallest` is not told, and none is as little told as one. The sum of a kind is told whole
    only where it gives no area away: where it would, it is the sum of what is told."""
    areas = tuple((one.area, tuple(number if number >= smallest else None for number in one.numbers)) for one in rows)
    kinds = range(len(CrimeKind))
    together = tuple(_together([one.numbers[place] for one in rows], smallest) for place in kinds)
    return ShownCounts(areas, together, smallest)


def _together(numbers: Sequence[int], smallest: int) -> tuple[int, bool]:
    """The number that is told, and whether there may be more."""
    hidden = [number for number in numbers if number < smallest]
    told = sum(numbers) - sum(hidden)
    gives_away = len(hidden) == 1 or sum(hidden) in (0, len(hidden) * (smallest - 1))
    if not hidden or (not gives_away and sum(numbers) >= smallest):
        return sum(numbers), False
    return told, True
