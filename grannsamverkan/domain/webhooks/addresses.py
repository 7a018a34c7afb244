"""Which addresses may be called: HTTPS, at a host that the operator has named. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from grannsamverkan.foundation.errors import Refused

LONGEST = 500  # characters
_PORT = 443
# No room for a user, another port than the host is named with, a fragment, or signs that two readers read in two ways.
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z]{1,10})://(?P<host>[a-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?(?P<rest>(?:[/?][!$-;=?-\[\]_a-z~]*)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Address:
    """An address that may be called. `host` as the operator names it: with its port where that is not 443."""

    url: str
    host: str


def check_address(text: str, hosts: Collection[str]) -> Address:
    """The address, written in one way.

    Raises:
        Refused: webhook_address (most): it is too long, or none at all; webhook_not_https; webhook_host: its host is
            none of `hosts`.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or len(text.strip()) > LONGEST:
        raise Refused("webhook_address", most=LONGEST)
    if found["scheme"].lower() != "https":
        raise Refused("webhook_not_https")
    port = int(found["port"] or _PORT)
    host = found["host"].lower() if port == _PORT else f"{found['host'].lower()}:{port}"
    if host not in hosts:
        raise Refused("webhook_host")
    rest = found["rest"]
    return Address(f"https://{host}{rest if rest.startswith('/') else f'/{rest}'}", host)
