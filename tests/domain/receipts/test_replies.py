"""Neighbours' replies, as people write them: nobody who wants out is kept, nobody who writes of a thief is let out."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grannsamverkan.domain.receipts.replies import Read, Reply, answer, read_reply

LABELLED = json.loads(Path(__file__).with_name("replies.json").read_text(encoding="utf-8"))
# Written and labelled by somebody who knew the rules and had not seen how they are followed here.
UNSEEN = json.loads(Path(__file__).with_name("replies_unseen.json").read_text(encoding="utf-8"))
LONGEST_MUNICIPALITIES = ("Höör", "Upplands Väsby", "Örnsköldsvik", "Hallstahammar", "Lilla Edet", "Dals-Ed")


def test_labelled_set_is_large_and_mixed() -> None:
    replies = [one["reply"] for one in LABELLED]
    assert len({one["body"] for one in LABELLED}) == len(LABELLED) >= 120
    assert set(replies) == set(Reply)
    assert replies.count("stop") >= 50
    assert replies.count("other") >= 40


@pytest.mark.parametrize("labelled", [LABELLED, UNSEEN], ids=["seen", "unseen"])
def test_recall_of_stop_and_no_false_stop(labelled: list[dict[str, Any]]) -> None:
    stops = [one for one in labelled if one["reply"] == "stop"]
    found = [one for one in stops if read_reply(one["body"]).reply is Reply.STOP]
    false_stops = [
        one["body"] for one in labelled if one["reply"] != "stop" and read_reply(one["body"]).reply is Reply.STOP
    ]
    assert len(found) / len(stops) >= 0.98, [one["body"] for one in stops if one not in found]
    assert false_stops == []


@pytest.mark.parametrize("reply", [reply for reply in Reply if reply is not Reply.STOP])
def test_the_other_commands_are_read_as_labelled(reply: Reply) -> None:
    """And what is no command gets the answer that says 112."""
    asked = [one["body"] for one in (*LABELLED, *UNSEEN) if one["reply"] == reply]
    assert [body for body in asked if read_reply(body).reply is not reply] == []


def test_a_longer_wish_to_stop_is_for_a_person_to_read() -> None:
    flagged = [one["body"] for one in UNSEEN if one.get("mentions_stop")]
    assert len(flagged) >= 4
    assert [body for body in flagged if not read_reply(body).mentions_stop] == []


def test_the_unseen_set_is_large_and_new() -> None:
    bodies = {one["body"] for one in UNSEEN}
    assert len(bodies) == len(UNSEEN) >= 60
    assert bodies.isdisjoint(one["body"] for one in LABELLED)
    assert {one["reply"] for one in UNSEEN} == set(Reply)


def test_a_person_looks_at_whatever_mentions_stopping() -> None:
    flagged = {one["body"] for one in LABELLED if one.get("mentions_stop")}
    assert len(flagged) >= 8
    assert {one["body"] for one in LABELLED if read_reply(one["body"]).mentions_stop} == flagged


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["stopp", "avsluta", "avregistrera", "avanmäl", "avbryt"]),
    st.sampled_from(["", " ", "\n", "\u00a0", "!", "...", "\u200b"]),
    st.sampled_from(["", ".", "!!", " tack", " 🙏", " nu tack"]),
    st.integers(0, 3),
)
def test_case_and_what_stands_around_do_not_matter(word: str, before: str, after: str, case: int) -> None:
    written = [word, word.upper(), word.title(), word.swapcase()][case]
    assert read_reply(f"{before}{written}{after}") == Read(Reply.STOP, mentions_stop=False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_anything_can_be_read(body: str) -> None:
    read = read_reply(body)
    assert not (read.mentions_stop and read.reply is not Reply.OTHER)


@pytest.mark.parametrize("reply", Reply)
@pytest.mark.parametrize("municipality", LONGEST_MUNICIPALITIES)
def test_each_answer_is_one_part_and_says_who_is_behind(reply: Reply, municipality: str) -> None:
    sent = answer(reply, f"Grannsamverkan {municipality}")
    assert (sent.encoding, sent.parts, sent.replaced) == ("GSM-7", 1, ())
    assert f"Grannsamverkan {municipality}" in sent.text
    assert sent.text == sent.text.strip()


def test_answers_hold_what_the_sender_rules_demand() -> None:
    said = {reply: answer(reply, "Grannsamverkan Höör").text for reply in Reply}
    assert "räksmörgås" in said[Reply.TEST]
    assert said[Reply.TEST].startswith("TEST från")
    assert "112" in said[Reply.OTHER]
    assert "114 14" in said[Reply.OTHER]
    assert "START" in said[Reply.STOP]
    assert "polis" in said[Reply.HELP]
    for reply in (Reply.START, Reply.PAUSE, Reply.HELP, Reply.OTHER):
        assert "STOPP" in said[reply]
    assert all(one != other for one, other in combinations(said.values(), 2))
