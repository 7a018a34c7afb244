"""Every paper is whole: on the page it is meant for, in letters large enough, tagged, in Swedish, its font inside,
nothing over anything else, and its QR code says what is printed beside it. Also with texts that would break it."""

import time

import cv2
import pytest

from tests.printing.every_paper import ADDRESS, CODE, EVIL, HARD, PAPERS, USUAL, Texts
from tests.support import papers

WITH_CODE = ("slips", "large_slips", "poster", "welcome", "letter")
IN_THE_STAIRWELL = ("alert_notice", "door_slips", "letter_notice", "letter_slips", "tip_notice", "tip_slips")
WITH_QR = (*WITH_CODE, "meeting_invitation", "alert_notice", "alert_notice_corrected", "tip_notice")


@pytest.mark.parametrize("texts", [USUAL, HARD, EVIL], ids=["usual", "hard", "evil"])
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_whole(name: str, texts: Texts) -> None:
    make, pages, least_pt = PAPERS[name]
    pdf = make(texts)
    assert len(papers.pages_of(pdf, dpi=30)) == pages
    assert papers.covered(pdf) == []
    assert papers.smallest_letters_pt(pdf) >= least_pt
    assert papers.fonts_are_inside(pdf)
    assert papers.language_of(pdf) == "sv-SE"
    assert papers.title_of(pdf)


@pytest.mark.parametrize("name", WITH_QR)
def test_a_camera_reads_what_is_printed_beside_the_code(name: str) -> None:
    make, _pages, _least = PAPERS[name]
    for texts in (USUAL, HARD):
        pdf = make(texts)
        grey = cv2.cvtColor(papers.pages_of(pdf)[0], cv2.COLOR_BGR2GRAY)  # as a cheap printer gives it
        assert papers.codes_on(grey) == {ADDRESS}
        text = papers.text_of(pdf)
        assert "gs.hoor.example/ga-med" in text
        assert CODE.shown in text or name not in WITH_CODE


def test_a_slip_for_the_letter_box_leads_to_the_page_of_its_number() -> None:
    for texts in (USUAL, HARD, EVIL):
        pdf = PAPERS["door_slips"][0](texts)
        pages = papers.pages_of(pdf)
        assert len(pages) == 2  # three slips, two to a page
        grey = cv2.cvtColor(pages[0], cv2.COLOR_BGR2GRAY)
        middle = grey.shape[1] // 2  # they lie beside each other
        for slip in (grey[:, :middle], grey[:, middle:]):
            assert papers.codes_on(slip) == {"https://gs.hoor.example/n/2314"}
        text = " ".join(papers.text_of(pdf).split())
        for words in ("Nr 2314", "gs.hoor.example/n/2314", "114 14", "Gäller till och med lördag 14 mars"):
            assert text.count(words) == 4, words


def test_the_list_of_doors_says_what_to_say_and_has_two_ticks() -> None:
    text = " ".join(papers.text_of(PAPERS["knocking_list"][0](USUAL)).split())
    assert "12 hushåll har inte nåtts." in text
    assert "Jag är kontaktombud i grannsamverkan. Inbrott i villa i Kvarteret Linden natt till onsdag 4 mars." in text
    assert "Mer står på gs.hoor.example/n/2314." in text
    for words in ("Skäl", "Numret eller adressen används inte", "Berättat: någon där har hört dig.", "Åsa Öberg"):
        assert words in text


def test_each_slip_carries_everything() -> None:
    for texts in (USUAL, HARD, EVIL):
        for name, slips in (("slips", 4), ("large_slips", 2)):
            text = papers.text_of(PAPERS[name][0](texts)).replace("\r", "")
            for words in ("Har du skyddade personuppgifter?", "Gäller till och med", CODE.shown, "Frågor?"):
                assert text.count(words) == slips, (name, words)


def test_text_is_never_read_as_a_command() -> None:
    for name in (
        *("poster", "letter", "member_list", "knocking_list", "door_slips", "sign_order", "meeting_invitation"),
        *("alert_notice", "letter_slips", "tip_notice", "tip_slips"),
    ):
        text = " ".join(papers.text_of(PAPERS[name][0](EVIL)).split())
        assert "#read(" in text, name
        assert "root:" not in text, name


def test_swedish_letters_come_out_as_they_went_in() -> None:
    text = papers.text_of(PAPERS["sign_order"][0](EVIL))
    assert "å ä ö Å Ä Ö é ü ß" in " ".join(text.split())


def test_a_letter_on_the_wall_leads_to_the_whole_of_it() -> None:
    for texts in (USUAL, HARD):
        pdf = PAPERS["letter_notice"][0](texts)
        grey = cv2.cvtColor(papers.pages_of(pdf)[0], cv2.COLOR_BGR2GRAY)
        assert papers.codes_on(grey) == {"https://gs.hoor.example/brev/1267/2026-02"}
        assert "gs.hoor.example/brev/1267/2026-02" in papers.text_of(pdf)


def test_a_letter_as_slips_has_all_of_it_on_each_half() -> None:
    for texts in (USUAL, HARD, EVIL):
        pdf = PAPERS["letter_slips"][0](texts)
        grey = cv2.cvtColor(papers.pages_of(pdf)[0], cv2.COLOR_BGR2GRAY)
        middle = grey.shape[1] // 2  # they lie beside each other
        for slip in (grey[:, :middle], grey[:, middle:]):
            assert papers.codes_on(slip) == {"https://gs.hoor.example/brev/1267/2026-02"}
        text = " ".join(papers.text_of(pdf).split())
        for words in ("Hela kommunen: villor 12", "Månadsbrev för februari", "114 14", "Släng lappen"):
            assert text.count(words) >= 4, words


@pytest.mark.parametrize("name", IN_THE_STAIRWELL)
def test_what_hangs_in_the_stairwell_is_made_within_a_second(name: str) -> None:
    """The quickest of three: others use the machine too."""
    took = []
    for _ in range(3):
        began = time.monotonic()
        PAPERS[name][0](USUAL)
        took.append(time.monotonic() - began)
    assert min(took) < 1
