"""A municipality's own words: which rules they keep, when they hold, and that what has gone out keeps its own."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import SHIPPED_PHRASES, Advice, Method, phrase_faults
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, a_started_alert, a_street, an_account, an_approved_alert
from tests.support.recording_channel import RecordingChannel

LOCK, SMASHED = "advice.lock", "method.window_smashed"
FULL, SHORT = "Lås alla dörrar, också altanens.", "lås alla dörrar"


def word(runtime: Runtime, key: str = LOCK, full: str = FULL, short: str = SHORT, code: str = HOOR) -> None:
    with runtime.database.write() as session:
        author = an_account(session, f"ord {key} {runtime.clock.now():%H%M%S}").id or 0
        alerts.word_phrase(session, code, key, full, short, account_id=author, now=runtime.clock.now())


def shipped_keys() -> list[str]:
    return sorted(SHIPPED_PHRASES)


@pytest.mark.parametrize("key", shipped_keys())
def test_the_shipped_words_keep_the_rules(key: str) -> None:
    words = SHIPPED_PHRASES[key]
    assert phrase_faults(key, words.full, words.short) == []


@pytest.mark.parametrize(
    ("key", "full", "short", "found"),
    [
        (LOCK, "", SHORT, ("full", "full_missing")),
        (LOCK, "Lås " * 50 + ".", SHORT, ("full", "full_too_long")),
        (LOCK, "Lås alla dörrar", SHORT, ("full", "full_no_sentence")),
        (LOCK, FULL, "", ("short", "short_missing")),
        (LOCK, FULL, "lås alla dörrar och alla fönster", ("short", "short_too_long")),
        (LOCK, FULL, "lås – nu", ("short", "short_not_gsm7")),
        (LOCK, FULL, "lås 🔒", ("short", "short_not_gsm7")),
        (LOCK, FULL, "lås alla dörrar.", ("short", "short_ending")),
        (SMASHED, "Ett fönster krossades.", "Fönster krossat", ("short", "short_ending")),
        (LOCK, "Läs mer på www.polisen.se.", SHORT, ("full", "link")),
        (LOCK, "Skriv till vakt@post.example.", SHORT, ("full", "link")),
        (LOCK, "Läs mer på polisen.se/tips.", SHORT, ("full", "link")),
        (LOCK, "LÅS alla dörrar.", SHORT, ("full", "capitals")),
        (LOCK, "Ring 0413-123 45.", SHORT, ("full", "other_number")),
        (LOCK, FULL, "lås 2 gånger", ("short", "other_number")),
        (LOCK, "Akta er för mannen med mörkt hår.", SHORT, ("full", "looks")),
    ],
)
def test_words_that_break_a_rule_are_refused(key: str, full: str, short: str, found: tuple[str, str]) -> None:
    assert found in phrase_faults(key, full, short)


@pytest.mark.parametrize("text", ["Ring 112 om det pågår.", "Tipsa på 114 14.", "Lås! Tänd sedan ute."])
def test_our_own_numbers_may_stand_there(text: str) -> None:
    assert phrase_faults(LOCK, text, SHORT) == []


def test_own_words_go_out_and_others_do_not_change(runtime: Runtime, sms: RecordingChannel) -> None:
    word(runtime)
    street = a_street(runtime, phones=1)
    an_approved_alert(runtime, street, advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE))
    drain(runtime)
    assert "Lås alla dörrar, tänd ute." in sms.wordings[-1].text
    with runtime.database.read() as session:
        assert alerts.phrase_book(session, "1285").at(None).of(LOCK) == SHIPPED_PHRASES[LOCK]


def test_what_has_gone_out_keeps_its_words(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street, advice=(Advice.LOCK,), methods=(Method.WINDOW_SMASHED,))
    clock.advance(timedelta(hours=1))
    word(runtime)
    word(runtime, SMASHED, "Ett fönster slogs in.", "Fönster inslaget.")
    assert "Lås dörrar och fönster" in " ".join(sentences(runtime, alert_id))
    later = an_approved_alert(runtime, street, advice=(Advice.LOCK,), methods=(Method.WINDOW_SMASHED,))
    clock.advance(timedelta(hours=1))
    assert sentences(runtime, later) == [FULL, "Ett fönster slogs in."]


def sentences(runtime: Runtime, alert_id: int) -> list[str]:
    """What the page behind the number says to do, and how it was done."""
    with runtime.database.read() as session:
        number = alerts.alert(session, alert_id).number or 0
        facts = alerts.story(session, number, base_url="", now=runtime.clock.now()).facts
        assert facts is not None
        return [*alerts.advice_sentences(facts), *alerts.method_sentences(facts)]


def test_new_words_void_what_was_looked_at(runtime: Runtime) -> None:
    """The approval is bound to the words: who looked before they changed looks again."""
    street = a_street(runtime, phones=1)
    with runtime.database.write() as session:
        draft = a_started_alert(session, street, advice=(Advice.LOCK,))
        alert_id, author = draft.id or 0, draft.author_account_id
    content = flow.check_alert(runtime, alert_id=alert_id).content
    word(runtime)
    with pytest.raises(Conflict):
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author, content=content)


def test_the_shipped_words_come_back_and_the_past_stays(runtime: Runtime, clock: SetClock) -> None:
    word(runtime)
    clock.advance(timedelta(minutes=1))
    with runtime.database.write() as session:
        author = an_account(session, "igen").id or 0
        alerts.restore_phrase(session, HOOR, LOCK, account_id=author, now=clock.now())
        book = alerts.phrase_book(session, HOOR)
        assert book.at(None).own == {}
        assert book.at(clock.now() - timedelta(seconds=30)).of(LOCK).full == FULL
        assert [row.full for row in book.editions] == [FULL, None]


def test_the_shipped_words_typed_again_are_the_shipped_ones(runtime: Runtime) -> None:
    words = SHIPPED_PHRASES[LOCK]
    word(runtime, LOCK, f" {words.full} ", words.short)
    with runtime.database.read() as session:
        assert alerts.phrase_book(session, HOOR).at(None).own == {}


def test_what_is_wrong_is_said_and_nothing_kept(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        author = an_account(session).id or 0
        with pytest.raises(Refused) as refused:
            alerts.word_phrase(session, HOOR, LOCK, "Lås", "lås", account_id=author, now=runtime.clock.now())
        assert (refused.value.code, refused.value.facts["name"]) == ("full_no_sentence", "full")
        assert_unknown(session, author, runtime)
        assert alerts.phrase_book(session, HOOR).editions == ()


def assert_unknown(session: Session, author: int, runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        alerts.word_phrase(session, HOOR, "advice.nothing", FULL, SHORT, account_id=author, now=runtime.clock.now())
    with pytest.raises(NotFound):
        alerts.restore_phrase(session, HOOR, "advice.nothing", account_id=author, now=runtime.clock.now())


def test_the_longest_own_words_still_fit_an_sms() -> None:
    """Three advice of the most characters, with the rest of a warning, stay within what a warning may be."""
    assert parts_of(", ".join(["å" * alerts.SHORT_MAX_CHARS] * 3)).parts == 1
