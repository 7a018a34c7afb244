"""Codes that are printed or told: eight letters and digits that nobody mixes up."""

import secrets
import unicodedata

from sqlmodel import Session

from grannsamverkan.foundation.vault import vault_of

# No 0 O 1 I L, 2 Z, 5 S, 8 B: read from a slip by somebody of 78, or over the telephone.
ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
LENGTH = 8


def new_code(length: int = LENGTH) -> str:
    """A fresh code; eight characters are 37 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def shown(code: str) -> str:
    """K7MP-4XQ3"""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def as_typed(text: str) -> str:
    """What somebody typed, as a code: case, spaces and dashes do not matter."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())[:40]


def lookup(session: Session, kind: str, code: str) -> bytes:
    """The hash under which a code is found again."""
    return vault_of(session.get_bind().dialect).lookup(kind, as_typed(code))
