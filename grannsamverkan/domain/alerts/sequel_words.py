"""How a follow-up, an all-clear or a correction becomes an SMS, a headline and an email. The same facts always give the
same words.

An SMS names the number of the message it is about, says in one or two sentences what is to be known, then 112 and
114 14, then its own number. Never a link, never the free text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.sequel_drafts import Told
from grannsamverkan.domain.alerts.wording import (
    SUBJECT_MAX_CHARS,
    AlertFacts,
    EmailWording,
    advice_sentences,
    headline,
    number_in_words,
    one_line,
    places_in_words,
    refuse_pointing_out,
    render,
    shared_words,
    sms_source,
    what_in_words,
    when_in_words,
)
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.sms_text import PreparedSms, prepare
from grannsamverkan.foundation.swedish import day_in_words, whole_day_in_words

MOST_PARTS = 2
_SORRY = "Vi beklagar felet."
_NOTHING_TO_DO = "Du behöver inte göra något."
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


def sequel_headline(sequel: SequelFacts) -> str:
    """Rättelse av nr 2314: det har inte hänt"""
    if sequel.told is Told.OVER:
        return f"{_over(sequel)} {places_in_words(list(sequel.facts.places))}"
    return f"{_lead(sequel)}: {_gist(sequel)}"


def sequel_sentences(sequel: SequelFacts) -> list[str]:
    """What is to be known, in whole sentences, for the email and the page."""
    return list(_sentences(sequel, short=False, place_count=len(sequel.was.places)))


def word_sequel_sms(sequel: SequelFacts) -> PreparedSms:
    """The SMS, as it will be sent: one part if it fits, else two, with fewer places at need. Refused: sms_too_long."""
    for most_parts in range(1, MOST_PARTS + 1):
        for text in _drafts(sequel):
            prepared = prepare(text)
            if prepared.parts <= most_parts:
                return prepared
    raise Refused("sms_too_long", most_parts=MOST_PARTS)


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
        "sent_on": whole_day_in_words(sent_on),
        "sender_address": sender_address,
        "list_domain": list_domain,
        "unsubscribe_url": unsubscribe_url,
        "network_name": network_name,
        "privacy_url": privacy_url,
    }
    text, html = (render(f"messages/email/sequel.{kind}", shown) for kind in ("txt", "html"))
    return EmailWording(_subject(sequel), text, html)


def _lead(sequel: SequelFacts) -> str:
    said = "Rättelse" if sequel.alert_class is AlertClass.CORRECTION else "Uppföljning"
    return f"{said} av nr {sequel.about_number:04d}"


def _over(sequel: SequelFacts) -> str:
    return f"Faran är över (nr {sequel.about_number:04d}) i"


def _gist(sequel: SequelFacts) -> str:
    """What is new, after the lead of a headline."""
    where = places_in_words(list(sequel.facts.places))
    return {
        Told.NOTHING_MORE: f"inget mer har hänt i {where}",
        Told.SAME: f"läget är detsamma i {where}",
        Told.MORE: f"mer har hänt i {where}",
        Told.NOT_TRUE: "det har inte hänt",
        Told.PLACE: f"rätt plats är {where}" if sequel.knows_place else "platsen var fel",
        Told.TIME: f"rätt tid är {when_in_words(sequel.facts)}",
        Told.WHAT: f"rätt är {_lower_first(what_in_words(sequel.facts))}",
    }[sequel.told]


def _sentences(sequel: SequelFacts, *, short: bool, place_count: int) -> Iterator[str]:
    """`place_count`: so many of the places are named in an SMS."""
    where, there = (_places(facts, short, place_count) for facts in (sequel.was, sequel.facts))
    since = f"{sequel.since.day}/{sequel.since.month}" if short else day_in_words(sequel.since)
    told = sequel.told
    if told is Told.NOTHING_MORE:
        yield from (f"Inget mer har hänt i {there} sedan {since}, vad vi vet.", "Tack för att du höll utkik.")
    elif told is Told.MORE:
        yield f"Mer har hänt i {there} sedan {since}."
    elif told is Told.SAME:
        yield f"Läget är detsamma i {there}."
    elif told is Told.OVER:
        yield from (f"{_over(sequel)} {there}.", "Du kan göra som vanligt.", "Tack för hjälpen.")
    elif told is Told.NOT_TRUE:
        yield from ("Det har inte hänt.", _NOTHING_TO_DO)
    elif told is Told.PLACE:
        yield f"Rätt plats är {there}, inte {where}." if sequel.knows_place else f"Det hände inte i {where}."
        yield _NOTHING_TO_DO if short else f"Bor du i {where} behöver du inte göra något."
    elif told is Told.TIME:
        yield from (f"Rätt tid är {when_in_words(sequel.facts, short=short)}.", "Råden gäller fortfarande.")
    elif told is Told.WHAT:
        yield f"Rätt är: {what_in_words(sequel.facts, short=short)} i {there}."
    if short and sequel.gives_advice and told is not Told.TIME:
        yield _acts(sequel.facts)
    if sequel.alert_class is AlertClass.CORRECTION:
        yield _SORRY


def _acts(facts: AlertFacts) -> str:
    acts = ", ".join(facts.phrases[one].short for one in dict.fromkeys(facts.advice[:3]))
    return f"{acts[:1].upper()}{acts[1:]}."


def _places(facts: AlertFacts, short: bool, count: int) -> str:
    places = list(facts.places)
    if not short:
        return places_in_words(places)
    return ", ".join(places[:count]) + (" m fl" if count < len(places) else "")


def _drafts(sequel: SequelFacts) -> Iterator[str]:
    """Texts from the fullest down: thanks go first, then places."""
    most = max(len(sequel.was.places), len(sequel.facts.places))
    for place_count in range(most, 0, -1):
        said = list(_sentences(sequel, short=True, place_count=place_count))
        yield _sms(sequel, said)
        if any(one.startswith("Tack") for one in said):
            yield _sms(sequel, [one for one in said if not one.startswith("Tack")])


def _sms(sequel: SequelFacts, said: list[str]) -> str:
    lead = [] if sequel.told is Told.OVER else [f"{_lead(sequel).replace('Rättelse', 'RÄTTELSE')}."]
    return " ".join(
        (
            f"{sms_source(sequel.facts)}:",
            *lead,
            *said,
            "Pågår: 112. Tips: 114 14.",
            number_in_words(sequel.facts.number),
        )
    )


def _subject(sequel: SequelFacts) -> str:
    """Rättelse av nr 2314: det har inte hänt (nr 2315)"""
    end = f" (nr {sequel.facts.number:04d})"
    said = one_line(sequel_headline(sequel))
    room = SUBJECT_MAX_CHARS - len(end)
    return f"{said if len(said) <= room else said[: room - 1].rstrip() + '…'}{end}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
