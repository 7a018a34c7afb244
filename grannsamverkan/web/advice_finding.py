"""What the pages of the year's tips have in common: which municipality and which entry is meant, its name, its note."""

from collections.abc import Collection, Iterable

from flask import request
from sqlmodel import Session

from grannsamverkan.domain import advice, audit, networks
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.advice import Card, PlanEntry
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.reach import is_neighbour


def reached(rows: Session) -> list[Municipality]:
    """The served municipalities in reach: a contact person's are those of their networks."""
    actor = current.signed_in_actor()
    mine: Iterable[str] = actor.municipality_codes
    if is_neighbour(actor):
        mine = networks.municipality_codes(rows, actor.network_ids)
    codes = set(mine)
    return [row for row in current.served_municipalities() if row.code in codes]


def chosen_in(rows: Session, *, planned: Collection[str] = ()) -> Municipality:
    """`?kommun=` one of those in reach, else one of `planned` before the others; NotFound."""
    wanted = request.args.get("kommun")
    found = [row for row in reached(rows) if wanted in (None, row.code)]
    if not found:
        raise NotFound
    return next((row for row in found if row.code in planned), found[0])


def entry_of(rows: Session, entry_id: int, action: Action, *, to_change: bool = False) -> PlanEntry:
    """NotFound: there is none, or it is out of reach."""
    entry = advice.entry(rows, entry_id, to_change=to_change)
    if is_neighbour(current.signed_in_actor()):
        if entry.municipality_code not in {row.code for row in reached(rows)}:
            raise NotFound
    elif not current.may(action, Thing(entry.municipality_code)):
        raise NotFound
    return entry


def cards_of(rows: Session, code: str) -> dict[str, Card]:
    """The municipality's cards by key, without the disabled."""
    return {card.key: card for card in advice.cards(rows, code)}


def title_in(rows: Session, entry: PlanEntry) -> str:
    """The title of the entry's card."""
    card = cards_of(rows, entry.municipality_code).get(entry.card_key)
    return title_of(card) if card else _("Rådet används inte längre")


def title_of(card: Card) -> str:
    """In the language of the page."""
    return card.texts.get(language(), card.texts["sv"]).title


def number_in(text: str | None) -> int:
    """A number from a form; 0 for what is none."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def note(rows: Session, code: str, act: str, entry_id: int) -> None:
    """Who did what with which entry."""
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="plan_entry",
        thing_id=entry_id,
        municipality_code=code,
    )
