"""What points out one home or plot: a street with its number, a flat, a floor, a position on the map."""

import re
from collections.abc import Iterator

from grannsamverkan.domain.alerts.guard.folding import Folded
from grannsamverkan.domain.alerts.guard.hits import Hit
from grannsamverkan.domain.alerts.guard.lexicon import word_class

_SAID = (
    "ett|två|tva|tre|fyra|fem|sex|sju|åtta|atta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|nitton|"
    "tjugo|tjugoett|tjugotvå|tjugotre|tjugofyra|tjugofem|trettio"
)
_THE_ONES = (
    "ettan|tvåan|tvaan|trean|fyran|femman|sexan|sjuan|åttan|attan|nian|tian|elvan|tolvan|trettonan|fjortonan|femtonan|"
    "sextonan|sjuttonan|artonan|nittonan|tjugan"
)
# What a number counts, when it counts something.
_COUNTED = (
    r"(?! ?(?:st|kr|kronor|år|m|km|meter|mil|liter|kg|%|gånger|gång|inbrott|bilar|cyklar|förråd|hushåll|personer|"
    r"fönster|dörrar|stölder|minuter|timmar|dagar|veckor|nätter|villor|hus|lägenheter|anmälningar|försök|januari|"
    r"februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b)"
)
_LETTER = r"(?:(?:[A-Za-z]| [A-Ha-hJ-NP-Z])(?![\wåäöÅÄÖ]))?"
_DIGITS = rf"\d{{1,4}}{_LETTER}(?!\w|:\d|[.,]\d|/\d{{1,2}}(?!\d)){_COUNTED}"
_MORE = (
    r"(?:(?: ?[-/,+&] ?| och | samt )(?:nr )?"
    r"[1-9]\d{0,3}(?:(?:[A-Za-z]| [A-Ha-h])(?!\w))?(?![\w:]| ?tr\b|[- ]\d\d)){0,8}"
)
_CALLED = r"(?:hus ?)?(?:nr[.:]? ?|nummer |no\.? )?"
_GOES_ON = r"(?: (?:har|är|hade|var|drabb|fick|blev|i|vid|och|såg|hör|ligg|står|stod)|[,.;!?)]|\s*$)"

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_AFTER_STREET = re.compile(
    rf"\.?[,:]? {{0,2}}[(#'\"]?{_CALLED}(?:{_DIGITS}|\d{{1,3}}(?:/\d{{1,3}}){{1,3}}(?!\d)){_MORE}(?:, ?\d ?tr\b)?"
    rf"| {_CALLED}(?:{_SAID})(?={_GOES_ON})",
    re.IGNORECASE,
)
_AFTER_FARM = re.compile(rf" (?!(?:19|20)\d\d\b){_DIGITS}(?={_GOES_ON})")
_AFTER_PLACE = re.compile(r" \d{1,3} ?[A-Z]?(?=[.,;!?)]|$| (?:har|är|hade|var|drabb|fick|blev)\b)")
_AFTER_HOME = re.compile(
    rf"(?! {{3}}) ?\.? ?(?:nr\.? ?|nummer )?(?:{_DIGITS}|(?:{_SAID})(?= (?:på|i|har|är)\b|[.,]|$))", re.IGNORECASE
)
_AFTER_HOUSE_NUMBER = re.compile(r"\.?:? ?\d{1,4}(?: ?[A-Z]\b)?(?!\w|:\d)")
_GLUED = re.compile(r"\d{1,3}[A-Za-z]?(?:-\d{1,3}[A-Za-z]?)?$")
_SHORTENED = re.compile(r"[A-ZÅÄÖ][a-zåäöé]{1,30}[gv]$")
_BEFORE_PLACE = re.compile(r"(?<!\w)(?:i|på|vid|hos|från) $", re.IGNORECASE)

_TO = r"(?:i|på|hos|vid|från|utanför|bakom|mittemot|mot|till|framför|intill|granne med)"
_NR = re.compile(rf"\b(?:{_TO} )?(?:nr|nummer)\.? ?(?:\d{{1,3}}(?: ?[A-Za-z])?|{_SAID})(?![\w:]|[.,]\d)", re.IGNORECASE)
_IS_TO = re.compile(_TO, re.IGNORECASE)
_WITH_LETTER = re.compile(r"\d[a-hA-H]$")
_BEFORE_NR = re.compile(r"(?:^|[.!?:] |grannen |grannarna |de i )$", re.IGNORECASE)
_AFTER_NR = re.compile(r" (?:är|har|hade|var|såg|drabb|fick|blev|står|stod|saknar|hörde)", re.IGNORECASE)
_ON_STREET = re.compile(r" (?:på |i |längs )?([A-ZÅÄÖ]\w{2,30})")

_OTHER = re.compile(
    # i tolvan, i 12:an
    rf"\b(?:i|på|hos|från|vid) (?:\d{{1,3}}:[ae]n|{_THE_ONES})\b(?: på \w{{1,40}})?|\b\d{{1,3}}:an\b"
    rf"|\b(?:{_THE_ONES}) på (?-i:[A-ZÅÄÖ])\w{{1,40}}"
    # a flat by its four figures, the neighbours in 4 and 6, a block by its number
    r"|\b(?:dörr|lägenhet)\w{0,3} (?:till |i |på )?1\d0\d\b"
    r"|\bgrann\w{0,5} i (?:nr )?\d{1,3}(?:[A-Za-z]|(?!\d))(?: och \d{1,3})?"
    r"|\b(?:kv|kvarteret|fastigheten)\.? \w{2,30} \d{1,3}(?!\w|:\d|[.,]\d)"
    # the yellow house, the third house
    r"|\b(?:första|andra|tredje|fjärde|femte|sjätte|sista|gula|röda|vita|gröna|blå|svarta|grå|rosa|bruna|beige) "
    r"(?:huset|villan|radhuset|stugan|torpet)\b|\bhörn(?:huset|villan)\b",
    re.IGNORECASE,
)
_FLOOR = re.compile(
    r"(?<!\w)(?:våning(?:en|s)? \d{1,2}\b|\d{1,2} ?tr\b|på (?:plan|vån\.?|våning) \d{1,2}\b|vån\.? \d{1,2}\b"
    r"|\d{1,2} trappor\b|(?:bor|lägenheten|våningen|dörren) högst upp\b|(?:en|två|tre|fyra) trappor? upp\b)"
    r"|\bpå (?:första|andra|tredje|fjärde|femte|sjätte|sjunde|åttonde|\d{1,2}:?[ae]) "
    r"(?:våningen|våningsplanet|planet)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(r"\b(?:du|ni|man)\b[^.:;!?]*$", re.IGNORECASE)
_PROPERTY = re.compile(
    r"(?<!\w)([A-ZÅÄÖ][a-zåäöé]{2,30}) (?:[1-9]\d{0,2}:[1-9]\d{0,3}|\d{1,3}:\d{3,4}|S:\d{1,3})(?![\d:])"
)
_POSITION = re.compile(
    r"(?<!\d)(?:[NS] ?)?\d{1,2}[.,]\d{3,8}°?(?: ?[NS])?[,;]? {1,2}(?:[EWÖ] ?)?\d{1,3}[.,]\d{3,8}°?(?: ?[EÖ]\b)?"
)
_ROOM = 20


def house_numbers(folded: Folded) -> Iterator[Hit]:
    """Everything that points out one home. Of a street only its number is taken away."""
    text = folded.text
    for word in _WORD.finditer(text):
        end = _end_of_address(text, word)
        if end is not None:
            is_home = any(word_class(name).has(word[0].lower()) for name in ("home_word", "house_number_word"))
            yield Hit("house_number", word.start(), end, instead="" if is_home else _GLUED.sub("", word[0]))
    for found in _NR.finditer(text):
        if _is_home(text, found):
            yield Hit("house_number", *found.span())
    for pattern in (_OTHER, _POSITION):
        for found in pattern.finditer(text):
            yield Hit("house_number", *found.span())
    for found in _PROPERTY.finditer(text):
        if not word_class("before_time").has(found[1].lower()):
            yield Hit("house_number", *found.span())
    for found in _FLOOR.finditer(text):
        if not _ADVICE.search(text[max(0, found.start() - _ROOM) : found.start()]):
            yield Hit("house_number", *found.span())


def _is_home(text: str, nr: re.Match[str]) -> bool:
    """Whether nr 12 is somebody's house: in it, at it, on a street, or doing what only a household does."""
    if _IS_TO.match(nr[0]) or _WITH_LETTER.search(nr[0]):
        return True
    street = _ON_STREET.match(text, nr.end())
    if street is not None and word_class("street").has(street[1].lower()):
        return True
    before = text[max(0, nr.start() - _ROOM) : nr.start()]
    return _BEFORE_NR.search(before) is not None and _AFTER_NR.match(text, nr.end()) is not None


def _end_of_address(text: str, word: re.Match[str]) -> int | None:
    """Where the number after this word ends, if the word is a street, a farm or a home and a number of it follows."""
    pattern = _number_after(text, word)
    if pattern is None:
        bare = _GLUED.sub("", word[0].lower())
        return word.end() if bare != word[0].lower() and word_class("street").has(bare) else None
    found = pattern.match(text, word.end())
    return found.end() if found else None


def _number_after(text: str, word: re.Match[str]) -> re.Pattern[str] | None:
    """How a number looks that makes an address of this word; None for a word that is no place."""
    lower = word[0].lower()
    if word_class("home_word").has(lower):
        return _AFTER_HOME
    if word_class("house_number_word").has(lower):
        return _AFTER_HOUSE_NUMBER
    if word_class("no_street").has(lower):
        return None
    if word_class("street").has(lower) or (_SHORTENED.match(word[0]) and not word_class("not_shortened").has(lower)):
        return _AFTER_STREET
    if not word[0][0].isupper():
        return None
    if word_class("farm").has(lower):
        return _AFTER_FARM
    before = text[max(0, word.start() - _ROOM) : word.start()]
    is_named = word[0][1:].islower() and not word_class("no_place").has(lower)
    return _AFTER_PLACE if is_named and _BEFORE_PLACE.search(before) else None
