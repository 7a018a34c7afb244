"""Reads of accounts, and the actor that an account is."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.accounts.drafts import folded_name
from grannsamverkan.domain.accounts.permissions import ROLE_ACTIONS, Action, Actor
from grannsamverkan.domain.accounts.tables import Account, Role
from grannsamverkan.foundation.errors import NotFound


def account(session: Session, account_id: int) -> Account:
    """The account, ended or not; NotFound."""
    row = session.get(Account, account_id)
    if row is None:
        raise NotFound
    return row


def sign_in_names(session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """What these accounts are called, ended or not."""
    rows = select(Account.id, Account.sign_in_name).where(col(Account.id).in_(set(account_ids)))
    return {account_id: name for account_id, name in session.exec(rows) if account_id is not None}


def account_named(session: Session, sign_in_name: str) -> Account | None:
    """The account with this sign-in name, ended or not, however the name is spelt in case and space."""
    return session.exec(select(Account).where(Account.sign_in_name == folded_name(sign_in_name))).first()


def actor(session: Session, account: Account) -> Actor:
    """The account as one who acts, with its reach as it is now."""
    if account.id is None:
        raise ValueError("an account that is no row yet")
    return Actor(
        account_id=account.id,
        role=account.role,
        municipality_codes=_municipality_codes(session, account),
        network_ids=_network_ids(session, account),
        person_id=account.person_id,
        is_everywhere=account.role is Role.ADMINISTRATOR and account.municipality_code is None,
    )


def managers(session: Session, municipality_code: str, *, who_may: Action | None = None) -> list[Account]:
    """The open accounts that answer for a municipality: its coordinators, and the police of its area. With `who_may`
    only those of a role that may do this."""
    area_id = places.municipality(session, municipality_code).local_police_area_id
    coordinators = (col(Account.role) == Role.COORDINATOR) & (col(Account.municipality_code) == municipality_code)
    police = (col(Account.role) == Role.POLICE) & (col(Account.local_police_area_id) == area_id)
    rows = select(Account).where(col(Account.ended_at).is_(None), coordinators | police)
    found = session.exec(rows.order_by(col(Account.id)))
    return [one for one in found if who_may is None or who_may in ROLE_ACTIONS[one.role]]


def leads(session: Session) -> list[Account]:
    """The open accounts of lead contact persons."""
    rows = select(Account).where(col(Account.ended_at).is_(None), Account.role == Role.LEAD_CONTACT_PERSON)
    return list(session.exec(rows.order_by(col(Account.id))))


def _municipality_codes(session: Session, account: Account) -> frozenset[str]:
    if account.role is Role.POLICE:
        area_id = account.local_police_area_id
        rows = [] if area_id is None else places.municipalities_of_police(session, area_id)
        return frozenset(row.code for row in rows)
    if account.municipality_code is not None:
        return frozenset({account.municipality_code})
    if account.role is Role.ADMINISTRATOR:
        return frozenset(row.code for row in places.served(session))
    return frozenset()


def _network_ids(session: Session, account: Account) -> frozenset[int]:
    if account.role not in (Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON) or account.person_id is None:
        return frozenset()
    return frozenset(role.network_id for role in networks.open_contact_roles(session, account.person_id))
