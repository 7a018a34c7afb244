"""Codes: six digits that show that an address is somebody's, with every limit on asking for them."""

from grannsamverkan.domain.codes.tables import (
    CodePurpose,
    OneTimeCode,
)

__all__ = [
    "CodePurpose",
    "OneTimeCode",
]
