"""What is taken out of a list before any of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from grannsamverkan.domain.membership.lists.columns import NEVER_STORED, Guess, Meaning, Row, guess, heading_at
from grannsamverkan.domain.membership.lists.marks import marks_protection, without_personal_numbers
from grannsamverkan.foundation.errors import Refused


@dataclass(frozen=True)
class Screened:
    """A list that may be stored. `heading_number` is the row of the headings, 0 where the list has none.

    `protected` rows are gone, and the rows after one are numbered as if it had never been there: nothing that is kept
    says which it was. `personal_numbers` counts cells they were taken out of, beside whole columns of them.
    """

    headings: tuple[str, ...]
    heading_number: int
    guesses: tuple[Guess, ...]
    rows: tuple[Row, ...]
    protected: int
    personal_numbers: int


def screen(rows: Sequence[Row]) -> Screened:
    """The list without personal numbers, notes and rows of people with protected identity.

    Raises:
        Refused: list_empty, when no row is left.
    """
    at = heading_at(rows)
    headings = tuple(without_personal_numbers(cell)[0] for cell in rows[at][1]) if at is not None else ()
    below = rows[at + 1 :] if at is not None else rows
    width = len(rows[0][1]) if rows else 0
    guesses = tuple(guess(headings or ("",) * width, below))
    kept = _without_protected(below, guesses)
    cleaned, personal_numbers = _cleaned(kept, guesses)
    if not cleaned:
        raise Refused("list_empty")
    return Screened(
        headings=headings or ("",) * width,
        heading_number=rows[at][0] if at is not None else 0,
        guesses=guesses,
        rows=tuple(cleaned),
        protected=len(below) - len(kept),
        personal_numbers=personal_numbers,
    )


def _without_protected(rows: Sequence[Row], guesses: Sequence[Guess]) -> list[Row]:
    own = [one.meaning is Meaning.PROTECTION for one in guesses]
    kept: list[Row] = []
    dropped = 0
    for number, cells in rows:
        if any(marks_protection(cell, in_own_column=is_own) for cell, is_own in zip(cells, own, strict=True)):
            dropped += 1
        else:
            kept.append((number - dropped, cells))
    return kept


def _cleaned(rows: Sequence[Row], guesses: Sequence[Guess]) -> tuple[list[Row], int]:
    never = [one.meaning in NEVER_STORED for one in guesses]
    cleaned: list[Row] = []
    taken_out = 0
    for number, cells in rows:
        row = []
        for cell, is_never in zip(cells, never, strict=True):
            plain, found = ("", 0) if is_never else without_personal_numbers(cell)
            taken_out += found > 0
            row.append(plain)
        if any(row):
            cleaned.append((number, row))
    return cleaned, taken_out
