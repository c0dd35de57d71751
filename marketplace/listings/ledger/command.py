"""`gongzao import check FILE`: what a ledger would become, without a database."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

import click

from marketplace.kernel.clock import system_clock
from marketplace.listings.ledger.json_form import to_json
from marketplace.listings.ledger.mapping import BadMapping, LedgerMapping, read_mapping
from marketplace.listings.ledger.messages import text_of, text_of_reason
from marketplace.listings.ledger.outcome import LedgerOutcome, Result
from marketplace.listings.ledger.reader import read_ledger

PASSED = frozenset({Result.IMPORTED, Result.PARTIAL})


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the document of import-check.schema.json.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON: sheet → header or column letter → field.",
)
@click.option("--today", metavar="ISO", help="The day that judges future dates; today when left out.")
@click.option(
    "--locale", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of messages."
)
def check(file: Path, *, as_json: bool, mapping: Path | None, today: str | None, locale: str) -> NoReturn:
    """Read a ledger and say what would become of it. Nothing is stored.

    Exit status: 0 imported or partial, 1 refused, nothing to import or needs a mapping, 2 wrong usage.
    """
    outcome = read_ledger(file.read_bytes(), filename=file.name, mapping=_mapping(mapping), today=_day(today))
    if as_json:
        click.echo(json.dumps(to_json(outcome, locale=locale), ensure_ascii=False, indent=1))
    else:
        click.echo(summary(outcome, locale))
    sys.exit(0 if outcome.outcome in PASSED else 1)


def _mapping(path: Path | None) -> LedgerMapping | None:
    if path is None:
        return None
    try:
        return read_mapping(path.read_bytes())
    except (BadMapping, UnicodeDecodeError) as error:
        raise click.BadParameter(str(error), param_hint="--mapping") from error


def _day(text: str | None) -> date:
    if text is None:
        return system_clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--today") from error


def summary(outcome: LedgerOutcome, locale: str) -> str:
    """The outcome for a terminal: counts first, then every problem with its place."""
    zh = locale.startswith("zh")
    units = sum(listing.quantity for listing in outcome.listings)
    counts = f"{len(outcome.listings)} 条供给，{units} 台" if zh else f"{len(outcome.listings)} listings, {units} units"
    lines = [f"{outcome.outcome.value}: {text_of_reason(outcome.reason, locale) if outcome.reason else counts}"]
    for message in outcome.messages:
        place = f"{message.sheet}!" if message.sheet else ""
        lines.append(f"{place}{message.column or ''}{message.row} [{message.code.value}] {text_of(message, locale)}")
    return "\n".join(lines)


if __name__ == "__main__":
    check()
