"""Nobody earns money on our codes: only Swedish mobiles get any, and a flood of requests stays within its budget."""

from datetime import timedelta

import pytest

from grannsamverkan.domain import codes
from grannsamverkan.domain.codes import CodeLimits, CodePurpose
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import read_phone
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import NOW, a_phone, a_street, an_approved_alert
from tests.support.recording_channel import RecordingChannel

MOBILES = (
    *("0701740605", "070-174 06 06", "070 174 06 07", "0701-74 06 08", "+46701740609", "+46 70 174 06 10"),
    *("+46 (0)70-174 06 11", "0046701740612", "46701740613", "701740614", "(070) 174 06 15", "070.174.06.16"),
    *("070/174 06 17", "tel:+46701740618", "070–174 06 19", "070-174 06 20 (Anna)"),
)
OTHERS = (
    # landlines, and numbers of companies
    *("08-465 004 00", "08 465 004 99", "+46 8 465 004 50", "031-390 06 00", "040-628 04 00", "0980-31 92 00"),
    *("+46846500400", "0046 8 465 004 00", "010-234 56 78", "+46 10 234 56 78", "010 199 00 00"),
    # what costs whoever calls, or is paid by whoever is called
    *("0900-123 456", "0939-123 456", "0944-123 456", "+46 900 123 456", "0046939123456", "020-12 34 56"),
    *("0771-23 45 67", "0770-12 34 56", "077-123 45 67", "099-123 45 67"),
    # emergency, service and short numbers
    *("112", "114 14", "113 13", "1177", "90 000", "118 118", "71700", "72456", "7726", "116 000"),
    # other countries, satellites and world-wide paid numbers
    *("+45 32 12 34 56", "+47 22 12 34 56", "+358 41 234 56 78", "+44 7700 900123", "+49 1512 3456789"),
    *("+1 202 555 0123", "+7 912 345 67 89", "+881 6 1234 5678", "+882 16 1234 5678", "+979 1 2345 6789"),
    *("0045 32 12 34 56", "+252 61 234 5678", "+371 20 12 34 56"),
    # no number at all, or no whole one
    *("070-174 06", "070-174 06 05 05", "0719-12 34 56", "070-ANNA-05", ""),
)


def test_the_table_is_long_enough() -> None:
    assert len(set(MOBILES) | set(OTHERS)) == len(MOBILES) + len(OTHERS) >= 60


@pytest.mark.goal("S7")
@pytest.mark.parametrize("typed", MOBILES)
def test_a_swedish_mobile_gets_a_code(sqlite_database: Database, typed: str) -> None:
    assert _gets_a_code(sqlite_database, typed)


@pytest.mark.goal("S7")
@pytest.mark.parametrize("typed", OTHERS)
def test_nothing_else_does(sqlite_database: Database, typed: str) -> None:
    assert not _gets_a_code(sqlite_database, typed)


def _gets_a_code(database: Database, typed: str) -> bool:
    """As read at the door; and where the door takes more, the room refuses it all the same."""
    try:
        number = read_phone(typed).e164
        with database.write() as session:
            code = codes.ask(
                session,
                purpose=CodePurpose.JOIN,
                channel=ChannelKind.SMS,
                address=number,
                ticket="t",
                visitor="v",
                now=NOW,
                limits=CodeLimits(),
            )
    except Refused:
        return False
    return code is not None


@pytest.mark.goal("S6")
@pytest.mark.parametrize(
    ("requests", "visitors", "budget"),
    [pytest.param(500, 25, 100, marks=pytest.mark.slow), pytest.param(10_000, 500, 2000, marks=pytest.mark.long)],
)
def test_a_flood_stays_within_its_budget_and_warnings_go_out(
    sqlite_runtime: Runtime, sms: RecordingChannel, requests: int, visitors: int, budget: int
) -> None:
    """Each request for another address, from ever the same visitors, within an hour and the next."""
    given, told_to_wait = 0, 0
    limits = CodeLimits(per_day=budget)
    for hour in (0, 1):
        with sqlite_runtime.database.write(durable=False) as session:
            for n in range(requests // 2):
                number = hour * requests + n
                try:
                    code = codes.ask(
                        session,
                        purpose=CodePurpose.JOIN,
                        channel=ChannelKind.EMAIL,
                        address=f"granne{number}@post.example",
                        ticket=f"t{number}",
                        visitor=f"198.51.100.{n % visitors}",
                        now=NOW + timedelta(hours=hour, seconds=n * 3000 / requests),
                        limits=limits,
                    )
                    given += code is not None
                except Refused:
                    told_to_wait += 1
    assert given == budget, "no flood, or no budget"
    assert told_to_wait == 0, "each visitor kept to ten an hour: only the budget holds them"
    an_approved_alert(sqlite_runtime, a_street(sqlite_runtime, phones=2))
    drain(sqlite_runtime)
    assert sorted(sms.addresses) == [a_phone(0), a_phone(1)]


def test_a_visitor_who_asks_for_one_address_after_another_is_told_to_wait(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        outcomes = [_asks(session, n) for n in range(30)]
    assert outcomes == ["given"] * 10 + ["wait"] * 20


def _asks(session, n: int) -> str:  # type: ignore[no-untyped-def]
    try:
        codes.ask(
            session,
            purpose=CodePurpose.OWN_PAGE,
            channel=ChannelKind.EMAIL,
            address=f"granne{n}@post.example",
            ticket=f"t{n}",
            visitor="198.51.100.1",
            now=NOW + timedelta(seconds=n),
            limits=CodeLimits(),
        )
    except Refused:
        return "wait"
    return "given"
