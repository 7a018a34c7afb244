"""The demo town: three municipalities of one police area with sixty networks in every state, and two years of history.

Built in an empty database by the rooms' own verbs at the days when things happened; only what there is much of
(households, and what hangs on them) is written in bulk. What there is stands in the tables of hoor, horby and eslov.
"""

from dataclasses import dataclass

from grannsamverkan.demo.town.accounts import build_contact_accounts, build_staff
from grannsamverkan.demo.town.advice import build_advice
from grannsamverkan.demo.town.areas import build_networks
from grannsamverkan.demo.town.chores import build_checks, build_notices, build_slips, build_tasks, build_views
from grannsamverkan.demo.town.contacts import build_contacts
from grannsamverkan.demo.town.eslov import ESLOV
from grannsamverkan.demo.town.ground import Ground
from grannsamverkan.demo.town.homes import build_homes
from grannsamverkan.demo.town.hoor import HOOR
from grannsamverkan.demo.town.horby import HORBY
from grannsamverkan.demo.town.interested import build_interests, build_requests
from grannsamverkan.demo.town.meetings import build_meetings, build_trainings
from grannsamverkan.demo.town.other_ways import build_other_ways
from grannsamverkan.demo.town.police_events import build_police_events
from grannsamverkan.demo.town.promises import build_promises
from grannsamverkan.demo.town.signs import build_signs
from grannsamverkan.demo.town.warnings import build_warnings
from grannsamverkan.domain import places
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.runtime import Runtime

MUNICIPALITIES = (HOOR, HORBY, ESLOV)
# The phones of those who have changed number: the provider answers that nobody is there.
OLD_NUMBER_ERROR = 30005
_SERVED_FOR = 900  # days
# Whoever tries the demo wants to see it happen, at whatever hour that is.
_RULES = Rules(warning_hold_s=0, quiet_from=0, quiet_to=0)


@dataclass(frozen=True)
class Town:
    """What was built; `old_numbers` are phones that the SMS stand-in should report as unknown."""

    networks: dict[str, int]
    households: int
    people: int
    old_numbers: list[str]


def build_town(runtime: Runtime) -> Town:
    """The whole town in one transaction, in a database that has its tables.

    Refused when the database serves anybody already: an address in the environment must not lead a demo to a real one.
    """
    with runtime.database.write() as session:
        if places.served(session):
            raise Refused("database_in_use")
        ground = Ground(session, runtime.clock.now())
        for plan in MUNICIPALITIES:
            served = places.serve(session, plan.code, mail_name=plan.mail_name, now=ground.days_ago(_SERVED_FOR))
            served.contact_text = plan.contact_text
            places.set_rules(session, plan.code, _RULES)
        build_staff(ground, [plan.code for plan in MUNICIPALITIES])
        towns = [(plan, build_networks(ground, plan)) for plan in MUNICIPALITIES]
        grown = [one for _, networks in towns for one in networks]
        build_homes(ground, grown)
        build_contacts(ground, grown)
        build_meetings(ground, grown)
        for plan, networks in towns:
            build_trainings(ground, plan, networks)
            build_interests(ground, plan, networks)
        build_requests(ground, grown)
        build_signs(ground, grown)
        build_slips(ground, grown)
        build_tasks(ground, grown)
        build_checks(ground, grown)
        build_views(ground, grown, build_contact_accounts(ground, grown))
        build_notices(ground, grown)
        build_warnings(ground, runtime.settings, towns)
        build_other_ways(ground, runtime.settings, grown)
        build_advice(ground, runtime.settings, MUNICIPALITIES[0].code)
        build_police_events(ground)
        for plan in MUNICIPALITIES:
            build_promises(ground, plan)
        living = [home for one in grown for home in one.living]
        return Town(
            networks={one.plan.name: one.id for one in grown},
            households=len(living),
            people=len(living),
            old_numbers=ground.old_numbers,
        )
