"""What programs that follow the warnings are given: Atom as RFC 4287 wants it, JSON Feed 1.1, and no more than the page
behind the number."""

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from sqlmodel import select

from grannsamverkan.domain import alerts, networks
from grannsamverkan.domain.alerts import AlertClass, Source, Told
from grannsamverkan.domain.networks import Household, NetworkKind, NetworkState
from grannsamverkan.web.syndication import Entry, Feed, as_json, atom
from tests.support.builders import a_household, a_person, a_phone, set_rules
from tests.support.web_town import HOOR, NOW, Town, build
from tests.web.test_number import Quiet, approved, page_of
from tests.web.test_story_page import follow, gone

A = "{http://www.w3.org/2005/Atom}"
ATOM, JSON = f"/kommun/{HOOR}/varningar.atom", f"/kommun/{HOOR}/varningar.json"
BASE = "http://localhost:8000"


@pytest.fixture
def quiet_town(tmp_path: Path) -> Iterator[Town]:
    town = quiet(tmp_path)
    yield town
    town.runtime.close()


def quiet(folder: Path) -> Town:
    town = build(folder)
    object.__setattr__(town.runtime, "engine", Quiet())
    return town


def atom_of(town: Town, path: str = ATOM) -> Element:
    """The feed, with everything that RFC 4287 asks of one."""
    answer = town.visitor().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = ElementTree.fromstring(answer.data)
    assert root.tag == f"{A}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "sv"
    assert root.findtext(f"{A}author/{A}name")
    assert links(root) == {"self": BASE + path, "alternate": BASE + path.removesuffix("/varningar.atom")}
    for one in [root, *root.findall(f"{A}entry")]:
        assert [len(one.findall(A + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert datetime.fromisoformat(str(one.findtext(f"{A}updated"))).tzinfo is not None
    for entry in root.findall(f"{A}entry"):
        assert str(entry.findtext(f"{A}id")) == links(entry)["alternate"]
        content = entry.find(f"{A}content")
        assert content is not None
        assert content.get("type") == "html"
        assert content.text
    ids = [entry.findtext(f"{A}id") for entry in root.findall(f"{A}entry")]
    assert len(ids) == len(set(ids))
    return root


def links(one: Element) -> dict[str | None, str | None]:
    return {link.get("rel"): link.get("href") for link in one.findall(f"{A}link")}


def lines_of(entry: Element) -> list[str]:
    """The paragraphs of the content, which holds nothing else."""
    content = str(entry.findtext(f"{A}content"))
    lines = re.findall(r"<p>([^<]*)</p>", content)
    assert content == "".join(f"<p>{line}</p>" for line in lines)
    return [html.unescape(line) for line in lines]


def updated(one: Element) -> str:
    return str(one.findtext(f"{A}updated"))


def json_of(town: Town, path: str = JSON) -> dict[str, Any]:
    answer = town.visitor().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/feed+json")
    told: dict[str, Any] = json.loads(answer.data)
    return told


def test_a_warning_is_an_entry_with_what_its_page_says(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby", "Tjörnarp")
    root = atom_of(quiet_town)
    (entry,) = root.findall(f"{A}entry")
    assert root.findtext(f"{A}title") == "Grannsamverkan i Höör"
    assert root.findtext(f"{A}author/{A}name") == "Höörs kommun och polisen"
    assert entry.findtext(f"{A}id") == f"{BASE}/n/{number}"
    assert entry.findtext(f"{A}title") == "Inbrott i villa i Nyby och Tjörnarp natt till onsdag 4 mars"
    assert updated(root) == updated(entry) == entry.findtext(f"{A}published") == "2026-03-04T12:00:00Z"
    said = "\n".join(lines_of(entry))
    assert "Det var två <personer> & en bil." in said
    assert "Gör så här: " in said
    assert "Gäller till onsdag 11 mars 2026." in said
    assert "Det gick till Nyby och Tjörnarp." in said
    assert f"Onsdag 4 mars 2026 klockan 13.00: Varning nr {number:04d}. Inbrott i villa" in said
    assert "Skickad av: Polisen." in said


def test_every_line_stands_on_the_page_too(quiet_town: Town) -> None:
    number = approved(quiet_town, "Nyby", source=Source.CONTACT_PERSON)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(quiet_town, f"/n/{number}")))
    page = page.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    lines = lines_of(atom_of(quiet_town).findall(f"{A}entry")[0])
    for line in lines:
        for sentence in re.split(r"(?<=[.?])\s+|: ", line):
            without_year = sentence.replace(" 2026", "").removeprefix("Gäller ").rstrip(".")
            assert without_year.lower() in page.lower(), sentence
    assert any("Polisen har inte bekräftat den." in line for line in lines)


def test_json_tells_the_same(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    follow(quiet_town, number, AlertClass.FOLLOW_UP, Told.SAME)
    told, (entry,) = json_of(quiet_town), atom_of(quiet_town).findall(f"{A}entry")
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert (told["language"], told["feed_url"], told["home_page_url"]) == ("sv", BASE + JSON, f"{BASE}/kommun/{HOOR}")
    (item,) = told["items"]
    assert item["id"] == item["url"] == entry.findtext(f"{A}id")
    assert item["title"] == entry.findtext(f"{A}title")
    assert item["content_text"].split("\n\n") == lines_of(entry)
    assert item["date_modified"] == updated(entry)
    assert item["date_published"] == "2026-03-04T12:00:00Z"


def test_what_comes_after_is_told_in_the_same_entry_and_renews_it(quiet_town: Town) -> None:
    number, other = gone(quiet_town, "Nyby"), gone(quiet_town, "Tjörnarp")
    quiet_town.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    correction = follow(quiet_town, number, AlertClass.CORRECTION, Told.PLACE, right_place="Sätofta")
    root = atom_of(quiet_town)
    first, second = root.findall(f"{A}entry")
    assert [one.findtext(f"{A}id") for one in (first, second)] == [f"{BASE}/n/{number}", f"{BASE}/n/{other}"]
    assert updated(first) == updated(root) == "2026-03-04T13:03:00Z"
    assert first.findtext(f"{A}published") == updated(second) == "2026-03-04T12:00:00Z"
    assert first.findtext(f"{A}title") == "Inbrott i villa i Sätofta natt till onsdag 4 mars"
    said = "\n".join(lines_of(first))
    assert "Rätt plats är Sätofta, inte Nyby." in said
    assert "Så stod det först: Inbrott i villa i Nyby" in said
    assert "Det var fel, och rättades onsdag 4 mars 2026 klockan 14.03." in said
    assert f"Rättelse nr {correction:04d}." in said
    follow(quiet_town, number, AlertClass.ALL_CLEAR, Told.OVER)
    said = "\n".join(lines_of(atom_of(quiet_town).findall(f"{A}entry")[0]))
    assert "Faran över nr" in said
    assert "Gör så här" not in said
    assert "Gäller till" not in said


def test_a_story_is_the_same_alone_and_among_others(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    gone(quiet_town, "Tjörnarp", "Sätofta")
    correction = follow(quiet_town, number, AlertClass.CORRECTION, Told.TIME, happened_on="2026-03-03")
    follow(quiet_town, correction, AlertClass.FOLLOW_UP, Told.MORE)
    with quiet_town.runtime.database.read() as session:
        found = alerts.stories(session, HOOR, base_url=BASE, now=quiet_town.clock.now())
        alone = [alerts.story(session, one.first.number, base_url=BASE, now=quiet_town.clock.now()) for one in found]
    assert found == alone
    assert len(found[0].messages) == 3


def test_nothing_is_told_before_it_has_gone(quiet_town: Town) -> None:
    set_rules(quiet_town.runtime, HOOR, warning_hold_s=60)
    assert atom_of(quiet_town).findall(f"{A}entry") == []
    assert updated(atom_of(quiet_town)) == "2026-03-04T12:00:00Z"  # when the municipality began
    approved(quiet_town, "Nyby")
    assert json_of(quiet_town)["items"] == []
    quiet_town.clock.advance(timedelta(seconds=60))  # type: ignore[attr-defined]
    assert len(json_of(quiet_town)["items"]) == 1


def test_a_network_has_its_own(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    both = gone(quiet_town, "Nyby", "Tjörnarp")
    gone(quiet_town, "Sätofta")
    follow(quiet_town, number, AlertClass.FOLLOW_UP, Told.SAME)
    path = f"/omrade/{quiet_town.network_ids['Nyby']}/varningar"
    root = atom_of(quiet_town, f"{path}.atom")
    assert root.findtext(f"{A}title") == "Grannsamverkan i Nyby"
    told = [one["url"] for one in json_of(quiet_town, f"{path}.json")["items"]]
    assert told == [f"{BASE}/n/{number}", f"{BASE}/n/{both}"]
    assert told == [one.findtext(f"{A}id") for one in root.findall(f"{A}entry")]
    assert json_of(quiet_town, f"/omrade/{quiet_town.network_ids['Marieholm']}/varningar.json")["items"] == []
    assert json_of(quiet_town, "/kommun/1285/varningar.json")["items"] == []


def test_one_that_has_ended_is_gone_and_a_merged_one_leads_on(quiet_town: Town) -> None:
    with quiet_town.runtime.database.write() as rows:
        ended, merged = (
            networks.add_network(rows, HOOR, name, NetworkKind.VILLA, now=NOW, state=NetworkState.ENDED)
            for name in ("Ekeröd", "Munkarp")
        )
        merged.merged_into_id = quiet_town.network_ids["Nyby"]
        ended_id, merged_id = ended.id, merged.id
    client = quiet_town.visitor()
    assert client.get(f"/omrade/{ended_id}/varningar.atom").status_code == 410
    answer = client.get(f"/omrade/{merged_id}/varningar.json")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/omrade/{quiet_town.network_ids['Nyby']}/varningar.json",
    )
    assert client.get("/omrade/9999/varningar.atom").status_code == 404


@pytest.mark.parametrize("path", [ATOM, JSON])
def test_it_is_kept_for_a_minute_and_asked_for_again_by_its_mark(quiet_town: Town, path: str) -> None:
    number, client = gone(quiet_town, "Nyby"), quiet_town.visitor()
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Last-Modified"] == "Wed, 04 Mar 2026 12:00:00 GMT"
    for asked in (
        {"If-None-Match": answer.headers["ETag"]},
        {"If-Modified-Since": answer.headers["Last-Modified"]},
    ):
        same = client.get(path, headers=asked)
        assert (same.status_code, same.data) == (304, b"")
        assert same.headers["ETag"] == answer.headers["ETag"]
        assert same.headers["Cache-Control"] == "public, max-age=60"
    follow(quiet_town, number, AlertClass.FOLLOW_UP, Told.SAME)
    for asked in (
        {"If-None-Match": answer.headers["ETag"]},
        {"If-Modified-Since": answer.headers["Last-Modified"]},
    ):
        assert client.get(path, headers=asked).status_code == 200
    assert quiet_town.signed_in("polis").get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [ATOM, JSON])
def test_it_is_swedish_whatever_the_visitor_reads(quiet_town: Town, path: str) -> None:
    gone(quiet_town, "Nyby", "Tjörnarp")
    client = quiet_town.visitor()
    assert client.get(path, headers={"Accept-Language": "en"}).data == client.get(path).data


def test_it_says_nothing_of_who_is_a_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two towns alike, but that one has another household, which is reached: byte for byte the same."""
    told = []
    for name in ("without", "with"):
        (tmp_path / name).mkdir()
        town = quiet(tmp_path / name)
        if name == "with":
            with town.runtime.database.write() as session:
                nyby = networks.network(session, town.network_ids["Nyby"])
                a_household(session, nyby, a_person(session, sms=a_phone(1)), label="Nybyvägen 99")
        number = gone(town, "Nyby", "Tjörnarp")
        follow(town, number, AlertClass.CORRECTION, Told.WHAT, kind="car_crime")
        path = f"/omrade/{town.network_ids['Nyby']}/varningar"
        told.append([town.visitor().get(one).data for one in (ATOM, JSON, f"{path}.atom", f"{path}.json")])
        with town.runtime.database.read() as session:
            told[-1].append(str(len(session.exec(select(Household)).all())).encode())
        town.runtime.close()
    assert told[0][:-1] == told[1][:-1]
    assert told[0][-1] != told[1][-1]
    assert b"polis@" not in told[0][0]


def test_the_newest_fifty_are_told(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    with quiet_town.runtime.database.write() as session:
        row = alerts.published(session, number)
        for more in range(1, 60):
            at = NOW + timedelta(minutes=more)
            changes = {"number": number + more, "release_at": at, "approved_at": at}
            copied = alerts.Alert(**row.model_dump(exclude={"id"}) | changes)
            session.add(copied)
            session.flush()
            session.add(alerts.AlertTarget(alert_id=copied.id or 0, network_id=quiet_town.network_ids["Nyby"]))
    quiet_town.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    urls = [one["url"] for one in json_of(quiet_town)["items"]]
    assert urls == [f"{BASE}/n/{number + more}" for more in range(59, 9, -1)]


def test_the_pages_lead_to_them(quiet_town: Town) -> None:
    network = quiet_town.network_ids["Nyby"]
    for page, feed in (
        (f"/kommun/{HOOR}", f"/kommun/{HOOR}/varningar"),
        (f"/omrade/{network}", f"/omrade/{network}/varningar"),
    ):
        text = page_of(quiet_town, page)
        assert re.search(rf'<link rel="alternate" type="application/atom\+xml"[^>]*href="{feed}.atom">', text)
        assert re.search(rf'<link rel="alternate" type="application/feed\+json"[^>]*href="{feed}.json">', text)
        assert f'<a href="{feed}.atom">Följ varningarna i en nyhetsläsare (Atom)</a>' in text


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    entry = Entry("https://x.example/n/1", "a\x0bb", ["c\x00d\uffff", "<e> & f"], NOW, NOW)
    feed = Feed("g\x1b", "h", "https://x.example", "https://x.example/a", "https://x.example/j", NOW, [entry])
    root = ElementTree.fromstring(atom(feed))
    assert root.findtext(f"{A}entry/{A}title") == "ab"
    assert lines_of(root.findall(f"{A}entry")[0]) == ["cd", "<e> & f"]
    assert json.loads(as_json(feed))["items"][0]["content_text"].endswith("<e> & f")
