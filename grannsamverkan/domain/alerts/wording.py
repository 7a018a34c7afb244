"""How the facts of a warning become an SMS, a headline and an email. The same facts always give the same words.

An SMS has five elements in a fixed order: who says it, what happened to what, where, when, and what to do; then 112 and
114 14, then the number it can be checked by. Never a link, never another telephone number, never the free text.
What is under way also says that 112 has been called: a neighbour who sees it need not be the first to ring.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

import jinja2

from grannsamverkan.domain.alerts.catalogue import (
    DAY_PART_WORDS,
    DWELLING_WORDS,
    KIND_WORDS,
    SOURCE_WORDS,
    Advice,
    AlertKind,
    DayPart,
    Dwelling,
    Method,
    Source,
)
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.guard import guard_free_text
from grannsamverkan.domain.alerts.phrases import AS_SHIPPED, Phrases
from grannsamverkan.domain.alerts.tongue import as_written, on_day, say, say_short
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.foundation.sms_text import PreparedSms, prepare

MOST_PARTS = 3
_MOST_SMS_ADVICE = 3
_MOST_HEADLINE_PLACES = 3
SUBJECT_MAX_CHARS = 60
_DAY, _SHORT_DAY, _FIGURES, _WHOLE_DAY = "EEEE d MMMM", "E d/M", "d/M", "EEEE d MMMM y"


@dataclass(frozen=True)
class AlertFacts:
    """All that a warning says. `places` are names of networks or parts of them; `happened_on` is a Swedish date.

    `base_url` is the public address of the installation, without a slash at the end; `phrases` are the municipality's;
    `language` is the reader's.
    """

    number: int
    municipality_name: str
    source: Source
    kind: AlertKind
    attempted: bool
    dwelling: Dwelling
    places: tuple[str, ...]
    happened_on: date
    day_part: DayPart
    methods: tuple[Method, ...]
    advice: tuple[Advice, ...]
    free_text: str
    base_url: str
    confirmed_by_police: bool
    alert_class: AlertClass = AlertClass.WARNING
    phrases: Phrases = AS_SHIPPED
    language: str = SWEDISH

    def say(self, words: str, **facts: object) -> str:
        """The Swedish fragment in the reader's language."""
        return say(self.language, words, **facts)

    @property
    def is_ongoing(self) -> bool:
        return self.alert_class is AlertClass.ONGOING


@dataclass(frozen=True)
class EmailWording:
    """One email, worded once for all; the subject has at most 60 characters."""

    subject: str
    text: str
    html: str


def number_in_words(number: int) -> str:
    """Nr 2314, Nr 0007: four figures at least, so that one number is not the beginning of another. The same in every
    language: a provider is asked for a message by it."""
    return f"Nr {number:04d}"


def sender_name(facts: AlertFacts) -> str:
    """Grannsamverkan Höör"""
    return f"Grannsamverkan {one_line(facts.municipality_name)}"


def headline(facts: AlertFacts) -> str:
    """The warning in one sentence without its full stop: Inbrott i villa i Nyby natt till tisdag 4 mars"""
    said = {"what": _what(facts, short=False), "places": places_in_words(facts), "when": _when(facts, short=False)}
    if facts.is_ongoing:
        return facts.say("{what} pågår nu i {places}, {when}", **said)
    if facts.day_part is DayPart.UNKNOWN:
        return facts.say("{what} i {places}, {when}", **said)
    return facts.say("{what} i {places} {when}", **said)


def what_in_words(facts: AlertFacts, *, short: bool = False) -> str:
    """Inbrott i villa"""
    return _what(facts, short=short)


def when_in_words(facts: AlertFacts, *, short: bool = False) -> str:
    """natt till tisdag 4 mars, short: natt till tis 4/3"""
    return _when(facts, short=short)


def advice_sentences(facts: AlertFacts) -> list[str]:
    """What to do, one sentence or two for each advice, in the writer's order."""
    return [facts.phrases.said(one, facts.language).full for one in dict.fromkeys(facts.advice)]


def method_sentences(facts: AlertFacts) -> list[str]:
    """How it was done, one sentence each, in the writer's order."""
    return [facts.phrases.said(one, facts.language).full for one in dict.fromkeys(facts.methods)]


def is_unconfirmed(facts: AlertFacts) -> bool:
    """Whether the warning must say that the police have not confirmed it."""
    return facts.source is not Source.POLICE and not facts.confirmed_by_police


def word_sms(facts: AlertFacts) -> PreparedSms:
    """The SMS, as it will be sent: one part if it fits, else two with all that was left out, at most three.

    Refused: places_missing, advice_missing, sms_too_long (most_parts).
    """
    if not facts.advice:
        raise Refused("advice_missing")
    for most_parts, every_place in ((1, True), (2, True), (2, False), (MOST_PARTS, True)):
        for text in _drafts(facts, every_place):
            prepared = prepare(text)
            if prepared.parts <= most_parts:
                return prepared
    raise Refused("sms_too_long", most_parts=MOST_PARTS)


def refuse_pointing_out(free_text: str) -> None:
    """Refused: free_text_not_allowed (finding) if the text points somebody out."""
    for finding in guard_free_text(free_text):
        # Whether a name is a street's or a house is a part of a network was judged when the draft was stored.
        if finding.code not in ("name", "house_number"):
            raise Refused("free_text_not_allowed", finding=finding.code)


def word_email(
    facts: AlertFacts,
    *,
    sender_address: str,
    list_domain: str,
    sent_on: date,
    unsubscribe_url: str,
    network_name: str,
    responsible: str = "",
    privacy_url: str = "",
) -> EmailWording:
    """The email, its text part complete in itself.

    `unsubscribe_url` and `network_name` may be markers that the sender exchanges for each recipient; they must be plain
    ASCII without < > & " '. `responsible` names the board that answers for the personal data; left out when empty.
    Refused: free_text_not_allowed (finding) if the free text points somebody out.
    """
    refuse_pointing_out(facts.free_text)
    shown = {
        **shared_words(facts),
        "headline": headline(facts),
        "places": _places(facts),
        "all_places_in_headline": len(_places(facts)) <= _MOST_HEADLINE_PLACES,
        "methods": method_sentences(facts),
        "advice": advice_sentences(facts),
        "sent_on": on_day(facts.language, sent_on, _WHOLE_DAY),
        "sender_address": sender_address,
        "list_domain": list_domain,
        "unsubscribe_url": unsubscribe_url,
        "network_name": network_name,
        "responsible": responsible,
        "privacy_url": privacy_url,
    }
    text, html = (render(f"messages/email/warning.{kind}", shown) for kind in ("txt", "html"))
    return EmailWording(_subject(facts), text, html)


def shared_words(facts: AlertFacts) -> dict[str, object]:
    """What every email says, whatever its class."""
    return {
        "facts": facts,
        "sender_name": sender_name(facts),
        "source_words": facts.say(SOURCE_WORDS[facts.source].full),
        "unconfirmed": is_unconfirmed(facts),
        "free_text": as_written(facts.language, one_line(facts.free_text)),
        "number": f"{facts.number:04d}",
        "check_url": f"{facts.base_url}/n/{facts.number}",
        **in_language(facts.language),
    }


def in_language(language: str) -> dict[str, object]:
    """What every template of a message needs to speak a language."""
    return {"language": language, "say": partial(say, language)}


def render(template: str, shown: dict[str, object]) -> str:
    """A message template filled in; a word that is missing is an error."""
    return _templates().get_template(template).render(shown)


def _drafts(facts: AlertFacts, every_place: bool) -> Iterator[str]:
    """Texts from the fullest down: first the methods go, then the third advice, then the second; places at last."""
    advice = [facts.phrases.said(one, facts.language).short for one in dict.fromkeys(facts.advice)][:_MOST_SMS_ADVICE]
    methods = [facts.phrases.said(one, facts.language).short for one in dict.fromkeys(facts.methods)]
    told = " ".join(one for one in methods if one)
    places = _places(facts)
    kept = [len(places)] if every_place else range(len(places) - 1, 0, -1)
    for place_count in kept:
        if told:
            yield _sms(facts, place_count, told, advice)
        for advice_count in range(len(advice), 0, -1):
            yield _sms(facts, place_count, "", advice[:advice_count])


def _sms(facts: AlertFacts, place_count: int, told: str, advice: list[str]) -> str:
    what, acts = _what(facts, short=True), ", ".join(advice)
    return " ".join(
        part
        for part in (
            f"{sms_source(facts)}: {facts.say('{what} pågår nu', what=what) if facts.is_ongoing else what},",
            f"{some_places(facts, place_count)}, {_when(facts, short=True)}.",
            facts.say("112 är ringt.") if facts.is_ongoing else told,
            f"{acts[:1].upper()}{acts[1:]}.",
            facts.say("Ser du något: ring 112. Tips: 114 14.") if facts.is_ongoing else numbers_to_call(facts),
            number_in_words(facts.number),
        )
        if part
    )


def numbers_to_call(facts: AlertFacts) -> str:
    """The two numbers, as an SMS says them."""
    return facts.say("Pågår: 112. Tips: 114 14.")


def some_places(facts: AlertFacts, count: int) -> str:
    """Nyby, Sjöby m fl: so many of the places by name, as in an SMS."""
    places = _places(facts)
    return ", ".join(places[:count]) + (f" {facts.say('m fl')}" if count < len(places) else "")


def sms_source(facts: AlertFacts) -> str:
    """Whose word it is, as an SMS begins."""
    said = [sender_name(facts)]
    if facts.source is Source.CONTACT_PERSON or is_unconfirmed(facts):
        said.append(facts.say(SOURCE_WORDS[facts.source].short))
    if is_unconfirmed(facts):
        said.append(facts.say("ej bekräftat av polisen"))
    return ", ".join(said)


def _what(facts: AlertFacts, *, short: bool) -> str:
    dwelling = DWELLING_WORDS[facts.dwelling]
    inside = dwelling.short if short else dwelling.full
    where = inside if KIND_WORDS[facts.kind].inside else dwelling.at
    said = say_short(facts.language, where) if short else facts.say(where)
    return f"{_hazard(facts, short=short)} {said}".strip()


def _hazard(facts: AlertFacts, *, short: bool) -> str:
    kind = KIND_WORDS[facts.kind]
    if facts.attempted:
        return facts.say(kind.attempt_short if short else kind.attempt)
    return facts.say(kind.short if short else kind.full)


def _when(facts: AlertFacts, *, short: bool) -> str:
    words = DAY_PART_WORDS[facts.day_part]
    day = on_day(facts.language, facts.happened_on, _SHORT_DAY if short else _DAY)
    if facts.is_ongoing:
        return day
    return facts.say(words.short if short else words.full, day=day)


def _places(facts: AlertFacts) -> list[str]:
    return listed_places(facts.places)


def listed_places(names: Iterable[str]) -> list[str]:
    """Each once, on one line. Refused: places_missing."""
    places = [place for place in dict.fromkeys(map(one_line, names)) if place]
    if not places:
        raise Refused("places_missing")
    return places


def places_in_words(facts: AlertFacts) -> str:
    """Where the warning goes."""
    return named_places(facts.language, facts.places)


def named_places(language: str, names: Iterable[str]) -> str:
    """Nyby · Nyby och Sjöby · Nyby, Sjöby och 4 andra områden"""
    places = listed_places(names)
    if len(places) == 1:
        return places[0]
    if len(places) <= _MOST_HEADLINE_PLACES:
        return say(language, "{first} och {last}", first=", ".join(places[:-1]), last=places[-1])
    first = places[: _MOST_HEADLINE_PLACES - 1]
    left = len(places) - len(first)
    return say(language, "{first} och {number} andra områden", first=", ".join(first), number=left)


def _subject(facts: AlertFacts) -> str:
    """Class, what, where, date and number; what does not fit goes from the middle."""
    places = _places(facts)
    many = f" {facts.say('m fl')}" if len(places) > 1 else ""
    word_class = facts.say("Obekräftat") if is_unconfirmed(facts) else facts.say("Varning")
    if facts.is_ongoing:
        word_class = facts.say("Pågår nu")
    end = f" {on_day(facts.language, facts.happened_on, _FIGURES)} (nr {facts.number:04d})"
    whats = (_what(facts, short=True), _hazard(facts, short=True))
    leads = [f"{word_class}: {what.lower()}, " for what in whats]
    for lead in leads:
        for where in (", ".join(places), f"{places[0]}{many}"):
            if len(lead + where + end) <= SUBJECT_MAX_CHARS:
                return lead + where + end
    room = SUBJECT_MAX_CHARS - len(leads[-1] + many + end) - 1
    return f"{leads[-1]}{places[0][: max(room, 0)].rstrip()}…{many}{end}"


def one_line(text: str) -> str:
    """On one line. Line ends and stretches of space would break a subject and cost septets."""
    return " ".join(text.split())


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_folder("templates")),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
