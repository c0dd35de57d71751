"""`gongzao billing`: compute a price from a file, prove that the books are right."""

import json
from typing import TYPE_CHECKING, Any

import click

from billing.pricing.calculations.calculate import calculate as compute
from billing.pricing.calculations.calculate import problems_json
from billing.pricing.calculations.reading import Problem, ProblemsError
from billing.pricing.calculations.schema import document_schema
from marketplace.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from billing.ledger.check import Finding
    from billing.statements.queries import Reconciliation
    from marketplace.accounts.models import Park

REFUSED = 2
"""Exit code of a document that cannot be computed."""


@click.group()
def billing() -> None:
    """Prices, bills and the ledger."""


@billing.command()
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON (docs/schemas/billing-calculate.schema.json).")
def calculate(file: Any, *, as_json: bool) -> None:
    """Compute the document FILE (- for standard input): plan and job, usage or terms in, lines and next state out."""
    try:
        answer = compute(_read(file.read()))
    except ProblemsError as error:
        _refuse(error, as_json=as_json)
        raise SystemExit(REFUSED) from error
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for line in answer["lines"]:
        click.echo(f"{line['text']:<16} {line['quantity']:>12} {line['unit']:<4} {_shown(line['gross']):>16}")
    click.echo(f"{'':<16} {'':>12} {'':<4} {_shown(answer['total']):>16}")


@billing.command()
def schema() -> None:
    """The JSON Schema of the documents that `calculate` takes and gives."""
    click.echo(json.dumps(document_schema(), ensure_ascii=False, indent=2))


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError as error:
        raise ProblemsError([Problem("", "unreadable")]) from error


def _refuse(error: ProblemsError, *, as_json: bool) -> None:
    body = problems_json(error)
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    for problem in body["problems"]:
        click.echo(f"{problem['field']}: {problem['text'] or problem['code']}", err=True)


def _shown(money: dict[str, Any]) -> str:

    return f"{Money(**money).units} {money['currency']}"


@billing.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(*, as_json: bool) -> None:
    """Rebuild every balance from its entries and prove the rules of money. Exit code 1 names what is off."""
    from billing.check import check_books  # noqa: PLC0415 - heavy
    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session  # noqa: PLC0415 - heavy

    with running_application():
        found = check_books(current_session())
    _tell(found, as_json=as_json)
    raise SystemExit(1 if found else 0)


def _tell(found: "list[Finding]", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ok": not found, "findings": [finding.to_json() for finding in found]}))
        return
    for finding in found:
        click.echo(f"{finding.rule}: {finding.subject} should be {finding.expected}, is {finding.found}")
    click.echo(f"{len(found)} findings" if found else "The books are right.")


@billing.command()
def run() -> None:
    """Cut, meter and bill what is due. A run broken off is simply run again: same bills, no gap, no double."""
    from rich.progress import track  # noqa: PLC0415 - heavy

    from billing.contracts.runs import BATCH, bill_batch, due_contracts  # noqa: PLC0415 - heavy
    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session, request_clock  # noqa: PLC0415 - heavy

    with running_application():
        session, clock = current_session(), request_clock()
        ids = due_contracts(session, at=clock())
        for start in track(range(0, len(ids), BATCH), description="contracts"):
            bill_batch(session, clock=clock, contract_ids=ids[start : start + BATCH])
            session.commit()
            session.expunge_all()
    click.echo(f"contracts brought up to date: {len(ids)}")


@billing.command()
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def reconcile(*, as_json: bool) -> None:
    """Compare the custody bank's last statement with the ledger, park by park. Exit code 1 when nothing explains a difference."""
    from billing.statements.queries import reconcile as compare  # noqa: PLC0415 - heavy
    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.kernel.actor import system_actor  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session  # noqa: PLC0415 - heavy

    with running_application():
        session = current_session()
        rows = [(park, row) for park in _parks(session) for row in compare(session, actor=system_actor(park.id))]
        told = [_compared(park.code, row) for park, row in rows]
    if as_json:
        click.echo(json.dumps(told))
    for fact in [] if as_json else told:
        sums = ", ".join(f"{name} {Money(fact[name], fact['currency']).units}" for name in COMPARED)
        click.echo(f"{fact['park']} {fact['currency']} as of {fact['as_of']}: {sums}, lines waiting {fact['waiting']}")
    if not told and not as_json:
        click.echo("No bank statement has been imported yet.")
    raise SystemExit(1 if any(fact["difference"] for fact in told) else 0)


COMPARED = ("bank", "ledger", "unbooked", "difference")


def _parks(session: "Session") -> "Sequence[Park]":
    from sqlalchemy import select  # noqa: PLC0415 - heavy

    from marketplace.accounts.models import Park  # noqa: PLC0415 - heavy

    return session.scalars(select(Park).order_by(Park.id)).all()


def _compared(park: str, row: "Reconciliation") -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(row, name) for name in (*COMPARED, "currency", "waiting")}
    return {"park": park, "as_of": row.as_of.isoformat(), **facts}


@click.group()
def export() -> None:
    """Data as files for other tools."""


@export.command()
@click.option("--park", default="", help="Code of the park; may be left out when there is only one.")
def ledger(park: str) -> None:
    """Write the ledger to standard output as a beancount journal, line by line."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - heavy

    from billing.ledger.export import beancount  # noqa: PLC0415 - heavy
    from marketplace.app.commands import running_application  # noqa: PLC0415 - heavy
    from marketplace.kernel.actor import system_actor  # noqa: PLC0415 - heavy
    from marketplace.kernel.edge import current_session  # noqa: PLC0415 - heavy

    with running_application():
        session = current_session()
        found = [one for one in _parks(session) if park in {"", one.code}]
        if len(found) != 1:
            raise click.ClickException("Name one park with --park CODE.")
        for line in beancount(session, actor=system_actor(found[0].id), zone=ZoneInfo(found[0].time_zone)):
            click.echo(line, nl=False)
