"""The embedded PostgreSQL: started by the first, stopped by the last, with two roles that own as little as they may."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.app.migrating import upgrade
from marketplace.kernel.clusters import ClusterError
from marketplace.kernel.embedded import EmbeddedServer, embedded_server, prepare_cluster
from scripts.services.state import birth


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gz") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def server(data_folder: Path) -> Iterator[EmbeddedServer]:
    server = embedded_server(data_folder)
    yield server
    server.stop()


def rows(url: str, statement: str):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        answer = connection.execute(statement)
        return answer.fetchall() if answer.description else []


def postmaster(data_folder: Path) -> Path:
    return data_folder / "postgresql" / "data" / "postmaster.pid"


def test_neither_role_is_a_superuser_nor_may_make_roles_or_databases(server: EmbeddedServer):
    for url in (server.owner_url, server.app_url):
        rights = "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = current_user"
        assert rows(url, rights) == [(False, False, False, False)]


def test_app_changes_rows_of_tables_the_owner_makes_but_owns_and_truncates_nothing(server: EmbeddedServer):
    rows(server.owner_url, "create table lathe (id bigint generated always as identity, name text)")
    rows(server.app_url, "insert into lathe (name) values ('CK6150'); update lathe set name = 'CK6140'")
    assert rows(server.app_url, "select id, name from lathe") == [(1, "CK6140")]
    for refused in ("truncate lathe", "drop table lathe", "alter table lathe add x int", "create table mine (x int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(server.app_url, refused)
    rows(server.owner_url, "drop table lathe")


def test_data_survives_a_restart_and_the_stopped_server_leaves_no_process(data_folder: Path):
    first = embedded_server(data_folder)
    rows(first.owner_url, "create table kept (x int)")
    pid = int(postmaster(data_folder).read_text().split()[0])
    first.stop()
    assert birth(pid) == ""
    second = embedded_server(data_folder)
    assert rows(second.app_url, "select * from kept") == []
    rows(second.owner_url, "drop table kept")
    second.stop()
    assert not postmaster(data_folder).exists()


def test_server_stays_while_another_program_uses_it_and_a_killed_program_holds_nothing(
    server: EmbeddedServer, data_folder: Path
):
    code = "import sys, time; from pathlib import Path; from marketplace.kernel.embedded import embedded_server\n"
    code += "s = embedded_server(Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, data_folder], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "up\n"
        server.stop()
        assert rows(server.app_url, "select 1") == [(1,)]
        again = embedded_server(data_folder)
        other.kill()
        other.wait()
        again.stop()
    assert not postmaster(data_folder).exists()


def test_server_that_was_killed_is_started_again(data_folder: Path):
    first = embedded_server(data_folder)
    rows(first.owner_url, "create table crash (x int); insert into crash values (1)")
    os.kill(int(postmaster(data_folder).read_text().split()[0]), 9)
    second = embedded_server(data_folder)
    assert rows(second.app_url, "select x from crash") == [(1,)]
    rows(second.owner_url, "drop table crash")
    second.stop()
    first.stop()


def test_all_migrations_run_on_the_embedded_server_and_again_change_nothing(server: EmbeddedServer):
    upgrade(server.owner_url)
    upgrade(server.owner_url)
    assert rows(server.owner_url, "select count(*) from alembic_version") == [(1,)]


def test_preparing_a_cluster_again_changes_nothing(server: EmbeddedServer):
    admin = server.owner_url.replace("gongzao_owner@/gongzao", "postgres@/postgres")
    assert prepare_cluster(admin).app == server.app_url
    assert prepare_cluster(admin).owner == server.owner_url


@pytest.mark.parametrize(
    ("name", "reason"),
    [("with space", "spaces"), ("long" * 30, "too long"), ("comma,", "commas"), ("'quote", "quotes")],
)
def test_folder_where_postgresql_cannot_live_is_refused_before_anything_is_written(
    tmp_path: Path, name: str, reason: str
):
    with pytest.raises(ClusterError, match=reason):
        embedded_server(tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
def test_root_is_refused_a_closed_folder_and_no_permission_is_widened():
    with tempfile.TemporaryDirectory(prefix="gz") as closed:
        with pytest.raises(ClusterError, match="closed to other users"):
            embedded_server(Path(closed) / "data")
        assert Path(closed).stat().st_mode & 0o777 == 0o700
