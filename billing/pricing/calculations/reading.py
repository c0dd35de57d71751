"""Requests from JSON: every top-level field is read by itself, so that all of their problems are named at once."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeVar, cast, get_type_hints

from billing.pricing.errors import PlanError
from billing.pricing.jobs import Job
from billing.pricing.plan_json import plan_from_json
from billing.pricing.plans import RentPlan, UsagePlan
from billing.pricing.reading import Reader, is_required, reader_of
from billing.pricing.rent_to_own import RentToOwnTerms

T = TypeVar("T")


class Problem(NamedTuple):
    """`field` is the path in the document (`plan.rates.hour`), `code` a stable word."""

    field: str
    code: str


@dataclass
class ProblemsError(ValueError):
    """The document cannot be computed; nothing was."""

    problems: list[Problem]


_JOB_FIELDS = {
    "naive_time": "start",
    "empty_range": "end",
    "too_long": "end",
    "no_units": "units",
    "more_hours_than_the_range": "hours",
    "negative_usage": "expected_usage",
}


def read_request(kind: type[T], body: Mapping[str, Any]) -> T:
    """The request of a document without its `calculate`. Raises `ProblemsError` with everything that is wrong."""
    problems = [
        Problem(name, "unknown") for name in body if name not in {field.name for field in fields(cast("Any", kind))}
    ]
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in fields(cast("Any", kind)):
        try:
            if field.name in body:
                values[field.name] = _read(hints[field.name], body[field.name], field.name)
            elif is_required(field):
                problems.append(Problem(field.name, "missing"))
        except PlanError as error:
            problems.append(Problem(error.field, error.code))
    if problems:
        raise ProblemsError(problems)
    try:
        return kind(**values)
    except PlanError as error:
        raise ProblemsError([Problem(error.field, error.code)]) from error


def _read(kind: Any, value: Any, path: str) -> Any:
    nested = _NESTED.get(kind)
    return nested(value, path) if nested else reader_of(kind)(value, path)


def _plan_reader(kind: type[Any]) -> Reader:
    def read(value: Any, path: str) -> Any:
        try:
            plan = plan_from_json(value)
        except PlanError as error:
            raise PlanError(path if error.field == "plan" else f"{path}.{error.field}", error.code) from None
        if not isinstance(plan, kind):
            raise PlanError(f"{path}.kind", "unknown_word")
        return plan

    return read


def _terms(value: Any, path: str) -> RentToOwnTerms:
    try:
        return reader_of(RentToOwnTerms)(value, "")
    except PlanError as error:
        raise PlanError(path if error.field == "plan" else f"{path}.{error.field}", error.code) from None


def _job(value: Any, path: str) -> Job | None:
    if value is None:
        return None
    try:
        return reader_of(Job)(value, path)
    except PlanError:
        raise
    except ValueError as error:
        raise PlanError(f"{path}.{_JOB_FIELDS[str(error)]}", str(error)) from None


_NESTED: dict[Any, Reader] = {
    RentPlan: _plan_reader(RentPlan),
    UsagePlan: _plan_reader(UsagePlan),
    RentToOwnTerms: _terms,
    Job: _job,
    Job | None: _job,
}
