"""The page behind the number of a message: what was sent, by which role, to which areas, and that it is genuine.

Anybody may look. It never says who wrote it, whom it reached or how many, and shows areas, never a house.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import printing
from grannsamverkan.domain import alerts, lifecycle, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import AlertClass, News, Source, Status, Story
from grannsamverkan.foundation import calendar_file
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import day_in_words, in_sweden
from grannsamverkan.printing import AlertPaper
from grannsamverkan.web import current, errors
from grannsamverkan.web.alert_words import class_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.lately import lately
from grannsamverkan.web.maps import HitMap, draw_hit
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.words import municipality_words

_CACHE_S = 60
_LARGEST = 999_999_999  # more figures than any number will have, and no more than a column holds
_MISSES = 20
_MISSES_IN = timedelta(minutes=5)

_PAGES = {
    AlertClass.ADVICE: "public/advice.html",
    AlertClass.INVITATION: "public/invitation.html",
    AlertClass.DRILL: "public/drill.html",
}
_PAPER_WORDS = {AlertClass.ADVICE: "Råd", AlertClass.INVITATION: "Inbjudan"}  # paper is Swedish
_CHANGES = (News.MOVED, News.CALLED_OFF)

pages = Pages("number")


@pages.get("/n/<figures:number>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def show(number: int) -> ResponseReturnValue:
    """The whole story that the number belongs to: whoever has only the correction's finds the mistake there too."""
    found = _find(number, language())
    if found is None:
        return _unknown()
    story, shown = found
    page = _PAGES.get(story.first.alert_class, "public/alert.html")
    return render_template(page, story=story, asked=story.of(number), **shown)


@pages.get("/n/<figures:number>/kalender.ics", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def calendar(number: int) -> ResponseReturnValue:
    """What people are invited to, for their own calendars: the same event whichever number of its story is asked for,
    and the one in the file of the network's own meeting when it is that."""
    found = _find(number)
    if found is None or found[0].occasion is None:
        return _unknown()
    story, occasion, runtime = found[0], found[0].occasion, current.runtime()
    uid, sequence = f"n{story.first.number}", sum(one.told in _CHANGES for one in story.messages)
    if occasion.meeting_id is not None:
        with runtime.database.read() as session:
            meeting = lifecycle.meeting_of(session, occasion.meeting_id)
        uid, sequence = meeting.uid, meeting.sequence
    made = calendar_file.event(
        uid=f"{uid}@{runtime.settings.email.domain}",
        sequence=sequence,
        title=story.headline.partition(": ")[2].partition(",")[0],
        starts_at=occasion.starts_at,
        minutes=occasion.minutes,
        place=occasion.place,
        url=f"{runtime.settings.installation.base_url}/n/{story.first.number}",
        changed_at=story.updated_at,
        is_cancelled=story.is_called_off,
    )
    return Response(made, mimetype="text/calendar")


@pages.get("/n/<figures:number>/lapp", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def notice(number: int) -> ResponseReturnValue:
    """The same as a sheet for the notice board, one A4 page."""
    found = _find(number)
    if found is None:
        return _unknown()
    story, shown = found
    if story.is_drill:  # a trial of the phones is nothing for a notice board
        raise NotFound
    site = current.runtime().settings.installation.base_url.partition("://")[2]
    down_after = _day_of(story.ends_at)
    return render_template("public/notice.html", story=story, site=site, down_after=down_after, **shown)


@pages.get("/n/<figures:number>/lapp.pdf", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def paper(number: int) -> ResponseReturnValue:
    """The sheet as a paper, on one page whatever prints it."""
    found = _find(number)
    if found is None:
        return _unknown()
    story, shown = found
    if story.is_drill:
        raise NotFound
    sender = f"{municipality_words(shown['municipality_name'])} och polisen"
    return pdf(printing.alert_notice(sender, _paper(story, shown)), f"lapp-{number:04d}.pdf", is_public=True)


def _paper(story: Story, shown: dict[str, Any]) -> AlertPaper:
    """What the paper says, Swedish for everybody as the sheet is."""
    correction, newest, day = story.newest(AlertClass.CORRECTION), story.messages[-1], _day_of(story.ends_at)
    later = correction or (newest if newest is not story.first else None)
    has_facts = bool(shown["advice"]) and correction is None
    return AlertPaper(
        number=story.first.number,
        headline=story.headline,
        is_corrected=correction is not None,
        is_confirmed=story.is_confirmed,
        word=_PAPER_WORDS.get(story.first.alert_class, ""),
        news="" if story.nothing_happened or not later else " ".join(filter(None, [*later.sentences, later.free_text])),
        was=story.first.headline if correction else "",
        facts=" ".join(filter(None, [*shown["methods"], story.first.free_text])) if has_facts else "",
        advice=story.current.sentences if story.nothing_happened else shown["advice"],
        valid_until="" if story.is_untrue or shown["status"] is Status.ENDED else day,
        down_after=day,
        url=f"{current.runtime().settings.installation.base_url}/n/{story.first.number}",
    )


def _day_of(moment: datetime) -> str:
    return day_in_words(in_sweden(moment).date())


def _find(number: int, language: str = SWEDISH) -> tuple[Story, dict[str, Any]] | None:
    """The story in a language and what the page shows of it. None for a number that was never given, or is only
    reserved, or has not gone yet: they are all the same to the public."""
    if number > _LARGEST:
        return None
    base_url, now = current.runtime().settings.installation.base_url, current.now()
    with current.runtime().database.read() as session:
        try:
            story = alerts.story(session, number, base_url=base_url, now=now, language=language)
        except NotFound:
            return None
        drawing = _map(session, story)
        municipality_name = places.municipality(session, story.municipality_code).name
    status = story.status(now)
    return story, {
        "status": status,
        "municipality_name": municipality_name,
        "words_in": language,
        "map": drawing,
        "methods": story.methods,
        "advice": story.acts if story.gives_advice else [],
        "class_words": class_words,
        "correction_class": AlertClass.CORRECTION,
        "all_clear_class": AlertClass.ALL_CLEAR,
        "who_words": who_words,
        "paper_word": _PAPER_WORDS.get(story.first.alert_class),
        "changes": _CHANGES,
    }


def _map(session: Session, story: Story) -> HitMap | None:
    """Where it was, as far as that is known: an area, never a house."""
    cards = networks.cards(session, [story.municipality_code])
    hit = [card for card in cards if card.name == story.right_place] if story.right_place else []
    return draw_hit(
        places.outline(story.municipality_code), hit or [card for card in cards if card.id in story.network_ids]
    )


def who_words(source: Source) -> str:
    """Which role sent it."""
    return {
        Source.POLICE: _("Polisen"),
        Source.MUNICIPALITY: _("Kommunen"),
        Source.CONTACT_PERSON: _("Ett kontaktombud"),
    }[source]


# ------------------------------------------------------------------------------------------- numbers that are not


def _unknown() -> ResponseReturnValue:
    wait_s = lately("number.misses", _MISSES, _MISSES_IN).wait(current.visitor(), current.now())
    if wait_s:
        return errors.page(429, after_s=wait_s)
    return make_response(render_template("public/unknown_number.html"), 404)


def in_a_row(names: Sequence[str]) -> str:
    """Nyby · Nyby och Sjöby · Nyby, Sjöby och Tjörnarp"""
    last = _("och")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


pages.blueprint.add_app_template_filter(in_a_row, "in_a_row")
