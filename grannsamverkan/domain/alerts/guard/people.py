"""What is said about people: how they look, who is guilty, who is away, what they drove. The rules: `rules.txt`."""

from collections.abc import Iterator

from grannsamverkan.domain.alerts.guard.hits import Hit, merged
from grannsamverkan.domain.alerts.guard.lexicon import word_class
from grannsamverkan.domain.alerts.guard.phrases import Match, matches, rules
from grannsamverkan.domain.alerts.guard.tokens import Token, Words

_BETWEEN = frozenset({",", "och", "med", "i", "en", "ett", "som", "till"})
_BETWEEN_LOOKS = frozenset(
    {"i", "med", "och", ",", "ca", "cirka", "en", "ett", "samt", "på", "hade", "har", "var", "är", "st", "den"}
)
_WHO = frozenset({"man", "person", "personen", "personer", "par", "paret", "kv"})
_COUNTS = frozenset({"två", "tre", "fyra", "fem", "sex", "några", "flera", "båda"})


def looks(words: Words) -> Iterator[Hit]:
    """Descriptions of people, each in one piece with what belongs to it."""
    parts = ("noun", "age", "body", "clothes", "origin", "language")
    found = (_look(words, match) for part in parts for match in matches(words, rules(f"looks_{part}")))
    yield from merged(words.folded, found, _BETWEEN_LOOKS)


def guilt(words: Words) -> Iterator[Hit]:
    """Who is said to be guilty, or known, caught, sentenced."""
    yield from merged(words.folded, (_hit("guilt", words, one) for one in matches(words, rules("guilt"))), _BETWEEN)


def absence(words: Words) -> Iterator[Hit]:
    """Who is away, and which home is empty."""
    yield from merged(words.folded, (_hit("absence", words, one) for one in matches(words, rules("absence"))), _BETWEEN)


def vehicles(words: Words) -> Iterator[Hit]:
    """What somebody came or left in."""
    found = (_vehicle(words, match) for match in matches(words, rules("vehicle")))
    yield from merged(words.folded, found, _BETWEEN)


def _hit(code: str, words: Words, match: Match, instead: str = "") -> Hit:
    start, end = words.tokens[match.start].start, words.tokens[match.end - 1].end
    return Hit(code, start, end, instead=instead, whole=match.phrase.whole)


def _look(words: Words, match: Match) -> Hit:
    tokens = words.tokens[match.start : match.end]
    says_who = any(word_class("sexed").has(key) or key in _WHO for token in tokens for key in token.keys)
    if word_class("origin_country").has(tokens[-1].keys[0]):
        return _hit("looks", words, match, instead=" ".join(token.text for token in tokens[:-2]))
    if match.phrase not in rules("looks_noun") and not says_who:
        return _hit("looks", words, match)
    before = words.tokens[match.start - 1].keys[0] if match.start else ""
    return _hit("looks", words, match, instead=_somebody(tokens, before))


def _somebody(tokens: tuple[Token, ...], before: str) -> str:
    """En person, personerna, två personer: whoever it was, without how they look."""
    first = tokens[0]
    keys = {key for token in tokens for key in token.keys}
    many = any(word_class("sexed_many").has(key) for key in keys)
    is_the = any(word_class("sexed_the").has(key) for key in keys)
    if first.keys[0] in _COUNTS or first.is_number:
        said = f"{first.text} personer"
    elif many or before in _COUNTS:
        said = "personerna" if is_the else "personer"
    else:
        said = "personen" if is_the or first.keys[0] == "den" else "person" if before == "en" else "en person"
    return said[:1].upper() + said[1:] if first.begins else said


def _vehicle(words: Words, match: Match) -> Hit:
    """The car with its colour and make, without what it did; a car instead."""
    if match.phrase.whole:
        return _hit("vehicle", words, match)
    inside = range(match.start, match.end)
    cars = [at for at in inside if _is_vehicle(words, at)]
    if not cars:
        return _hit("vehicle", words, match)
    first = last = cars[-1]
    while first > 0 and _describes(words, first - 1):
        first -= 1
    is_the = first == last and word_class("vehicle_the").has(words.tokens[last].keys[0])
    while last + 1 < match.end and (words.tokens[last + 1].text == "," or word_class("colour").holds(words, last + 1)):
        last += 1
    said = "bilen" if is_the else "en bil"
    if words.tokens[first].begins:
        said = said[:1].upper() + said[1:]
    return Hit("vehicle", words.tokens[first].start, words.tokens[last].end, instead=said)


def _is_vehicle(words: Words, at: int) -> bool:
    return any(word_class(name).holds(words, at) for name in ("vehicle_kind", "car", "make"))


def _describes(words: Words, at: int) -> bool:
    names = ("colour", "vehicle_look", "origin_adjective", "make", "vehicle_kind", "registered")
    return words.tokens[at].keys[0] in ("en", "ett", "den") or any(word_class(name).holds(words, at) for name in names)
