"""Schedules of equal payments (annuities 年金) of a financing lease: in advance or in arrears, with a residual."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from billing.pricing.checks import refuse
from marketplace.kernel.money import Money, rounded

MOST_PAYMENTS = 600


class Timing(StrEnum):
    """`advance`: each payment at the beginning of its period; `arrears`: at its end."""

    ADVANCE = "advance"
    ARREARS = "arrears"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annuity:
    """`principal` repaid in `count` equal payments down to `residual`, which is due at the end of the last period.

    `rate` is the exact interest of one period (8.24 % a year by months: 0.0824 / 12). Raises `PlanError`.
    """

    principal: Money
    rate: Fraction
    count: int
    timing: Timing = Timing.ARREARS
    residual: Money | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_PAYMENTS:
            refuse("count", "out_of_range")
        if not 0 <= self.rate <= 10:
            refuse("annual_rate", "out_of_range")
        if self.principal.amount < 0:
            refuse("principal", "out_of_range")
        if self.residual is not None:
            if self.residual.currency != self.principal.currency:
                refuse("residual", "mixed_currencies")
            if not 0 <= self.residual.amount <= self.principal.amount:
                refuse("residual", "out_of_range")

    @property
    def left_over(self) -> int:
        """The residual in minor units."""
        return 0 if self.residual is None else self.residual.amount

    @property
    def exact_payment(self) -> Fraction:
        """In minor units, not rounded."""
        if not self.rate:
            return Fraction(self.principal.amount - self.left_over, self.count)
        discount = (1 + self.rate) ** -self.count
        payment = (self.principal.amount - self.left_over * discount) * self.rate / (1 - discount)
        return payment / (1 + self.rate) if self.timing is Timing.ADVANCE else payment

    @property
    def exact_interest(self) -> Fraction:
        """All interest in minor units, not rounded."""
        return self.exact_payment * self.count + self.left_over - self.principal.amount


class Row(NamedTuple):
    """One payment: what of it is interest and what principal, and what is owed right after it."""

    number: int
    payment: Money
    interest: Money
    principal: Money
    balance: Money


def schedule(annuity: Annuity) -> list[Row]:
    """Payments and interest rounded to the minor unit one by one; the last payment takes what rounding left.

    In arrears the balance ends at the residual, in advance at what becomes the residual by the end of the last period.
    """
    payment, balance = rounded(annuity.exact_payment), annuity.principal.amount
    in_advance = annuity.timing is Timing.ADVANCE
    end = rounded(annuity.left_over / (1 + annuity.rate)) if in_advance else annuity.left_over
    rows: list[Row] = []
    for number in range(1, annuity.count + 1):
        bears_interest = not in_advance or number > 1
        interest = rounded(balance * annuity.rate) if bears_interest else 0
        paid = payment if number < annuity.count else balance + interest - end
        balance += interest - paid
        amounts = (Money(part, annuity.principal.currency) for part in (paid, interest, paid - interest, balance))
        rows.append(Row(number, *amounts))
    return rows


def closing_interest(annuity: Annuity) -> Money:
    """In advance: the interest between the last payment and the residual; nothing in arrears."""
    last = schedule(annuity)[-1].balance.amount
    return Money(annuity.left_over - last, annuity.principal.currency)
