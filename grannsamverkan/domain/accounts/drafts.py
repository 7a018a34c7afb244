"""Input for a new account, checked before it becomes a row."""

import unicodedata
from dataclasses import dataclass, field

from grannsamverkan.domain.accounts.tables import Role
from grannsamverkan.foundation.errors import Refused

NAME_LENGTH = 80
PASSWORD_AT_LEAST = 15  # NIST SP 800-63B-4: a password on its own
PASSWORD_AT_MOST = 256

_NEIGHBOURS = {Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON}


@dataclass(frozen=True)
class AccountDraft:
    """A new account. Police stand in a local police area, coordinators in a municipality, contact persons are a person;
    an administrator without a municipality looks after the whole installation. Without a password it is signed in to
    with the municipality's own sign-in.

    Raises:
        Refused: sign_in_name_length, password_length (least, most), account_place.
    """

    sign_in_name: str
    password: str | None = field(repr=False)
    role: Role
    municipality_code: str | None = None
    local_police_area_id: int | None = None
    person_id: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(folded_name(self.sign_in_name)) <= NAME_LENGTH:
            raise Refused("sign_in_name_length", most=NAME_LENGTH)
        if self.password is not None:
            refuse_length(self.password)
        if not self._stands_somewhere():
            raise Refused("account_place", role=self.role.value)

    def _stands_somewhere(self) -> bool:
        if self.role is Role.POLICE:
            return self.local_police_area_id is not None
        if self.role is Role.COORDINATOR:
            return self.municipality_code is not None
        return self.role not in _NEIGHBOURS or self.person_id is not None


def refuse_length(password: str) -> None:
    """Refused: password_length (least, most)."""
    if not PASSWORD_AT_LEAST <= len(password) <= PASSWORD_AT_MOST:
        raise Refused("password_length", least=PASSWORD_AT_LEAST, most=PASSWORD_AT_MOST)


def folded_name(sign_in_name: str) -> str:
    """The name as it is stored and looked up: composed, case-folded, no space around it."""
    return unicodedata.normalize("NFC", sign_in_name).strip().casefold()
