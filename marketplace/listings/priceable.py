"""Which rate plans a listing may have beyond what the plan itself checks."""

from billing.pricing.plans import Plan
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.kernel.errors import Invalid

LONGEST_TERM = 36
"""Months of a rent-to-own that are booked in one piece."""


def check_term(plan: Plan | None) -> None:
    """Raises `Invalid` `term_too_long` for a rent-to-own that cannot be booked."""
    if isinstance(plan, RentToOwnTerms) and plan.instalments > LONGEST_TERM:
        raise Invalid("term_too_long", fields={"months": ["term_too_long"]})
