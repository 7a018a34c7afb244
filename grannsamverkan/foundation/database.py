"""One way to the rows, the same on SQLite and PostgreSQL: short reads, and writes that commit at the end of a block."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Engine, Enum, Integer, SmallInteger, create_engine, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from grannsamverkan.foundation.vault import Vault, vault_of

# Names for every constraint, so that a migration can find and change them on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only a plain INTEGER key
Small = SmallInteger()

_AFTER_COMMIT = "after_commit"


class UtcDateTime(TypeDecorator[datetime]):
    """Stores UTC and always gives back aware datetimes; refuses a naive one (SQLite would lose the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


E = TypeVar("E", bound=StrEnum)


def enum_text(kind: type[E]) -> Enum:
    """A text column that holds one of the enum's values, checked by the database too."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=24,
        name=kind.__name__.lower(),
    )


class Database:
    """The rows. `read()` for questions, `write()` for one transaction that commits when its block ends.

    On SQLite there is one writer at a time, so writers of this process queue on a lock instead of spinning on the
    file; never talk to a provider inside a block. A vault rides on the engine for the sealed columns; without one they
    cannot be read or written, and everything else can.
    """

    def __init__(self, url: str, vault: Vault | None, *, lock_wait_s: float = 60.0) -> None:
        self.url = normal_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self.engine = _sqlite(self.url, lock_wait_s) if self.is_sqlite else _postgres(self.url)
        self.engine.dialect.vault = vault  # type: ignore[attr-defined]
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()
        self._durable = self.engine.execution_options(gs_write=True, gs_durable=True)
        self._quick = self.engine.execution_options(gs_write=True, gs_durable=False)

    @property
    def vault(self) -> Vault:
        return vault_of(self.engine.dialect)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Session]:
        """One transaction. `durable=False` survives a killed process but not a power cut: only for what is asked
        again or repeated after one."""
        hooks: list[Callable[[], None]] = []
        with self._writer, Session(self._durable if durable else self._quick, expire_on_commit=False) as session:
            session.info[_AFTER_COMMIT] = hooks
            yield session
            session.commit()
        for hook in hooks:
            hook()

    def close(self) -> None:
        self.engine.dispose()


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Run `act` once the surrounding `Database.write()` has committed; never when it rolls back."""
    session.info[_AFTER_COMMIT].append(act)


def add_once(session: Session, row: SQLModel) -> int | None:
    """Write the row, unless one with the same unique values is there already; returns its id, None when one was.

    Of two writers at once one writes, and the other is told that it came second: neither fails. `row` itself stays
    outside the session; it must have a numbered key.
    """
    session.flush()
    mapper = inspect(type(row))
    key = mapper.primary_key[0]
    cells = {attr.columns[0].name: getattr(row, attr.key) for attr in mapper.column_attrs}
    values = {name: value for name, value in cells.items() if name != key.name}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = insert(mapper.local_table).values(values).on_conflict_do_nothing().returning(key)
    return session.execute(added).scalar()


def normal_url(url: str) -> str:
    """The address with the driver this product uses; a plain path means a SQLite file."""
    if "://" not in url:
        return f"sqlite:///{url}"
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def _sqlite(url: str, lock_wait_s: float) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": lock_wait_s, "check_same_thread": False}, pool_size=40, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin too late for a write
        for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("gs_write"):
            connection.exec_driver_sql("BEGIN")
            return
        wanted = "FULL" if options["gs_durable"] else "NORMAL"
        if connection.info.get("synchronous") != wanted:  # remembered for as long as the connection lives
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
            connection.info["synchronous"] = wanted
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # take the write lock now, so that no read has to be redone

    return engine


def _postgres(url: str) -> Engine:
    engine = create_engine(url, pool_size=40, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("gs_durable") is False:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")

    return engine
