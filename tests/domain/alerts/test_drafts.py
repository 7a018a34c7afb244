from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from grannsamverkan.domain.alerts import MOST_ADVICE, OLDEST_DAYS, Advice, AlertDraft, Target
from grannsamverkan.foundation.errors import Refused
from tests.support.builders import a_draft

TODAY = date(2026, 3, 4)


def test_a_sound_draft_is_itself() -> None:
    draft = a_draft(1)
    assert draft.checked_on(TODAY) is draft


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"targets": ()}, "no_target"),
        ({"happened_on": TODAY + timedelta(days=1)}, "date_in_future"),
        ({"happened_on": TODAY - timedelta(days=OLDEST_DAYS + 1)}, "date_too_old"),
        ({"advice": ()}, "no_advice"),
        ({"advice": tuple(Advice)[: MOST_ADVICE + 1]}, "too_much_advice"),
        ({"free_text": "Ring 070-174 06 05 om ni ser bilen"}, "free_text_points_out"),
        ({"free_text": "x" * 201}, "free_text_points_out"),
    ],
)
def test_each_rule_refuses(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        a_draft(1, **changes).checked_on(TODAY)
    assert refused.value.code == code
    assert "174" not in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"happened_on": TODAY - timedelta(days=OLDEST_DAYS)},
        {"advice": tuple(Advice)[:MOST_ADVICE]},
        {"free_text": " Altandörren var uppbruten. "},
    ],
)
def test_what_is_just_within_the_rules_passes(changes: dict[str, Any]) -> None:
    assert a_draft(1, **changes).checked_on(TODAY)


@pytest.mark.goal("S42")
def test_a_draft_takes_no_unknown_field_or_code() -> None:
    with pytest.raises(ValidationError):
        a_draft(1, colour="red")
    with pytest.raises(ValidationError):
        a_draft(1, kind="murder")
    with pytest.raises(ValidationError):
        Target(network_id=1, street_id=2)  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="frozen"):
        AlertDraft.model_validate(a_draft(1).model_dump()).free_text = "x"
