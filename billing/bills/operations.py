"""Issue bills, take them back, keep the fapiao register. Everything flushes and nothing commits."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from billing.bills.models import (
    ONE_CORRECTION,
    ONE_FAPIAO_NUMBER,
    ONE_OPEN_FAPIAO,
    Bill,
    BillCounter,
    BillKind,
    BillLine,
    Fapiao,
    FapiaoKind,
    FapiaoStatus,
)
from billing.bills.queries import bill_of, fapiao_of
from billing.pricing.calculations.answers import AnswerLine
from billing.pricing.quotes import as_decimal
from billing.pricing.texts import line_text, unit_text
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Forbidden, Invalid

TWENTY_DIGITS = re.compile(r"[0-9]{20}")
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueBill:
    """`key` happens once per issuer; `lines` come from `billing.pricing`, all in `currency`."""

    park_id: int
    issuer_id: int
    recipient_id: int
    key: str
    subject_ref: str
    title: str
    currency: str
    lines: Sequence[AnswerLine]
    due_on: date
    zone: ZoneInfo = ZONE
    service: tuple[date, date] | None = None
    policy: str = ""


def issue_bill(session: Session, command: IssueBill, *, actor: Actor, clock: Clock) -> Bill:
    """Number and write one bill; the same key again gives the bill it made the first time."""
    return issue_bills(session, [command], actor=actor, clock=clock)[command.issuer_id, command.key]


def issue_bills(
    session: Session, commands: Iterable[IssueBill], *, actor: Actor, clock: Clock
) -> Mapping[tuple[int, str], Bill]:
    """Bills by (issuer, key). Locks the counters of the issuers in the order of their ids; numbers have no gaps,
    because a rollback gives them back.
    """
    wanted = {(command.issuer_id, command.key): command for command in commands}
    now = clock()
    years = {key: now.astimezone(command.zone).year for key, command in wanted.items()}
    numbers = _lock_counters(session, {(command.issuer_id, years[key]) for key, command in wanted.items()})
    known = {(bill.issuer_id, bill.key): bill for bill in _known(session, list(wanted))}
    made: list[tuple[IssueBill, Bill]] = []
    for key, command in sorted(wanted.items()):
        if key in known:
            continue
        counter = command.issuer_id, years[key]
        numbers[counter] += 1
        made.append((command, _bill(command, years[key], numbers[counter], clock=clock)))
    _write(session, made, numbers)
    for _, bill in made:
        after = {"number": bill.number, "total": bill.total, "currency": bill.currency}
        audit(session, actor, at=now, action="bill.issued", subject=f"bill:{bill.public_id}", after=after)
    return known | {(bill.issuer_id, bill.key): bill for _, bill in made}


def _lock_counters(session: Session, counters: set[tuple[int, int]]) -> Counter[tuple[int, int]]:
    rows = [{"issuer_id": issuer, "year": year, "last": 0} for issuer, year in sorted(counters)]
    if not rows:
        return Counter()
    session.execute(upsert(BillCounter).values(rows).on_conflict_do_nothing())
    locked = session.execute(
        select(BillCounter.issuer_id, BillCounter.year, BillCounter.last)
        .where(tuple_(BillCounter.issuer_id, BillCounter.year).in_(sorted(counters)))
        .order_by(BillCounter.issuer_id, BillCounter.year)
        .with_for_update()
    )
    return Counter({(issuer, year): last for issuer, year, last in locked})


def _known(session: Session, keys: list[tuple[int, str]]) -> Sequence[Bill]:
    """Looked up after the counters are locked, so that whoever was outrun sees what the other one wrote."""
    if not keys:
        return []
    return session.scalars(select(Bill).where(tuple_(Bill.issuer_id, Bill.key).in_(keys))).all()


def _bill(command: IssueBill, year: int, sequence: int, *, clock: Clock) -> Bill:
    if command.issuer_id == command.recipient_id:
        raise Invalid("bill_to_oneself")
    if not command.lines:
        raise Invalid("bill_without_lines")
    if any(line.amount.currency != command.currency for line in command.lines):
        raise Invalid("mixed_currencies")
    net = sum(line.net.amount for line in command.lines)
    tax = sum(line.tax.amount for line in command.lines)
    now = clock()
    start, end = command.service or (None, None)
    return Bill(
        park_id=command.park_id,
        issuer_id=command.issuer_id,
        recipient_id=command.recipient_id,
        year=year,
        sequence=sequence,
        number=bill_number(year, sequence),
        kind=BillKind.BILL,
        key=command.key,
        subject_ref=command.subject_ref,
        title=command.title,
        currency=command.currency,
        net=net,
        tax=tax,
        total=net + tax,
        issued_at=now,
        issued_on=now.astimezone(command.zone).date(),
        due_on=command.due_on,
        service_start=start,
        service_end=end,
        policy=command.policy,
    )


def bill_number(year: int, sequence: int) -> str:
    return f"ZD{year}-{sequence:06}"


def _write(session: Session, made: list[tuple[IssueBill, Bill]], numbers: Mapping[tuple[int, int], int]) -> None:
    if not made:
        return
    session.add_all([bill for _, bill in made])
    session.flush()
    rows = [
        row
        for command, bill in made
        for position, line in enumerate(command.lines, start=1)
        for row in (_line_row(bill, position, line),)
    ]
    session.execute(_WRITE_LINES, {"rows": json.dumps(rows)})
    used = [{"issuer_id": issuer, "year": year, "last": last} for (issuer, year), last in sorted(numbers.items())]
    counting = upsert(BillCounter).values(used)
    session.execute(
        counting.on_conflict_do_update(
            index_elements=[BillCounter.issuer_id, BillCounter.year], set_={"last": counting.excluded.last}
        )
    )


_WRITE_LINES = text("""
INSERT INTO billing_bill_line
    (bill_id, position, code, text, name, quantity, unit, unit_price, amount, net, tax, vat_rate, service_start, service_end)
SELECT bill_id, position, code, text, name, quantity, unit, unit_price, amount, net, tax, vat_rate, service_start, service_end
FROM json_to_recordset(CAST(:rows AS json)) AS line(
    bill_id bigint, position bigint, code text, text text, name text, quantity numeric, unit text, unit_price numeric,
    amount bigint, net bigint, tax bigint, vat_rate numeric, service_start date, service_end date)
""")
"""All lines travel as one document, which is several times quicker than a parameter for each value."""


def _line_row(bill: Bill, position: int, line: AnswerLine) -> dict[str, Any]:
    base = line.code.partition(":")[0]
    start, end = line.service or (None, None)
    return {
        "bill_id": bill.id,
        "position": position,
        "code": line.code,
        "text": line_text(base),
        "name": line.name,
        "quantity": str(as_decimal(line.quantity)),
        "unit": unit_text(base),
        "unit_price": None if line.unit_price is None else str(line.unit_price),
        "amount": line.amount.amount,
        "net": line.net.amount,
        "tax": line.tax.amount,
        "vat_rate": str(line.vat.rate),
        "service_start": None if start is None else start.isoformat(),
        "service_end": None if end is None else end.isoformat(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectBill:
    """Take a whole bill back."""

    bill: str
    reason: str


def correct_bill(session: Session, command: CorrectBill, *, actor: Actor, clock: Clock) -> Bill:
    """A negative bill that mirrors every stored amount; it takes a number of its own.

    Only the issuer may. Raises `Conflict` `bill_corrected` the second time, `correction_of_correction`.
    """
    bill = bill_of(session, command.bill, actor=actor)
    if actor.require_firm(FirmRole.FINANCE) != bill.issuer_id:
        raise Forbidden("only_the_issuer")
    if bill.kind is BillKind.CORRECTION:
        raise Conflict("correction_of_correction")
    now = clock()
    counter = bill.issuer_id, now.astimezone(ZONE).year
    numbers = _lock_counters(session, {counter})
    numbers[counter] += 1
    mirrored = _mirror(bill, year=counter[1], sequence=numbers[counter])
    mirrored.issued_at, mirrored.reason = now, command.reason
    mirrored.issued_on = mirrored.due_on = now.astimezone(ZONE).date()
    with refusing(session, {ONE_CORRECTION: lambda: Conflict("bill_corrected")}):
        session.add(mirrored)
        session.flush()
    session.execute(insert(BillLine), [_mirrored_row(mirrored, line) for line in bill.lines])
    counting = upsert(BillCounter).values(issuer_id=counter[0], year=counter[1], last=numbers[counter])
    session.execute(
        counting.on_conflict_do_update(
            index_elements=[BillCounter.issuer_id, BillCounter.year], set_={"last": counting.excluded.last}
        )
    )
    after = {"number": mirrored.number, "corrects": bill.number, "reason": command.reason}
    audit(session, actor, at=now, action="bill.corrected", subject=f"bill:{mirrored.public_id}", after=after)
    return mirrored


def _mirror(bill: Bill, *, year: int, sequence: int) -> Bill:
    return Bill(
        park_id=bill.park_id,
        issuer_id=bill.issuer_id,
        recipient_id=bill.recipient_id,
        year=year,
        sequence=sequence,
        number=bill_number(year, sequence),
        kind=BillKind.CORRECTION,
        key=f"correction:{bill.public_id}",
        subject_ref=bill.subject_ref,
        title=bill.title,
        currency=bill.currency,
        net=-bill.net,
        tax=-bill.tax,
        total=-bill.total,
        issued_at=bill.issued_at,
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        service_start=bill.service_start,
        service_end=bill.service_end,
        policy=bill.policy,
        corrects_id=bill.id,
    )


def _mirrored_row(mirrored: Bill, line: BillLine) -> dict[str, Any]:
    names = ("position", "code", "text", "name", "unit", "unit_price", "vat_rate", "service_start", "service_end")
    same = {name: getattr(line, name) for name in names}
    turned = {name: -cast("Decimal", getattr(line, name)) for name in ("quantity", "amount", "net", "tax")}
    return {"bill_id": mirrored.id} | same | turned


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFapiao:
    """What the buyer wants on the tax invoice; title and number are the buyer's own unless given."""

    bill: str
    kind: FapiaoKind
    title: str = ""
    tax_number: str = ""


def request_fapiao(session: Session, command: RequestFapiao, *, actor: Actor, clock: Clock) -> Fapiao:
    """The recipient asks the issuer for a fapiao. Raises `Conflict` `fapiao_exists` while one stands."""
    bill = bill_of(session, command.bill, actor=actor)
    if actor.require_firm(FirmRole.FINANCE) != bill.recipient_id:
        raise Forbidden("only_the_recipient")
    if bill.kind is BillKind.CORRECTION or bill.total <= 0:
        raise Conflict("no_fapiao_for_credit")
    fapiao = Fapiao(
        bill_id=bill.id,
        kind=command.kind,
        title=command.title or bill.recipient.name_zh,
        tax_number=command.tax_number or bill.recipient.uscc,
        requested_at=clock(),
    )
    with refusing(session, {ONE_OPEN_FAPIAO: lambda: Conflict("fapiao_exists")}):
        session.add(fapiao)
        session.flush()
    subject = f"fapiao:{fapiao.public_id}"
    audit(session, actor, at=clock(), action="fapiao.requested", subject=subject, after={"bill": bill.number})
    return fapiao


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFapiao:
    """The number under which the tax office knows it."""

    fapiao: str
    number: str
    issued_on: date


def register_fapiao(session: Session, command: RegisterFapiao, *, actor: Actor, clock: Clock) -> Fapiao:
    """The issuer writes down the 20 digits. Raises `Invalid` on the field, `Conflict` `fapiao_number_taken`."""
    number = _twenty_digits("number", command.number)
    fapiao = _of_issuer(session, command.fapiao, actor=actor)
    refusals = {ONE_FAPIAO_NUMBER: lambda: Conflict("fapiao_number_taken", fields={"number": ["fapiao_number_taken"]})}
    with refusing(session, refusals):
        fapiao.move_to(FapiaoStatus.ISSUED)
        fapiao.number, fapiao.issued_on = number, command.issued_on
        session.flush()
    subject = f"fapiao:{fapiao.public_id}"
    audit(session, actor, at=clock(), action="fapiao.registered", subject=subject, after={"number": number})
    return fapiao


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseFapiao:
    """The red letter and its confirmation form."""

    fapiao: str
    red_number: str
    red_form: str
    reversed_on: date


def reverse_fapiao(session: Session, command: ReverseFapiao, *, actor: Actor, clock: Clock) -> Fapiao:
    """The issuer reverses a fapiao by red letter; afterwards another one may be asked for."""
    red_number = _twenty_digits("red_number", command.red_number)
    if not command.red_form:
        raise Invalid("red_form_missing", fields={"red_form": ["red_form_missing"]})
    fapiao = _of_issuer(session, command.fapiao, actor=actor)
    if fapiao.number == red_number:
        raise Invalid("fapiao_number_taken", fields={"red_number": ["fapiao_number_taken"]})
    refusals = {
        "uq_billing_fapiao_red_number": lambda: Conflict(
            "fapiao_number_taken", fields={"red_number": ["fapiao_number_taken"]}
        )
    }
    with refusing(session, refusals):
        fapiao.move_to(FapiaoStatus.REVERSED)
        fapiao.red_number, fapiao.red_form = red_number, command.red_form
        fapiao.reversed_on = command.reversed_on
        session.flush()
    subject = f"fapiao:{fapiao.public_id}"
    after = {"red_number": red_number, "red_form": command.red_form}
    audit(session, actor, at=clock(), action="fapiao.reversed", subject=subject, after=after)
    return fapiao


def _twenty_digits(field: str, number: str) -> str:
    compact = number.replace(" ", "")
    if not TWENTY_DIGITS.fullmatch(compact):
        raise Invalid("fapiao_number_digits", fields={field: ["fapiao_number_digits"]})
    return compact


def _of_issuer(session: Session, public_id: str, *, actor: Actor) -> Fapiao:
    fapiao = fapiao_of(session, public_id, actor=actor)
    if actor.require_firm(FirmRole.FINANCE) != fapiao.bill.issuer_id:
        raise Forbidden("only_the_issuer")
    return fapiao
