"""`gongzao doctor`: looks at everything the product stands on and says what to do about what is wrong."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from marketplace.app.boot import running_settings
from marketplace.app.migrating import configuration
from marketplace.kernel.clock import system_clock
from marketplace.kernel.settings import Settings

LEAST_FREE_BYTES = 2 * 1024**3
MOST_CLOCK_SKEW_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` says what to do when it is not well."""

    what: str
    is_well: bool
    says: str
    remedy: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(*, as_json: bool) -> None:
    """Check database, schema, search, mail, clock and disk. Exit code 1 when something is wrong."""
    with running_settings() as settings:
        findings = list(_look(settings))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'ok   ' if finding.is_well else 'WRONG'} {finding.what}: {finding.says}")
            if not finding.is_well:
                click.echo(f"      → {finding.remedy}")
    raise SystemExit(0 if all(finding.is_well for finding in findings) else 1)


def _look(settings: Settings) -> Iterator[Finding]:
    checks: tuple[tuple[str, Callable[[Settings], Finding], str], ...] = (
        ("database", _database, "Check DATABASE_URL and that PostgreSQL 15 or newer runs."),
        ("schema", _schema, "Run: gongzao db upgrade"),
        ("clock", _clock, "Set the clocks of this machine and of the database server (NTP)."),
        ("search", _search, "Check ELASTICSEARCH_URL; until it answers, search runs degraded."),
        ("mail", _mail, "Check SMTP_URL, or unset it to keep notices in the app alone."),
        ("disk", _disk, "Make room on the data folder's disk."),
    )
    for what, check, remedy in checks:
        try:
            yield check(settings)
        except Exception as error:  # noqa: BLE001 - a doctor reports whatever ails
            yield Finding(what, is_well=False, says=str(error).partition("\n")[0], remedy=remedy)


def _database(settings: Settings) -> Finding:
    engine = create_engine(settings.database_url, connect_args={"connect_timeout": 3})
    with engine.connect() as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0)
        is_superuser = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        owns = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")) or 0
    engine.dispose()
    if version < 150000:
        return Finding("database", is_well=False, says=f"version {version}", remedy="Use PostgreSQL 15 or newer.")
    if is_superuser or owns:
        says = "the product's role is a superuser or owns tables, so append-only tables are not guarded"
        return Finding(
            "database", is_well=False, says=says, remedy="Run the product as gongzao_app; migrate as gongzao_owner."
        )
    return Finding("database", is_well=True, says=f"PostgreSQL {version // 10000}, unprivileged role")


def _schema(settings: Settings) -> Finding:
    engine = create_engine(settings.owner_database_url, connect_args={"connect_timeout": 3})
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    head = ScriptDirectory.from_config(configuration(settings.owner_database_url)).get_current_head()
    return Finding(
        "schema", is_well=current == head, says=f"{current or 'empty'} of {head}", remedy="Run: gongzao db upgrade"
    )


def _clock(settings: Settings) -> Finding:
    engine = create_engine(settings.database_url, connect_args={"connect_timeout": 3})
    with engine.connect() as connection:
        there: datetime = connection.scalar(text("SELECT clock_timestamp()")) or datetime.min.replace(tzinfo=UTC)
    engine.dispose()
    skew = abs((there - system_clock()).total_seconds())
    remedy = "Set the clocks of this machine and of the database server (NTP)."
    return Finding(
        "clock", is_well=skew <= MOST_CLOCK_SKEW_SECONDS, says=f"{skew:.1f} s apart from the database", remedy=remedy
    )


def _search(settings: Settings) -> Finding:
    if settings.elasticsearch_url is None:
        return Finding("search", is_well=True, says="embedded index in the data folder")
    from search.engines.elasticsearch_client import Connection  # noqa: PLC0415 - heavy, and only where it is used

    connection = Connection(settings.elasticsearch_url)
    try:
        status = connection.cluster_status()
    finally:
        connection.close()
    return Finding(
        "search", is_well=status != "red", says=f"Elasticsearch is {status}", remedy="See the cluster's log."
    )


def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        return Finding("mail", is_well=True, says="no SMTP_URL: notices stay in the app")
    import smtplib  # noqa: PLC0415 - only where it is used

    parts = urlsplit(settings.smtp_url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(
        parts.hostname or "localhost", parts.port or (465 if parts.scheme == "smtps" else 25), timeout=3
    ) as server:
        server.noop()
    return Finding("mail", is_well=True, says=f"{parts.hostname} answers")


def _disk(settings: Settings) -> Finding:
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_folder).free
    return Finding(
        "disk",
        is_well=free >= LEAST_FREE_BYTES,
        says=f"{free / 1024**3:.1f} GiB free",
        remedy="Make room on the data folder's disk.",
    )
