"""The messages of a municipality, or of one of its networks, for programs that follow them: Atom and JSON Feed.

They tell what the page behind each number tells (alerts.Story), and nothing more: by which role, to which areas, what
was wrong; never who wrote it, whom it reached or how many. Like the notice board's sheet it is Swedish for everybody,
so that one copy serves all who ask.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import AlertClass, Published, Story
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import clock_in_words, in_sweden, whole_day_in_words
from grannsamverkan.web import current
from grannsamverkan.web.alert_words import class_words
from grannsamverkan.web.i18n import in_swedish
from grannsamverkan.web.number import in_a_row, who_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.syndication import Entry, Feed, as_json, atom
from grannsamverkan.web.words import municipality_words, upper_first

_CACHE_S = 60
_FORMS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom, "application/atom+xml"),
    "json": (as_json, "application/feed+json"),
}

pages = Pages("alert_feeds")


@pages.get("/kommun/<code>/varningar.atom", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def municipality_atom(code: str) -> ResponseReturnValue:
    """Everything the municipality's neighbours were sent."""
    return _of_municipality(code, "atom")


@pages.get("/kommun/<code>/varningar.json", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def municipality_json(code: str) -> ResponseReturnValue:
    return _of_municipality(code, "json")


@pages.get("/omrade/<int:network_id>/varningar.atom", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def network_atom(network_id: int) -> ResponseReturnValue:
    """What one network was sent. One that has become a part of another leads there, and one that has ended is gone."""
    return _of_network(network_id, "atom")


@pages.get("/omrade/<int:network_id>/varningar.json", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def network_json(network_id: int) -> ResponseReturnValue:
    return _of_network(network_id, "json")


def _of_municipality(code: str, form: str) -> ResponseReturnValue:
    if code not in {row.code for row in current.served_municipalities()}:
        raise NotFound
    with current.runtime().database.read() as session:
        name = places.municipality(session, code).name
        since = places.served_municipality(session, code).since
        found = _stories(session, code)
    page, here = url_for("public.municipality", code=code), _fetched_at("municipality", code=code)
    return _answer(_feed(f"Grannsamverkan i {name}", name, page, here, since, found), form)


def _of_network(network_id: int, form: str) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        row = networks.successor(session, network_id)
        if row.id != network_id:
            return redirect(url_for(f"alert_feeds.network_{form}", network_id=row.id))
        if networks.state_of(session, network_id) is NetworkState.ENDED:
            return Response(status=410)
        name = places.municipality(session, row.municipality_code).name
        since = places.served_municipality(session, row.municipality_code).since
        found = _stories(session, row.municipality_code, network_id)
    page, here = url_for("public.area", network_id=network_id), _fetched_at("network", network_id=network_id)
    return _answer(_feed(f"Grannsamverkan i {row.name}", name, page, here, since, found), form)


def _stories(session: Session, code: str, network_id: int | None = None) -> list[Story]:
    base_url = current.runtime().settings.installation.base_url
    return alerts.stories(session, code, base_url=base_url, now=current.now(), network_id=network_id)


def _fetched_at(of: str, **place: Any) -> dict[str, str]:
    """Form → path."""
    return {form: url_for(f"alert_feeds.{of}_{form}", **place) for form in _FORMS}


def _feed(title: str, municipality: str, page: str, here: dict[str, str], since: datetime, found: list[Story]) -> Feed:
    """`since`: what stands as its time before anything has been sent."""
    base_url = current.runtime().settings.installation.base_url
    with in_swedish():
        entries = [_entry(story, f"{base_url}/n/{story.first.number}") for story in found]
    return Feed(
        title=title,
        author=f"{municipality_words(municipality)} och polisen",
        page_url=base_url + page,
        atom_url=base_url + here["atom"],
        json_url=base_url + here["json"],
        updated_at=max((story.updated_at for story in found), default=since),
        entries=entries,
    )


def _answer(feed: Feed, form: str) -> ResponseReturnValue:
    """The feed, or that nothing has changed since whoever asks has fetched it."""
    write, kind = _FORMS[form]
    answer = Response(write(feed), mimetype=kind)
    answer.last_modified = feed.updated_at.astimezone(UTC)
    answer.add_etag()
    return answer.make_conditional(request)


# ----------------------------------------------------------------------------------------------- a story in lines


def _entry(story: Story, url: str) -> Entry:
    return Entry(url, story.headline, list(_lines(story)), story.first.sent_at, story.updated_at)


def _lines(story: Story) -> Iterator[str]:
    """What the page says, in its order; how long it holds as a day, so that no line changes by itself."""
    if story.nothing_happened:
        yield from filter(None, [*story.current.sentences, story.first.free_text])
        yield from (_told(one) for one in story.messages)
        return
    correction = story.newest(AlertClass.CORRECTION)
    yield from filter(None, _news(story, correction))
    if not story.is_confirmed:
        yield "Ett kontaktombud i området har skrivit varningen. Polisen har inte bekräftat den."
    if story.gives_advice:
        if correction is None:
            yield from filter(None, [" ".join(filter(None, [*story.methods, story.first.free_text]))])
        yield f"Gör så här: {' '.join(story.acts)}"
        yield f"Gäller till {_day(story.ends_at)}."
    yield "Pågår brottet nu? Ring 112. Vill du tipsa eller anmäla? Ring 114 14."
    yield "Följ aldrig efter någon. Titta, minns och ring."
    if story.places:
        yield f"Det gick till {in_a_row(story.places)}."
    yield from (_told(one) for one in story.messages)


def _news(story: Story, correction: Published | None) -> Iterator[str]:
    """What came after the first message: what was put right, with the mistake, or else the newest."""
    newest = story.messages[-1]
    if correction is not None:
        yield " ".join(filter(None, [*correction.sentences, correction.free_text]))
        yield f"Så stod det först: {story.first.headline}."
    elif newest is not story.first:
        yield " ".join(filter(None, [*newest.sentences, newest.free_text]))


def _told(one: Published) -> str:
    """A message as it stands in the history."""
    said = f"{_at(one.sent_at)}: {class_words(one.alert_class)} nr {one.number:04d}. {one.headline}."
    wrong = f" Det var fel, och rättades {_at(one.wrong_until)}." if one.wrong_until else ""
    return f"{upper_first(said)}{wrong} Skickad av: {who_words(one.source)}."


def _at(moment: datetime) -> str:
    return f"{_day(moment)} {clock_in_words(moment)}"


def _day(moment: datetime) -> str:
    """onsdag 4 mars 2026: with its year, since an old entry is read in another one."""
    day = in_sweden(moment).date()
    return whole_day_in_words(day)
