"""Each rule of a warning by SMS can be broken, and is then named."""

import pytest

from grannsamverkan.domain.alerts.lint import lint_sms

SOUND = "Grannsamverkan Höör: Inbrott i villa, Nyby, natt till tis 4/3. Lås. Pågår: 112. Tips: 114 14. Nr 2314"


def test_a_sound_warning() -> None:
    assert lint_sms(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Grannsamverkan Höör", "Kommunen", "sender_missing"),
        ("Inbrott i villa", "Något", "hazard_missing"),
        (", Nyby", "", "place_missing"),
        (", natt till tis 4/3", "", "time_missing"),
        ("Lås.", "Tack.", "acts_missing"),
        ("112", "polisen", "no_112"),
        ("114 14", "polisen", "no_114_14"),
        (" Nr 2314", "", "number_missing"),
        ("Lås.", "Lås, se hoor.example,", "link"),
        ("Lås.", "Lås, se https://x,", "link"),
        ("Lås.", "Lås, ring 070-174 06 05,", "other_number"),
        ("Lås.", "Lås, ring 17406,", "other_number"),
        ("Lås.", "LÅS.", "capitals"),
        ("Grannsamverkan Höör:", "Polisen:", "reserved_words"),
        ("Lås.", "Viktigt meddelande, lås,", "reserved_words"),
        ("Lås.", "Lås 😜,", "not_gsm7"),
        ("Nyby", "Nyby" * 100, "too_many_parts"),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, code: str) -> None:
    assert code in lint_sms(SOUND.replace(old, new))
