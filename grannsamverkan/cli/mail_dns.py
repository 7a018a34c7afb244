"""What DNS says about a domain that sends mail: the records without which receivers take it for spam or a forgery."""

from collections.abc import Iterator

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, resolve

ANSWER_TIMEOUT_S = 5.0


class DnsSilent(Exception):
    """No name server answers."""


def missing_records(domain: str) -> list[str]:
    """What the domain lacks, in words; empty when receivers have what they ask for.

    Looked for are SPF (RFC 7208), DMARC (RFC 7489) and a mailbox for answers. DKIM is the relay's: its selector is not
    known here. DnsSilent when nobody answers.
    """
    missing = []
    if not any(text.startswith("v=spf1") for text in _texts(domain)):
        missing.append("SPF (TXT v=spf1 …)")
    policies = [text for text in _texts(f"_dmarc.{domain}") if text.startswith("v=DMARC1")]
    if not policies:
        missing.append("DMARC (TXT v=DMARC1 at _dmarc)")
    elif "p=none" in policies[0].replace(" ", ""):
        missing.append("a DMARC policy stricter than none")
    if not list(_records(domain, "MX")):
        missing.append("MX, so that delivery reports find back")
    return missing


def _texts(name: str) -> list[str]:
    return ["".join(part.strip('"') for part in record.split('" "')) for record in _records(name, "TXT")]


def _records(name: str, kind: str) -> Iterator[str]:
    try:
        yield from (str(record) for record in resolve(name, kind, lifetime=ANSWER_TIMEOUT_S))
    except (NXDOMAIN, NoAnswer):
        return
    except DNSException as error:
        raise DnsSilent(type(error).__name__) from None
