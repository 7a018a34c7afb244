"""How a follow-up, an all-clear or a correction becomes an SMS, a headline and an email. The same facts always give the
same words.

An SMS names the number of the message it is about, says in one or two sentences what is to be known, then 112 and
114 14, then its own number. Never a link, never the free text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.sequel_drafts import Told
from grannsamverkan.domain.alerts.tongue import on_day, say_short
from grannsamverkan.domain.alerts.tongue import say as say_in_full
from grannsamverkan.domain.alerts.wording import (
    SUBJECT_MAX_CHARS,
    AlertFacts,
    EmailWording,
    advice_sentences,
    headline,
    number_in_words,
    numbers_to_call,
    one_line,
    places_in_words,
    refuse_pointing_out,
    render,
    shared_words,
    sms_source,
    some_places,
    what_in_words,
    when_in_words,
)
from grannsamverkan.foundation.sms_text import PreparedSms, first_that_fits

MOST_PARTS = 2
_GIVES_ADVICE = (Told.MORE, Told.SAME, Told.TIME, Told.WHAT)


@dataclass(frozen=True)
class SequelFacts:
    """What a sequel says. `facts` is how it stands now, `was` what the message it is about said.

    `about_number` is that message's; `since` the Swedish date of the first one.
    """

    facts: AlertFacts
    was: AlertFacts
    about_number: int
    told: Told
    since: date

    @property
    def alert_class(self) -> AlertClass:
        return self.facts.alert_class

    @property
    def gives_advice(self) -> bool:
        """Whether there is still something to do."""
        return self.told in _GIVES_ADVICE

    @property
    def knows_place(self) -> bool:
        """Whether a corrected place is known, and not only that it was wrong."""
        return self.facts.places != self.was.places

    def say(self, words: str, **facts: object) -> str:
        """The Swedish fragment in the reader's language."""
        return self.facts.say(words, **facts)

    def in_language(self, language: str) -> "SequelFacts":
        """The same for a reader of this language."""
        return replace(self, facts=replace(self.facts, language=language), was=replace(self.was, language=language))


def sequel_headline(sequel: SequelFacts) -> str:
    """Rättelse av nr 2314: det har inte hänt"""
    if sequel.told is Told.OVER:
        return _over(sequel, places_in_words(sequel.facts))
    return f"{_lead(sequel)}: {_gist(sequel)}"


def sequel_sentences(sequel: SequelFacts) -> list[str]:
    """What is to be known, in whole sentences, for the email and the page."""
    return list(_sentences(sequel, short=False, place_count=len(sequel.was.places)))


def word_sequel_sms(sequel: SequelFacts) -> PreparedSms:
    """The SMS, as it will be sent: one part if it fits, else two, with fewer places at need. Refused: sms_too_long."""
    return first_that_fits(list(_drafts(sequel)), most_parts=MOST_PARTS)


def word_sequel_email(
    sequel: SequelFacts,
    *,
    sender_address: str,
    list_domain: str,
    sent_on: date,
    unsubscribe_url: str,
    network_name: str,
    privacy_url: str = "",
) -> EmailWording:
    """The email, its text part complete in itself. Refused: free_text_not_allowed (finding)."""
    facts = sequel.facts
    refuse_pointing_out(facts.free_text)
    shown = {
        **shared_words(facts),
        "headline": sequel_headline(sequel),
        "sentences": sequel_sentences(sequel),
        "is_correction": sequel.alert_class is AlertClass.CORRECTION,
        "was": headline(sequel.was),
        "about_number": f"{sequel.about_number:04d}",
        "advice": advice_sentences(facts) if sequel.gives_advice else [],
        "sent_on": on_day(facts.language, sent_on, "EEEE d MMMM y"),
        "sender_address": sender_address,
        "list_domain": list_domain,
        "unsubscribe_url": unsubscribe_url,
        "network_name": network_name,
        "privacy_url": privacy_url,
    }
    text, html = (render(f"messages/email/sequel.{kind}", shown) for kind in ("txt", "html"))
    return EmailWording(_subject(sequel), text, html)


def _lead(sequel: SequelFacts) -> str:
    is_correction = sequel.alert_class is AlertClass.CORRECTION
    words = "Rättelse av nr {number}" if is_correction else "Uppföljning av nr {number}"
    return sequel.say(words, number=f"{sequel.about_number:04d}")


def _over(sequel: SequelFacts, places: str) -> str:
    return sequel.say("Faran är över (nr {number}) i {places}", number=f"{sequel.about_number:04d}", places=places)


def _gist(sequel: SequelFacts) -> str:
    """What is new, after the lead of a headline."""
    where, facts, told = places_in_words(sequel.facts), sequel.facts, sequel.told
    if told is Told.NOTHING_MORE:
        return sequel.say("inget mer har hänt i {places}", places=where)
    if told is Told.SAME:
        return sequel.say("läget är detsamma i {places}", places=where)
    if told is Told.MORE:
        return sequel.say("mer har hänt i {places}", places=where)
    if told is Told.NOT_TRUE:
        return sequel.say("det har inte hänt")
    if told is Told.PLACE:
        is_known = sequel.knows_place
        return sequel.say("rätt plats är {places}", places=where) if is_known else sequel.say("platsen var fel")
    if told is Told.TIME:
        return sequel.say("rätt tid är {when}", when=when_in_words(facts))
    return sequel.say("rätt är {what}", what=_lower_first(what_in_words(facts)))


def _sentences(sequel: SequelFacts, *, short: bool, place_count: int, thanks: bool = True) -> Iterator[str]:
    """`place_count`: so many of the places are named in an SMS."""
    where, there = (_places(facts, short, place_count) for facts in (sequel.was, sequel.facts))
    told, say = sequel.told, partial(say_short if short else say_in_full, sequel.facts.language)
    if told is Told.NOTHING_MORE:
        yield say("Inget mer har hänt i {places} sedan {day}, vad vi vet.", places=there, day=_since(sequel, short))
        if thanks:
            yield say("Tack för att du höll utkik.")
    elif told is Told.MORE:
        yield say("Mer har hänt i {places} sedan {day}.", places=there, day=_since(sequel, short))
    elif told is Told.SAME:
        yield say("Läget är detsamma i {places}.", places=there)
    elif told is Told.OVER:
        yield from (f"{_over(sequel, there)}.", say("Du kan göra som vanligt."))
        if thanks:
            yield say("Tack för hjälpen.")
    elif told is Told.NOT_TRUE:
        yield from (say("Det har inte hänt."), say("Du behöver inte göra något."))
    elif told is Told.PLACE:
        if sequel.knows_place:
            yield say("Rätt plats är {places}, inte {wrong}.", places=there, wrong=where)
        else:
            yield say("Det hände inte i {wrong}.", wrong=where)
        if short:
            yield say("Du behöver inte göra något.")
        else:
            yield say("Bor du i {wrong} behöver du inte göra något.", wrong=where)
    elif told is Told.TIME:
        yield say("Rätt tid är {when}.", when=when_in_words(sequel.facts, short=short))
        yield say("Råden gäller fortfarande.")
    elif told is Told.WHAT:
        yield say("Rätt är: {what} i {places}.", what=what_in_words(sequel.facts, short=short), places=there)
    if short and sequel.gives_advice and told is not Told.TIME:
        yield _acts(sequel.facts)
    if sequel.alert_class is AlertClass.CORRECTION:
        yield say("Vi beklagar felet.")


def _since(sequel: SequelFacts, short: bool) -> str:
    return on_day(sequel.facts.language, sequel.since, "d/M" if short else "EEEE d MMMM")


def _acts(facts: AlertFacts) -> str:
    acts = ", ".join(facts.phrases.said(one, facts.language).short for one in dict.fromkeys(facts.advice[:3]))
    return f"{acts[:1].upper()}{acts[1:]}."


def _places(facts: AlertFacts, short: bool, count: int) -> str:
    return some_places(facts, count) if short else places_in_words(facts)


def _drafts(sequel: SequelFacts) -> Iterator[str]:
    """Texts from the fullest down: thanks go first, then places."""
    most = max(len(sequel.was.places), len(sequel.facts.places))
    for place_count in range(most, 0, -1):
        for thanks in (True, False):
            yield _sms(sequel, _sentences(sequel, short=True, place_count=place_count, thanks=thanks))


def _sms(sequel: SequelFacts, said: Iterable[str]) -> str:
    return " ".join(
        (
            f"{sms_source(sequel.facts)}:",
            *_sms_lead(sequel),
            *said,
            numbers_to_call(sequel.facts),
            number_in_words(sequel.facts.number),
        )
    )


def _sms_lead(sequel: SequelFacts) -> tuple[str, ...]:
    if sequel.told is Told.OVER:
        return ()
    if sequel.alert_class is AlertClass.CORRECTION:
        return (sequel.say("RÄTTELSE av nr {number}.", number=f"{sequel.about_number:04d}"),)
    return (f"{_lead(sequel)}.",)


def _subject(sequel: SequelFacts) -> str:
    """Rättelse av nr 2314: det har inte hänt (nr 2315)"""
    end = f" (nr {sequel.facts.number:04d})"
    said = one_line(sequel_headline(sequel))
    room = SUBJECT_MAX_CHARS - len(end)
    return f"{said if len(said) <= room else said[: room - 1].rstrip() + '…'}{end}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
