"""The queue's tables are those of the package that the lock names."""

import hashlib

from procrastinate.schema import SchemaManager

INSTALLED_BY_0019 = "c70ec4b400a60ad9"


def test_a_package_with_other_tables_needs_a_revision() -> None:
    """When this fails: add a revision that takes the queue's tables away and makes them again (see 0019), and put the
    new digest here. Jobs are nudges, so nothing is lost by it."""
    assert hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:16] == INSTALLED_BY_0019
