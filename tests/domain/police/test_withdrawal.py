"""When an event counts as no longer listed, and all that does not make it so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from grannsamverkan.domain import police

SEEN = datetime(2026, 2, 10, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
FRESHEST = 500
Row = Callable[..., dict[str, Any]]
Take = Callable[..., police.Taken]


@pytest.fixture
def rows(row: Row) -> list[dict[str, Any]]:
    """A full answer: id 1 is the oldest, a week back; 500 the newest."""
    return [row(n, at=SEEN - timedelta(minutes=20 * (500 - n)), name=f"Nr {n}") for n in range(1, 501)]


def without(rows: list[dict[str, Any]], *ids: int) -> list[dict[str, Any]]:
    """The rows without these, and as many newer ones, so that the answer stays full."""
    new = [rows[-1] | {"id": 1000 + n, "name": f"Nr {1000 + n}"} for n in ids]
    return [row for row in rows if row["id"] not in ids] + new


def test_only_several_full_answers_in_a_row_withdraw(session: Session, rows: list[dict[str, Any]], take: Take) -> None:
    take(*rows, seen_at=SEEN)
    counts = [take(*without(rows, 400), seen_at=SEEN + n * QUARTER).withdrawn for n in (1, 2, 3, 4)]
    assert counts == [0, 0, 1, 0]
    assert police.event(session, 400).withdrawn_at == SEEN + 3 * QUARTER
    take(*rows, seen_at=SEEN + 5 * QUARTER)
    assert police.event(session, 400).withdrawn_at is None


def test_one_answer_that_lists_it_begins_the_count_again(rows: list[dict[str, Any]], take: Take) -> None:
    answers = [rows, without(rows, 400), without(rows, 400), rows, without(rows, 400), without(rows, 400)]
    assert sum(take(*a, seen_at=SEEN + n * QUARTER).withdrawn for n, a in enumerate(answers)) == 0


def test_the_same_answer_counts_once(rows: list[dict[str, Any]], take: Take) -> None:
    take(*rows, seen_at=SEEN)
    assert sum(take(*without(rows, 400), seen_at=SEEN + QUARTER).withdrawn for _ in range(4)) == 0


def test_an_older_answer_says_nothing_about_what_was_seen_later(rows: list[dict[str, Any]], take: Take) -> None:
    take(*rows, seen_at=SEEN + 9 * QUARTER)
    assert sum(take(*without(rows, 400), seen_at=SEEN + n * QUARTER).withdrawn for n in range(5)) == 0


def test_what_leaves_at_the_end_of_the_list_is_not_withdrawn(rows: list[dict[str, Any]], take: Take) -> None:
    """Number 1 stays as a straggler while the events after it leave."""
    take(*rows, seen_at=SEEN)
    answer = without(rows, *range(2, 15))
    assert sum(take(*answer, seen_at=SEEN + n * QUARTER).withdrawn for n in range(1, 6)) == 0


@pytest.mark.parametrize("fault", ["short", "old", "half gone"])
def test_a_short_old_or_shifted_answer_withdraws_nothing(rows: list[dict[str, Any]], take: Take, fault: str) -> None:
    take(*rows, seen_at=SEEN)
    answer = {
        "short": [row for row in rows if row["id"] != 400],
        "old": without(rows, 400),
        "half gone": without(rows, *range(150, 400)),
    }[fault]
    later = SEEN + (timedelta(days=2) if fault == "old" else QUARTER)
    assert sum(take(*answer, seen_at=later + n * QUARTER).withdrawn for n in range(5)) == 0
