"""A list of what is new in the two forms that readers take: Atom (RFC 4287) and JSON Feed 1.1. Text is data in both."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "sv"
ElementTree.register_namespace("", _ATOM)


@dataclass(frozen=True)
class Entry:
    """One thing that is told of. `url` is its page, and its name for good; `lines` is all that is said, in order."""

    url: str
    title: str
    lines: Sequence[str]
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Feed:
    """The list. `page_url` is the page it belongs to; the two others are where it is fetched. `author` is whose it
    is, an office and never a person."""

    title: str
    author: str
    page_url: str
    atom_url: str
    json_url: str
    updated_at: datetime
    entries: Sequence[Entry]


def atom(feed: Feed) -> bytes:
    """The list as Atom."""
    root = Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": _LANGUAGE})
    _add(root, "id", feed.atom_url)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.updated_at))
    _add(_add(root, "author"), "name", feed.author)
    _link(root, "self", "application/atom+xml", feed.atom_url)
    _link(root, "alternate", "text/html", feed.page_url)
    for entry in feed.entries:
        _put(root, entry)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def as_json(feed: Feed) -> bytes:
    """The same as JSON Feed."""
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page_url,
        "feed_url": feed.json_url,
        "language": _LANGUAGE,
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": entry.url,
                "url": entry.url,
                "title": entry.title,
                "content_text": "\n\n".join(entry.lines),
                "date_published": _moment(entry.published_at),
                "date_modified": _moment(entry.updated_at),
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _put(root: Element, entry: Entry) -> None:
    told = _add(root, "entry")
    _add(told, "id", entry.url)
    _add(told, "title", entry.title)
    _add(told, "published", _moment(entry.published_at))
    _add(told, "updated", _moment(entry.updated_at))
    _link(told, "alternate", "text/html", entry.url)
    content = _add(told, "content", "".join(f"<p>{escape(line)}</p>" for line in entry.lines))
    content.set("type", "html")


def _add(parent: Element, name: str, text: str = "") -> Element:
    made = SubElement(parent, f"{{{_ATOM}}}{name}")
    made.text = _legal(text) or None
    return made


def _link(parent: Element, rel: str, kind: str, url: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "type": kind, "href": url})


def _moment(at: datetime) -> str:
    """2026-03-04T12:00:00Z"""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def _legal(text: str) -> str:
    """Without the characters that XML cannot hold in any way."""
    return "".join(char for char in text if char in "\t\n\r" or " " <= char not in "\ufffe\uffff")
