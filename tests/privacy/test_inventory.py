"""No column lacks its row in the inventory, and the papers say what the settings say."""

import re

import pytest
from sqlalchemy import Table

from grannsamverkan import privacy, schema
from grannsamverkan.foundation.vault import SealedText
from grannsamverkan.privacy import GROUNDS, Kept, inventory
from grannsamverkan.settings import Settings, load
from tools import security_goals

TABLES = list(schema.metadata.sorted_tables)


def of(table: Table) -> Kept:
    (found,) = [one for one in inventory() if one.name == table.name]
    return found


@pytest.mark.goal("P1")
@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_every_column_says_what_for_on_what_ground_for_how_long_and_for_whom(table: Table) -> None:
    kept = of(table)
    assert sorted((*kept.personal, *kept.other)) == sorted(column.name for column in table.columns)
    assert all((kept.purpose, kept.life, kept.readers))
    assert kept.ground in GROUNDS
    assert (kept.ground == "none") is (not kept.personal)


def test_what_is_sealed_or_hashed_or_leads_to_a_person_is_personal() -> None:
    for table in TABLES:
        kept = of(table)
        leads = {"person", "household", "contact_address", "account", "contact_person"}
        for column in table.columns:
            is_sealed = isinstance(column.type, SealedText)
            is_hash = column.name.endswith("lookup")
            names_somebody = any(key.column.table.name in leads for key in column.foreign_keys)
            if is_sealed or is_hash or names_somebody:
                assert column.name in kept.personal, f"{table.name}.{column.name}"


def test_the_inventory_names_no_table_that_is_not_there() -> None:
    assert {one.name for one in inventory()} == {table.name for table in TABLES}
    assert len(inventory()) == len(TABLES)


def test_lives_are_those_of_the_settings() -> None:
    chosen = load(None, retention={"deliveries_days": 17})
    paper = privacy.retention(chosen)
    assert "17 dagar efter att den har avslutats" in paper
    assert "{" not in paper
    assert all(f"`{table.name}`" in paper for table in TABLES)
    lives = {name for one in inventory() for name in re.findall(r"retention\.(\w+)", one.life)}
    assert lives == set(Settings().retention.model_dump())


@pytest.mark.goal("P17")
def test_the_assessment_weighs_every_threat_and_every_purpose() -> None:
    paper = privacy.assessment(Settings(), ["Höör"])
    threats = [goal.id for goal in security_goals.goals() if goal.id.startswith("T")]
    assert [one.id for one in privacy.risks()] == threats
    assert all(f"| {threat} |" in paper for threat in threats)
    assert all(one.purpose in paper for one in inventory() if one.personal)


@pytest.mark.goal("P17")
def test_the_notice_has_the_numbers_of_the_settings_and_every_provider() -> None:
    chosen = load(None, retention={"stopped_days": 19, "notices_days": 23}, backup={"keep_days": 11})
    chosen = chosen.model_copy(update={"sms": chosen.sms.model_copy(update={"account_sid": "AC1"})})
    paper = privacy.notice(chosen, [("Höör", "kommun@hoor.example")])
    for said in (
        "Höör: kommun@hoor.example",
        "efter 19 dagar",
        "efter 23 dagar",
        "efter 11 dagar",
        "Twilio, USA",
        "STOPP",
    ):
        assert said in paper


@pytest.mark.goal("P17")
def test_the_register_has_every_personal_column_and_every_provider() -> None:
    chosen = load(
        None,
        sms={"account_sid": "AC1"},
        email={"host": "relay.hoor.example"},
        oidc={"issuer": "https://id.hoor.example"},
        retention={"at_provider_days": 3},
        backup={"folder": "copies", "keep_days": 12},
    )
    paper = privacy.register(chosen, ["Höör"])
    for one in inventory():
        assert all(f"`{one.name}.{column}`" in paper for column in one.personal)
    for said in (
        "- Höör",
        "Twilio, USA",
        "raderas där efter 3 dagar",
        "relay.hoor.example",
        "https://id.hoor.example",
        "efter 12 dagar",
    ):
        assert said in paper
    assert "Twilio, USA" in privacy.processors(chosen)
