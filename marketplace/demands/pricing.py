"""What a quote costs: lines with VAT in them, prefilled from the listing's plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.pricing.checks import PLACES
from billing.pricing.jobs import Job
from billing.pricing.plans import AsWritten, Meter, Plan
from billing.pricing.quotes import Line, quote
from billing.pricing.vat import Vat, out_of_gross, taxed
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money, total

CNY = "CNY"
USUAL_VAT = 1300
MOST_LINES = 30
RENT = "rent_instalment"
"""The code of a rent-to-own's monthly rent: a quote with it is for the whole term, and has no other lines."""
COUNTED = tuple(f"usage_{meter}" for meter in Meter)
"""The codes of lines that are billed by what is really used."""
_BASIS = Decimal(10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    """One line of an offer: `unit_price` in yuan with VAT; the amount is their product, rounded once to the fen."""

    name: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal = Decimal(0)
    code: str = "fee"

    @property
    def amount(self) -> Money:
        return Money.of(self.quantity * self.unit_price, CNY)

    def to_json(self) -> dict[str, Any]:
        """As an order stores its lines."""
        return {
            "code": self.code,
            "text": self.name,
            "name": self.name,
            "unit": self.unit,
            "quantity": plain(self.quantity),
            "unit_price": plain(self.unit_price),
            "amount": self.amount.amount,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Lines added up: `total` is what is paid, `tax` the VAT in it."""

    lines: tuple[QuoteLine, ...]
    total: Money
    tax: Money


def has_code(lines: Sequence[Mapping[str, Any]], code: str) -> bool:
    """Whether stored lines hold one of this code."""
    return any(line["code"] == code for line in lines)


def offer_of(lines: Sequence[QuoteLine], vat_basis_points: int) -> Offer:
    """The sum of the lines, each taxed by itself. Raises `Invalid` naming the lines when there are none or too many."""
    if not lines:
        raise Invalid("quote_without_lines", fields={"lines": ["quote_without_lines"]})
    codes = [line.code for line in lines]
    if RENT in codes and len(codes) > 1:
        raise Invalid("rents_stand_alone", fields={"lines": ["rents_stand_alone"]})
    if sum(code in COUNTED for code in codes) > 1:
        raise Invalid("one_counted_line", fields={"lines": ["one_counted_line"]})
    rate = Decimal(vat_basis_points) / _BASIS
    amounts = [line.amount for line in lines]
    whole = total(amounts, CNY)
    if whole.amount < 0:
        raise Invalid("negative_total", fields={"lines": ["negative_total"]})
    tax = total((out_of_gross(amount, rate).tax for amount in amounts), CNY)
    return Offer(lines=tuple(lines), total=whole, tax=tax)


def prefilled(plan: Plan | None, job: Job) -> tuple[tuple[QuoteLine, ...], int]:
    """The lines of the plan's own price for the job, VAT included, and its rate in basis points; none on request."""
    priced = quote(plan, job) if plan is not None else None
    if plan is None or isinstance(plan, AsWritten) or priced is None:
        return (), USUAL_VAT
    return tuple(_gross(line, priced.vat) for line in priced.lines), int(priced.vat.rate * _BASIS)


def _gross(line: Line, vat: Vat) -> QuoteLine:
    """A line of a plan with VAT in it; where the product does not give the amount, the amount stands alone."""
    amount = taxed(line.amount, vat).gross
    name, unit_price = line.name or line.text, line.unit_price
    if unit_price is not None:
        gross = unit_price if vat.included else round(unit_price * (1 + vat.rate), PLACES)
        made = QuoteLine(name=name, quantity=line.quantity, unit=line.unit, unit_price=gross, code=line.code)
        if made.amount == amount:
            return made
    code = "fee" if line.code == RENT or line.code in COUNTED else line.code
    return QuoteLine(name=name, unit_price=amount.units, code=code)


def plain(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
