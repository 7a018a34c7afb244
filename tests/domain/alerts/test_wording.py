"""The words of a warning: its anatomy in SMS, headline and email, over everything the catalogue can say."""

import itertools
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grannsamverkan.domain.alerts.catalogue import (
    ADVICE_WORDS,
    CHOICES,
    METHOD_WORDS,
    Advice,
    AlertKind,
    DayPart,
    Dwelling,
    Method,
    Source,
)
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.lint import lint_sms
from grannsamverkan.domain.alerts.wording import (
    AlertFacts,
    EmailWording,
    advice_sentences,
    headline,
    number_in_words,
    word_email,
    word_sms,
)
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.sms_text import prepare

FACTS = AlertFacts(
    number=2314,
    municipality_name="Höör",
    source=Source.POLICE,
    kind=AlertKind.BURGLARY_HOME,
    attempted=False,
    dwelling=Dwelling.VILLA,
    places=("Nyby",),
    happened_on=date(2025, 3, 4),
    day_part=DayPart.NIGHT_TO,
    methods=(),
    advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS),
    free_text="",
    base_url="https://gs.hoor.example",
    confirmed_by_police=True,
)
UNSUBSCRIBE = "XXUNSUBSCRIBEXX"
NETWORK = "XXNETWORKXX"
ALL_COMBINATIONS = [
    replace(FACTS, kind=kind, dwelling=dwelling, day_part=day_part, attempted=attempted, source=source,
            advice=CHOICES[kind].preset_advice, methods=CHOICES[kind].methods[:1], confirmed_by_police=False)
    for kind in AlertKind
    for dwelling, day_part, attempted, source in itertools.product(
        CHOICES[kind].dwellings, DayPart, (False, True), Source
    )
]  # fmt: skip


def email(facts: AlertFacts) -> EmailWording:
    return word_email(
        facts,
        sender_address="nyby@gs.hoor.example",
        list_domain="gs.hoor.example",
        sent_on=date(2025, 3, 5),
        unsubscribe_url=UNSUBSCRIBE,
        network_name=NETWORK,
        responsible="Kommunstyrelsen i Höör",
        privacy_url="https://gs.hoor.example/integritet",
    )


def test_sms_of_the_police() -> None:
    prepared = word_sms(FACTS)
    assert prepared.text == (
        "Grannsamverkan Höör: Inbrott i villa, Nyby, natt till tis 4/3. Lås, tänd ute, se till grannen."
        " Pågår: 112. Tips: 114 14. Nr 2314"
    )
    assert prepared.parts == 1


def test_sms_of_a_contact_person_says_what_it_is() -> None:
    facts = replace(FACTS, source=Source.CONTACT_PERSON, confirmed_by_police=False)
    prepared = word_sms(facts)
    assert prepared.text.startswith(
        "Grannsamverkan Höör, från ditt kontaktombud, ej bekräftat av polisen: "
        "Inbrott i villa, Nyby, natt till tis 4/3."
    )
    assert prepared.parts == 1
    confirmed = word_sms(replace(facts, confirmed_by_police=True)).text
    assert confirmed.startswith("Grannsamverkan Höör, från ditt kontaktombud: Inbrott")
    municipality = word_sms(replace(facts, source=Source.MUNICIPALITY)).text
    assert municipality.startswith("Grannsamverkan Höör, från kommunen, ej bekräftat av polisen: Inbrott")


@pytest.mark.parametrize("place", ["Nyby", "Sätofta strandområde östra delen"])
def test_every_combination_keeps_the_rules(place: str) -> None:
    for facts in ALL_COMBINATIONS:
        prepared = word_sms(replace(facts, places=(place,)))
        assert lint_sms(prepared.text) == [], prepared.text
        assert prepared.encoding == "GSM-7"
        assert prepared.parts <= 2


any_facts = st.builds(
    replace,
    st.sampled_from(ALL_COMBINATIONS),
    number=st.integers(1, 99_999),
    municipality_name=st.sampled_from(["Höör", "Upplands Väsby", "Örnsköldsvik", "Göteborg"]),
    places=st.lists(
        st.from_regex(r"[A-ZÅÄÖ][a-zåäö]{2,14}( [A-ZÅÄÖ]?[a-zåäö]{2,12}){0,2}", fullmatch=True),
        min_size=1, max_size=12, unique=True,
    ).map(tuple),
    happened_on=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    methods=st.lists(st.sampled_from(Method), max_size=3).map(tuple),
    advice=st.lists(st.sampled_from(Advice), min_size=1, max_size=5).map(tuple),
    confirmed_by_police=st.booleans(),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(any_facts)
def test_any_warning_keeps_the_rules_in_sms_and_subject(facts: AlertFacts) -> None:
    prepared = word_sms(facts)
    assert lint_sms(prepared.text) == [], prepared.text
    assert prepared == prepare(prepared.text)
    assert prepared.parts <= 2
    assert facts.places[0] in prepared.text
    assert number_in_words(facts.number) in prepared.text
    subject = email(facts).subject
    assert len(subject) <= 60
    assert subject.endswith(f"(nr {facts.number:04d})")


def test_optional_bits_go_before_a_second_part_and_come_back_in_it() -> None:
    full = word_sms(replace(FACTS, methods=(Method.TERRACE_DOOR,)))
    assert "Altandörr uppbruten. Lås, tänd ute, se till grannen." in full.text
    assert full.parts == 1
    wide = replace(FACTS, methods=(Method.TERRACE_DOOR,), places=("Norra Rörums kyrkby och skola",))
    assert ". Lås, tänd ute, se till grannen. Pågår" in word_sms(wide).text
    wider = replace(wide, places=("Norra Rörums kyrkby och skola med omnejd",))
    assert ". Lås, tänd ute. Pågår" in word_sms(wider).text
    assert word_sms(wider).parts == 1
    widest = replace(wide, places=("Norra Rörums kyrkby och skola", "Södra Rörums kyrkby och nya skola"))
    assert "Altandörr uppbruten. Lås, tänd ute, se till grannen." in word_sms(widest).text
    assert word_sms(widest).parts == 2


def test_many_places_as_many_as_fit() -> None:
    places = tuple(f"Område {number} norr" for number in range(1, 60))
    prepared = word_sms(replace(FACTS, places=places))
    assert prepared.parts == 2
    assert ", Område 1 norr, " in prepared.text
    assert re.search(r"Område \d+ norr m fl, natt till tis 4/3\.", prepared.text)
    assert prepared.room < len(", Område 10 norr")


def test_refused_rather_than_cut() -> None:
    with pytest.raises(Refused, match="sms_too_long"):
        word_sms(replace(FACTS, places=("Lång" * 110,)))
    with pytest.raises(Refused, match="places_missing"):
        word_sms(replace(FACTS, places=("  ",)))
    with pytest.raises(Refused, match="advice_missing"):
        word_sms(replace(FACTS, advice=()))
    assert word_sms(replace(FACTS, places=("Lång" * 70,))).parts == 3


def test_free_text_never_reaches_the_sms_or_the_headline() -> None:
    facts = replace(FACTS, free_text="En gammal dörr på baksidan bröts upp.")
    assert word_sms(facts) == word_sms(FACTS)
    assert headline(facts) == headline(FACTS)
    assert facts.free_text in email(facts).text
    assert facts.free_text in email(facts).html


def test_headlines() -> None:
    assert headline(FACTS) == "Inbrott i villa i Nyby natt till tisdag 4 mars"
    found = replace(FACTS, kind=AlertKind.BURGLARY_STORAGE, dwelling=Dwelling.STORAGE, day_part=DayPart.UNKNOWN)
    assert headline(found) == "Inbrott i förråd i Nyby, upptäckt tisdag 4 mars"
    tried = replace(FACTS, attempted=True, places=("Nyby", "Sjöby", "Åby"), day_part=DayPart.EVENING)
    assert headline(tried) == "Försök till inbrott i villa i Nyby, Sjöby och Åby tisdag 4 mars på kvällen"
    many = replace(FACTS, places=("Nyby", "Sjöby", "Åby", "Ekeby"), kind=AlertKind.VANDALISM)
    assert headline(many) == "Skadegörelse vid villa i Nyby, Sjöby och 2 andra områden natt till tisdag 4 mars"


def test_subjects() -> None:
    assert email(FACTS).subject == "Varning: inbrott i villa, Nyby 4/3 (nr 2314)"
    unsure = replace(FACTS, source=Source.CONTACT_PERSON, confirmed_by_police=False, places=("Nyby", "S" * 40))
    assert email(unsure).subject == "Obekräftat: inbrott i villa, Nyby m fl 4/3 (nr 2314)"
    cut = email(replace(FACTS, places=("Sätofta strandområde\r\nBcc: östra delen vid sjön", "Nyby"))).subject
    assert len(cut) <= 60
    assert cut.startswith("Varning: inbrott, Sätofta")
    assert cut.endswith("… m fl 4/3 (nr 2314)")
    assert "\n" not in cut


class Seen(HTMLParser):
    """What a mail reader would show, and what it could fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_email_says_the_same_in_both_parts_and_fetches_nothing() -> None:
    facts = replace(
        FACTS, methods=(Method.TERRACE_DOOR,), places=("Nyby", "Sjöby", "Åby", "Ekeby"), free_text='Ett "<b>" syns.'
    )
    wording = email(facts)
    seen = Seen()
    seen.feed(wording.html)
    shown = " ".join(" ".join(seen.text).split())
    text = " ".join(wording.text.split())
    told = [
        headline(facts), "Nyby, Sjöby, Åby, Ekeby", METHOD_WORDS[Method.TERRACE_DOOR].full, facts.free_text,
        *advice_sentences(facts), "112", "114 14", "Följ inte efter någon", "2314", "https://gs.hoor.example/n/2314",
        NETWORK, UNSUBSCRIBE, "gs.hoor.example", "nyby@gs.hoor.example", "skickad onsdag 5 mars 2025",
        "Kommunstyrelsen i Höör", "https://gs.hoor.example/integritet", "Grannsamverkan Höör",
    ]  # fmt: skip
    for fact in told:
        assert fact in text
        assert fact in shown
    assert not {"img", "script", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in seen.tags}
    assert "url(" not in wording.html
    assert ("html", {"lang": "sv"}) in seen.tags
    for tag, attributes in seen.tags:
        if tag == "a":
            assert str(attributes["href"]).removeprefix("mailto:") in seen.text


def test_email_order_and_lines() -> None:
    wording = email(replace(FACTS, places=tuple(f"Långa områdesnamnet {number}" for number in range(80))))
    for part in (wording.text, wording.html):
        body = part[part.rindex("<h1>") if "<h1>" in part else 0 :]
        marks = ["Inbrott i villa", "lås dörrar", "112", "äkta", NETWORK.lower(), UNSUBSCRIBE.lower(), "skickad"]
        places = [body.lower().index(mark.lower()) for mark in marks]
        assert places == sorted(places)
        assert max(len(line.encode()) for line in part.splitlines()) <= 998
    assert len(wording.html.encode()) < 100_000
    assert not re.search(r"\n{3,}", wording.text)
    assert UNSUBSCRIBE in wording.text.splitlines()
    assert NETWORK in wording.text.splitlines()


def test_email_of_a_contact_person_is_marked() -> None:
    facts = replace(FACTS, source=Source.CONTACT_PERSON, confirmed_by_police=False)
    marked = "Uppgiften kommer från ditt kontaktombud och är inte bekräftad av polisen."
    assert marked in email(facts).text
    assert marked in email(facts).html
    assert "inte bekräftad" not in email(FACTS).text + email(FACTS).html


def test_email_cannot_carry_what_points_somebody_out() -> None:
    with pytest.raises(Refused, match="free_text_not_allowed") as refused:
        email(replace(FACTS, free_text="Ring 070-174 06 05"))
    assert refused.value.facts == {"finding": "phone"}


def test_advice_sentences_once_each_in_order() -> None:
    facts = replace(FACTS, advice=(Advice.TELL_POLICE, Advice.LOCK, Advice.TELL_POLICE))
    assert advice_sentences(facts) == [ADVICE_WORDS[Advice.TELL_POLICE].full, ADVICE_WORDS[Advice.LOCK].full]


# ------------------------------------------------------------------------------------------------- what is under way

ONGOING = replace(
    FACTS,
    alert_class=AlertClass.ONGOING,
    advice=CHOICES[AlertKind.BURGLARY_HOME].preset_while_ongoing,
    day_part=DayPart.UNKNOWN,
)


def test_what_is_under_way_says_so_and_that_112_has_been_called() -> None:
    assert word_sms(ONGOING).text == (
        "Grannsamverkan Höör: Inbrott i villa pågår nu, Nyby, tis 4/3. 112 är ringt. Lås, följ inte efter. "
        "Ser du något: ring 112. Tips: 114 14. Nr 2314"
    )
    assert headline(ONGOING) == "Inbrott i villa pågår nu i Nyby, tisdag 4 mars"
    worded = email(ONGOING)
    assert worded.subject == "Pågår nu: inbrott i villa, Nyby 4/3 (nr 2314)"
    for body in (worded.text, worded.html):
        assert "Det pågår just nu, och 112 är ringt. Gå inte dit." in body


@pytest.mark.parametrize("kind", AlertKind)
@pytest.mark.parametrize("source", Source)
def test_every_kind_can_be_under_way_within_the_rules(kind: AlertKind, source: Source) -> None:
    for dwelling in CHOICES[kind].dwellings:
        advice = CHOICES[kind].preset_while_ongoing
        facts = replace(ONGOING, kind=kind, dwelling=dwelling, source=source, advice=advice, confirmed_by_police=False)
        prepared = word_sms(facts)
        assert lint_sms(prepared.text) == []
        assert prepared.parts <= 2
        assert len(advice) >= 2
