"""The PostgreSQL of the tests is the one that the bench starts."""

from grannsamverkan.bench.pg_server import PgServer, pg_server

__all__ = ["PgServer", "pg_server"]
