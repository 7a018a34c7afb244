"""One-time codes: one use, one browser, ten minutes, five tries; and the limits on asking."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from grannsamverkan.domain import codes
from grannsamverkan.domain.codes import CodeAnswer, CodeLimits, CodeOutcome, CodePurpose
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.at_once import at_once
from tests.support.builders import NOW, a_phone

PHONE = a_phone(0)
MINUTE = timedelta(minutes=1)


def asked(
    database: Database, *, ticket: str = "t", number: str = PHONE, at: timedelta = 0 * MINUTE, **more: Any
) -> str | None:
    filled = {"purpose": CodePurpose.JOIN, "visitor": "198.51.100.1", "limits": CodeLimits(), **more}
    with database.write() as session:
        return codes.ask(session, channel=ChannelKind.SMS, address=number, ticket=ticket, now=NOW + at, **filled)


def tried(database: Database, code: str, *, ticket: str = "t", at: timedelta = 0 * MINUTE, **more: Any) -> CodeAnswer:
    filled = {"purpose": CodePurpose.JOIN, "limits": CodeLimits(), **more}
    with database.write() as session:
        return codes.check(session, ticket=ticket, code=code, now=NOW + at, **filled)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.goal("S5")
def test_the_right_code_works_once_with_spaces_and_dashes(database: Database) -> None:
    code = asked(database)
    assert code is not None
    assert len(code) == 6
    answer = tried(database, f" {code[:3]}-{code[3:]} ")
    assert answer.outcome is CodeOutcome.RIGHT
    assert answer.channel is ChannelKind.SMS
    assert tried(database, code).outcome is CodeOutcome.DEAD


@pytest.mark.goal("S5")
def test_it_belongs_to_its_browser_and_its_purpose(database: Database) -> None:
    code = asked(database)
    assert code is not None
    assert tried(database, code, ticket="another").outcome is CodeOutcome.DEAD
    assert tried(database, code, purpose=CodePurpose.OWN_PAGE).outcome is CodeOutcome.DEAD
    assert tried(database, code).outcome is CodeOutcome.RIGHT


@pytest.mark.goal("S5")
def test_it_dies_after_ten_minutes_and_when_a_newer_one_is_asked_for(database: Database) -> None:
    first = asked(database)
    assert first is not None
    assert tried(database, first, at=10 * MINUTE).outcome is CodeOutcome.DEAD
    older, newer = asked(database, ticket="u"), asked(database, ticket="u", at=MINUTE)
    assert older is not None
    assert newer is not None
    assert older == newer or tried(database, older, ticket="u", at=MINUTE).outcome is CodeOutcome.WRONG
    assert tried(database, newer, ticket="u", at=MINUTE).outcome is CodeOutcome.RIGHT


@pytest.mark.goal("S5")
def test_five_wrong_tries_kill_it(database: Database) -> None:
    code = asked(database)
    assert code is not None
    left = [tried(database, wrong(code)).tries_left for _ in range(4)]
    assert left == [4, 3, 2, 1]
    assert tried(database, wrong(code)).outcome is CodeOutcome.DEAD
    assert tried(database, code).outcome is CodeOutcome.DEAD


def test_a_code_for_nobody_is_never_right(database: Database) -> None:
    """Whoever asks about a stranger gets the same rows and the same pages, and no code in the world opens them."""
    assert asked(database, is_wanted=False) is None
    assert tried(database, "000000").outcome is CodeOutcome.WRONG
    with database.read() as session:
        assert len(session.exec(select(codes.OneTimeCode)).all()) == 1


@pytest.mark.goal("S41")
def test_fifty_uses_at_once_are_one(database: Database) -> None:
    code = asked(database)
    assert code is not None
    answers = at_once(lambda: tried(database, code).outcome, 50)
    assert answers.count(CodeOutcome.RIGHT) == 1


def test_an_address_gets_three_in_ten_minutes_and_five_a_day_whoever_asks(database: Database) -> None:
    given = [asked(database, ticket=f"t{n}", visitor=f"v{n}", at=n * MINUTE) for n in range(4)]
    assert [code is not None for code in given] == [True, True, True, False]
    later = [asked(database, ticket=f"u{n}", visitor=f"w{n}", at=(30 + 20 * n) * MINUTE) for n in range(3)]
    assert [code is not None for code in later] == [True, False, False]


def test_a_number_block_and_the_whole_day_have_a_budget(database: Database) -> None:
    given = [
        asked(database, number=a_phone(n), ticket=f"t{n}", visitor=f"v{n}", limits=CodeLimits(per_block_hour=4))
        for n in range(6)
    ]
    assert sum(code is not None for code in given) == 4
    more = [
        asked(database, number=a_phone(n), ticket=f"u{n}", visitor=f"w{n}", limits=CodeLimits(per_day=5))
        for n in range(10, 14)
    ]
    assert sum(code is not None for code in more) == 1
    assert asked(database, number=a_phone(30), ticket="z", limits=CodeLimits(is_on=False)) is None


def test_a_visitor_and_a_browser_are_told_to_wait(database: Database) -> None:
    for n in range(3):
        asked(database, at=n * MINUTE)
    with pytest.raises(Refused, match="codes_wait"):
        asked(database, at=3 * MINUTE)
    for n in range(7):
        asked(database, number=a_phone(n + 1), ticket=f"t{n}", at=4 * MINUTE)
    with pytest.raises(Refused) as refused:
        asked(database, number=a_phone(20), ticket="fresh", at=30 * MINUTE)
    assert refused.value.facts == {"minutes": 30}


@pytest.mark.parametrize("number", ["+4684030010", "+4690012345", "+447911123456", "+4610123456"])
def test_nothing_that_could_cost_money_gets_a_code(sqlite_database: Database, number: str) -> None:
    with pytest.raises(Refused):
        asked(sqlite_database, number=number)


def test_codes_are_spread_evenly(sqlite_database: Database) -> None:
    """Chi-square over the first digit of 2,000 codes: 9 degrees of freedom, p = 0.0001 at 33.7."""
    counts = [0] * 10
    with sqlite_database.write() as session:
        for n in range(2000):
            code = codes.ask(
                session,
                purpose=CodePurpose.JOIN,
                channel=ChannelKind.EMAIL,
                address=f"granne{n}@post.example",
                ticket=f"t{n}",
                visitor=f"v{n}",
                now=NOW,
                limits=CodeLimits(per_day=10_000),
            )
            assert code is not None
            counts[int(code[0])] += 1
    assert sum((count - 200) ** 2 / 200 for count in counts) < 33.7


def test_codes_that_nobody_uses_look_misused(sqlite_database: Database) -> None:
    limits = CodeLimits(per_block_hour=100)
    for n in range(20):
        asked(sqlite_database, number=a_phone(n), ticket=f"t{n}", visitor=f"v{n}", limits=limits)
    with sqlite_database.read() as session:
        assert codes.looks_misused(session, now=NOW + MINUTE)
        assert not codes.looks_misused(session, now=NOW + 20 * MINUTE)
