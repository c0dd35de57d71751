"""`gongzao search`: rank a collection, rebuild the index, compare it with the rows, mend it."""

from collections.abc import Generator
from contextlib import contextmanager

import click
from rich.progress import Progress

from marketplace.app.commands import running_application
from search.command import search
from search.contract import SearchEngine
from search.maintenance import DocumentSource, compare
from search.maintenance import rebuild as rebuild_index
from search.maintenance import repair as repair_index


@contextmanager
def _index_and_rows() -> Generator[tuple[SearchEngine, DocumentSource]]:
    """The index of this installation and the rows it is a projection of."""
    from marketplace.discovery.documents import ListingSource  # noqa: PLC0415 - heavy, not needed by `eval`
    from marketplace.discovery.index import engine  # noqa: PLC0415
    from marketplace.kernel.edge import current_session  # noqa: PLC0415

    with running_application():
        yield engine(), ListingSource(current_session())


@search.command()
def rebuild() -> None:
    """Fill a new index beside the serving one and swap; search never goes dark."""
    with _index_and_rows() as (engine, rows), Progress() as bar:
        task = bar.add_task("index", total=rows.count())
        done = rebuild_index(engine, rows, progress=lambda n: bar.update(task, completed=n))
    click.echo(f"{done.documents} of {done.expected} documents in {done.generation}")


@search.command()
def check() -> None:
    """Compare the index with the rows. Exit code 1 when they differ."""
    with _index_and_rows() as (engine, rows):
        found = compare(engine, rows)
    click.echo(f"missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}")
    raise SystemExit(1 if found else 0)


@search.command()
def repair() -> None:
    """Write what the comparison finds."""
    with _index_and_rows() as (engine, rows):
        found = repair_index(engine, rows)
    click.echo(f"mended: missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}")
