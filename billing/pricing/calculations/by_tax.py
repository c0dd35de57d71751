"""VAT over lines of several rates, and the exact ways to split a sum."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing.pricing.calculations.answers import Answer, AnswerLine, money_line
from billing.pricing.checks import check_number, refuse
from billing.pricing.plans import CNY
from billing.pricing.vat import TaxRounding, Vat, after_coupon, sum_of_lines, taxed
from billing.pricing.vat_rates import Taxpayer, vat_rate
from marketplace.kernel.money import EXPONENTS, Money, MoneyError


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """`amount` in currency units; its `rate` as a fraction, or the `supply` that the table of rates knows."""

    amount: Decimal
    rate: Decimal | None = None
    supply: str = ""
    operator: bool = False
    code: str = "goods"
    name: str = ""

    def __post_init__(self) -> None:
        check_number("lines.amount", self.amount, least=Decimal(-(10**12)))
        if (self.rate is None) == (not self.supply):
            refuse("lines.rate", "one_of_two")
        if self.rate is not None:
            check_number("lines.rate", self.rate, most=Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRequest:
    """`included`: the amounts contain the tax. `coupon` in currency units comes off in proportion before tax.

    `taxpayer` and `on` find the rate of lines that name a supply.
    """

    lines: tuple[TaxLine, ...]
    included: bool = False
    rounding: TaxRounding = TaxRounding.LINE
    coupon: Decimal = Decimal(0)
    taxpayer: Taxpayer = Taxpayer.GENERAL
    on: date | None = None
    currency: str = CNY

    def __post_init__(self) -> None:
        check_number("coupon", self.coupon)
        if not self.lines:
            refuse("lines", "missing")
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")
        if self.on is None and any(line.supply for line in self.lines):
            refuse("on", "missing")


def tax(request: TaxRequest) -> Answer:
    """Tax of each line; where the setting says so, the tax of each rate's sum, beside the lines."""
    amounts = [Money.of(line.amount, request.currency) for line in request.lines]
    if request.coupon:
        try:
            amounts = after_coupon(amounts, Money.of(request.coupon, request.currency))
        except MoneyError:
            refuse("coupon", "no_positive_weight")
    rates = [_rate(request, line) for line in request.lines]
    lines = [
        _line(line, amount, Vat(rate=rate, included=request.included))
        for line, amount, rate in zip(request.lines, amounts, rates, strict=True)
    ]
    sums: list[dict[str, object]] = []
    net, whole_tax = Money.zero(request.currency), Money.zero(request.currency)
    for rate in dict.fromkeys(rates):
        of_rate = [amount for amount, its_rate in zip(amounts, rates, strict=True) if its_rate == rate]
        found = sum_of_lines(of_rate, Vat(rate=rate, included=request.included), request.rounding)
        net, whole_tax = net + found.net, whole_tax + found.tax
        sums.append(
            {
                "vat_rate": format(rate, "f"),
                "net": found.net.to_json(),
                "tax": found.tax.to_json(),
                "gross": found.gross.to_json(),
            }
        )
    return Answer(
        currency=request.currency,
        lines=lines,
        details={
            "net": net.to_json(),
            "tax": whole_tax.to_json(),
            "total": (net + whole_tax).to_json(),
            "by_rate": sums,
        },
    )


def _line(line: TaxLine, amount: Money, vat: Vat) -> AnswerLine:
    return AnswerLine(
        code=line.code,
        quantity=Fraction(1),
        unit_price=None,
        amount=amount,
        tax=taxed(amount, vat).tax,
        vat=vat,
        name=line.name,
    )


def _rate(request: TaxRequest, line: TaxLine) -> Decimal:
    if line.rate is not None:
        return line.rate
    if request.on is None:
        refuse("on", "missing")
    return vat_rate(request.taxpayer, line.supply, request.on, operator=line.operator).rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRequest:
    """Shares in proportion to the weights; `at_least` minor units for every positive one."""

    amount: Money
    weights: tuple[Decimal, ...]
    at_least: int = 0

    def __post_init__(self) -> None:
        if not self.weights or min(self.weights) < 0 or not any(self.weights):
            refuse("weights", "no_positive_weight")
        if not 0 <= self.at_least <= 10**6:
            refuse("at_least", "out_of_range")


def split(request: SplitRequest) -> Answer:
    try:
        shares = request.amount.split(request.weights, at_least=request.at_least)
    except MoneyError:
        refuse("at_least", "too_little")
    return _parts("share", shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentsRequest:
    """`count` equal parts cut down to the minor unit; the last takes the remainder."""

    amount: Money
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 10_000:
            refuse("count", "out_of_range")


def instalments(request: InstalmentsRequest) -> Answer:
    return _parts("instalment", request.amount.instalments(request.count))


def _parts(code: str, parts: list[Money]) -> Answer:
    no_tax = Vat(rate=Decimal(0))
    lines = [money_line(f"{code}:{number}", part, no_tax) for number, part in enumerate(parts, start=1)]
    return Answer(currency=parts[0].currency, lines=lines)
