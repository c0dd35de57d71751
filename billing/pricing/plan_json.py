"""Plans as JSON and back."""

from collections.abc import Mapping
from typing import Any

from billing.pricing.checks import refuse
from billing.pricing.plans import AsWritten, Plan, RentPlan, UsagePlan
from billing.pricing.reading import mapping, reader_of, written
from billing.pricing.rent_to_own import RentToOwnTerms

KINDS: Mapping[str, type[Plan]] = {
    "rent": RentPlan,
    "usage": UsagePlan,
    "rent_to_own": RentToOwnTerms,
    "as_written": AsWritten,
}


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Every field, defaults too, so that a stored plan keeps its meaning when a default changes."""
    kind = next(kind for kind, plan_type in KINDS.items() if isinstance(plan, plan_type))
    return {"kind": kind} | written(plan)


def plan_from_json(body: object) -> Plan:
    """Raises `PlanError` with the path of the field and `missing`, `unknown`, `not_a_…` or the plan's own code."""
    whole = mapping(body, "plan")
    kind = whole.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        refuse("kind", "missing" if kind is None else "unknown")
    rest = {name: value for name, value in whole.items() if name != "kind"}
    return reader_of(KINDS[kind])(rest, "")
