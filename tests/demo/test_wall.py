"""The whole demo by HTTP: a warning lands on the phones, a neighbour answers, and the answer comes back through us."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from grannsamverkan.demo.cast import GUEST
from grannsamverkan.demo.wall import Wall
from grannsamverkan.domain import alerts, receipts
from grannsamverkan.foundation.errors import NotFound, Unavailable
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web.demo_phones import Device, Standing
from tests.support.warned_demo import Stage, device, open_phone, running_demo, warned_demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with warned_demo(tmp_path_factory.mktemp("demo")) as stage:
        yield stage


def test_the_wall_shows_what_arrived_and_why_the_rest_is_silent(stage: Stage) -> None:
    runtime, standins, _ = stage
    devices = Wall(runtime, standins).devices()
    nyby = [one for one in devices if one.network == "Nyby"]
    assert devices[: len([one for one in nyby if one.bubbles])] == [one for one in devices if one.bubbles]
    assert {one.standing for one in nyby} == {Standing.OPEN, Standing.PAUSED, Standing.OLD_NUMBER}
    for one in nyby:
        assert bool(one.bubbles) is (one.standing is Standing.OPEN), one
        if one.kind is ChannelKind.EMAIL:
            assert one.bubbles[0].subject.startswith(("Varning: inbrott", "Warning: break-in"))
    assert {one.bubbles for one in devices if one.network != "Nyby"} == {()}
    sheet = Wall(runtime, standins).sheet()
    assert sheet is not None
    assert sheet.headline.startswith("Inbrott i villa i Nyby")


def test_an_answer_goes_through_the_signed_entrance_and_back(stage: Stage) -> None:
    runtime, standins, _ = stage
    wall = Wall(runtime, standins)
    phone = open_phone(wall, 0)
    wall.answer(phone.key, "Test")
    shown = device(wall, phone.key).bubbles
    assert [bubble.is_mine for bubble in shown] == [False, True, False]
    assert shown[2].text.startswith("TEST from Grannsamverkan Höör.")  # who has this phone reads English
    assert shown[2].text.endswith("räksmörgås RÄKSMÖRGÅS")
    assert wall.devices()[0].key == phone.key  # who answered is on top
    wall.answer(phone.key, "STOPP")
    assert device(wall, phone.key).standing is Standing.STOPPED
    assert device(wall, phone.key).bubbles[-1].text.startswith("Grannsamverkan Höör: You get no more texts")
    wall.answer(phone.key, "PAUS")
    assert device(wall, phone.key).standing is Standing.STOPPED


def test_receipts_of_both_channels_find_their_way_in(stage: Stage) -> None:
    with stage[0].database.read() as session:
        newest = alerts.latest(session, ["1267"], limit=1)[0]
        copies = receipts.ledger(session, newest.id or 0).copies
    for channel in ChannelKind:
        assert copies[channel]["delivered"] > 0
        assert copies[channel]["handed_over"] == copies[channel]["unknown"] == 0


def test_a_mailbox_sends_no_sms(stage: Stage) -> None:
    wall = Wall(*stage[:2])
    mailbox = next(one for one in wall.devices() if one.kind is ChannelKind.EMAIL)
    for key in (mailbox.key, 99_999):
        with pytest.raises(NotFound):
            wall.answer(key, "STOPP")


def test_the_page_is_there_by_http(stage: Stage) -> None:
    page = requests.get(f"{stage[2]}/demo/telefoner", timeout=10)
    assert page.status_code == 200
    assert "Inget kom fram" in page.text
    assert "Paus till" in page.text


@pytest.mark.parametrize(
    ("path", "form", "network"),
    [
        ("/min-sida", {"phone": GUEST.phone}, "Nyby"),
        ("/anmal-intresse/1267", {"phone": GUEST.free_phone, "kind": "villa", "place": "Ekvägen"}, ""),
    ],
    ids=["a neighbour's own page", "somebody new"],
)
def test_a_code_comes_to_the_wall_and_opens_the_page(
    stage: Stage, path: str, form: dict[str, str], network: str
) -> None:
    wall, browser = Wall(*stage[:2]), requests.Session()
    answer = _send(browser, stage[2], path, form)
    device, code = _code_on(wall, form["phone"])
    assert device.network == network
    opened = _send(browser, stage[2], urlsplit(answer.url).path, {"code": code})
    assert urlsplit(opened.url).path in {"/min-sida/jag", "/anmal-intresse/klart"}


def _code_on(wall: Wall, address: str) -> tuple[Device, str]:
    """The phone, and the code on it as soon as it has come."""
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        device = next(one for one in wall.devices() if one.address == address)
        codes = [found[0] for bubble in device.bubbles if (found := re.search(r"\b\d{6}\b", bubble.text))]
        if codes:
            return device, codes[-1]
    raise AssertionError("no code came")


def _send(browser: requests.Session, url: str, path: str, form: dict[str, str]) -> requests.Response:
    page = browser.get(f"{url}{path}", timeout=10).text
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    answer = browser.post(f"{url}{path}", data={**form, "csrf_token": token}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_link_in_an_email_stops_it(stage: Stage) -> None:
    runtime, standins, url = stage
    mail = standins.mail_messages()[0]
    path = mail["text"].split("/avsluta/", 1)[1].split()[0]
    assert requests.get(f"{url}/avsluta/{path}", timeout=10).status_code == 200
    answer = requests.post(f"{url}/avsluta/{path}", data={"List-Unsubscribe": "One-Click"}, timeout=10)
    assert answer.status_code == 200
    wall = Wall(runtime, standins)
    stopped = [one for one in wall.devices() if one.kind is ChannelKind.EMAIL and one.standing is Standing.STOPPED]
    assert [one.address for one in stopped] == [mail["to"]]


def test_without_stand_ins_the_wall_says_so(tmp_path: Path) -> None:
    with running_demo(tmp_path) as (runtime, standins, url):
        wall = Wall(runtime, standins)
        standins.stop()
        with pytest.raises(Unavailable):
            wall.devices()
        assert requests.get(f"{url}/demo/telefoner", timeout=20).status_code == 503
