"""One version of the numbers behind a score, read from its file and known by its hash."""

import hashlib
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

MICRO = 1_000_000
"""Shares (x, rates, sizes) are held as whole millionths."""


class ModelError(ValueError):
    """A model file that does not add up."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What one role is judged by: points at stake, usual good rate in millionths, half-life in months."""

    name: str
    allotment: int
    good_rate: int
    half_life_months: int


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many counted events within so many days."""

    events: int
    days: int


@dataclass(frozen=True, slots=True)
class TopGrade:
    """What the best grade asks for beside its points; `interval_low` in thousandths, `no_dimension_below` in millionths."""

    events: int
    groups: int
    months: int
    interval_low: int
    no_dimension_below: int


@dataclass(frozen=True, slots=True)
class Grades:
    """Cuts from the best grade down, in thousandths of a point, and the rules of moving between grades."""

    cuts: tuple[tuple[str, int], ...]
    top: TopGrade
    rated_events: int
    rated_groups: int
    hysteresis: int
    step_up_days: int
    stale_after_months: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """When recent faults are too many for the usual good rate."""

    days: int
    at_least: int
    tail_below: float


@dataclass(frozen=True, slots=True)
class Model:
    """All numbers of one version. Points are thousandths, shares millionths."""

    version: str
    hash: str
    base: int
    prior_weight: int
    memory_loss: int
    public_best: int
    roles: dict[str, dict[str, Dimension]]
    group_cap: Cap
    newcomer_cap: Cap
    anchors_at_least: int
    established_orders: int
    established_groups: int
    grades: Grades
    gain: int
    loss: int
    alarm: Alarm
    gates: dict[str, str]
    fraud_months: int
    finality_days: int
    objection_days: int
    publication_day: int


def micro(value: float | str | Decimal) -> int:
    """A share as whole millionths, half up."""
    scaled = Decimal(str(value)) * MICRO
    return int((scaled + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR"))


def milli(value: float | str | Decimal) -> int:
    """Points as whole thousandths, half up."""
    return int((Decimal(str(value)) * 1000 + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR"))


def read_model(content: bytes) -> Model:
    """The model of a TOML file; `hash` is the SHA-256 of its bytes. Raises `ModelError` when it does not add up."""
    try:
        given = tomllib.loads(content.decode("utf-8"))
        return _model(given, hashlib.sha256(content).hexdigest())
    except (KeyError, TypeError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"not a credit model: {error}") from error


def _model(given: dict[str, Any], digest: str) -> Model:
    gates = {name: value if isinstance(value, str) else value["grade"] for name, value in given["gates"].items()}
    caps, established, finality = given["praise_caps"], given["established"], given["finality"]
    return Model(
        version=given["version"],
        hash=digest,
        base=milli(given["base_points"]),
        prior_weight=given["prior_weight"],
        memory_loss=micro(given["memory_per_later_event"]),
        public_best=milli(given["public_points"]["best"]),
        roles={role: _dimensions(role, given[role]) for role in ("supplier", "demander")},
        group_cap=Cap(**caps["per_counterparty_group"]),
        newcomer_cap=Cap(**caps["newly_met_groups"]),
        anchors_at_least=established["anchor_firms_at_least"],
        established_orders=established["or_paid_final_orders"],
        established_groups=established["with_distinct_groups"],
        grades=_grades(given["grades"]),
        gain=micro(given["points"]["gain_at_full_good"]),
        loss=micro(given["points"]["loss_at_full_bad"]),
        alarm=Alarm(**given["alarm"]),
        gates=gates,
        fraud_months=given["gates"]["upheld_fraud"]["months"],
        finality_days=finality["days"],
        objection_days=finality["objection_days"],
        publication_day=given["publication"]["public_grade_day_of_month"],
    )


def _dimensions(role: str, given: dict[str, Any]) -> dict[str, Dimension]:
    found = {
        name: Dimension(name, row["allotment"], micro(row["good_rate"]), row["half_life_months"])
        for name, row in given.items()
    }
    if sum(dimension.allotment for dimension in found.values()) != 100:
        raise ModelError(f"the allotments of {role} must sum to 100")
    if not all(0 < dimension.good_rate < MICRO for dimension in found.values()):
        raise ModelError(f"good rates of {role} must lie between 0 and 1")
    return found


def _grades(given: dict[str, Any]) -> Grades:
    top = given["A"]
    return Grades(
        cuts=tuple((name, milli(given[name]["from"])) for name in ("A", "B", "C", "D")),
        top=TopGrade(
            events=top["events"],
            groups=top["groups"],
            months=top["months"],
            interval_low=milli(top["interval_low"]),
            no_dimension_below=micro(top["no_dimension_below"]),
        ),
        rated_events=given["rated"]["events"],
        rated_groups=given["rated"]["groups"],
        hysteresis=milli(given["hysteresis_points"]),
        step_up_days=given["at_most_one_step_up_per_days"],
        stale_after_months=given["stale_after_months"],
    )


@cache
def shipped_model(version: str = "v1") -> Model:
    """A model that comes with the product. Raises `ModelError` for an unknown version."""
    try:
        content = files("credit.models").joinpath(f"{version}.toml").read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"no credit model {version!r}") from error
    return read_model(content)
