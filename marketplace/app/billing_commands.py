"""`gongzao billing`: prove that the books are right."""

import json

import click

from billing.ledger.check import Finding, check_ledger
from marketplace.app.commands import running_application
from marketplace.kernel.edge import current_session


@click.group()
def billing() -> None:
    """Prices, bills and the ledger."""


@billing.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(*, as_json: bool) -> None:
    """Rebuild every balance from its entries and prove the rules of money. Exit code 1 names what is off."""
    with running_application():
        found = check_ledger(current_session())
    _tell(found, as_json=as_json)
    raise SystemExit(1 if found else 0)


def _tell(found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ok": not found, "findings": [finding.to_json() for finding in found]}))
        return
    for finding in found:
        click.echo(f"{finding.rule}: {finding.subject} should be {finding.expected}, is {finding.found}")
    click.echo(f"{len(found)} findings" if found else "The books are right.")
