"""Passkeys (WebAuthn): a key on somebody's own phone, computer or security key signs them in, both steps at once.

The browser answers a challenge of ours with the key's signature, over our own address: whoever is lured to another
address gets nothing that is worth anything here. The product keeps public keys only.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from grannsamverkan.domain import audit
from grannsamverkan.domain.accounts.notes import note
from grannsamverkan.domain.accounts.tables import Account, Passkey
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.vault import vault_of

CHALLENGE_LIFE = timedelta(minutes=5)
NAME_LENGTH = 40
MOST_KEYS = 10
_CHALLENGE_BYTES = 32
_LONGEST_ANSWER = 20_000  # characters; a key's answer has about one thousand
# whatever a made-up answer leads to
_MALFORMED = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
_SITE_NAME = "Grannsamverkan"


@dataclass(frozen=True)
class Site:
    """Whom the keys are for: the host name of our address, and the whole of it as browsers write it."""

    host: str
    origin: str


@dataclass(frozen=True)
class Challenge:
    """What a key is asked to sign, and when that was."""

    value: bytes
    at: datetime


def new_challenge(now: datetime) -> Challenge:
    return Challenge(secrets.token_bytes(_CHALLENGE_BYTES), now)


def options_for_new(session: Session, account: Account, site: Site, challenge: Challenge) -> str:
    """What the browser needs to make a key for the account, as JSON."""
    known = [PublicKeyCredentialDescriptor(id=row.credential_id) for row in passkeys_of(session, account.id or 0)]
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=_SITE_NAME,
        user_name=account.sign_in_name,
        user_id=vault_of(session.get_bind().dialect).lookup("passkey_user", str(account.id)),
        challenge=challenge.value,
        timeout=_milliseconds(CHALLENGE_LIFE),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,  # found without a name, so that nobody's name is asked for
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=known,
    )
    return options_to_json(options)


def options_for_use(site: Site, challenge: Challenge) -> str:
    """What the browser needs to sign with a key that it has for us, whosever, as JSON. It says nothing of anybody."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge.value,
        timeout=_milliseconds(CHALLENGE_LIFE),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def add_passkey(
    session: Session,
    account: Account,
    site: Site,
    answer: str,
    challenge: Challenge,
    name: str,
    now: datetime,
    *,
    is_first: bool = False,
) -> Passkey:
    """Keep a key that the browser has just made. `is_first`: by whoever has only given the password.

    Raises:
        Refused: passkey_wrong, passkey_there, passkey_name (most), passkeys_full (most); second_step_there, for a
            first one of an account that has a key or an app already.
    """
    session.refresh(account, with_for_update=True)
    if is_first and (account.second_since is not None or has_passkey(session, account.id or 0)):
        raise Refused("second_step_there")
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Refused("passkey_name", most=NAME_LENGTH)
    if len(passkeys_of(session, account.id or 0)) >= MOST_KEYS:
        raise Refused("passkeys_full", most=MOST_KEYS)
    _refuse_old(challenge, now)
    try:
        made = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge.value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _MALFORMED:
        raise Refused("passkey_wrong") from None
    if session.exec(select(Passkey.id).where(Passkey.credential_id == made.credential_id)).first() is not None:
        raise Refused("passkey_there")
    row = Passkey(
        account_id=account.id or 0,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        made_at=now,
    )
    session.add(row)
    session.flush()
    note(session, "passkey_added", account, account.id, now)
    return row


def use_passkey(
    database: Database, site: Site, answer: str, challenge: Challenge, now: datetime, *, account_id: int | None = None
) -> Account:
    """The account whose key has answered; with `account_id`, nobody else's key counts.

    A challenge is taken once: of those that a key has answered, only a later one counts. An answer whose count is not
    above the last one comes from a copy of the key; it is refused and written down.

    Raises:
        Refused: passkey_wrong.
    """
    _refuse_old(challenge, now)
    try:
        read = _read(answer)
        credential_id = base64url_to_bytes(read["id"])
    except _MALFORMED:
        raise Refused("passkey_wrong") from None
    with database.write() as session:
        row = session.exec(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()).first()
        account = None if row is None else session.get(Account, row.account_id)
        if row is None or account is None or account.ended_at is not None or account_id not in (None, account.id):
            raise Refused("passkey_wrong")
        if row.challenge_at is not None and challenge.at <= row.challenge_at:
            raise Refused("passkey_wrong")
        count = _signed(site, read, challenge, row)
        is_copied = max(count, row.sign_count) > 0 and count <= row.sign_count
        if is_copied:
            note(session, "passkey_count_back", account, account.id, now)
        else:
            row.sign_count, row.challenge_at, row.used_at = count, challenge.at, now
        if not is_copied and account_id is None:
            audit.record(
                session, now=now, account_id=account.id, act="signed_in", thing="account", thing_id=account.id or 0,
                way="passkey",
            )  # fmt: skip
    if is_copied:
        raise Refused("passkey_wrong")
    return account


def passkeys_of(session: Session, account_id: int) -> list[Passkey]:
    """An account's keys, the oldest first."""
    return list(session.exec(select(Passkey).where(Passkey.account_id == account_id).order_by(col(Passkey.id))))


def has_passkey(session: Session, account_id: int) -> bool:
    return session.exec(select(Passkey.id).where(Passkey.account_id == account_id).limit(1)).first() is not None


def is_last_way_in(session: Session, account: Account) -> bool:
    """Whether taking one key away would leave the password alone."""
    return account.second_since is None and len(passkeys_of(session, account.id or 0)) < 2


def passkey(session: Session, account_id: int, passkey_id: int) -> Passkey:
    """The account's own key with this id; NotFound."""
    row = session.get(Passkey, passkey_id)
    if row is None or row.account_id != account_id:
        raise NotFound
    return row


def remove_passkey(session: Session, account: Account, passkey_id: int, now: datetime) -> None:
    """The key opens nothing any more.

    Raises:
        NotFound; Refused: last_way_in.
    """
    row = passkey(session, account.id or 0, passkey_id)
    if is_last_way_in(session, account):
        raise Refused("last_way_in")
    session.delete(row)
    session.flush()
    note(session, "passkey_removed", account, account.id, now)


def remove_passkeys(session: Session, account_id: int) -> None:
    """None of the account's keys opens anything any more."""
    session.execute(delete(Passkey).where(col(Passkey.account_id) == account_id))


def _signed(site: Site, read: dict[str, Any], challenge: Challenge, row: Passkey) -> int:
    """The key's own count of how often it has signed; 0 where it keeps none."""
    try:
        return verify_authentication_response(
            credential=read,
            expected_challenge=challenge.value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,  # looked at by whoever calls, who writes down what it means
            require_user_verification=True,
        ).new_sign_count
    except _MALFORMED:
        raise Refused("passkey_wrong") from None


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError("too long")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("no answer")
    return read


def _refuse_old(challenge: Challenge, now: datetime) -> None:
    if now >= challenge.at + CHALLENGE_LIFE:
        raise Refused("passkey_wrong")


def _milliseconds(life: timedelta) -> int:
    return int(life.total_seconds() * 1000)
