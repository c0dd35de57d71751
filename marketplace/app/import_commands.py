"""`gongzao import`: look at a ledger without a database, or bring its machines in."""

from pathlib import Path

import click

from marketplace.listings.ledger.command import check


@click.group("import")
def imports() -> None:
    """Read a factory's equipment ledger 设备台账."""


imports.add_command(check)


@imports.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--enterprise", required=True, metavar="USCC", help="Whose machines they are.")
@click.option("--publish", is_flag=True, help="Send every complete draft to be offered.")
def listings(file: Path, *, enterprise: str, publish: bool) -> None:
    """Import FILE as listings of an enterprise: drafts, or offered with --publish."""
    from rich.progress import Progress  # noqa: PLC0415 - heavy

    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.app.people_commands import acting_for, told  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session, request_clock  # noqa: PLC0415 - heavy
    from marketplace.kernel.errors import DomainError  # noqa: PLC0415 - heavy
    from marketplace.listings.imports.command import ImportChoices, import_file  # noqa: PLC0415 - heavy
    from marketplace.listings.imports.models import RunState  # noqa: PLC0415 - heavy

    with running_application(), Progress() as bar:
        session, task = current_session(), bar.add_task(file.name, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        actor = acting_for(session, enterprise)
        choices = ImportChoices(publish=publish)
        try:
            result = import_file(session, file, choices, actor=actor, clock=request_clock(), report=report)
        except DomainError as error:
            raise told(error) from error
        session.commit()
        bar.update(task, total=1, completed=1)
        run, published = result.run, result.published
    click.echo(f"{run.state.value}: {run.counts}")
    if published is not None:
        click.echo(f"published: {published}")
    raise SystemExit(0 if run.state is RunState.DONE else 1)
