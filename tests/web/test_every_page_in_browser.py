"""Every page there is, as everybody who meets it, narrow and wide: axe against WCAG 2.2 AA, room, size of targets, and
the same without scripts. A route that nobody has put in the list fails."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.support.browser import (
    DESK,
    FLAGS,
    PHONE,
    assert_accessible,
    assert_room,
    carry,
    chromium_path,
    keep_screenshot,
    served,
)
from tests.support.lived_in import LivedIn, live_in
from tests.web.seen_pages import AT_WORK, EMPTY, FOR_ALL, FOR_NEIGHBOURS, NO_PAGES, PAGES, Seen

OpenPage = Callable[..., Page]
_BETWEEN = (640, 850)  # pixels; where a layout turns into another
_ROLES = tuple(dict.fromkeys(who for page in PAGES for who in page.who))
_EMPTY_ROLES = tuple(dict.fromkeys(who for page in EMPTY for who in page.who))
_TARGET_PX, _STAFF_TARGET_PX = 44, 24
_BETWEEN_WORDS_PX = 15

# The links and buttons that are lower than so many pixels, but those within a sentence. What fills its row counts by
# the row; a box counts by its label's row.
_SMALL = """least => {
  const of_sentence = each => each.matches('a') && getComputedStyle(each).display === 'inline'
    && each.closest('p, dd, figcaption');
  const is_out_of_it = each => each.type === 'hidden' || !each.offsetParent
    || each.matches('.gs-skip, .visually-hidden') || each.closest('.leaflet-container');
  const targets = 'main a, header a, nav a, footer a, button, summary, select, input, textarea';
  return [...document.querySelectorAll(targets)]
    .filter(each => !is_out_of_it(each) && !of_sentence(each))
    .map(each => {
      const row = each.closest('.gs-tasks > li, .gs-links > li, .gs-pick') ?? each;
      return [each.textContent.trim().slice(0, 40) || each.id, Math.round(row.getBoundingClientRect().height)];
    }).filter(([, height]) => height < least);
}"""

# Cells beside each other whose words are closer than so many pixels, so that one seems to read on into the next.
_CROWDED = """least => [...document.querySelectorAll('table tr')].flatMap(row => {
  const words = [...row.children].filter(cell => getComputedStyle(cell).display === 'table-cell').map(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return [cell.textContent.trim().slice(0, 20), range.getBoundingClientRect()];
  });
  return words.slice(1).map(([text, box], before) => [words[before][0], text, box.left - words[before][1].right])
    .filter(([left, right, gap]) => left && right && gap < least);
})"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    lived = live_in(tmp_path_factory.mktemp("lived-in"))
    yield lived
    lived.town.runtime.close()


@pytest.fixture(scope="module")
def address(lived: LivedIn) -> Iterator[str]:
    with served(lived.town.app) as address:
        yield address


def pages_of(who: str, pages: tuple[Seen, ...]) -> list[Seen]:
    return [page for page in pages if who in page.who]


def routes(app: Flask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def test_no_page_escapes(lived: LivedIn) -> None:
    listed = {page.rule for page in PAGES if page.rule}
    assert routes(lived.town.app) - NO_PAGES - listed == set()
    assert (listed | NO_PAGES) - routes(lived.town.app) == set()


@pytest.mark.goal("P16")
@pytest.mark.browser
@pytest.mark.parametrize("who", _ROLES, ids=lambda who: who or "anybody")
def test_pages_are_accessible_and_have_room(open_page: OpenPage, lived: LivedIn, address: str, who: str) -> None:
    page = open_page(DESK)
    carry(page.context, lived.browsing_as(who), address)
    found: list[str] = []
    is_citizen = {seen.address for seen in (*FOR_ALL, *FOR_NEIGHBOURS)}
    for seen in pages_of(who, PAGES):
        visit(page, address, lived, seen)
        least = _TARGET_PX if seen.address in is_citizen else _STAFF_TARGET_PX
        found += [f"{seen.address}: {fault}" for fault in faults(page, least)]
        keep_screenshot(page, f"{who or 'alla'}{seen.address.replace('/', '-')}-{DESK}")
    assert found == []


@pytest.mark.browser
@pytest.mark.parametrize("who", _EMPTY_ROLES, ids=lambda who: who or "anybody")
def test_pages_without_anything_on_them_are_accessible_too(
    open_page: OpenPage, lived: LivedIn, address: str, who: str
) -> None:
    page = open_page(DESK)
    carry(page.context, lived.browsing_as(who), address)
    found: list[str] = []
    for seen in pages_of(who, EMPTY):
        visit(page, address, lived, seen)
        found += [f"{seen.address}: {fault}" for fault in faults(page, _STAFF_TARGET_PX)]
    assert found == []


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("who", _ROLES, ids=lambda who: who or "anybody")
@pytest.mark.parametrize(("scheme", "width"), [("dark", DESK), ("dark", PHONE), ("light", DESK), ("light", PHONE)])
def test_pages_have_contrast_by_day_and_night(
    open_page: OpenPage, lived: LivedIn, address: str, who: str, scheme: str, width: int
) -> None:
    page = open_page(width, color_scheme=scheme)
    carry(page.context, lived.browsing_as(who), address)
    for seen in pages_of(who, PAGES):
        visit(page, address, lived, seen)
        assert_accessible(page)


@pytest.mark.browser
def test_every_page_for_neighbours_is_whole_without_scripts(open_page: OpenPage, lived: LivedIn, address: str) -> None:
    """The same headings, links, fields and buttons stand there as with scripts."""
    for who in dict.fromkeys(who for seen in (*FOR_ALL, *FOR_NEIGHBOURS) for who in seen.who):
        client = lived.browsing_as(who)
        found = []
        for scripts in (True, False):
            page = open_page(PHONE, java_script_enabled=scripts)
            carry(page.context, client, address)
            told = {}
            for seen in pages_of(who, (*FOR_ALL, *FOR_NEIGHBOURS)):
                visit(page, address, lived, seen)
                told[seen.address] = page.locator("h1, h2, main a, main label, main button").all_inner_texts()
            found.append(told)
        assert found[0] == found[1]


@pytest.mark.parametrize("who", ["polis", "samordnare", "kontakt"])
def test_every_page_of_a_role_is_two_clicks_away(lived: LivedIn, who: str) -> None:
    """From the overview, or from the page of the network; and nothing that is linked is missing."""
    client = lived.town.signed_in(who)
    rules = lived.town.app.url_map.bind("localhost")
    near: dict[str, int] = {}
    for start in ("/hem", lived.address("/omraden/{network}")):
        for path, steps in within(client, start, 2).items():
            near[path] = min(steps, near.get(path, steps))
    reached = {rules.match(path, return_rule=True)[0].rule for path in near}
    wanted = {seen.rule for seen in pages_of(who, AT_WORK)}
    by_button = {"/varningar/<int:alert_id>/granska", "/varningar/<int:alert_id>/tillsammans"}
    # asked once more, from the page of the meeting itself; and what is linked only while somebody waits
    by_button |= {
        "/utbildningar/<int:training_id>/stall-in",
        "/omraden/<int:network_id>/moten/<int:meeting_id>/stall-in",
        "/vantar",
        "/varningar/<int:alert_id>/prov",  # from the page where a draft is looked at
        *("/varningar/<int:alert_id>/inbjudan", "/varningar/<int:alert_id>/provutskick"),  # from there too
        "/varningar/<int:alert_id>/inbjudna",  # from the page of what was sent
        "/konto/kod",
        "/konto/inloggning/losenord",  # from the page of one's sign-in
        "/rad/kalender/<int:entry_id>/andra",  # from the page of the entry
        "/rad/<key>/andra",  # from the page of the tip
        "/installningar/ord/<phrase>",  # from the words, which the settings lead to
        "/installningar/anrop/<int:webhook_id>",  # from the systems that are called, which the settings lead to
        "/rad/<key>",  # from all tips, and the month from its letters: rooms that the advice of the year leads to
        *("/manadsbrev/<month>", "/manadsbrev/<month>/siffror"),
        "/kvarten/lapp",  # from the paper that hangs
    }
    not_needed = {"/omraden"} if who == "kontakt" else set()  # of one network
    assert wanted - reached - by_button - not_needed == set()


@pytest.mark.parametrize("who", _ROLES, ids=lambda who: who or "anybody")
def test_no_form_stands_in_a_paragraph(lived: LivedIn, who: str) -> None:
    """A browser ends the paragraph before the form, and what lays out its buttons with it."""
    client = lived.browsing_as(who)
    for seen in pages_of(who, PAGES):
        text = client.get(lived.address(seen.address)).get_data(as_text=True)
        found = re.search(r"<p[ >](?:(?!</p>).)*?<form[^>]*>", text, re.DOTALL)
        assert found is None, (seen.address, found)


def within(client: Any, start: str, most: int) -> dict[str, int]:
    """The paths that links lead to, each with the number of clicks; every one of them answers."""
    steps, front = {start: 0}, [start]
    for step in range(1, most + 1):
        coming = []
        for path in front:
            answer = client.get(path)
            assert answer.status_code in (200, 302, 303), path
            if "Location" in answer.headers:
                steps.setdefault(answer.headers["Location"], steps[path])
            text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            for found in re.findall(r'href="(/[^"#?]*)', text):
                if found not in steps and not found.startswith(("/v/", "/demo/", "/kvarten/lapp")):  # of a paper
                    steps[found] = step
                    coming.append(found)
        front = coming
    for path in front:
        answer = client.get(path)
        assert answer.status_code in (200, 302, 303), path
        if "Location" in answer.headers:
            steps.setdefault(answer.headers["Location"], most)
    return steps


def visit(page: Page, address: str, lived: LivedIn, seen: Seen) -> None:
    answer = page.goto(address + lived.address(seen.address))
    assert answer is not None
    expected = (
        404
        if seen.address in ("/finns-inte", "/avsluta/nej", "/uppgifter/nej") or seen.address.endswith("9999")
        else 200
    )
    assert answer.status == expected, f"{seen.address}: {answer.status}"


def faults(page: Page, target_px: int) -> Iterator[str]:
    """Wide, narrow and between; contrast at the width that most people have who meet the page."""
    is_for_phones = target_px == _TARGET_PX
    yield from failed(assert_accessible, page, with_contrast=not is_for_phones)
    yield from (f"crowded: {cells}" for cells in page.evaluate(_CROWDED, _BETWEEN_WORDS_PX))
    page.set_viewport_size({"width": PHONE, "height": 800})
    yield from failed(assert_accessible, page, with_contrast=is_for_phones)
    yield from (f"low: {small}" for small in page.evaluate(_SMALL, target_px))
    for width in _BETWEEN:
        yield from failed(assert_room, page, width)
    if page.locator("h1").count() != 1:
        yield "not one h1"
    page.set_viewport_size({"width": DESK, "height": 800})


def failed(check: Callable[..., None], page: Page, *more: int, **options: bool) -> Iterator[str]:
    try:
        check(page, *more, **options)
    except AssertionError as error:
        yield str(error)


@pytest.mark.browser
@pytest.mark.parametrize("percent", [200, 400])
def test_text_set_larger_in_the_browser_has_room(browser: Browser, lived: LivedIn, address: str, percent: int) -> None:
    """As somebody meets it who has set the browser's text to double or four times its size."""
    flags = [*FLAGS, f"--blink-settings=defaultFontSize={16 * percent // 100}"]
    large = browser.browser_type.launch(executable_path=chromium_path(), args=flags)
    found: list[str] = []
    for who in ("", "granne", "går med 4"):
        context = large.new_context(viewport={"width": DESK, "height": 800}, locale="sv-SE")
        carry(context, lived.browsing_as(who), address)
        page = context.new_page()
        for seen in pages_of(who, (*FOR_ALL, *FOR_NEIGHBOURS)):
            visit(page, address, lived, seen)
            found += failed(assert_room, page, DESK)
        context.close()
    large.close()
    assert found == []
