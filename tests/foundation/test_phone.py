"""Every spelling a Swede uses is read as one number; everything doubtful is refused with the reason."""

import json
import os
from pathlib import Path

import pytest

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import Phone, PhoneKind, mask, read_phone, show

NUMBER = "+46701740605"


@pytest.mark.parametrize(
    "typed",
    [
        "0701740605",
        "070-1740605",
        "070-174 06 05",
        "070 174 06 05",
        "0701-74 06 05",
        "0701 740 605",
        "070.174.06.05",
        "070/174 06 05",
        "(070) 174 06 05",
        "(070)174-0605",
        "070\u2011174\u00a006\u00a005",
        "070–174 06 05",
        "070 — 174 06 05",
        "+46701740605",
        "+46 70 174 06 05",
        "+46 (0)70-174 06 05",
        "+46(0)701740605",
        "(+46) 70 174 06 05",
        "+460701740605",
        "0046701740605",
        "0046 (0)70 174 06 05",
        "00 46 70 174 06 05",
        "46701740605",
        "46 70-174 06 05",
        "701740605",
        "tel:+46701740605",
        "Tel: 070-174 06 05",
        "mobil 070-174 06 05",
        "070-174 06 05 (Anna)",
        "070-174 06 05, helst kvällar",
        "０７０１７４０６０５",
        '="0701740605"',
        "'0701740605",
        "  070-174 06 05\n",
        "\u202a070-174 06 05\u202c",
    ],
)
def test_any_spelling_of_one_number(typed: str) -> None:
    assert read_phone(typed) == Phone(NUMBER, PhoneKind.MOBILE)
    assert show(read_phone(typed).e164) == "070-174 06 05"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_empty"),
        (" \u00a0 ", "phone_empty"),
        ("-", "phone_not_a_number"),
        ("saknas", "phone_not_a_number"),
        ("Anna Ek", "phone_not_a_number"),
        ("070-ANNA-05", "phone_not_a_number"),
        ("070-174 06 05 ankn 12", "phone_not_a_number"),
        ("4.67017E+10", "phone_excel_mangled"),
        ("4,67E+10", "phone_excel_mangled"),
        ("46701740605e0", "phone_excel_mangled"),
        ("0701740625.0", "phone_excel_mangled"),
        ("46701740625,0", "phone_excel_mangled"),
        ("070-174 06 21 / 070-174 06 22", "phone_two_numbers"),
        ("0701740621 0701740622", "phone_two_numbers"),
        ("070-174 06 21 eller 070-174 06 22", "phone_two_numbers"),
        ("0701740621,0701740622", "phone_two_numbers"),
        ("112", "phone_emergency"),
        ("114 14", "phone_emergency"),
        ("070-174 06", "phone_too_short"),
        ("12", "phone_too_short"),
        ("+46 70 17", "phone_too_short"),
        ("070-174 06 05 05", "phone_too_long"),
        ("07017406050607080910", "phone_too_long"),
        ("0900-123 456", "phone_premium"),
        ("0939-123 456", "phone_premium"),
        ("020-12 34 56", "phone_service_number"),
        ("0771-23 45 67", "phone_service_number"),
        ("071-912 34 56", "phone_unknown_series"),
        ("+999 123 456 789", "phone_not_a_number"),
    ],
)
def test_refused_with_the_reason_and_without_the_number(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_phone(typed)
    assert refused.value.code == code
    told = str(refused.value) + repr(refused.value.facts)
    assert not typed.strip(" \u00a0-") or typed not in told
    assert set(refused.value.facts) <= {"digits"}


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("08-465 004 00", Phone("+46846500400", PhoneKind.LANDLINE)),
        ("0980-31 92 00", Phone("+46980319200", PhoneKind.LANDLINE)),
        ("010-234 56 78", Phone("+46102345678", PhoneKind.LANDLINE)),
        ("+45 32 12 34 56", Phone("+4532123456", PhoneKind.OTHER_COUNTRY)),
        ("0045 32 12 34 56", Phone("+4532123456", PhoneKind.OTHER_COUNTRY)),
        ("+358 41 2345678", Phone("+358412345678", PhoneKind.OTHER_COUNTRY)),
        ("+49 30 123456", Phone("+4930123456", PhoneKind.LANDLINE)),
    ],
)
def test_kinds(typed: str, phone: Phone) -> None:
    assert read_phone(typed) == phone


@pytest.mark.parametrize(
    ("e164", "shown", "masked"),
    [
        ("+46701740605", "070-174 06 05", "070-••• •• 05"),
        ("+4670174000123", "070-174 00 01 23", "070-••• •• •• 23"),
        ("+46701740001234", "070-174 00 01 234", "070-••• •• •• •34"),
        ("+46846500400", "08-465 004 00", "08-••• ••• 00"),
        ("+46980319200", "0980-31 92 00", "0980-•• •• 00"),
        ("+4532123456", "+45 32 12 34 56", "+45 •• •• •• 56"),
        ("not a number", "not a number", "not a number"),
        ("+4611", "11", "11"),
        ("", "", ""),
    ],
)
def test_shown_and_masked_even_if_no_plan_knows_it(e164: str, shown: str, masked: str) -> None:
    assert show(e164) == shown
    assert mask(e164) == masked


@pytest.mark.skipif("GRANNSAMVERKAN_TEST_DATA" not in os.environ, reason="no folder with reference material")
def test_inputs_that_trap_the_library() -> None:
    vectors = Path(os.environ["GRANNSAMVERKAN_TEST_DATA"]) / "sms" / "swedish_phone_inputs.json"
    cases = json.loads(vectors.read_text(encoding="utf-8"))["cases"]
    assert len(cases) >= 37
    read = {case["input"]: _read(case["input"]) for case in cases}
    for case in cases:
        if case.get("valid") and case["type"] in ("MOBILE", "FIXED_LINE", "UAN", "FIXED_LINE_OR_MOBILE"):
            assert read[case["input"]] == case["phonenumbers_e164"]
    assert read["070-174 06 20 (Anna)"] == "+46701740620"
    assert read["070-174 06 21 / 070-174 06 22"] == "phone_two_numbers"
    assert read["0701740625.0"] == "phone_excel_mangled"
    assert read["4.67017E+10"] == "phone_excel_mangled"
    assert {read[bad] for bad in ("112", "114 14", "020-12 34 56", "070-174 06", "saknas", "-", "")} == {
        "phone_emergency", "phone_service_number", "phone_too_short", "phone_not_a_number", "phone_empty",
    }  # fmt: skip


def _read(typed: str) -> str:
    try:
        return read_phone(typed).e164
    except Refused as refused:
        return refused.code


@pytest.mark.parametrize("series", ["70", "72", "73", "76", "79"])
def test_the_short_way_for_usual_numbers_says_the_same_as_the_long_one(series: str) -> None:
    """Written so that only the long way reads it, and so that the short one does."""
    digits = series + "1740605"
    for usual in ("0" + digits, f"0{series}-174 06 05", "+46" + digits, f"+46 {series} 174 06 05"):
        assert read_phone(usual) == read_phone(f"({usual})")
