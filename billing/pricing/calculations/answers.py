"""Lines with their tax, and the state that makes the next calculation bill only what is new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from billing.pricing.charges import Charge
from billing.pricing.checks import check_codes, refuse
from billing.pricing.quotes import as_decimal
from billing.pricing.tariffs import SCALE
from billing.pricing.texts import line_text, unit_text
from billing.pricing.vat import Vat, taxed
from marketplace.kernel.money import EXPONENTS, Money, total


class EarlyReturn(StrEnum):
    """What happens to a price that fell below what is billed: `re_rate` and `credit_unused` give the difference back,
    `none` keeps it.
    """

    RE_RATE = "re_rate"
    CREDIT_UNUSED = "credit_unused"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """What a line code came to so far: minor units as the plan states its prices, and the tax in or on it."""

    code: str
    amount: int
    tax: int
    quantity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """The state of an earlier answer: everything billed so far in this period."""

    currency: str
    lines: tuple[BilledLine, ...] = ()

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            refuse("billed.currency", "unknown")
        check_codes("billed.lines", [line.code for line in self.lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """`amount` is as the prices are stated, with or without VAT; `tax` the VAT in it or on it."""

    code: str
    quantity: Fraction
    unit_price: Decimal | None
    amount: Money
    tax: Money
    vat: Vat
    name: str = ""
    service: tuple[date, date] | None = None

    @property
    def net(self) -> Money:
        return self.amount - self.tax if self.vat.included else self.amount

    def to_json(self) -> dict[str, Any]:
        base = self.code.partition(":")[0]
        body: dict[str, Any] = {
            "code": self.code,
            "text": line_text(base),
            "quantity": format(as_decimal(self.quantity), "f"),
            "quantity_exact": str(self.quantity),
            "unit": unit_text(base),
            "unit_price": None if self.unit_price is None else format(self.unit_price, "f"),
            "amount": self.amount.to_json(),
            "net": self.net.to_json(),
            "tax": self.tax.to_json(),
            "gross": (self.net + self.tax).to_json(),
            "vat_rate": format(self.vat.rate, "f"),
        }
        if self.name:
            body["name"] = self.name
        if self.service:
            body["service_period"] = {"start": self.service[0].isoformat(), "end": self.service[1].isoformat()}
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is to be billed now; `state` goes into the next calculation as `billed`; `details` are the kind's own."""

    currency: str
    lines: Sequence[AnswerLine]
    state: Billed | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def net(self) -> Money:
        return total((line.net for line in self.lines), self.currency)

    @property
    def tax(self) -> Money:
        return total((line.tax for line in self.lines), self.currency)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "currency": self.currency,
            "lines": [line.to_json() for line in self.lines],
            "net": self.net.to_json(),
            "tax": self.tax.to_json(),
            "total": (self.net + self.tax).to_json(),
        }
        if self.state is not None:
            body["state"] = {
                "currency": self.state.currency,
                "lines": [
                    {
                        "code": line.code,
                        "amount": line.amount,
                        "tax": line.tax,
                        "quantity": format(line.quantity, "f"),
                    }
                    for line in self.state.lines
                ],
            }
        return body | dict(self.details)


def line_of(charge: Charge, currency: str, vat: Vat, service: tuple[date, date] | None = None) -> AnswerLine:
    amount = Money(charge.amount, currency)
    return AnswerLine(
        code=charge.code,
        quantity=Fraction(charge.quantity),
        unit_price=None if charge.unit_price is None else as_decimal(Fraction(charge.unit_price, SCALE)),
        amount=amount,
        tax=taxed(amount, vat).tax,
        vat=vat,
        name=charge.name,
        service=service,
    )


def money_line(code: str, amount: Money, vat: Vat, quantity: Fraction = Fraction(1)) -> AnswerLine:
    return AnswerLine(code=code, quantity=quantity, unit_price=None, amount=amount, tax=taxed(amount, vat).tax, vat=vat)


def delta_answer(
    lines: Sequence[AnswerLine],
    billed: Billed | None,
    currency: str,
    vat: Vat,
    *,
    keep: EarlyReturn = EarlyReturn.RE_RATE,
) -> Answer:
    """The cumulative lines less those already billed, code by code; a line that changes nothing is left out.

    Raises `PlanError` when the state is in another currency. With `keep` `none` a total below what is billed bills
    nothing and the state stays as it is.
    """
    if billed is not None and billed.currency != currency:
        refuse("billed.currency", "mixed_currencies")
    if billed is None:
        return Answer(currency=currency, lines=tuple(lines), state=_state(lines, currency))
    if keep is EarlyReturn.NONE and sum(line.amount.amount for line in lines) < sum(old.amount for old in billed.lines):
        return Answer(currency=currency, lines=(), state=billed)
    before = {line.code: line for line in billed.lines}
    gone = [_nothing(old, currency, vat) for old in billed.lines if old.code not in {line.code for line in lines}]
    changed = (_less(line, before.get(line.code)) for line in [*lines, *gone])
    return Answer(
        currency=currency,
        lines=tuple(line for line in changed if line.amount.amount or line.tax.amount),
        state=_state(lines, currency),
    )


def _state(lines: Iterable[AnswerLine], currency: str) -> Billed:
    kept = tuple(
        BilledLine(code=line.code, amount=line.amount.amount, tax=line.tax.amount, quantity=as_decimal(line.quantity))
        for line in lines
    )
    return Billed(currency=currency, lines=kept)


def _nothing(old: BilledLine, currency: str, vat: Vat) -> AnswerLine:
    zero = Money.zero(currency)
    return AnswerLine(code=old.code, quantity=Fraction(0), unit_price=None, amount=zero, tax=zero, vat=vat)


def _less(line: AnswerLine, old: BilledLine | None) -> AnswerLine:
    if old is None:
        return line
    same_price = line.unit_price is not None and old.quantity != 0
    return AnswerLine(
        code=line.code,
        quantity=line.quantity - Fraction(old.quantity),
        unit_price=line.unit_price if same_price else None,
        amount=line.amount - Money(old.amount, line.amount.currency),
        tax=line.tax - Money(old.tax, line.tax.currency),
        vat=line.vat,
        name=line.name,
        service=line.service,
    )
