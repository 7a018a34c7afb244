"""Numbers that belong to somebody: personal numbers, telephone numbers, codes of doors."""

import re
from collections.abc import Iterator

from grannsamverkan.domain.alerts.guard.folding import Folded
from grannsamverkan.domain.alerts.guard.hits import Hit

_DAY = r"(?:0 ?[1-9]|[12] ?\d|3 ?[01]|6 ?[1-9]|[78] ?\d|9 ?[01])"  # coordination numbers add 60 to the day
_PERSONAL_NUMBER = re.compile(
    # Ten digits from 070 on are a telephone number, unless written as a personal one.
    r"(?<![\d-])(?:(?=\d{6} ?[-+] ?\d{4}(?!\d))|(?!0 ?7 ?[02369](?:[- ]?\d){7}(?!\d)))"
    rf"(?:(?:1 ?9|2 ?0) ?)?\d ?\d[-/. ]?(?:0 ?[1-9]|1 ?[0-2])[-/. ]?{_DAY} {{0,2}}[-+ ]? {{0,2}}"
    r"(?:\d(?: ?\d){3}|(?!\d{4})[\dxXnN*]{4})(?![\dxXnN*])"
)
_CALLED_PERSONAL = re.compile(
    r"(?:\bp-?nr\b|\bperso?n?s?\.? ?nr\b|\bpers?\.? ?num|\bpersonnummer|\bsamordningsn(?:ummer|r))\w{0,4}[^\d\n]{0,12}"
    r"(\d[\d -]{4,16}\d)",
    re.IGNORECASE,
)
_BORN = re.compile(r"\b(?:född|fodd|födelsedatum|f\.) ?:? ?((?:19|20)?\d{6})(?!\d)", re.IGNORECASE)

# What looks like a telephone number to a machine.
_CLOCK = r"(?:[01]?\d|2[0-4])[.:]?[0-5]\d"
_NO_PHONES = re.compile(
    rf"(?:\bkl(?:ockan)?\.? {{0,2}})?(?<![\d.]){_CLOCK} {{0,2}}(?:-|och|till) {{0,2}}(?:kl\.? {{0,2}})?{_CLOCK}"
    r"(?![\d.]\d|\d| \d\d)"
    r"|(?<![\d-])20\d\d-\d\d-\d\d(?![\d-])"
    r"|(?<![\d/])(?:[12]?\d|3[01]|0\d)/(?:0?[1-9]|1[0-2])(?:[ -/](?:20)?2\d)?(?![\d/]| \d\d)"
    r"|(?<![\d,.+])(?<!\d )(?<!\+ )[1-9]\d{0,2}(?: \d{3}){1,3}(?![\d-]| \d)(?! ?/)"  # 100 000 kr
    r"|(?<!\d)114 ?14(?!\d)|(?<!\d)112(?!\d)"
)
_PHONE = re.compile(
    r"(?<!\d)(?<!\d[.,:])(?:\+ ?|00 ?)46 ?(?:\(0\) ?|0 ?)?[1-9](?:[ ()./_*,:'|~-]{0,3}\d){6,9}(?!\d)"
    r"|(?<!\d)(?<!\d[.,:])\(?0\)?(?:[ ()./_*,:'|~-]{0,3}\d){7,10}(?!\d)"
    r"|(?<![\d/-])(?<!\d )46(?:[1-9]\d{7,8}| ?7[02369](?:[ -]?\d){7})(?!\d)"
    r"|(?<![\d/-])(?<!\d )7[02369](?:[ -]?\d){7}(?!\d)"
    r"|(?<![\d/.,-])(?<!\d )\d{2,3}[ -]\d{2}[ -]\d{2}(?:[ -]\d{2})?(?![\d-]| \d)"
    r"|(?<![\d/.,-])\d{7,13}(?![\d-])"
)
_FOREIGN_PHONE = re.compile(r"(?<![\d+])(?:\+|00)[1-9]\d?(?:[ ()./-]{0,2}\d){7,12}(?!\d)")
_LEAST_PHONE_DIGITS = 7

_NO_CODE = r"(?!112(?!\d)|114 ?14(?!\d)|20[12]\d(?!\d))"
_CODE = re.compile(
    rf"(?:kod(?:en|er|erna)?|\bpin|kodlås\w{{0,3}})\b:?[^\d\n.!?]{{0,30}}(?<!\d){_NO_CODE}(\d(?: ?\d){{2,7}})(?!\d)"
    r"(?! ?(?:kr|%|st|gånger|hushåll|minuter|meter))"
    rf"|(?<!\d){_NO_CODE}(\d{{4,8}}) (?:är|som|=|till) \w{{0,12}}kod(?:en)?\b",
    re.IGNORECASE,
)


def personal_numbers(folded: Folded) -> Iterator[Hit]:
    """Personal and coordination numbers, with and without the last four."""
    for found in _PERSONAL_NUMBER.finditer(folded.text):
        yield Hit("personal_number", *found.span())
    for pattern in (_CALLED_PERSONAL, _BORN):
        for found in pattern.finditer(folded.text):
            yield Hit("personal_number", *found.span(1))


def phones(folded: Folded) -> Iterator[Hit]:
    """Telephone numbers at home and abroad; times, dates, amounts and our own numbers are none."""
    text = _NO_PHONES.sub(lambda found: "¤" * len(found[0]), folded.text)
    for pattern in (_FOREIGN_PHONE, _PHONE):
        for found in pattern.finditer(text):
            if sum(char.isdigit() for char in found[0]) >= _LEAST_PHONE_DIGITS:
                yield Hit("phone", *found.span())


def codes(folded: Folded) -> Iterator[Hit]:
    """What opens a door or stills an alarm."""
    for found in _CODE.finditer(folded.text):
        yield Hit("code", *found.span(1 if found[1] else 2))
