"""Every room's tables, gathered for Alembic, and the way a database gets them."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, inspect, select
from sqlmodel import SQLModel, col

from grannsamverkan.domain.accounts import tables as accounts
from grannsamverkan.domain.advice import tables as advice
from grannsamverkan.domain.alerts import tables as alerts
from grannsamverkan.domain.audit import tables as audit
from grannsamverkan.domain.codes import tables as codes
from grannsamverkan.domain.deliveries import tables as deliveries
from grannsamverkan.domain.duties import tables as duties
from grannsamverkan.domain.keeping import tables as keeping
from grannsamverkan.domain.keeping.tables import FittingCode
from grannsamverkan.domain.letters import tables as letters
from grannsamverkan.domain.lifecycle import tables as lifecycle
from grannsamverkan.domain.membership import tables as membership
from grannsamverkan.domain.networks import tables as networks
from grannsamverkan.domain.notices import tables as notices
from grannsamverkan.domain.people import tables as people
from grannsamverkan.domain.places import tables as places
from grannsamverkan.domain.places.reference_rows import load_reference
from grannsamverkan.domain.police import tables as police
from grannsamverkan.domain.promise import tables as promise
from grannsamverkan.domain.receipts import tables as receipts
from grannsamverkan.domain.signs import tables as signs
from grannsamverkan.domain.targeting import tables as targeting
from grannsamverkan.domain.webhooks import tables as webhooks
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.resources import resource_folder

ROOMS = (
    places,
    audit,
    keeping,
    people,
    notices,
    codes,
    networks,
    lifecycle,
    signs,
    duties,
    membership,
    promise,
    accounts,
    police,
    advice,
    letters,
    alerts,
    targeting,
    deliveries,
    receipts,
    webhooks,
)

metadata = SQLModel.metadata


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to `revision`, with the data in place, then the reference rows (municipalities) up to date."""
    with database.transaction() as connection:  # with SQLite's lock from the first read on: others may be writing
        command.upgrade(_config(connection), revision)
        _note_fitting(connection)
    if revision == "head":
        with database.write() as session:
            load_reference(session)


def make_tables(connection: Connection, revision: str = "head") -> None:
    """Every table of this version, or of an earlier one, empty, in the connection's transaction."""
    command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to `revision`."""
    with database.transaction() as connection:
        command.downgrade(_config(connection), revision)
        _note_fitting(connection)


def revisions(database: Database) -> tuple[str | None, str | None]:
    """(the revision the database has, the newest one in this version)."""
    with database.engine.connect() as connection:
        return _has(connection), _scripts(connection).get_current_head()


def misfit(database: Database, *, exactly: bool = False) -> str:
    """Why this version cannot run on the tables as they are, and what to do; empty when it can.

    It can on those of a later version that have left word of it. `exactly`: no column may be there that this version
    does not know, since somebody wants to copy them all.
    """
    with database.engine.connect() as connection:
        has, newest = _has(connection), _scripts(connection).get_current_head()
        if has == newest:
            return ""
        if not _is_later(connection):
            return f"the database is at revision {has}, this version needs {newest}: run `grannsamverkan db upgrade`"
        if not exactly and newest in set(connection.scalars(select(col(FittingCode.revision)))):
            return ""
        return f"the database is at revision {has} of a later version, this one knows {newest}: use the later version"


def suits(database: Database) -> bool:
    """Whether the version whose tables these are may go on when they are brought up to this one."""
    with database.engine.connect() as connection:
        has, scripts = _has(connection), _scripts(connection)
        newest = scripts.get_current_head()
        return has in {None, newest, *_fitting(scripts, newest)}


def is_later(database: Database) -> bool:
    """Whether the tables are of a later version than this one."""
    with database.engine.connect() as connection:
        return _is_later(connection)


def knows(connection: Connection, revision: str) -> bool:
    """Whether this version has the revision; one of a later version it has not."""
    return revision in {one.revision for one in _scripts(connection).walk_revisions()}


def _is_later(connection: Connection) -> bool:
    has = _has(connection)
    return has is not None and not knows(connection, has)


def _has(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts(connection: Connection) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(connection))


def _fitting(scripts: ScriptDirectory, revision: str | None) -> list[str]:
    """The revisions whose code may run on the tables of this one: as far back as each since says that it suits."""
    fitting = list[str]()
    while revision and getattr((script := scripts.get_revision(revision)).module, "suits_code_before", False):
        revision = str(script.down_revision)
        fitting.append(revision)
    return fitting


def _note_fitting(connection: Connection) -> None:
    """Leave word in the database of the code of before that may run on the tables as they are now."""
    if not inspect(connection).has_table(str(FittingCode.__tablename__)):
        return
    fitting = _fitting(_scripts(connection), _has(connection))
    connection.execute(delete(FittingCode))
    if fitting:
        connection.execute(insert(FittingCode), [{"revision": one} for one in fitting])


def differences(database: Database) -> list[object]:
    """What the tables in the database lack compared with the code; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        return list(compare_metadata(context, metadata))


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is one of a room's; those of the queue are Procrastinate's, and no model describes them."""
    return kind != "table" or not (name or "").startswith("procrastinate_")
