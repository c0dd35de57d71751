"""`gongzao credit`: score a file of events without a database, rate a park anew, explain a firm."""

import json
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click
from sqlalchemy import select

from credit.scoring.batch import rate_all
from credit.scoring.json_form import rating_json, to_json
from credit.scoring.model import Model, ModelError, read_model, shipped_model
from credit.scoring.reading import RefusedEvents, read_events


@click.group()
def credit() -> None:
    """Credit ratings."""


@credit.command()
@click.argument("events", type=click.File("r", encoding="utf-8"))
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day that is rated.")
@click.option("--model", "model_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None)
@click.option("--json", "as_json", is_flag=True, help="The whole answer, for programs.")
def score(events: IO[str], as_of: datetime, model_file: Path | None, *, as_json: bool) -> None:
    """Rate the parties of EVENTS (JSON Lines; - reads standard input). Exit code 2 when a line cannot be read."""
    model, day = _model(model_file), as_of.date().toordinal()
    try:
        known = read_events(events, model)
    except RefusedEvents as refused:
        _tell_problems(refused, as_json=as_json)
        raise SystemExit(2) from refused
    except UnicodeDecodeError as error:
        raise click.ClickException(f"the file is not UTF-8: {error.reason} at byte {error.start}") from error
    answer = to_json(rate_all(known, model, day=day), known, model, day=day)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else _table(answer))


def _model(path: Path | None) -> Model:
    try:
        return shipped_model() if path is None else read_model(path.read_bytes())
    except ModelError as error:
        raise click.ClickException(str(error)) from error


def _tell_problems(refused: RefusedEvents, *, as_json: bool) -> None:
    if as_json:
        problems = [
            {"line": problem.line, "field": problem.field or None, "code": problem.code, "message": problem.message}
            for problem in refused.problems
        ]
        click.echo(json.dumps({"errors": problems}, ensure_ascii=False, indent=2))
        return
    for problem in refused.problems:
        where = f"line {problem.line}" + (f", {problem.field}" if problem.field else "")
        click.echo(f"{where}: {problem.message}", err=True)


def _table(answer: dict[str, Any]) -> str:
    """One line per party and role, for a person."""
    lines = [f"{'party':<24} {'role':<10} {'score':>8}  {'90 %':<17} grade  events"]
    for row in answer["ratings"]:
        between = f"{row['interval']['low']:.1f}–{row['interval']['high']:.1f}"
        lines.append(
            f"{row['party']:<24} {row['role']:<10} {row['score']:>8.3f}  {between:<17} {row['grade']:<6} "
            f"{row['counts']['events']}"
        )
    return "\n".join(lines)


@credit.command()
def rerate() -> None:
    """Rate every firm of every park anew and keep what changed."""
    from credit.ratings.operations import rerate_park  # noqa: PLC0415 - heavy, not needed by `score`
    from marketplace.accounts.models import Park  # noqa: PLC0415
    from marketplace.app.commands import running_application  # noqa: PLC0415
    from marketplace.kernel.edge import current_session, request_clock  # noqa: PLC0415

    with running_application():
        session = current_session()
        for park_id in session.scalars(select(Park.id).order_by(Park.id)).all():
            ratings = rerate_park(session, park_id, clock=request_clock())
            session.commit()
            click.echo(f"park {park_id}: {len(ratings)} ratings")


@credit.command()
@click.argument("uscc")
@click.option("--json", "as_json", is_flag=True, help="The whole rating, for programs.")
def explain(uscc: str, *, as_json: bool) -> None:
    """Every point of the firm with this unified social credit code."""
    from credit.ratings.operations import firm_ratings  # noqa: PLC0415 - heavy, not needed by `score`
    from marketplace.accounts.models import Enterprise, Membership  # noqa: PLC0415
    from marketplace.app.commands import running_application  # noqa: PLC0415
    from marketplace.kernel.edge import current_session, request_now  # noqa: PLC0415

    with running_application():
        session = current_session()
        rows = select(Membership).join(Enterprise, Enterprise.id == Membership.enterprise_id)
        found = session.scalars(rows.where(Enterprise.uscc == uscc.upper()).order_by(Membership.id)).all()
        if not found:
            raise click.ClickException(f"no firm {uscc}")
        ratings = [
            rating
            for member in found
            for rating in firm_ratings(session, member.park_id, member.enterprise_id, at=request_now())
        ]
    if as_json:
        click.echo(json.dumps({"ratings": [rating_json(row) for row in ratings]}, ensure_ascii=False, indent=2))
        return
    for rating in ratings:
        click.echo(f"{rating.role}: {rating.score / 1000:.3f} ({rating.grade})")
        for row in rating.rows:
            click.echo(f"  {row.points / 1000:>9.3f}  {row.kind:<7} {row.dimension:<13} {row.id:<16} {row.why}")
