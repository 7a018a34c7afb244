"""Other systems that are called, added, listed and taken away by the operator."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

MAKE = ("webhook", "make", "Kartan", "https://karta.hoor.example/in?nyckel=hemlig", "--municipality", "1267")


def test_a_secret_is_shown_once_and_the_system_goes_when_it_is_told_to(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_WEBHOOKS_HOSTS", "karta.hoor.example")
    made = door(*MAKE)
    secret = made.stdout.strip()
    assert (made.exit_code, secret[:6], len(secret)) == (0, "whsec_", 50)
    listed = door("webhook", "list").stdout
    assert listed == "1  1267  karta.hoor.example  called  Kartan\n"
    assert door("webhook", "remove", "1").exit_code == 0
    assert door("webhook", "list").stdout == ""
    assert door("webhook", "remove", "1").exit_code == 1


def test_a_host_that_is_not_named_is_refused(door: Callable[..., Result], installed: Path) -> None:
    refused = door(*MAKE)
    assert (refused.exit_code, "webhook_host" in refused.stderr, "hemlig" in refused.stderr) == (1, True, False)
