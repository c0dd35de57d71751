"""`gongzao search`: rank a collection, answer a file of lines, rebuild the index, compare it with the rows, mend it."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
import orjson
from rich.console import Console
from rich.progress import Progress

from marketplace.app.commands import running_application
from search.command import search
from search.contract import EngineDownError, SearchEngine
from search.evaluation import BadCollectionError, read_questions
from search.maintenance import DocumentSource, compare
from search.maintenance import rebuild as rebuild_index
from search.maintenance import repair as repair_index

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.accounts.models import Park

CALENDAR_TRIES = 5
ENGINE = click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["tantivy", "elasticsearch"]),
    help="The engine of the settings unless named.",
)


@contextmanager
def _index_and_rows(engine_name: str | None = None) -> Generator[tuple[SearchEngine, DocumentSource]]:
    """An index of this installation and the rows it is a projection of."""
    from marketplace.discovery.documents import ListingSource  # noqa: PLC0415 - heavy, not needed by `eval`
    from marketplace.discovery.index import engine_of  # noqa: PLC0415
    from marketplace.kernel.edge import current_session  # noqa: PLC0415

    with running_application() as (_, settings):
        if engine_name == "elasticsearch" and not settings.elasticsearch_url:
            raise click.UsageError("ELASTICSEARCH_URL is not set")
        engine = engine_of(settings, engine_name)
        try:
            engine.prepare()
            yield engine, ListingSource(current_session())
        except EngineDownError as error:
            raise click.ClickException(f"The search engine does not answer: {error}") from error


@search.command()
@ENGINE
def rebuild(engine_name: str | None) -> None:
    """Fill a new index beside the serving one and swap; search never goes dark."""
    from marketplace.discovery.row_keeping import keep_rows, outdated_ids  # noqa: PLC0415
    from marketplace.kernel.edge import current_session  # noqa: PLC0415

    with _index_and_rows(engine_name) as (engine, rows), Progress() as bar:
        task = bar.add_task("index", total=rows.count())
        done = rebuild_index(engine, rows, progress=lambda n: bar.advance(task, n))
        keep_rows(current_session(), outdated_ids(current_session()))
        current_session().commit()
    click.echo(f"{done.documents} of {done.expected} documents in {done.generation}")


@search.command()
@ENGINE
def check(engine_name: str | None) -> None:
    """Compare the index and the search rows with the listings, and their answers. Exit code 1 when they differ."""
    from marketplace.discovery.checking import differing_words  # noqa: PLC0415
    from marketplace.discovery.row_keeping import outdated_ids  # noqa: PLC0415
    from marketplace.kernel.edge import current_session  # noqa: PLC0415

    with _index_and_rows(engine_name) as (engine, rows):
        found = compare(engine, rows)
        outdated = outdated_ids(current_session())
        differing = [] if found or outdated else differing_words(current_session(), engine)
    click.echo(f"missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}")
    click.echo(f"search rows out of date {len(outdated)}, words with other answers {len(differing)}")
    for word in differing:
        click.echo(f"  {word.word}: index {word.in_index}, rows {word.in_rows}")
    raise SystemExit(1 if found or outdated or differing else 0)


@search.command()
@ENGINE
def repair(engine_name: str | None) -> None:
    """Write what the comparison finds."""
    from marketplace.discovery.row_keeping import keep_rows, outdated_ids  # noqa: PLC0415
    from marketplace.kernel.edge import current_session  # noqa: PLC0415

    with _index_and_rows(engine_name) as (engine, rows):
        found = repair_index(engine, rows)
        outdated = outdated_ids(current_session())
        keep_rows(current_session(), outdated)
        current_session().commit()
    click.echo(f"mended: missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}")
    click.echo(f"mended search rows: {len(outdated)}")


@search.command()
@click.argument("queries", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ENGINE
@click.option("--now", "moment", metavar="ISO", help="The moment from which the lines are read; now unless given.")
@click.option("--park", "park_code", metavar="CODE", help="Whose listings are searched; the first park unless given.")
@click.option("--run", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where answers go; else stdout.")
def run(queries: Path, engine_name: str | None, moment: str | None, park_code: str | None, target: Path | None) -> None:
    """Answer QUERIES, JSON lines {id, text}, against the live index and database, 100 deep.

    Each line becomes {id, ranked, understood, nothing_fits} (docs/schemas/search-run.schema.json). The index is first
    made equal to the listings. Nothing else is written.
    """
    with _index_and_rows(engine_name) as (engine, rows):
        console = Console(stderr=True)
        found = repair_index(engine, rows)
        engine.refresh()
        if found:
            console.print(f"index brought up to date: {len(found.missing)} missing, {len(found.stale)} stale")
        lines = b"".join(_answers(queries, engine, moment=moment, park_code=park_code, console=console))
    if target is None:
        sys.stdout.buffer.write(lines)
    else:
        target.write_bytes(lines)


def _answers(
    queries: Path, engine: SearchEngine, *, moment: str | None, park_code: str | None, console: Console
) -> Iterator[bytes]:
    from marketplace.discovery.running import answer, reader_in  # noqa: PLC0415
    from marketplace.kernel.edge import current_session  # noqa: PLC0415
    from search.service import SearchService  # noqa: PLC0415

    session = current_session()
    park = _park(session, park_code)
    now = _moment(moment, ZoneInfo(park.time_zone))
    if count := _looked_from(session, now):
        console.print(f"free time worked out as of {now.isoformat()} for {count} listings")
    reader, service = reader_in(session, park, now=now), SearchService(engine)
    try:
        for question in read_questions(queries):
            found: dict[str, Any] = answer(session, question.text, reader=reader, service=service)
            yield orjson.dumps({"id": question.id, **found}) + b"\n"
    except BadCollectionError as error:
        raise click.ClickException(str(error)) from error
    finally:
        session.rollback()


def _looked_from(session: "Session", now: datetime) -> int:
    """`look_from`, once more when another process rewrote calendars meanwhile."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    from marketplace.discovery.running import look_from  # noqa: PLC0415

    for _ in range(CALENDAR_TRIES):
        try:
            return look_from(session, now)
        except OperationalError:
            session.rollback()
    raise click.ClickException("Calendars are being rewritten; run it again when that is done.")


def _park(session: "Session", code: str | None) -> "Park":
    from sqlalchemy import select  # noqa: PLC0415

    from marketplace.accounts.models import Park  # noqa: PLC0415

    wanted = select(Park).order_by(Park.id).limit(1)
    found = session.scalar(wanted.where(Park.code == code) if code else wanted)
    if found is None:
        raise click.ClickException(f"No park {code}." if code else "There is no park yet.")
    return found


def _moment(text: str | None, zone: ZoneInfo) -> datetime:
    from marketplace.kernel.edge import request_now  # noqa: PLC0415

    if text is None:
        return request_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--now {text}: an ISO moment is wanted, as 2026-11-23T08:00+08:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
