"""Ledgers described in TOML files: rows as a clerk types them, formats to write them in, and what must come out."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from marketplace.listings.ledger.outcome import LedgerListing, LedgerOutcome
from tests.listings.ledger.writing import Page, Value

FOLDER = Path(__file__).with_name("files")
TODAY = date(2026, 11, 23)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LEADING_ZERO = re.compile(r"-?0\d")


@dataclass
class Described:
    """`listings` are rows of a table whose header names the facts to compare; `messages` are row, column, code."""

    title: str
    pages: list[Page]
    forms: list[str]
    outcome: str
    reason: str | None
    listings: list[dict[str, str]]
    messages: set[tuple[str, str, str]]
    named: set[str]
    mapping: dict[str, Any] | None = None


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Described:
    told = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    expected = told["expect"]
    return Described(
        title=told["title"],
        pages=[_page(sheet) for sheet in told["sheet"]],
        forms=told["forms"],
        outcome=expected["outcome"],
        reason=expected.get("reason"),
        listings=_table(expected.get("listings", "")),
        messages={(row["row"], row["column"], row["code"]) for row in _table(expected.get("messages", ""))},
        named=set(expected.get("named", ["unknown_type"])),
        mapping=told.get("mapping"),
    )


def _page(told: dict[str, Any]) -> Page:
    lines = told["rows"].removesuffix("\n").split("\n")
    return Page(
        name=told.get("name", "Sheet1"),
        rows=[[_value(cell) for cell in line.split("|")] if line.strip() else [] for line in lines],
        merges=told.get("merges", []),
        struck=told.get("struck", []),
        hidden_rows=told.get("hidden_rows", []),
        formats=told.get("formats", {}),
        hidden=told.get("hidden", False),
    )


def _value(text: str) -> Value:
    word = text.strip()
    if not word:
        return None
    if word.startswith("'"):
        return word[1:]
    if re.fullmatch(r"@\d{4}-\d\d-\d\d", word):
        return date.fromisoformat(word[1:])
    if NUMBER.fullmatch(word) and not LEADING_ZERO.match(word):
        return float(word) if "." in word else int(word)
    return word.replace("\\n", "\n")


def _table(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.strip().split("\n") if line.strip()]
    if not lines:
        return []
    header = [word.strip() for word in lines[0].split("|")]
    return [dict(zip(header, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines[1:]]


def place(sheet: str | None, row: int, first_sheet: str | None) -> str:
    return str(row) if sheet in {None, first_sheet} else f"{sheet}!{row}"


def facts(listing: LedgerListing, wanted: list[str], first_sheet: str | None) -> dict[str, str]:
    """The facts of a listing as the description writes them; `-` for nothing."""
    known = {
        "rows": "+".join(place(source.sheet, source.row, first_sheet) for source in listing.source),
        "name": listing.name,
        "model": listing.model,
        "maker": listing.manufacturer,
        "numbers": ",".join(listing.asset_numbers),
        "qty": str(listing.quantity),
        "date": listing.purchase_date,
        "place": listing.location,
        "status": listing.status.value if listing.status else None,
        "offered": "yes" if listing.offered else "no",
        "kind": listing.kind,
        "type": listing.resource_type,
        "value": f"{listing.original_value.amount.normalize():f} {listing.original_value.currency}"
        if listing.original_value
        else None,
        "prices": "; ".join(
            f"{price.amount.normalize():f}/{price.per}" + (f" {price.condition}" if price.condition else "")
            for price in listing.prices
        ),
        "attributes": "; ".join(
            _attribute(attribute.code, attribute.shown, suggested=attribute.suggested)
            for attribute in listing.attributes
        ),
        "members": ",".join(listing.members),
    }
    return {name: known[name] or "-" for name in wanted}


def _attribute(code: str, shown: Any, *, suggested: bool) -> str:
    unit = shown.get("unit", "")
    if "value" in shown:
        text = f"{shown['value']}{unit}"
    elif "min" in shown or "max" in shown:
        text = f"{shown.get('min', '')}..{shown.get('max', '')}{unit}"
    else:
        text = str(shown.get("text", shown.get("bool", shown.get("values"))))
    return f"{code}={text}{'?' if suggested else ''}"


def problems(outcome: LedgerOutcome, first_sheet: str | None, ignored: set[str]) -> set[tuple[str, str, str]]:
    return {
        (place(message.sheet, message.row, first_sheet), message.column or "-", message.code.value)
        for message in outcome.messages
        if message.code.value not in ignored
    }
