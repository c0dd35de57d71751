"""A chart is a table with a drawing beside it: the same numbers once for the eye and once as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["bar", "line", "area"]
Tone = Literal["accent", "accent2", "grey", "blue", "amber", "green", "red"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row of numbers; None leaves a gap. `stack` piles series of the same word on each other."""

    name: str
    values: Sequence[float | None]
    kind: Kind = "bar"
    tone: Tone = "accent"
    stack: str = ""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Series over labelled places. `unit` stands on the axis and in the table's caption."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    digits: int = 0
    label_name: str = ""
    is_horizontal: bool = False
    lowest: float | None = None
    highest: float | None = None
    marks: Sequence[tuple[str, float]] = ()

    def as_json(self) -> dict[str, Any]:
        """What `charts.js` reads; no functions, no markup."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """A row of a table with bars: `shown` is what the reader reads, `value` what the bar measures."""

    label: str
    value: float
    shown: str
    note: str = ""
    tone: Tone = "accent"
    url: str = ""
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """How a figure comes about: rows of `(label, basis, points)`, from a start through gains and losses to the sum."""

    rows: Sequence[WaterfallRow]
    lowest: float
    highest: float
    cut: float | None = None

    def x(self, value: float) -> float:
        """The place of a value in per cent of the bar, kept inside it."""
        share = (value - self.lowest) / (self.highest - self.lowest) * 100
        return round(min(max(share, 0.0), 100.0), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallRow:
    """`before` and `after` are the running sum around this row; `kind`: start, change or total."""

    label: str
    basis: str = ""
    before: float = 0.0
    after: float = 0.0
    kind: Literal["start", "change", "total"] = "change"
    digits: int = 2

    @property
    def points(self) -> float:
        return self.after - self.before if self.kind == "change" else self.after


def sparkline(values: Sequence[float], *, highest: float | None = None) -> str:
    """Points of a polyline in a 100 × 20 box; an empty string for fewer than two values."""
    if len(values) < 2:
        return ""
    top = highest if highest is not None else max(*values, 1e-9)
    step = 100 / (len(values) - 1)
    return " ".join(f"{index * step:.1f},{19 - 18 * min(value / top, 1):.1f}" for index, value in enumerate(values))
