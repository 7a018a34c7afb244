"""Who may do what: the role table, the reach, and that silence means no."""

from dataclasses import replace

import pytest

from grannsamverkan.domain.accounts import Action, Actor, Role, Thing, may
from grannsamverkan.domain.accounts.permissions import ROLE_ACTIONS

POLICE = Actor(1, Role.POLICE, frozenset({"1267", "1285"}))
COORDINATOR = Actor(2, Role.COORDINATOR, frozenset({"1267"}))
CONTACT = Actor(3, Role.CONTACT_PERSON, network_ids=frozenset({10}), person_id=7)
LEAD = Actor(4, Role.LEAD_CONTACT_PERSON, network_ids=frozenset({10, 11}), person_id=8)
ADMINISTRATOR = Actor(5, Role.ADMINISTRATOR, frozenset({"1267"}))
NYBY, BOTH = Thing("1267", frozenset({10})), Thing("1267", frozenset({10, 11}))
ESLOV = Thing("1285", frozenset({20}))


def test_every_role_has_its_row() -> None:
    assert set(ROLE_ACTIONS) == set(Role)


@pytest.mark.parametrize(
    "action",
    [
        a
        for a in Action
        if a
        not in {
            Action.SEE_PUBLIC,
            Action.CHOOSE_LANGUAGE,
            Action.SIGN_IN,
            Action.DEMO_PHONES,
            Action.JOIN,
            Action.STOP_BY_LINK,
            Action.DUTIES_BY_LINK,
            Action.PROVIDER_CALLBACK,
            Action.REPORT_POLICY,
            Action.ASK_BY_KEY,
            Action.ANSWER_ADVICE,
        }
    ],
)
def test_a_stranger_may_nothing_but_the_public(action: Action) -> None:
    assert not may(None, action)
    assert not may(None, action, NYBY)


@pytest.mark.parametrize(
    ("actor", "thing", "expected"),
    [
        (POLICE, NYBY, True),
        (POLICE, ESLOV, True),
        (POLICE, Thing("0180"), False),
        (COORDINATOR, BOTH, True),
        (COORDINATOR, ESLOV, False),
        (CONTACT, NYBY, True),
        (CONTACT, BOTH, False),
        (CONTACT, ESLOV, False),
        (CONTACT, Thing("1267"), False),  # touches no network: nobody's network
        (LEAD, BOTH, True),
        (ADMINISTRATOR, NYBY, False),
    ],
)
def test_an_alert_is_approved_within_reach_only(actor: Actor, thing: Thing, expected: bool) -> None:
    assert may(actor, Action.APPROVE_ALERT, thing) is expected


def test_a_contact_person_changes_only_alerts_of_their_own() -> None:
    mine, theirs = Thing("1267", frozenset({10}), 3), Thing("1267", frozenset({10}), 1)
    assert may(CONTACT, Action.WRITE_ALERT, mine)
    assert not may(CONTACT, Action.WRITE_ALERT, theirs)
    assert not may(CONTACT, Action.APPROVE_ALERT, theirs)
    assert may(CONTACT, Action.SEE_ALERT, theirs)


def test_what_covers_every_municipality_is_for_those_who_do() -> None:
    everywhere = replace(ADMINISTRATOR, is_everywhere=True)
    assert [may(one, Action.MANAGE_HOLDS) for one in (ADMINISTRATOR, everywhere)] == [False, True]
    others = (replace(one, is_everywhere=True) for one in (POLICE, COORDINATOR, CONTACT, LEAD))
    assert not any(may(one, Action.MANAGE_HOLDS) for one in others)


@pytest.mark.parametrize("action", [Action.SEE_HOUSEHOLDS, Action.SEE_NOT_REACHED_NAMES, Action.VISIT_NOT_REACHED])
def test_names_of_households_are_for_the_contact_persons_of_the_network(action: Action) -> None:
    assert [may(actor, action, NYBY) for actor in (POLICE, COORDINATOR, ADMINISTRATOR, CONTACT, LEAD)] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert not may(CONTACT, action, Thing("1267", frozenset({11})))
