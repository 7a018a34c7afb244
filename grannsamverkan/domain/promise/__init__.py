"""Promise: targets, and how it stood on any day."""

from grannsamverkan.domain.promise.tables import (
    Measure,
    PromiseSnapshot,
    PromiseTarget,
)

__all__ = [
    "Measure",
    "PromiseSnapshot",
    "PromiseTarget",
]
