"""What a type means for neighbours."""

from datetime import UTC, datetime

import pytest

from grannsamverkan.domain import police
from grannsamverkan.domain.police.tables import PlaceCertainty, PoliceEvent


def event(type_: str, summary: str = "", *, cut: bool = False) -> PoliceEvent:
    at = datetime(2026, 2, 10, 8, tzinfo=UTC)
    return PoliceEvent(
        id=1,
        published_at=at,
        first_seen=at,
        last_seen=at,
        version_seen_at=at,
        type=type_,
        title="",
        summary=summary,
        cut=cut,
        place_certainty=PlaceCertainty.COUNTY,
    )


@pytest.mark.parametrize("type_", ["Inbrott", "Inbrott, försök", "Stöld/inbrott", "Larm Inbrott", "larm inbrott"])
def test_four_types_are_like_burglary(type_: str) -> None:
    assert police.burglary_like(event(type_))


@pytest.mark.parametrize("type_", ["Stöld", "Sammanfattning natt", "Sammanfattning kväll och natt", "Rån", ""])
def test_no_other_type_is_whatever_the_summary_says(type_: str) -> None:
    told = event(type_, "Inbrott i villa.")
    assert not police.burglary_like(told)
    assert police.alert_kind(told) is None


@pytest.mark.parametrize(
    ("type_", "summary", "kind"),
    [
        ("Inbrott", "Inbrott i villa.", "burglary_home"),
        ("Inbrott, försök", "Försök i LÄGENHETEN", "burglary_home"),
        ("Stöld/inbrott", "Stöld ur källarförråd", "burglary_storage"),
        ("Inbrott", "Inbrott i fritidshus.", "burglary_holiday"),
        ("Skadegörelse", "Klotter.", "vandalism"),
        ("Inbrott", "Inbrott på restaurang.", None),
        ("Inbrott", "Inbrott i villa och garage.", None),
        ("Inbrott", "Inbrott på Villastaden.", None),
        ("Inbrott", "", None),
        ("Larm Inbrott", "Larm från villa.", None),
    ],
)
def test_a_kind_is_proposed_only_without_doubt(type_: str, summary: str, kind: str | None) -> None:
    assert police.alert_kind(event(type_, summary)) == kind


def test_a_cut_summary_may_go_on_to_name_another_place() -> None:
    assert police.alert_kind(event("Inbrott", "Inbrott i villa", cut=True)) is None


def test_alarms_are_unverified_and_attempts_are_attempts() -> None:
    assert police.unverified(event("Larm Inbrott"))
    assert not police.unverified(event("Inbrott"))
    assert police.attempted(event("Inbrott, försök"))
    assert not police.attempted(event("Inbrott"))
