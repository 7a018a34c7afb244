"""Networks that have grown large or are hard to reach are shown to whoever can do something about it."""

from grannsamverkan.domain import membership, networks, people, places
from grannsamverkan.domain.membership import Choices, Place
from grannsamverkan.domain.networks import JoinedBy, Shows
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_phone
from tests.support.web_town import HOOR, NOW, Town


def reachable(town: Town, name: str, number: int) -> None:
    with town.runtime.database.write() as rows:
        for one in range(number):
            person = people.add_person(rows, HOOR, now=NOW)
            people.add_address(rows, person, ChannelKind.SMS, a_phone(one), now=NOW)
            people.consent(rows, person, ChannelKind.SMS, given_by=GivenBy.SELF, now=NOW)
            place = Place(town.network_ids[name])
            membership.let_in(rows, person, place, Choices(Shows.NAME, "Hus"), JoinedBy.SLIP, now=NOW)


def test_a_network_that_reaches_too_few_says_so_until_it_reaches_enough(town: Town) -> None:
    area = town.network_ids["Sätofta"]  # two households on paper
    reachable(town, "Sätofta", 7)
    client = town.signed_in("samordnare")
    page = client.get(f"/omraden/{area}").get_data(as_text=True)
    assert "77 av 100 hushåll går att nå. Riktmärket är 80." in page
    assert "Sätofta" in client.get("/omraden?racker=1").get_data(as_text=True)
    assert "når färre hushåll än riktmärket" in client.get("/hem").get_data(as_text=True)
    with town.runtime.database.write() as rows:
        places.set_rules(rows, HOOR, Rules(reach_warning_percent=75))
    assert "Riktmärket är" not in client.get(f"/omraden/{area}").get_data(as_text=True)
    assert "Sätofta" not in client.get("/omraden?racker=1").get_data(as_text=True)


def test_a_network_that_has_grown_large_is_suggested_for_a_split(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert "har vuxit" not in client.get("/hem").get_data(as_text=True)
    with town.runtime.database.write() as rows:
        places.set_rules(rows, HOOR, Rules(advise_split_at=23))
    assert "har vuxit" in client.get("/hem").get_data(as_text=True)
    page = client.get("/omraden?stora=1").get_data(as_text=True)
    assert "Nyby" in page
    assert "Tjörnarp" not in page
    assert "Området är stort" in client.get(f"/omraden/{town.network_ids['Nyby']}").get_data(as_text=True)
    life = client.get(f"/omraden/{town.network_ids['Nyby']}/lage").get_data(as_text=True)
    assert "Det kan fungera bättre som två" in life


def test_the_reach_of_each_network_adds_up(town: Town) -> None:
    reachable(town, "Sätofta", 3)
    reachable(town, "Tjörnarp", 2)
    with town.runtime.database.read() as rows:
        ids = [town.network_ids[name] for name in ("Sätofta", "Tjörnarp", "Norra Rörum")]
        joined = {card.id: card.households for card in networks.cards(rows, [HOOR], ids)}
        found = networks.reach_by_network(rows, joined)
        assert {network_id: (one.sms, one.paper) for network_id, one in found.items()} == {
            ids[0]: (3, 2),
            ids[1]: (2, 8),
        }
        assert networks.reach_together(found.values()) == networks.ChannelReach(5, 0, 10)
        assert networks.reach_by_network(rows, {}) == {}
        assert networks.reach_together([]) == networks.ChannelReach(0, 0, 0)
