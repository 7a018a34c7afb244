"""The pages where a coordinator words advice: what is typed is shown before it is kept, and what is wrong is said."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from grannsamverkan.domain import alerts
from grannsamverkan.foundation.clock import SetClock
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import PASSWORDS, AlertTown
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served, sign_in
from tests.support.web_town import token

__all__ = ["alert_town"]
LOCK = "/installningar/ord/advice.lock"
FULL, SHORT = "Lås alla dörrar, också altanens.", "lås alla dörrar"


def post(client: FlaskClient, path: str = LOCK, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, LOCK), **form})
    return answer.status_code, answer.text


def own(town: AlertTown) -> dict[str, str]:
    with town.runtime.database.read() as rows:
        return {key: words.full for key, words in alerts.phrase_book(rows, "1267").at(None).own.items()}


def test_words_are_shown_then_kept_then_sent(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    status, page = post(client, full=FULL, short=SHORT, gor="visa")
    assert (status, own(alert_town)) == (200, {})
    assert "Lås alla dörrar, " in page  # as the SMS begins what to do
    assert "Lås alla dörrar, " in post(client, f"{LOCK}/visa", full=FULL, short=SHORT)[1]
    assert own(alert_town) == {}
    assert post(client, full=FULL, short=SHORT)[0] == 303
    assert own(alert_town) == {"advice.lock": FULL}
    assert FULL in client.get("/installningar/ord").text
    alert_id = alert_town.send(alert_town.signed_in("polis"), "Nyby")
    assert "Lås alla dörrar" in (alert_town.alert(alert_id).sms_text or "")
    assert FULL in client.get(f"/n/{alert_town.alert(alert_id).number}").text


def test_the_standard_comes_back_after_a_question(alert_town: AlertTown, clock: SetClock) -> None:
    client = alert_town.signed_in("samordnare")
    post(client, full=FULL, short=SHORT)
    clock.advance(timedelta(minutes=1))
    status, page = post(client, f"{LOCK}/aterstall")
    assert (status, own(alert_town)) == (200, {"advice.lock": FULL})
    assert "I sms:et: lås" in page
    assert post(client, f"{LOCK}/aterstall", ja="1")[0] == 303
    assert own(alert_town) == {}
    assert FULL in client.get(LOCK).text  # in its history


@pytest.mark.parametrize(
    ("full", "short", "said"),
    [
        ("", SHORT, "Skriv en mening"),
        ("Lås", SHORT, "Avsluta med punkt"),
        (FULL, "", "Rådet ska rymmas i sms:et"),
        (FULL, "lås alla dörrar och alla fönster", "Skriv högst 30 tecken"),
        (FULL, "lås 🔒", "Sms:et tål bara vanliga bokstäver"),
        ("Läs på www.polisen.se.", SHORT, "Länkar och adresser går inte med"),
        ("Ring 0413-123 45.", SHORT, "Skriv inga siffror utom 112 och 114 14"),
        ("Akta er för mannen med mörkt hår.", SHORT, "Peka inte ut någon: ”Akta er för mannen”."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    alert_town: AlertTown, full: str, short: str, said: str
) -> None:
    status, page = post(alert_town.signed_in("samordnare"), full=full, short=short)
    assert (status, own(alert_town)) == (422, {})
    assert said in page
    assert f'value="{short}"' in page
    assert f"{full}</textarea>" in page


def test_another_municipality_is_not_there(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("samordnare")
    assert client.get("/installningar/ord?kommun=1285").status_code == 404
    assert post(client, f"{LOCK}?kommun=1285", full=FULL, short=SHORT)[0] == 404
    assert own(alert_town) == {}


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_sample_follows_what_is_typed(open_page: Callable[..., Page], alert_town: AlertTown, width: int) -> None:
    page = open_page(width)
    with served(alert_town.app) as address:
        sign_in(page, address, "samordnare", PASSWORDS["samordnare"])
        page.goto(f"{address}/installningar/ord")
        assert_accessible(page)
        keep_screenshot(page, f"ord-{width}")
        page.goto(address + LOCK)
        page.get_by_label("I sms:et").fill("reglar alla dörrar")
        expect(page.locator("#forhand .gs-bubble")).to_contain_text("Reglar alla dörrar")
        page.get_by_label("I mejlet och på sidan").fill("Regla alla dörrar")
        press(page, "Spara orden")
        assert_accessible(page)
        keep_screenshot(page, f"ord-fel-{width}")
        page.get_by_label("I mejlet och på sidan").fill("Regla alla dörrar.")
        press(page, "Spara orden")
        expect(page.get_by_role("row", name="Regla alla dörrar.")).to_contain_text("Egna")
