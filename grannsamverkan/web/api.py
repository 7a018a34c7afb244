"""What other systems of a municipality read, with a key of theirs: public facts as JSON.

Nothing stands here that the public pages do not say. A key only says for whom it is read, how often, and until when.
"""

from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, networks, places, receipts
from grannsamverkan.domain.accounts import Action, Scope
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.web import current
from grannsamverkan.web.api_description import openapi
from grannsamverkan.web.api_door import ROOT, read_with
from grannsamverkan.web.api_models import Alerts, Message, Month, Network, Networks, Statistics, Story
from grannsamverkan.web.delivery_figures import is_few
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.public import public_card

pages = Pages("api")


@pages.get(f"{ROOT}/networks", may=Action.ASK_BY_KEY)
@read_with(Scope.NETWORKS)
def read_networks(session: Session, code: str) -> Networks:
    alive = [card for card in networks.cards(session, [code]) if card.state is not NetworkState.ENDED]
    shown = [public_card(card, number) for number, card in enumerate(alive, start=1)]
    return Networks(
        municipality=code,
        networks=[
            Network(
                id=one.id,
                name=one.name,
                kind=one.kind.value,
                state=one.state.value,
                joined=one.joined,
                dwellings=one.dwellings,
            )
            for one in shown
        ],
    )


@pages.get(f"{ROOT}/alerts", may=Action.ASK_BY_KEY)
@read_with(Scope.ALERTS)
def read_alerts(session: Session, code: str) -> Alerts:
    base_url = current.runtime().settings.installation.base_url
    found = alerts.stories(session, code, base_url=base_url, now=current.now())
    return Alerts(municipality=code, stories=[_story(one, base_url) for one in found])


def _story(story: alerts.Story, base_url: str) -> Story:
    return Story(
        url=f"{base_url}/n/{story.first.number}",
        areas=list(story.places),
        ends_at=story.ends_at,
        messages=[
            Message(
                number=one.number,
                kind=one.alert_class.value,
                sent_at=one.sent_at,
                headline=one.headline,
                free_text=one.free_text,
                wrong_until=one.wrong_until,
            )
            for one in story.messages
        ],
    )


@pages.get(f"{ROOT}/statistics", may=Action.ASK_BY_KEY)
@read_with(Scope.STATISTICS)
def read_statistics(session: Session, code: str) -> Statistics:
    smallest = places.rules(session, code).small_number

    def half(ladder: receipts.Ladder | None) -> float | None:
        return None if ladder is None or is_few(ladder.copies, smallest) else ladder.p50_s

    return Statistics(
        municipality=code,
        months=[
            Month(
                month=f"{one.first:%Y-%m}",
                warnings=one.warnings,
                handed_over_p50_s=half(one.to_hand_over),
                proven_p50_s=half(one.to_proof),
            )
            for one in receipts.months(session, code, now=current.now())
        ],
    )


@pages.get(f"{ROOT}/openapi.json", may=Action.SEE_PUBLIC, cache_s=3600)
def description() -> ResponseReturnValue:
    return openapi()
