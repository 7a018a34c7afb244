"""How a drill becomes an SMS, a headline and an email: that it is a trial stands first, and nothing in it can be taken
for a warning."""

from dataclasses import dataclass, replace
from datetime import date

from grannsamverkan.domain.alerts.catalogue import SOURCE_WORDS, Source
from grannsamverkan.domain.alerts.tongue import on_day, say
from grannsamverkan.domain.alerts.wording import (
    EmailWording,
    in_language,
    listed_places,
    named_places,
    number_in_words,
    one_line,
    render,
)
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.sms_text import PreparedSms, first_that_fits

MOST_PARTS = 2
_MOST_SMS_PLACES = 3


@dataclass(frozen=True)
class DrillFacts:
    """All that a drill says; `areas` are names of networks or parts of them."""

    number: int
    municipality_name: str
    source: Source
    areas: tuple[str, ...]
    base_url: str
    language: str = SWEDISH

    def say(self, words: str, **facts: object) -> str:
        """The Swedish fragment in the reader's language."""
        return say(self.language, words, **facts)

    def in_language(self, language: str) -> "DrillFacts":
        """The same for a reader of this language."""
        return replace(self, language=language)


def drill_headline(facts: DrillFacts) -> str:
    """Ett prov: inget har hänt i Nyby"""
    return facts.say("Ett prov: inget har hänt i {places}", places=named_places(facts.language, facts.areas))


def drill_sentences(facts: DrillFacts) -> list[str]:
    """What is to be known, in whole sentences, for the email and the page."""
    return [
        facts.say("Det här är ett prov. Inget har hänt, och du behöver inte göra något."),
        facts.say("Vi provar att ett meddelande når alla, så att en varning gör det den dag den behövs."),
    ]


def word_drill_sms(facts: DrillFacts) -> PreparedSms:
    """The SMS, as it will be sent: one part if it fits, else two, with fewer areas at need. Refused: sms_too_long."""
    areas = listed_places(facts.areas)
    counts = range(min(len(areas), _MOST_SMS_PLACES), 0, -1)
    return first_that_fits([_sms(facts, areas, count) for count in counts], most_parts=MOST_PARTS)


def word_drill_email(
    facts: DrillFacts,
    *,
    sender_address: str,
    list_domain: str,
    sent_on: date,
    unsubscribe_url: str,
    network_name: str,
    privacy_url: str = "",
) -> EmailWording:
    """The email, its text part complete in itself."""
    shown: dict[str, object] = {
        "headline": drill_headline(facts),
        "sentences": drill_sentences(facts),
        "sender_name": _sender(facts),
        "source_words": facts.say(SOURCE_WORDS[facts.source].full),
        "number": f"{facts.number:04d}",
        "check_url": f"{facts.base_url}/n/{facts.number}",
        "sent_on": on_day(facts.language, sent_on, "EEEE d MMMM y"),
        "sender_address": sender_address,
        "list_domain": list_domain,
        "unsubscribe_url": unsubscribe_url,
        "network_name": network_name,
        "privacy_url": privacy_url,
        **in_language(facts.language),
    }
    text, html = (render(f"messages/email/drill.{kind}", shown) for kind in ("txt", "html"))
    subject = facts.say("TEST: det här är ett prov, inget har hänt")
    return EmailWording(f"{subject} (nr {facts.number:04d})", text, html)


def _sms(facts: DrillFacts, areas: list[str], count: int) -> str:
    where = ", ".join(areas[:count]) + (f" {facts.say('m fl')}" if count < len(areas) else "")
    return " ".join(
        (
            f"{facts.say('TEST från {sender}', sender=_sender(facts))}:",
            facts.say("Det här är ett prov till {places}.", places=where),
            facts.say("Inget har hänt. Du behöver inte göra något."),
            facts.say("Pågår: 112. Tips: 114 14."),
            number_in_words(facts.number),
        )
    )


def _sender(facts: DrillFacts) -> str:
    return f"Grannsamverkan {one_line(facts.municipality_name)}"
