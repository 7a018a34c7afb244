"""Names of people: common ones by a list, others by the company they keep. Places called after somebody are none."""

from collections.abc import Iterator

from grannsamverkan.domain.alerts.guard.hits import Hit, merged
from grannsamverkan.domain.alerts.guard.lexicon import word_class
from grannsamverkan.domain.alerts.guard.tokens import Token, Words

_BRIDGES = frozenset({"och", "o", "&", ",", "/", "samt", "eller"})
_WITHIN = frozenset({"i", "utanför", "längs", "genom", "kring"})
_WHERE = frozenset(
    {
        "i",
        "på",
        "vid",
        "från",
        "till",
        "mot",
        "utanför",
        "kring",
        "runt",
        "om",
        "mellan",
        "genom",
        "längs",
        "bakom",
        "nära",
    }
)
_ROMAN = frozenset("IVX")
_NO_INITIALS = frozenset({"P.S", "O.S", "U.S", "F.N", "T.O", "D.V", "S.K", "N.B", "M.M", "T.H", "E.O", "K.L", "B.L"})


def names(words: Words) -> Iterator[Hit]:
    """Every name of a person, with what stands together with it."""
    found = [Hit("name", *span) for span in _spans(words)]
    for hit in merged(words.folded, found, _BRIDGES):
        yield Hit(hit.code, hit.start, hit.end, instead=_instead(words, hit))


def _spans(words: Words) -> Iterator[tuple[int, int]]:
    for at, token in enumerate(words.tokens):
        if token.is_word and not _is_place(words, at) and _is_somebody(words, at):
            yield token.start, token.end
        end = _initials_end(words, at)
        if end is not None:
            yield token.start, words.tokens[end - 1].end


def _is_somebody(words: Words, at: int) -> bool:
    tests = (_has_company, _is_called, _is_stranger)
    return _is_listed(words.tokens[at]) or any(test(words, at) for test in tests)


def _is_listed(token: Token) -> bool:
    return _in(token, "given") or _in(token, "surname") or token.keys[0].endswith(("sson", "ssons", "qvist", "qvists"))


def _in(token: Token, name: str) -> bool:
    """Whether the token is a name of this list, in its genitive too."""
    known = word_class(name)
    parts = token.keys[0].split("-")
    if len(parts) == 2 and token.text[0].isupper() and all(_listed_key(part) for part in parts):
        return True
    return any(known.has(key) or (key.endswith("s") and known.has(key[:-1])) for key in token.keys)


def _listed_key(key: str) -> bool:
    bare = key.removesuffix("s")
    return any(word_class(name).has(one) for name in ("given", "given_words", "surname") for one in (key, bare))


def _is_place(words: Words, at: int) -> bool:
    """Gustav Adolfs torg, Karl XI:s väg, Annas backe, Sankt Olof"""
    before, after = _token(words, at - 1), _token(words, at + 1)
    if before is not None and before.keys[0] in ("s", "st", "t") and before.text != "s":
        return True
    if before is not None and word_class("place_before").holds(words, at - 1):
        return True
    if before is not None and before.text == "t" and at > 2 and words.tokens[at - 2].text == ":":
        return True
    if before is not None and before.keys[0].endswith("s") and word_class("place_after").holds(words, at):
        return True
    if before is not None and before.keys[0] in _WITHIN and not words.tokens[at].keys[0].endswith("s"):
        return True
    if after is None:
        return False
    if set(after.text) <= _ROMAN:
        return True
    if _is_place_word(words, at + 1) and not _is_owned_thing(words, at):
        return True
    if not (after.is_word and after.text[0].isupper()) or at + 2 >= len(words.tokens):
        return False
    if _is_place_word(words, at + 2):
        return True
    second = words.tokens[at + 2]
    return second.text[0].isupper() and at + 3 < len(words.tokens) and _is_place_word(words, at + 3)


def _is_place_word(words: Words, at: int) -> bool:
    token = words.tokens[at]
    if word_class("place_after").holds(words, at):
        return True
    is_surname = _in(token, "surname") or _in(token, "surname_words")
    return token.text[0].isupper() and _looks_like_place(token) and not is_surname


def _is_owned_thing(words: Words, at: int) -> bool:
    """Evas bil: a genitive before a thing that a person has."""
    thing = words.tokens[at + 1]
    return (
        words.tokens[at].keys[0].endswith("s") and thing.text[0].islower() and word_class("owned").holds(words, at + 1)
    )


def _has_company(words: Words, at: int) -> bool:
    """A name that is also a word: with a capital, beside another name or with what only people do."""
    token = words.tokens[at]
    if words.shouted or not token.is_capitalised or not (_in(token, "given_words") or _in(token, "surname_words")):
        return False
    before, after = _token(words, at - 1), _token(words, at + 1)
    if after is not None and _is_name_word(after) and _in(token, "given_words"):
        return True
    if before is not None and (_in(before, "given") or (_in(before, "given_words") and before.is_capitalised)):
        return True
    if after is not None and word_class("does").holds(words, at + 1):
        return True
    if token.begins or before is None or not word_class("to").holds(words, at - 1):
        return False
    return _in(token, "given_words") or before.keys[0] not in ("till", "från", "av", "med")


def _is_name_word(token: Token) -> bool:
    return token.is_capitalised and (_is_listed(token) or _in(token, "surname_words"))


def _is_called(words: Words, at: int) -> bool:
    """Heter somebody, familjen Somebody, mvh Somebody: a name whatever it is."""
    token = words.tokens[at]
    if word_class("no_name").holds(words, at):
        return False
    back = _words_before(words, at)
    one, two = [*back, "", ""][:2]
    if one in ("heter", "hette") and (two in ("han", "hon", "hen", "jag", "grannen", "som", "personen", "killen")):
        return True
    if (one == "sig" and two in ("kallar", "kallade")) or (one in ("kallas", "kallad") and token.is_capitalised):
        return True
    if words.shouted or not token.is_capitalised or _is_known_nobody(words, at):
        return False
    if one in ("heter", "hette", "namnet", "undertecknad"):
        return True
    if one == "är" and two in ("namn", "namnet"):
        return True
    classes = ("family", "role", "labelled")
    if any(_is_class(one, name) for name in classes) and not token.begins:
        return True
    is_last = at + 1 == len(words.tokens) or words.tokens[at + 1].text in ".!\n"
    return _is_class(one, "greeting") and is_last and (one != "tack" or not token.begins)


def _is_stranger(words: Words, at: int) -> bool:
    """A capital in the middle of a sentence, not in our lists, doing what only people do or with a second name."""
    token = words.tokens[at]
    if words.shouted or not token.is_capitalised or len(token.text) < 2 or _is_known_nobody(words, at):
        return False
    before, after = _token(words, at - 1), _token(words, at + 1)
    if any(word in _WHERE for word in _words_before(words, at)[: 1 + (before is not None and before.is_capitalised)]):
        return False
    does = after is not None and word_class("does").holds(words, at + 1)
    if token.begins:
        return does and not _is_common_form(token)
    if does or (after is not None and _is_where_somebody_is(words, at + 1)):
        return True
    if before is not None and before.is_capitalised and not before.begins and not _is_known_nobody(words, at - 1):
        return True
    if after is not None and after.is_capitalised and not after.begins and not _is_known_nobody(words, at + 1):
        return True
    return (
        before is not None
        and before.keys[0] in ("enligt", "hos", "fråga", "låna", "jag")
        and not _looks_like_place(token)
    )


def _is_where_somebody_is(words: Words, at: int) -> bool:
    """… i föreningen, på hörnet"""
    if words.tokens[at].keys[0] not in ("i", "på", "från") or at + 1 >= len(words.tokens):
        return False
    return words.tokens[at + 1].keys[0] in ("föreningen", "styrelsen", "macken", "hörnet", "trappan", "övervåningen")


def _is_known_nobody(words: Words, at: int) -> bool:
    token = words.tokens[at]
    return (
        word_class("capital_nobody").holds(words, at)
        or word_class("place_after").holds(words, at)
        or _looks_like_place(token)
        or word_class("make").holds(words, at)
    )


def _looks_like_place(token: Token) -> bool:
    return word_class("place_like").has(token.keys[0])


def _is_common_form(token: Token) -> bool:
    """Grannar, Ägaren, Någon: an ordinary Swedish word at the beginning of a sentence."""
    key = token.keys[0]
    return key.endswith(("en", "et", "na", "ar", "er", "or", "are", "n", "t", "a")) or word_class("no_name").has(key)


def _initials_end(words: Words, at: int) -> int | None:
    """A. Svensson, A.S., Kalle A: the end of initials that begin here."""
    token = words.tokens[at]
    if words.shouted or not token.text.isalpha() or not token.text[0].isupper():
        return None
    after = [_token(words, at + step) for step in (1, 2, 3)]
    texts = [one.text if one else "" for one in after]
    if len(token.text) == 1 and texts[0] == ".":
        second = after[1]
        if second is not None and len(second.text) == 1 and second.text.isupper() and texts[2] == ".":
            return None if f"{token.text}.{second.text}" in _NO_INITIALS else at + 4
        if second is not None and len(second.text) > 1 and _is_name_word(second):
            return at + 3
    is_given = _in(token, "given") and not _is_place(words, at)
    if is_given and len(texts[0]) == 1 and texts[0].isupper():
        return at + 2 + (texts[1] == ".")
    return None


def _instead(words: Words, hit: Hit) -> str:
    """En granne, a neighbour's, a household: what reads well where the name stood."""
    at = next(number for number, token in enumerate(words.tokens) if token.start >= hit.start)
    before = _token(words, at - 1)
    inside = [token for token in words.tokens if hit.start <= token.start < hit.end]
    key = before.keys[0] if before is not None else ""
    if _is_class(key, "greeting") or _is_class(key, "labelled") or key in ("heter", "sig", "hette"):
        return ""
    if _is_class(key, "role") or _is_class(key, "family"):
        return ""
    several = any(token.keys[0] in _BRIDGES for token in inside)
    said = "några grannar" if several else "en grannes" if _owns(words, at + len(inside), inside[-1]) else "en granne"
    if key == "en":
        return said.removeprefix("en ")
    return said[:1].upper() + said[1:] if inside[0].begins else said


def _owns(words: Words, after: int, last: Token) -> bool:
    """Evas bil, and: the bicycle is Evas."""
    key = last.keys[0]
    if not key.endswith("s") or any(word_class(name).has(key) for name in ("given", "surname")):
        return False
    follows = _token(words, after)
    return follows is None or follows.text in ".!?," or word_class("owned").holds(words, after)


def _words_before(words: Words, at: int) -> list[str]:
    """The two words before, signs left out, back to the beginning of the sentence."""
    found: list[str] = []
    for number in range(at - 1, max(-1, at - 5), -1):
        token = words.tokens[number]
        if token.text in "!?\n" or len(found) == 2:
            break
        if token.is_word or token.text == "/":
            found.append(token.keys[0])
    return found


def _is_class(key: str, name: str) -> bool:
    return word_class(name).has(key) if key else False


def _token(words: Words, at: int) -> Token | None:
    return words.tokens[at] if 0 <= at < len(words.tokens) else None
