"""The one entrance: a document names its calculation and holds the rest."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from billing.pricing.calculations import by_instalment, by_tax, by_time, by_use
from billing.pricing.calculations.answers import Answer
from billing.pricing.calculations.reading import Problem, ProblemsError, read_request
from billing.pricing.errors import PlanError
from billing.pricing.texts import REFUSAL_TEXTS

CALCULATIONS: Mapping[str, tuple[type[Any], Callable[[Any], Answer]]] = MappingProxyType(
    {
        "rent": (by_time.RentRequest, by_time.rent),
        "recurring": (by_time.RecurringRequest, by_time.recurring),
        "price_change": (by_time.PriceChangeRequest, by_time.price_change),
        "usage": (by_use.UsageRequest, by_use.usage),
        "rent_to_own": (by_instalment.RentToOwnRequest, by_instalment.rent_to_own),
        "annuity": (by_instalment.AnnuityRequest, by_instalment.annuity),
        "rule_of_78": (by_instalment.RuleOf78Request, by_instalment.rule_of_78),
        "tax": (by_tax.TaxRequest, by_tax.tax),
        "split": (by_tax.SplitRequest, by_tax.split),
        "instalments": (by_tax.InstalmentsRequest, by_tax.instalments),
    }
)


def calculate(document: object) -> dict[str, Any]:
    """The answer as JSON values. Raises `ProblemsError`."""
    if not isinstance(document, Mapping):
        raise ProblemsError([Problem("", "not_an_object")])
    body = dict(cast("Mapping[str, Any]", document))
    kind = body.pop("calculate", None)
    if not isinstance(kind, str) or kind not in CALCULATIONS:
        raise ProblemsError([Problem("calculate", "missing" if kind is None else "not_a_calculation")])
    request_type, compute = CALCULATIONS[kind]
    request = read_request(request_type, body)
    try:
        return {"calculate": kind} | compute(request).to_json()
    except PlanError as error:
        raise ProblemsError([Problem(error.field, error.code)]) from error


def problems_json(error: ProblemsError) -> dict[str, Any]:
    """What a refused document is answered with."""
    return {
        "problems": [
            {"field": problem.field, "code": problem.code, "text": REFUSAL_TEXTS.get(problem.code, "")}
            for problem in error.problems
        ]
    }
