"""A press on the button takes a finding away, and what is left reads."""

import pytest

from grannsamverkan.domain.alerts.guard import RuleSet, guard, mended
from grannsamverkan.domain.alerts.guard.measure import sentences

OPEN = [one.text for one in sentences() if not one.is_sealed and one.labels]
MOST_PRESSES = 8


def pressed_through(text: str) -> str:
    """The text after a press on the first finding, and so on until there is none."""
    for _ in range(MOST_PRESSES):
        found = guard(text, RuleSet.ALERT)
        if not found:
            return text
        text = mended(text, found[0])
    raise AssertionError(f"still findings in {text!r}")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Det hände vid Nybyvägen 12.", "Det hände vid Nybyvägen."),
        ("Ring mig på 070-174 06 05 om du sett något.", "Ring mig om du sett något."),
        ("Hör av dig (070-174 06 05) om du vet mer.", "Hör av dig om du vet mer."),
        ("Ring 070-174 06 05. Lås dörren.", "Lås dörren."),
        ("Bilen med skylt MLB 274 stod vid skolan.", "Bilen stod vid skolan."),
        ("Den hade reg nr MLB 274. Lås bilen.", "Lås bilen."),
        ("paketinfo.nu är en bluffsida. Klicka inte.", "Klicka inte."),
        ("Bluffmejl från ”kund@paket.example” går runt.", "Bluffmejl går runt."),
        ("Anna Svensson såg allt.", "En granne såg allt."),
        ("Hör med Berit om nyckeln.", "Hör med en granne om nyckeln."),
        ("Berit och Gunnar har fått besök.", "Några grannar har fått besök."),
        ("Evas bil fick rutan krossad.", "En grannes bil fick rutan krossad."),
        ("Lås dörren. Mvh Gunilla", "Lås dörren."),
        ("En man i svart jacka sprang från platsen.", "En person sprang från platsen."),
        ("Två mörkklädda män sågs vid garaget.", "Två personer sågs vid garaget."),
        ("Mannen sprang mot skogen.", "Personen sprang mot skogen."),
        ("Lås dörren. Personen hade munskydd och handskar.", "Lås dörren."),
        ("En liga från Rumänien tar koppar.", "En liga tar koppar."),
        ("Tre förråd. Vi vet vem det är. Lås era.", "Tre förråd. Lås era."),
        ("Inbrottet skedde medan familjen var i Thailand.", "Inbrottet skedde."),
        ("Huset står tomt hela juli. Håll ögonen öppna.", "Håll ögonen öppna."),
        ("En vit skåpbil körde sakta genom området.", "En bil körde sakta genom området."),
        ("Skåpbilen stod med motorn igång.", "Bilen stod med motorn igång."),
        ("en morkhyad kille sprang", "En person sprang"),
    ],
)
def test_what_is_left_reads(text: str, left: str) -> None:
    assert pressed_through(text) == left


@pytest.mark.slow
def test_every_finding_can_be_mended_away() -> None:
    for text in OPEN:
        for finding in guard(text, RuleSet.ALERT):
            left = mended(text, finding)
            assert left != text
            same = [one for one in guard(left, RuleSet.ALERT) if (one.code, one.words) == (finding.code, finding.words)]
            assert len(same) < 1 + text.count(finding.words), text
        assert "  " not in pressed_through(text)


def test_a_text_that_is_too_long_keeps_whole_words() -> None:
    left = pressed_through("ord " * 80)
    assert left == ("ord " * 50).strip()
    assert len(pressed_through("å" * 300)) == 0
