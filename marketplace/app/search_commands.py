"""`gongzao search`: rank a collection, rebuild the index, compare it with the rows, mend it."""

import click

from search.command import search


@search.command()
def rebuild() -> None:
    """Fill a new index beside the serving one and swap; search never goes dark."""
    from rich.progress import Progress  # noqa: PLC0415 - heavy

    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.discovery.documents import ListingSource  # noqa: PLC0415 - heavy
    from marketplace.discovery.index import engine  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session  # noqa: PLC0415 - heavy
    from search.maintenance import rebuild as rebuild_index  # noqa: PLC0415 - heavy

    with running_application(), Progress() as bar:
        source = ListingSource(current_session())
        task = bar.add_task("index", total=source.count())
        done = rebuild_index(engine(), source, progress=lambda n: bar.update(task, completed=n))
    click.echo(f"{done.documents} of {done.expected} documents in {done.generation}")


@search.command()
def check() -> None:
    """Compare the index with the rows. Exit code 1 when they differ."""
    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.discovery.documents import ListingSource  # noqa: PLC0415 - heavy
    from marketplace.discovery.index import engine  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session  # noqa: PLC0415 - heavy
    from search.maintenance import compare  # noqa: PLC0415 - heavy

    with running_application():
        found = compare(engine(), ListingSource(current_session()))
    click.echo(f"missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}")
    raise SystemExit(1 if found else 0)


@search.command("repair")
def repair_command() -> None:
    """Write what the comparison finds."""
    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.discovery.documents import ListingSource  # noqa: PLC0415 - heavy
    from marketplace.discovery.index import engine  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session  # noqa: PLC0415 - heavy
    from search.maintenance import repair  # noqa: PLC0415 - heavy

    with running_application():
        found = repair(engine(), ListingSource(current_session()))
    click.echo(f"mended: missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}")
