"""Reading a bank statement: encoding, layout, amounts, and that it adds up. Refuses rather than guesses."""

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

from billing.ledger.operations import MOST
from billing.statements.layouts import LAYOUTS, TOTALS, Layout
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import EXPONENTS, Money, MoneyError

LARGEST_BYTES = 2 * 1024 * 1024
MOST_LINES = 5000
HEADING_WITHIN = 20
"""Banks print the account and the period above the headings, in fewer lines than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One booking of the bank: positive came in, negative went out. `balance` is what stood afterwards."""

    number: int
    at: datetime
    amount: Money
    balance: Money
    bank_ref: str
    counterparty: str
    counterparty_account: str
    memo: str

    @property
    def fingerprint(self) -> str:
        """The same for the same booking in two overlapping statements."""
        parts = (
            self.at.isoformat(),
            str(self.amount.amount),
            self.amount.currency,
            self.bank_ref,
            str(self.balance.amount),
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A statement as read: `digest` is the SHA-256 of the file."""

    layout: str
    encoding: str
    digest: str
    lines: Sequence[Line]

    @property
    def opening(self) -> Money:
        return self.lines[0].balance - self.lines[0].amount

    @property
    def closing(self) -> Money:
        return self.lines[-1].balance


def read_statement(body: bytes, *, zone: ZoneInfo) -> ReadStatement:
    """The statement in a CSV file of one of the known layouts, oldest booking first.

    Raises `Invalid` naming `line` and what is wrong with it: `statement_encoding` (two encodings in one file),
    `statement_layout`, `statement_amount`, `statement_day`, `statement_balance` (the balances do not follow from the
    amounts), `statement_total`, `statement_empty`, `statement_too_large`.
    """
    if len(body) > LARGEST_BYTES:
        raise _refused("statement_too_large")
    text, encoding = _decoded(body)
    rows = list(csv.reader(StringIO(text)))
    layout, places, first = _layout(rows)
    booked = [(n, row) for n, row in enumerate(rows[first:], start=first + 1) if any(cell.strip() for cell in row)]
    totals = [row for _, row in booked if row[0].strip() in TOTALS]
    lines = [_line(n, row, places, zone) for n, row in booked if row[0].strip() not in TOTALS]
    if not lines:
        raise _refused("statement_empty")
    if len(lines) > MOST_LINES:
        raise _refused("statement_too_large")
    lines = _in_order(lines)
    for row in totals:
        _require_total(row, places, lines)
    return ReadStatement(layout=layout.code, encoding=encoding, digest=hashlib.sha256(body).hexdigest(), lines=lines)


def _refused(code: str, line: int = 0) -> Invalid:
    return Invalid(code, fields={"file": [code]}, line=line)


def _decoded(body: bytes) -> tuple[str, str]:
    """UTF-8, else GB 18030; a file whose lines are now the one, now the other is refused."""
    try:
        return body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    for number, line in enumerate(body.splitlines(), start=1):
        if not line.isascii() and _is(line, "utf-8"):
            raise _refused("statement_encoding", number)
        if not _is(line, "gb18030"):
            raise _refused("statement_encoding", number)
    return body.decode("gb18030"), "gb18030"


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _layout(rows: list[list[str]]) -> tuple[Layout, dict[str, int], int]:
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        for layout in LAYOUTS:
            places = layout.places(row)
            if places is not None:
                return layout, places, number + 1
    raise _refused("statement_layout")


def _line(number: int, row: list[str], places: dict[str, int], zone: ZoneInfo) -> Line:
    def cell(name: str) -> str:
        at = places.get(name)
        return row[at].strip() if at is not None and at < len(row) else ""

    currency = cell("currency") or "CNY"
    if currency in {"人民币", "RMB"}:
        currency = "CNY"
    if currency not in EXPONENTS:
        raise _refused("statement_amount", number)
    if "amount" in places:
        amount = _money(cell("amount"), currency, number)
    else:
        amount = _money(cell("received") or "0", currency, number) - _money(cell("paid") or "0", currency, number)
    if not amount.amount:
        raise _refused("statement_amount", number)
    return Line(
        number=number,
        at=_moment(cell("day"), cell("time"), number, zone),
        amount=amount,
        balance=_money(cell("balance"), currency, number),
        bank_ref=cell("bank_ref")[:100],
        counterparty=cell("counterparty")[:200],
        counterparty_account=cell("counterparty_account")[:60],
        memo=cell("memo")[:500],
    )


def _money(text: str, currency: str, number: int) -> Money:
    """Digits with at most as many decimals as the currency has: 1,234.50 is never rounded into something else."""
    plain = text.replace(",", "").replace("，", "").replace("¥", "").strip()
    try:
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?", plain):
            raise _refused("statement_amount", number)
        units = Decimal(plain)
        money = Money.of(units, currency)
    except (InvalidOperation, MoneyError) as error:
        raise _refused("statement_amount", number) from error
    if money.units != units or abs(money.amount) > MOST:
        raise _refused("statement_amount", number)
    return money


def _moment(day: str, clock: str, number: int, zone: ZoneInfo) -> datetime:
    digits = re.sub(r"[-/.年月日]", "", day)
    try:
        on = datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day, the zone follows
        at = time.fromisoformat(clock) if clock else time(12)
    except ValueError as error:
        raise _refused("statement_day", number) from error
    return datetime.combine(on, at, tzinfo=zone)


def _in_order(lines: list[Line]) -> list[Line]:
    """Oldest first; some banks write the newest on top. Every balance must follow from the one before."""
    if len({line.amount.currency for line in lines}) > 1:
        raise _refused("statement_amount", lines[-1].number)
    wrong = _first_wrong(lines)
    if wrong is None:
        return lines
    if _first_wrong(lines[::-1]) is None:
        return lines[::-1]
    raise _refused("statement_balance", wrong)


def _first_wrong(lines: Sequence[Line]) -> int | None:
    for before, line in pairwise(lines):
        if before.balance + line.amount != line.balance:
            return line.number
    return None


def _require_total(row: list[str], places: dict[str, int], lines: Sequence[Line]) -> None:
    """The bank's own sum of each column is ours too."""
    currency = lines[0].amount.currency
    ours = {
        "received": sum(line.amount.amount for line in lines if line.amount.amount > 0),
        "paid": -sum(line.amount.amount for line in lines if line.amount.amount < 0),
        "amount": sum(line.amount.amount for line in lines),
    }
    for name, total in ours.items():
        at = places.get(name)
        if at is None or at >= len(row) or not row[at].strip():
            continue
        if _money(row[at], currency, 0).amount != total:
            raise _refused("statement_total")
