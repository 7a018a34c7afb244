"""Follow-ups, all-clears and corrections: their words, and the drafts they are made from."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import (
    TOLD_IN,
    AlertClass,
    AlertKind,
    DayPart,
    SequelDraft,
    SequelFacts,
    Source,
    Told,
    sequel_headline,
    sequel_sentences,
)
from grannsamverkan.domain.alerts.lint import lint_sms
from grannsamverkan.domain.alerts.sequel_words import word_sequel_email, word_sequel_sms
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.runtime import Runtime
from tests.domain.alerts.test_wording import FACTS
from tests.support.builders import NOW, a_network, a_started_alert, a_street, an_approved_alert

ALL = [(alert_class, told) for alert_class, codes in TOLD_IN.items() for told in codes]


def a_sequel(alert_class: AlertClass, told: Told, **changes: object) -> SequelFacts:
    now_known = replace(FACTS, number=2315, alert_class=alert_class, **changes)  # type: ignore[arg-type]
    was = replace(FACTS, places=now_known.places) if told is not Told.PLACE else FACTS
    return SequelFacts(facts=now_known, was=was, about_number=2314, told=told, since=date(2025, 3, 4))


def test_the_words_of_each() -> None:
    found = {told: word_sequel_sms(a_sequel(alert_class, told)).text for alert_class, told in ALL}
    begins, ends = "Grannsamverkan Höör: ", " Pågår: 112. Tips: 114 14. Nr 2315"
    assert all(text.startswith(begins) and text.endswith(ends) for text in found.values())
    assert {told: text.removeprefix(begins).removesuffix(ends) for told, text in found.items()} == {
        Told.NOTHING_MORE: "Uppföljning av nr 2314. Inget mer har hänt i Nyby sedan 4/3, vad vi vet. "
        "Tack för att du höll utkik.",
        Told.SAME: "Uppföljning av nr 2314. Läget är detsamma i Nyby. Lås, tänd ute, se till grannen.",
        Told.MORE: "Uppföljning av nr 2314. Mer har hänt i Nyby sedan 4/3. Lås, tänd ute, se till grannen.",
        Told.OVER: "Faran är över (nr 2314) i Nyby. Du kan göra som vanligt. Tack för hjälpen.",
        Told.NOT_TRUE: "RÄTTELSE av nr 2314. Det har inte hänt. Du behöver inte göra något. Vi beklagar felet.",
        Told.PLACE: "RÄTTELSE av nr 2314. Det hände inte i Nyby. Du behöver inte göra något. Vi beklagar felet.",
        Told.TIME: "RÄTTELSE av nr 2314. Rätt tid är natt till tis 4/3. Råden gäller fortfarande. Vi beklagar felet.",
        Told.WHAT: "RÄTTELSE av nr 2314. Rätt är: Inbrott i villa i Nyby. Lås, tänd ute, se till grannen. "
        "Vi beklagar felet.",
    }


def test_a_right_place_stands_beside_the_wrong_one() -> None:
    sequel = a_sequel(AlertClass.CORRECTION, Told.PLACE, places=("Norra Rörum",))
    assert "Rätt plats är Norra Rörum, inte Nyby. Du behöver inte göra något." in word_sequel_sms(sequel).text
    assert sequel_headline(sequel) == "Rättelse av nr 2314: rätt plats är Norra Rörum"
    assert sequel_sentences(sequel)[1] == "Bor du i Nyby behöver du inte göra något."


MANY = tuple(f"Kvarteret Åängsstigen {number}" for number in range(12))


@pytest.mark.parametrize(("alert_class", "told"), ALL)
@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("places", [("Nyby",), ("Nyby", "Maglasäte", "Kvarteret Linden"), MANY])
def test_each_keeps_the_rules_of_an_sms(
    alert_class: AlertClass, told: Told, source: Source, places: tuple[str, ...]
) -> None:
    sequel = a_sequel(alert_class, told, source=source, confirmed_by_police=source is Source.POLICE, places=places)
    prepared = word_sequel_sms(sequel)
    assert lint_sms(prepared.text, alert_class) == []
    assert prepared.parts <= 2
    assert (", från ditt kontaktombud, ej bekräftat av polisen:" in prepared.text) is (source is Source.CONTACT_PERSON)


@pytest.mark.parametrize(("alert_class", "told"), ALL)
def test_the_email_says_the_same_in_text_and_html(alert_class: AlertClass, told: Told) -> None:
    sequel = a_sequel(alert_class, told, free_text="Tack till alla som hörde av sig.")
    worded = word_sequel_email(
        sequel,
        sender_address="nyby@gs.hoor.example",
        list_domain="gs.hoor.example",
        sent_on=date(2025, 3, 5),
        unsubscribe_url="XXUNSUBSCRIBEXX",
        network_name="Nyby",
    )
    assert len(worded.subject) <= 60
    assert worded.subject.endswith("(nr 2315)")
    for body in (worded.text, worded.html):
        flat = " ".join(body.split())
        assert all(sentence in flat for sentence in sequel_sentences(sequel))
        assert "2314" in flat
        assert "Inbrott i villa i Nyby natt till tisdag 4 mars" in flat
        assert "Tack till alla som hörde av sig." in flat
        assert "114 14" in flat
        assert ("Gör så här" in flat or "GÖR SÅ HÄR" in flat) is sequel.gives_advice


# ------------------------------------------------------------------------------------------------------- the drafts


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"told": Told.OVER}, "told_not_of_class"),
        ({"told": Told.TIME}, "date_unreadable"),
        ({"told": Told.TIME, "happened_on": NOW.date() + timedelta(days=1)}, "date_in_future"),
        ({"told": Told.TIME, "happened_on": NOW.date() - timedelta(days=61)}, "date_too_old"),
        ({"told": Told.WHAT}, "kind_missing"),
        ({"free_text": "Ring 070-174 06 05"}, "free_text_points_out"),
    ],
)
def test_a_draft_that_breaks_a_rule_is_refused(changes: dict[str, object], code: str) -> None:
    filled = {"alert_class": AlertClass.CORRECTION, "told": Told.NOT_TRUE, **changes}
    with pytest.raises(Refused, match=code):
        SequelDraft(**filled).checked_on(NOW.date())  # type: ignore[arg-type]


def a_correction(told: Told = Told.NOT_TRUE, **changes: object) -> SequelDraft:
    return SequelDraft(alert_class=AlertClass.CORRECTION, told=told, **changes)  # type: ignore[arg-type]


def test_nothing_follows_what_has_not_been_sent(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.database.write() as session:
        draft = a_started_alert(session, a_network(session).id or 0)
        with pytest.raises(Refused, match="not_sent_yet"):
            alerts.start_sequel(session, draft, a_correction(), author_account_id=1, source=Source.POLICE, now=NOW)


def test_a_correction_changes_what_was_wrong_and_keeps_the_rest(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    with runtime.database.write() as session:
        about = alerts.alert(session, alert_id)

        def corrected(draft: SequelDraft) -> alerts.Alert:
            return alerts.start_sequel(
                session, about, draft, author_account_id=about.author_account_id, source=Source.POLICE, now=NOW
            )

        row = corrected(a_correction(Told.WHAT, kind=AlertKind.CAR_CRIME, attempted=True))
        assert (row.kind, row.attempted, row.advice[0]) == ("car_crime", True, "empty_car")
        assert (row.happened_on, row.about_id, row.story_id) == (about.happened_on, alert_id, alert_id)
        again = corrected(a_correction(Told.TIME, happened_on=NOW.date() - timedelta(days=2), day_part=DayPart.EVENING))
        assert again.id == row.id  # the author's own draft, written anew
        assert (again.kind, again.day_part, again.version) == (about.kind, "evening", 2)
        assert alerts.places_of(session, again.id or 0) == ["Nyby"]
        with pytest.raises(Conflict):
            alerts.change_columns(session, again, {}, version=1, now=NOW)
