"""The form of a warning: what it presets, what it refuses and how, and what it makes of an open police event."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from grannsamverkan.domain.alerts import AlertKind, DayPart, Finding
from grannsamverkan.domain.alerts.guard import GUARD_CODES
from grannsamverkan.domain.police import PlaceCertainty, PoliceEvent
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import alert_places
from grannsamverkan.web.alert_form import When, from_event, mend_key, mended, preset, read
from grannsamverkan.web.alert_places import NetworkChoice, Places, UnitChoice, targets_of
from grannsamverkan.web.guarding import finding_reason, finding_words, mend_words
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]

FIVE = "lock,light_outside,put_away_ladders,close_entrance,tell_police"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
STAIRS = (
    UnitChoice(11, "Hus 1", 5, None),
    UnitChoice(12, "Hus 1 Trappa A", 3, 11),
    UnitChoice(13, "Hus 1 Trappa B", 2, 11),
)
OFFERED = Places(
    (("1267", "Höör"), ("1285", "Eslöv")),
    (
        NetworkChoice(1, "1267", "Nyby", 24, None, None, ()),
        NetworkChoice(2, "1267", "Linden", 9, None, None, STAIRS),
        NetworkChoice(3, "1285", "Berga", 6, None, None, ()),
    ),
    0,
)


def test_last_night_is_preset_until_the_afternoon() -> None:
    assert preset(NOON, "1267").when is When.TONIGHT
    assert preset(NOON.replace(hour=16), "1267").when is When.TODAY


def test_a_whole_network_counts_once_and_so_does_a_building_with_its_stairwells() -> None:
    assert OFFERED.households({(2, None), (2, 12)}) == 9
    assert OFFERED.households({(2, 11), (2, 12)}) == 5
    assert OFFERED.households({(1, None), (2, 13)}) == 26
    assert OFFERED.names({(1, None), (2, 13), (2, 12)}) == ["Nyby", "Hus 1 Trappa A", "Hus 1 Trappa B"]


def test_ticks_in_another_municipality_than_the_chosen_one_do_not_count() -> None:
    form = MultiDict([("kommun", "1285"), ("var", "1"), ("var", "3")])
    filled = read(form, preset(NOON, "1267"), OFFERED)
    assert filled.municipality_code == "1285"
    assert filled.places == frozenset({(3, None)})


@pytest.mark.parametrize("value", ["4", "1-12", "2-99", "x", "", "1-", "-1", "2-x"])
def test_a_place_that_is_not_offered_is_not_found(value: str) -> None:
    if value == "1-":
        assert read(MultiDict([("var", value)]), preset(NOON, "1267"), OFFERED).places == {(1, None)}
        return
    with pytest.raises(NotFound):
        read(MultiDict([("var", value)]), preset(NOON, "1267"), OFFERED)


def test_odd_choices_fall_back_and_advice_keeps_the_order_of_the_list() -> None:
    form = MultiDict([("vad", "arson"), ("nar", "x"), ("del", "x"), ("rad-burglary_home", "light_outside")])
    form.add("rad-burglary_home", "lock")
    form.add("rad-burglary_home", "lock_tank")  # not for this kind
    filled = read(form, preset(NOON, "1267"), OFFERED)
    assert filled.kind is AlertKind.BURGLARY_HOME
    assert filled.when is When.TONIGHT
    assert [one.value for one in filled.chosen.advice] == ["lock", "light_outside"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Det hände vid Nybyvägen 12.", "Det hände vid Nybyvägen."),
        ("Ring 070-174 06 05 nu.", "Ring nu."),
        ("Bilen ABC 123 stod där.", "Bilen stod där."),
        ("Läs på www.exempel.example i dag.", "Läs i dag."),
        ("ordet " * 40, ("ordet " * 33).strip()),
    ],
)
def test_one_click_takes_a_finding_away(text: str, left: str) -> None:
    filled = replace(preset(NOON, "1267"), free_text=text)
    assert filled.findings
    mended_text = mended(filled, mend_key(filled.findings[0])).free_text
    assert mended_text == left
    assert replace(filled, free_text=mended_text).findings == []


@pytest.mark.parametrize("which", ["", "0", "-1", "99-phone", "5-name", "5-phone-x"])
def test_a_press_on_what_has_gone_already_takes_nothing_else(which: str) -> None:
    filled = replace(preset(NOON, "1267"), free_text="Ring 070-174 06 05 nu.")
    assert mended(filled, which) == filled


def event(**changes: Any) -> PoliceEvent:
    told: dict[str, Any] = {
        "id": 7,
        "published_at": datetime(2026, 3, 4, 8, tzinfo=UTC),
        "happened_at": datetime(2026, 3, 3, 22, 30, tzinfo=UTC),
        "type": "Inbrott",
        "title": "3 mars 23.30, Inbrott, Höör",
        "summary": "Inbrott i villa.",
        "place_certainty": PlaceCertainty.TITLE,
    }
    return PoliceEvent(**{**told, **changes})


@pytest.mark.parametrize(
    ("happened_at", "when", "day_part"),
    [
        (datetime(2026, 3, 3, 22, 30, tzinfo=UTC), When.YESTERDAY, DayPart.EVENING),
        (datetime(2026, 3, 4, 2, tzinfo=UTC), When.TONIGHT, DayPart.UNKNOWN),
        (datetime(2026, 3, 3, 23, 30, tzinfo=UTC), When.TONIGHT, DayPart.UNKNOWN),  # half past midnight in Sweden
        (datetime(2026, 3, 2, 8, tzinfo=UTC), When.OTHER, DayPart.MORNING),
        (None, When.TODAY, DayPart.UNKNOWN),
    ],
)
def test_an_event_fills_in_what_is_beyond_doubt(happened_at: datetime | None, when: When, day_part: DayPart) -> None:
    filled = from_event(event(happened_at=happened_at), preset(NOON, "1267"), NOON)
    assert (filled.kind, filled.when, filled.day_part) == (AlertKind.BURGLARY_HOME, when, day_part)
    assert filled.police_event_id == 7
    assert not filled.places
    assert filled.free_text == ""  # the police's words are theirs


def test_an_attempt_is_an_attempt_and_an_unclear_kind_is_left_alone() -> None:
    filled = from_event(event(type="Inbrott, försök", summary="Kortfattat."), preset(NOON, "1267"), NOON)
    assert filled.attempted
    assert filled.kind is AlertKind.BURGLARY_HOME


def test_targets_are_in_order_whatever_order_they_were_ticked_in() -> None:
    assert [(one.network_id, one.unit_id) for one in targets_of({(2, 12), (2, None), (1, None)})] == [
        (1, None),
        (2, None),
        (2, 12),
    ]


# -------------------------------------------------------------------------------------------- many networks, folded


def test_among_many_networks_the_ticked_ones_have_their_parts_and_the_others_are_fetched(
    alert_town: AlertTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, linden = alert_town.signed_in("polis"), alert_town.networks["Kvarteret Linden"]
    whole = client.get("/varningar/ny").get_data(as_text=True)
    parts_of_linden = set(re.findall(rf'value="{linden}-\d+"', whole))
    assert len(parts_of_linden) > 1
    monkeypatch.setattr(alert_places, "MOST_WITH_PARTS", 0)
    folded = client.get("/varningar/ny").get_data(as_text=True)
    assert not re.search(r'name="var" value="\d+-', folded)
    assert f'hx-get="/varningar/delar/{linden}"' in folded
    assert len(folded) < len(whole)
    fetched = client.get(f"/varningar/delar/{linden}").get_data(as_text=True)
    assert set(re.findall(rf'value="{linden}-\d+"', fetched)) == parts_of_linden
    unfolded = client.get(f"/varningar/ny?omrade={linden}").get_data(as_text=True)
    assert set(re.findall(r'value="\d+-\d+"', unfolded)) == parts_of_linden
    form = MultiDict([*alert_town.form("Kvarteret Linden").items(multi=True), ("gor", "visa")])
    form["csrf_token"] = token(client)
    shown = client.post("/varningar/ny", data=form).get_data(as_text=True)
    assert set(re.findall(r'value="\d+-\d+"', shown)) == parts_of_linden


def test_a_part_of_a_folded_network_can_be_warned(alert_town: AlertTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_places, "MOST_WITH_PARTS", 0)
    client, linden = alert_town.signed_in("polis"), alert_town.networks["Kvarteret Linden"]
    unit = re.findall(rf'value="{linden}-(\d+)"', client.get(f"/varningar/delar/{linden}").get_data(as_text=True))[-1]
    alert_id = alert_town.write(client, f"Kvarteret Linden-{unit}")
    again = client.get(f"/varningar/{alert_id}/andra").get_data(as_text=True)
    assert f'value="{linden}-{unit}" id="var-{linden}-{unit}" checked' in again


# ------------------------------------------------------------------------------------------- refused on the page


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"var": "none"}, "var", "Välj minst ett område"),
        ({"nar": "annan", "datum": ""}, "datum", "Välj ett datum"),
        ({"nar": "annan", "datum": "i fjol"}, "datum", "Välj ett datum"),
        ({"nar": "annan", "datum": "2026-03-05"}, "datum", "Datumet har inte varit än"),
        ({"nar": "annan", "datum": "2026-01-02"}, "datum", "Datumet får vara högst 60 dagar tillbaka"),
        ({"rad-burglary_home": "none"}, "rad", "Välj minst ett råd"),
        (
            {"rad-burglary_home": "lock,light_outside,put_away_ladders,close_entrance,tell_police"},
            "rad",
            "Välj högst 4 råd",
        ),
        ({"fri": "Det var vid Nybyvägen 12"}, "fri", "Ta bort husnumret i ”Nybyvägen 12”"),
        ({"fri": "å" * 201}, "fri", "Texten får ha högst 200 tecken"),
    ],
)
def test_a_fault_is_told_twice_and_the_other_answers_are_kept(
    alert_town: AlertTown, changes: dict[str, str], field: str, words: str
) -> None:
    client = alert_town.signed_in("polis")
    form = alert_town.form("Nyby", fri="Altandörren var uppbruten.")
    for name, value in changes.items():
        form.setlist(name, [] if value == "none" else value.split(","))
    form["csrf_token"] = token(client)
    answer = client.post("/varningar/ny", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel: Ny varning" in page
    assert f'<a href="#{field}">{words}</a>' in page
    assert f'id="{field}-error"' in page
    assert f'id="{field}"' in page
    assert page.count(words) >= 2
    assert form["fri"] in page
    assert (
        "var" in changes
    ) or f'value="{alert_town.networks["Nyby"]}" id="var-{alert_town.networks["Nyby"]}" checked' in page


def test_a_finding_is_offered_away_and_nothing_is_stored_by_it(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    form = alert_town.form("Nyby", fri="Vid Nybyvägen 12. Ring 070-174 06 05.", gor="byt-4-house_number")
    form["csrf_token"] = token(client)
    page = client.post("/varningar/ny", data=form).get_data(as_text=True)
    assert "Vid Nybyvägen. Ring 070-174 06 05.</textarea>" in page
    assert "Ta bort telefonnumret ”070-174 06 05”" in page
    assert "Ta bort meningen</button>" in page
    assert "Du har ett utkast" not in client.get("/hem").get_data(as_text=True)


def test_the_preview_follows_the_form_and_changes_nothing(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    form = alert_town.form("Nyby", "Maglasäte", forsok="ja")
    form["csrf_token"] = token(client)
    page = client.post("/varningar/visa", data=form).get_data(as_text=True)
    assert "Inbrottsförsök i villa, Maglasäte, Nyby, natt till ons 4/3." in page
    assert "Går till 38 hushåll." in page
    assert "<html" not in page


def test_the_finding_of_every_code_has_words(alert_town: AlertTown) -> None:
    with alert_town.app.test_request_context():
        for code in GUARD_CODES:
            found = Finding(code, "abc")
            assert all(words(found) for words in (finding_words, finding_reason, mend_words))
