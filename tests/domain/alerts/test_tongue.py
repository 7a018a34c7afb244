"""Messages in other languages: every fragment has its translation, and what comes of them keeps the same rules."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from grannsamverkan.domain.alerts.catalogue import (
    ADVICE_WORDS,
    CHOICES,
    DAY_PART_WORDS,
    DWELLING_WORDS,
    KIND_WORDS,
    METHOD_WORDS,
    SOURCE_WORDS,
    Advice,
    AlertKind,
    DayPart,
    Dwelling,
    Method,
    Source,
)
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.invitations import OCCASION_WORDS
from grannsamverkan.domain.alerts.lint import lint_sms
from grannsamverkan.domain.alerts.phrases import Phrases
from grannsamverkan.domain.alerts.sequel_drafts import TOLD_IN
from grannsamverkan.domain.alerts.sequel_words import SequelFacts, sequel_headline, word_sequel_email, word_sequel_sms
from grannsamverkan.domain.alerts.tongue import as_written, on_day, say
from grannsamverkan.domain.alerts.wording import AlertFacts, headline, word_email, word_sms
from grannsamverkan.foundation.catalogues import CATALOGUES, LANGUAGES, OTHER_LANGUAGES
from grannsamverkan.foundation.resources import PACKAGE, resource_folder

CHOSEN: tuple[Mapping[Any, Any], ...] = (
    KIND_WORDS,
    SOURCE_WORDS,
    DWELLING_WORDS,
    DAY_PART_WORDS,
    METHOD_WORDS,
    ADVICE_WORDS,
    OCCASION_WORDS,
)
DATES = {"EEEE d MMMM", "EEEE d MMMM y", "E d/M", "d/M"}
MOST_LONGER = 8  # characters: the shortest English SMS against the shortest Swedish one, over all choices of the form
METHODS = [("**.html", "jinja2.ext.babel_extract"), ("**.txt", "jinja2.ext.babel_extract"), ("**.py", "python")]
AROUND: dict[str, Any] = {
    "sender_address": "hoor@gs.hoor.example",
    "list_domain": "gs.hoor.example",
    "sent_on": date(2025, 3, 4),
    "unsubscribe_url": "https://gs.hoor.example/avsluta/x",
    "network_name": "Nyby",
    "privacy_url": "https://gs.hoor.example/dina-uppgifter",
}
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
    methods=(Method.WINDOW_FORCED,),
    advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS),
    free_text="",
    base_url="https://gs.hoor.example",
    confirmed_by_police=True,
    language="en",
)


def written() -> Iterator[str]:
    """Every fragment that is said to neighbours."""
    for folder in (PACKAGE / "domain" / "alerts", resource_folder("templates") / "messages" / "email"):
        for _, _, words, _, _ in extract_from_dir(str(folder), METHODS, {}, {"say": None}):
            yield str(words)
    for table in CHOSEN:
        for one in table.values():
            yield from (getattr(one, form, "") for form in ("full", "short", "attempt", "attempt_short", "at"))


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "alerts.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_fragment_is_translated_with_the_same_facts(language: str) -> None:
    known = {str(entry.id): str(entry.string) for entry in catalogue(language) if entry.id}
    assert sorted(words for words in set(written()) | DATES if words and not known.get(words)) == []
    facts_of = re.compile(r"\{(\w+)\}")
    assert [one for one, said in known.items() if set(facts_of.findall(one)) != set(facts_of.findall(said))] == []


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    # Words that code chooses between, or that stand inside others, are found by no extraction.
    sources = "".join(path.read_text() for path in Path(PACKAGE / "domain" / "alerts").glob("*.py"))
    known = [str(entry.id) for entry in catalogue(language) if entry.id]
    left = set(known) - set(written()) - DATES
    assert [one for one in left if f'"{one}"' not in sources and f"'{one}'" not in sources] == []


def test_a_warning_in_english() -> None:
    assert headline(FACTS) == "Break-in in a house in Nyby, night to Tuesday 4 March"
    assert word_sms(FACTS).text == (
        "Grannsamverkan Höör: Break-in in house, Nyby, night to Tue 4 Mar. Window forced. Lock, lights on, "
        "check next door. Now: 112. Tips: 114 14. Nr 2314"
    )
    mail = word_email(FACTS, **AROUND)
    assert mail.subject == "Warning: break-in in house, Nyby 4 Mar (nr 2314)"
    assert "WHAT TO DO\n- Lock doors and windows" in mail.text
    assert '<html lang="en">' in mail.html


def test_what_somebody_has_written_is_marked_as_swedish() -> None:
    own = Phrases({"advice.lock": replace(ADVICE_WORDS[Advice.LOCK], full="Lås allt.", short="lås allt")})
    facts = replace(FACTS, phrases=own, free_text="Det kom tre bilar.")
    mail = word_email(facts, **AROUND)
    assert "- Lås allt. (in Swedish)\n" in mail.text
    assert "Det kom tre bilar. (in Swedish)\n" in mail.text
    assert "Lås allt (in Swedish), lights on" in word_sms(facts).text
    in_swedish = word_email(replace(facts, language="sv"), **AROUND)
    assert "(in Swedish)" not in in_swedish.text


def test_a_language_without_a_catalogue_speaks_swedish() -> None:
    assert (say("fi", "m fl"), as_written("sv", "hej"), say("en", "")) == ("m fl", "hej", "")
    assert on_day("sv", date(2025, 3, 4), "E d/M") == "tis 4/3"


@st.composite
def warnings(draw: st.DrawFn) -> AlertFacts:
    kind = draw(st.sampled_from(AlertKind))
    choices = CHOICES[kind]
    some: dict[str, Any] = {"min_size": 1, "max_size": 4, "unique": True}
    source = draw(st.sampled_from(Source))
    return replace(
        FACTS,
        kind=kind,
        attempted=draw(st.booleans()),
        source=source,
        confirmed_by_police=source is not Source.CONTACT_PERSON,
        alert_class=draw(st.sampled_from([AlertClass.WARNING, AlertClass.ONGOING])),
        dwelling=draw(st.sampled_from(choices.dwellings)),
        day_part=draw(st.sampled_from(DayPart)),
        happened_on=draw(st.dates(date(2025, 1, 1), date(2026, 12, 31))),
        methods=tuple(draw(st.lists(st.sampled_from(choices.methods), max_size=3, unique=True))),
        advice=tuple(draw(st.lists(st.sampled_from(choices.advice), **some))),
        places=tuple(draw(st.lists(st.sampled_from(["Nyby", "Sätofta", "Norra Rörum", "Ljungstorp"]), **some)))[:2],
    )


@given(warnings())
@settings(max_examples=200, deadline=None)
def test_every_language_keeps_the_rules_of_a_message(facts: AlertFacts) -> None:
    swedish = word_sms(replace(facts, language="sv"))
    for language in LANGUAGES:
        said = word_sms(replace(facts, language=language))
        assert lint_sms(said.text, facts.alert_class, language) == []
        assert said.encoding == "GSM-7"
        assert said.parts <= swedish.parts or swedish.room < MOST_LONGER


@given(warnings(), st.sampled_from([(one, told) for one, tolds in TOLD_IN.items() for told in tolds]))
@settings(max_examples=200, deadline=None)
def test_every_language_keeps_the_rules_of_a_sequel(facts: AlertFacts, kind: tuple[AlertClass, Any]) -> None:
    alert_class, told = kind
    now_known = replace(facts, alert_class=alert_class, places=facts.places[:1], number=2315)
    sequel = SequelFacts(now_known, facts, about_number=2314, told=told, since=date(2025, 3, 4))
    swedish = word_sequel_sms(sequel.in_language("sv"))
    for language in LANGUAGES:
        said = word_sequel_sms(sequel.in_language(language))
        assert lint_sms(said.text, alert_class, language) == []
        assert said.parts <= swedish.parts or swedish.room < MOST_LONGER
        mail = word_sequel_email(sequel.in_language(language), **AROUND)
        assert sequel_headline(sequel.in_language(language)).split(",")[0][:20] in mail.text.replace("\n", " ")
        assert len(mail.subject) <= 60
