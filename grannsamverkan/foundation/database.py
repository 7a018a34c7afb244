"""One way to the rows, the same on SQLite and PostgreSQL: short reads, and writes that commit at the end of a block."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Enum,
    Integer,
    SmallInteger,
    String,
    bindparam,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
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
_TRUSTED_S = 1.0  # a connection to a server that was used so lately is taken for good

# A network that is cut tells neither side: each would wait for the other for two hours, the server with what it has
# locked for us. So both ask, on the line that is silent, and take the other for gone after 25 seconds.
_IDLE_S, _ASK_EVERY_S, _ASKS = 10, 5, 3
_GONE_MS = 1_000 * (_IDLE_S + _ASKS * _ASK_EVERY_S)
_WE_ASK = {
    "connect_timeout": 10,
    "keepalives_idle": _IDLE_S,
    "keepalives_interval": _ASK_EVERY_S,
    "keepalives_count": _ASKS,
    "tcp_user_timeout": _GONE_MS,
}
_SERVER_ASKS = (
    f"-c tcp_keepalives_idle={_IDLE_S} -c tcp_keepalives_interval={_ASK_EVERY_S} -c tcp_keepalives_count={_ASKS} "
    f"-c tcp_user_timeout={_GONE_MS}"
)


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


class _Ids(TypeDecorator[Sequence[int]]):
    """Many ids as one value, however many: a text that either database reads, sooner than a driver writes a list."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> str:
        ids = ",".join(map(str, value or ()))
        return f"[{ids}]" if dialect.name == "sqlite" else f"{{{ids}}}"


class Among(FunctionElement[bool]):
    """Whether a column's value is one of the ids of the named parameter, or of these. Unlike IN with a list it is the
    same statement for any number of them, so that one made once is never made anew."""

    inherit_cache = True

    def __init__(self, column: Any, ids: str | Iterable[int | None]) -> None:
        if isinstance(ids, str):
            super().__init__(column, bindparam(ids, type_=_Ids))
        else:
            super().__init__(column, bindparam("ids", list(ids), type_=_Ids, unique=True))


@compiles(Among, "sqlite")
def _among_in_text(element: Among, compiler: SQLCompiler, **words: Any) -> str:
    column, ids = (compiler.process(clause, **words) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - a column and a parameter


@compiles(Among, "postgresql")
def _among_in_list(element: Among, compiler: SQLCompiler, **words: Any) -> str:
    column, ids = (compiler.process(clause, **words) for clause in element.clauses)
    return f"{column} = ANY(CAST({ids} AS BIGINT[]))"


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
    file, and share one connection, whose pages nobody else changes; never talk to a provider inside a block. A vault
    rides on the engine for the sealed columns; without one they cannot be read or written, and everything else can.
    """

    def __init__(self, url: str, vault: Vault | None, *, lock_wait_s: float = 60.0) -> None:
        self.url = normal_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self.engine = _sqlite(self.url, lock_wait_s) if self.is_sqlite else _postgres(self.url)
        self._quick = self.engine if self.is_sqlite else _postgres(self.url, durable=False)
        for engine in (self.engine, self._quick):
            engine.dialect.vault = vault  # type: ignore[attr-defined]
        self._turn = threading.Lock()
        self._writer: Connection | None = None

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
        with self._writing(durable) as connection, Session(connection, expire_on_commit=False) as session:
            session.info[_AFTER_COMMIT] = hooks
            yield session
            session.commit()
        for hook in hooks:
            hook()

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Connection]:
        """The same without objects and hooks, for the few statements that run many times a second."""
        with self._writing(durable) as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self, durable: bool) -> Iterator[Connection]:
        if not self.is_sqlite:
            with (self.engine if durable else self._quick).connect() as connection:
                yield connection
            return
        with self._turn:
            if self._writer is None:
                self._writer = self.engine.connect().execution_options(gs_write=True)
            self._writer.execution_options(gs_durable=durable)
            try:
                yield self._writer
            finally:
                self._let_go_of_broken_writer()

    def _let_go_of_broken_writer(self) -> None:
        """A transaction that could be neither committed nor rolled back, as on a full disk, would stand in the way of
        every later one: its connection is given up, and the next writer opens another."""
        writer = self._writer
        if writer is not None and (writer.invalidated or writer.get_transaction() is not None):
            self._writer = None
            writer.invalidate()
            writer.close()

    def close(self) -> None:
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()
        self._quick.dispose()


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
        # Take the write lock now, so that no read has to be redone.
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]

    return engine


def server_words(url: str, *, durable: bool = True) -> dict[str, Any]:
    """What is said at every connection to a PostgreSQL, besides its address; what that says itself stays."""
    said = make_url(url).query
    options = [str(said.get("options", "")), _SERVER_ASKS, "" if durable else "-c synchronous_commit=off"]
    words = {name: value for name, value in _WE_ASK.items() if name not in said}
    return {**words, "options": " ".join(option for option in options if option)}


def _postgres(url: str, *, durable: bool = True) -> Engine:
    engine = create_engine(url, connect_args=server_words(url, durable=durable), pool_size=40, hide_parameters=True)

    @event.listens_for(engine, "checkin")
    def remember(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def try_out(connection: Any, record: Any, _proxy: Any) -> None:
        """Whoever has a connection over and over need not ask each time whether it is still there."""
        if time.monotonic() - record.info.get("used_at", math.inf) > _TRUSTED_S:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    return engine
