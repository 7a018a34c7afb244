"""The command that holds the shipped tips to the rules."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from grannsamverkan.cli.advice import advice_group
from grannsamverkan.domain import advice


def test_the_shipped_tips_keep_every_rule() -> None:
    done = CliRunner().invoke(advice_group, ["lint", "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (told["ok"], told["faults"], told["languages"]) == (True, [], ["sv", "en"])
    assert told["cards"] >= 72


def test_a_fault_is_told_and_the_exit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    card = advice.shipped()["las-cykeln"]
    dear = replace(card, texts={**card.texts, "sv": replace(card.texts["sv"], title="Lås för 99 kr")})
    monkeypatch.setattr(advice, "shipped", lambda: {"las-cykeln": dear})
    done = CliRunner().invoke(advice_group, ["lint", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["faults"] == [
        {"card": "las-cykeln", "code": "price", "language": "sv", "form": "title", "words": "kr"}
    ]
    assert "las-cykeln sv title price kr" in CliRunner().invoke(advice_group, ["lint"]).stdout
