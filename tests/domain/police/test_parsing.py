"""Every quirk of the API's answers, in samples of our own."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from grannsamverkan.domain.police.parsing import clean, listed_event, published, read_answer

SEEN = datetime(2026, 2, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-04-25 9:25:07 +02:00", datetime(2023, 4, 25, 7, 25, 7, tzinfo=UTC)),
        ("2026-01-20 17:45:04 +01:00", datetime(2026, 1, 20, 16, 45, 4, tzinfo=UTC)),
        ("2026-01-20T07:45:04+01:00", datetime(2026, 1, 20, 6, 45, 4, tzinfo=UTC)),
    ],
)
def test_a_publication_is_read_with_an_hour_of_one_digit(text: str, expected: datetime) -> None:
    assert published(text) == expected


@pytest.mark.parametrize(
    "text", ["2023-02-30 9:25:07 +02:00", "2023-04-25 9:25:07", "0001-01-01 0:00:00 +14:00", "soon", "", None, 7]
)
def test_what_is_no_time_with_a_zone_is_no_publication(text: Any) -> None:
    assert published(text) is None


def test_texts_are_cleaned_once() -> None:
    assert clean(" Lagen om hundar\xa0och katter ") == "Lagen om hundar och katter"
    assert clean("H&amp;M") == "H&M"
    assert clean("&amp;amp; – rån") == "&amp; – rån"
    assert clean("a\x00b\ud800c") == "abc"
    assert clean(None) == ""


def test_a_summary_as_long_as_the_api_cuts_is_marked(row: Callable[..., dict[str, Any]]) -> None:
    cut, whole = listed_event(row(summary="x" * 110)), listed_event(row(summary="x" * 109))
    assert cut
    assert cut.cut
    assert whole
    assert not whole.cut


def test_missing_and_unknown_keys_are_survived(row: Callable[..., dict[str, Any]]) -> None:
    event = listed_event(row(location=None, summary=None, type=None, url=None, novelty=1))
    assert event
    assert event.says == ("10 februari 03.10, Inbrott, Höör", "", "", "")
    assert listed_event({"id": 7, "datetime": "2026-02-10 8:05:09 +01:00", "name": "X"})


@pytest.mark.parametrize(
    "fault", [{"id": "7"}, {"id": True}, {"id": 2**63}, {"id": -1}, {"datetime": "?"}, {"name": " "}]
)
def test_a_row_without_id_time_or_title_is_no_event(row: Callable[..., dict[str, Any]], fault: dict[str, Any]) -> None:
    assert listed_event(row() | fault) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"   \n",
        b"[]",
        b"<html>Service unavailable</html>",
        b'{"events": []}',
        b'"text"',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"[1, 2, 3]" * 50, mtime=0)[:-20],
        b"\x1f\x8bnothing zipped",
    ],
)
def test_an_empty_or_broken_answer_is_one_rejected_answer(answer: bytes) -> None:
    reading = read_answer(answer, SEEN)
    assert (reading.sightings, reading.read, reading.rejected) == ([], 0, 1)


def test_the_good_rows_of_a_spoilt_answer_are_read(row: Callable[..., dict[str, Any]]) -> None:
    answer = json.dumps([row(1), None, row(2), {"id": 3}]).encode()
    for form in (answer, gzip.compress(answer), b"\xef\xbb\xbf" + answer):
        reading = read_answer(form, SEEN)
        assert [s.event.id for s in reading.sightings] == [1, 2]
        assert (reading.read, reading.rejected, reading.whole_answer) == (4, 2, True)


def test_an_archive_gives_each_version_its_own_time(row: Callable[..., dict[str, Any]]) -> None:
    versions = [
        {"seen": "2026-02-10T08:00:00Z", "event": row(1, summary="Rån\u2028")},
        {"seen": "2026-02-10T07:30:00Z", "event": row(1)},
    ]
    line = json.dumps({"id": 1, "last_seen": "2026-02-17T07:00:00Z", "versions": versions}, ensure_ascii=False)
    reading = read_answer(f"{line}\nno json\n\n{line.replace('Z', '')}\n".encode(), SEEN)
    assert (reading.read, reading.rejected, reading.whole_answer) == (3, 2, False)
    assert [(s.seen_at.hour, s.until.day) for s in reading.sightings] == [(7, 10), (8, 17)]
