"""Mail that comes back: what kind it is, whom it is about, and whether their mailbox is gone for good. Pure reading."""

from grannsamverkan.domain.receipts.returned.kinds import Kind, Returned
from grannsamverkan.domain.receipts.returned.reading import read_returned
from grannsamverkan.domain.receipts.returned.verdict import Fate

__all__ = ["Fate", "Kind", "Returned", "read_returned"]
