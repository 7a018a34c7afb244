"""Taking a finding out of a text so that what is left still reads."""

import re

from grannsamverkan.domain.alerts.guard.findings import FREE_TEXT_MAX_CHARS, Finding

# What leads up to a number or a name and says nothing without it.
_LEAD = re.compile(
    r"(?:(?:(?<=\s)|(?<=^))(?:på|till|via|från|vid|i|hos|med|av|nr|nr\.|nummer|numret|tel|tele|tel\.|telefon|telnr|mobil|mob|mob\.|mobilen|"
    r"regnr|reg|reg\.|reg\.nr|skylt|skylten|skyltarna|pnr|personnummer|personnumret|personnr|persnr|e-post|mejl|mejla|mail|maila|länk|länken|"
    r"adress|adressen|sms:a|swish|swisha|heter|är|se|mvh|hälsningar|/|//|-)[:.]?\s*){1,4}$",
    re.IGNORECASE,
)
_LEAD_ROOM = 60
_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]++(?=\s|$)|\n")
_ENDS_WITH_SHORTENED = re.compile(r"\b(?:kl|ca|nr|st|fam|tel|ev|bl|ex|dr|mvh|hälsn|v|reg|m|t|d|s|f)\.$", re.IGNORECASE)
_LEAST_WORDS = 2
# A sentence may not end so, nor begin so.
_DANGLES = re.compile(
    r"\b(?:har|hade|är|var|ser|såg|sett|märkt|märkta|koden|kod|heter|sig|och|eller|på|som|slutar|börjar|kommer|finns|ringer|från|att|den|det|stod|står|om|för)$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\s*(?:är|var|har|hade|såg|sågs|stod|står|kommer|kom|går|ringer|ligger|fick|blev|backade|lämnade|körde|cirkulerar?|"
    r"cirkulerade|tankade|passerade|åkte|tar|funkar|gäller|finns)\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(r"(?:^|\s)(?:medan|när|då|eftersom|för att)\s*$", re.IGNORECASE)
_BEGINS_SUBORDINATE = re.compile(r"(?:medan|när|då|eftersom)\b", re.IGNORECASE)
_BRACKETS = {"(": ")", '"': '"', "”": "”", "“": "”", "'": "'", "[": "]", "<": ">", "«": "»"}


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that holds [start, end)."""
    begin, stop = 0, len(text)
    for found in _SENTENCE_END.finditer(text):
        if found[0] == "." and _ENDS_WITH_SHORTENED.search(text[max(0, found.end() - 10) : found.end()]):
            continue
        if found.end() <= start:
            begin = found.end()
        elif found.start() >= end - 1:
            stop = found.end()
            break
    while begin < start and text[begin].isspace():
        begin += 1
    return begin, stop


def is_sentence(text: str, start: int, end: int) -> bool:
    """Whether [start, end) is a whole sentence, and not the whole text without one."""
    return sentence_around(text, start, end) == (start, end)


def cut(text: str, start: int, end: int, instead: str, *, whole: bool) -> tuple[int, int, str]:
    """What to take out for a finding at [start, end), and what to put there."""
    begin, stop = sentence_around(text, start, end)
    if whole:
        return _without_clause(text, start, begin, stop)
    if instead:
        return start, end, instead
    from_at, to_at = _with_brackets(text, start, end)
    lead = _LEAD.search(text[max(begin, from_at - _LEAD_ROOM) : from_at])
    from_at = max(begin, from_at - _LEAD_ROOM) + lead.start() if lead else from_at
    before, after = text[begin:from_at].strip(), text[to_at:stop]
    is_last = not after.strip(' .!?,;:)"”')
    reads = not (is_last and _DANGLES.search(before)) and not (not before and _GOES_ON.match(after))
    if reads and len(re.findall(r"\w{2,}", f"{before} {after}")) >= _LEAST_WORDS:
        return from_at, to_at, ""
    return begin, stop, ""


def _without_clause(text: str, start: int, begin: int, stop: int) -> tuple[int, int, str]:
    """The sentence, or only its last clause where that begins with medan or när and something stands before it."""
    joint = _SUBORDINATE.search(text[begin:start])
    if joint is not None:
        start = begin + joint.start()
    if (joint is not None or _BEGINS_SUBORDINATE.match(text[start:])) and len(
        text[begin:start].split()
    ) >= _LEAST_WORDS:
        end = stop
        while end > start and text[end - 1] in ".!?\n ":
            end -= 1
        return start, end, ""
    return begin, stop, ""


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """With the brackets or quotes around it, where they hold nothing else."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if before and after and _BRACKETS.get(before[-1]) == after[0]:
        return len(before) - 1, len(text) - len(after) + 1
    return start, end


def mended(text: str, finding: Finding) -> str:
    """The text without what the finding is about: a street keeps its name, a text that is too long its first part."""
    if finding.code == "too_long":
        return text.strip()[: FREE_TEXT_MAX_CHARS + 1].rpartition(" ")[0][:FREE_TEXT_MAX_CHARS]
    before, after = text[: finding.cut_start], text[finding.cut_end :]
    return _tidy(before, finding.instead, after)


def _tidy(before: str, instead: str, after: str) -> str:
    """Blanks, commas and capitals put right where the text was cut."""
    before = before if instead else before.rstrip(" \n\t,;:/–-") + " "
    begins = not before.strip() or before.rstrip()[-1:] in ".!?"
    after = re.sub(r"^\s*[,;:/–-]+(?=\s|$)", "", after) if not instead and (begins or not after.strip()) else after
    left = before + instead + after
    left = re.sub(r"(?<=\S)[ \t]{2,}+", " ", left)
    left = re.sub(r"(?<![ \t])[ \t]++([.,;:!?)])", r"\1", left)
    left = re.sub(r"([,;:])(?=[.!?])|([.!?])(?=[.,;:])(?!\.\.)", lambda found: found[2] or "", left)
    left = left.strip()
    at = len(left) - len(after.lstrip()) if begins and not instead else -1
    if 0 <= at < len(left) and left[at].islower():
        left = left[:at] + left[at].upper() + left[at + 1 :]
    return left
