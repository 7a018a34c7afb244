"""The running of a network in a real Chromium: every page accessible, the year's questions answered in five taps."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan import rounds
from grannsamverkan.domain import duties, lifecycle, networks, signs
from grannsamverkan.domain.lifecycle import Addressee, MeetingDraft, MeetingKind
from grannsamverkan.foundation.clock import SetClock
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served, sign_in
from tests.support.web_town import PASSWORD, Town, build

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Nyby in May: asked, reminded and not answered, with a newcomer, a sign that stands and a meeting to come."""
    town = build(tmp_path_factory.mktemp("living"))
    assert isinstance(town.clock, SetClock)
    area = town.network_ids["Nyby"]
    with town.runtime.database.write() as rows:
        network = networks.network(rows, area)
        duties.note_newcomer(
            rows, area, None, "Hus 12", key="", due_on=town.clock.now().date() + 14 * DAY, now=town.clock.now()
        )
        networks.take_over(rows, networks.contact_persons(rows, area)[0], now=town.clock.now())
        place = signs.add_place(rows, network, "Infarten", None)
        place.put_up_on = town.clock.now().date()
        draft = MeetingDraft(MeetingKind.YEARLY, town.clock.now() + 100 * DAY, 90, "Byagården")
        meeting = lifecycle.plan_meeting(rows, network, draft, now=town.clock.now())
        lifecycle.add_point(rows, meeting, Addressee.MUNICIPALITY, "Tänd lyktan", due_on=None, now=town.clock.now())
    for days in (28, 40, 16):
        town.clock.advance(days * DAY)
        rounds.plan_duties(town.runtime)
        rounds.keep_checks(town.runtime)
    rounds.keep_vacancies(town.runtime)
    yield town
    town.runtime.close()


@pytest.fixture(scope="module")
def address(living: Town) -> Iterator[str]:
    with served(living.app) as address:
        yield address


def link(town: Town) -> str:
    with town.runtime.database.read() as rows:
        role = networks.contact_persons(rows, town.network_ids["Nyby"])[0]
    last_day = town.clock.now().date() + 10 * DAY
    return f"/uppgifter/{duties.duties_token(town.runtime.database.vault, role.id or 0, last_day=last_day)}"


OF_CONTACT = ("/hem", "/kvarten", "{o}/arskontroll", "{o}/nyinflyttade", "{o}/skyltar", "{o}/hushall/lamna-over")
OF_COORDINATOR = (
    *("/hem", "/tackning", "{o}/arskontroll", "{o}/kontaktombud", "{o}/kontaktombud/dela-ut", "{o}/skyltar"),
    *("/skyltar", "{o}/moten", "{o}/moten/1", "/atgarder", "/utbildningar"),
)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(("name", "paths"), [("kontakt", OF_CONTACT), ("samordnare", OF_COORDINATOR)])
def test_the_pages_of_a_living_network_are_accessible(
    open_page: OpenPage, living: Town, address: str, width: int, name: str, paths: tuple[str, ...]
) -> None:
    page = open_page(width)
    sign_in(page, address, name, PASSWORD)
    for path in paths:
        answer = page.goto(address + path.format(o=f"/omraden/{living.network_ids['Nyby']}"))
        assert answer is not None
        assert answer.status == 200, path
        keep_screenshot(page, f"levande-{name}-{Path(path).name}-{width}")
        assert_accessible(page)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_by_link_are_accessible(open_page: OpenPage, living: Town, address: str, width: int) -> None:
    page = open_page(width)
    for name, path in (("lank", link(living)), ("dod-lank", "/uppgifter/nej")):
        page.goto(address + path)
        keep_screenshot(page, f"{name}-{width}")
        assert_accessible(page)


def test_the_years_questions_and_a_task_by_link_on_a_phone_without_scripts(
    open_page: OpenPage, living: Town, address: str
) -> None:
    """Five taps for the four questions, one for a task; a forgotten one is pointed out, and the rest is kept."""
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(address + link(living))
    for question in ("Stämmer listan", "Finns de kontaktombud", "Är skyltarna uppe"):
        page.get_by_role("group", name=question).get_by_label("Ja").check()
    press(page, "Svara om Nyby")
    expect(page).to_have_title(re.compile(r"^Fel: "))
    expect(page.get_by_role("group", name="Stämmer listan").get_by_label("Ja")).to_be_checked()
    page.get_by_role("group", name="Har ni haft årsmöte").get_by_label("Nej").check()
    press(page, "Svara om Nyby")
    expect(page.get_by_text("Tack, svaret är sparat")).to_be_visible()
    press(page, "Klart Planera årsmötet, efter årskontrollen")
    expect(page.get_by_role("button", name="Ångra Planera årsmötet, efter årskontrollen")).to_be_visible()
    with living.runtime.database.read() as rows:
        check = duties.checks_of(rows, living.network_ids["Nyby"])[0]
        assert (check.list_in_order, check.meeting_held) == (True, False)
