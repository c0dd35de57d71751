"""The rules of a listing as one value: how long, how early, who decides, what a cancellation costs."""

from dataclasses import dataclass, field

from marketplace.kernel.errors import Invalid

DAY_MINUTES = 1440
MAX_MINUTES = 366 * DAY_MINUTES
DEFAULT_CANCELLATION: tuple[dict[str, int], ...] = (
    {"hours_before": 24, "percent": 0},
    {"hours_before": 0, "percent": 30},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationTier:
    """Who cancels at least `hours_before` the start pays `percent` of the price."""

    hours_before: int
    percent: int

    def to_json(self) -> dict[str, int]:
        return {"hours_before": self.hours_before, "percent": self.percent}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRules:
    """Lengths and lead times of bookings, in the units their names say.

    Raises `Invalid` `listing_rules` naming each field that contradicts another or leaves its bounds.
    """

    min_minutes: int = 60
    max_minutes: int = 90 * DAY_MINUTES
    step_minutes: int = 30
    notice_minutes: int = 60
    horizon_days: int = 180
    turnaround_minutes: int = 30

    def __post_init__(self) -> None:
        wrong: dict[str, list[str]] = {}
        bounds = {
            "min_minutes": (15, MAX_MINUTES),
            "max_minutes": (15, MAX_MINUTES),
            "step_minutes": (5, DAY_MINUTES),
            "notice_minutes": (0, 90 * DAY_MINUTES),
            "horizon_days": (1, 730),
            "turnaround_minutes": (0, 7 * DAY_MINUTES),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                wrong[name] = ["out_of_bounds"]
        if self.max_minutes < self.min_minutes:
            wrong.setdefault("max_minutes", []).append("max_below_min")
        if self.notice_minutes > self.horizon_days * DAY_MINUTES:
            wrong.setdefault("notice_minutes", []).append("notice_beyond_horizon")
        if wrong:
            raise Invalid("listing_rules", fields=wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRules:
    """Tiers from the earliest to the latest; cancelling later never costs less. Raises `Invalid` `listing_rules`."""

    tiers: tuple[CancellationTier, ...] = field(
        default_factory=lambda: tuple(CancellationTier(**tier) for tier in DEFAULT_CANCELLATION)
    )

    def __post_init__(self) -> None:
        hours = [tier.hours_before for tier in self.tiers]
        percents = [tier.percent for tier in self.tiers]
        in_bounds = all(0 <= hour <= 24 * 365 for hour in hours) and all(0 <= percent <= 100 for percent in percents)
        ordered = hours == sorted(set(hours), reverse=True) and percents == sorted(percents)
        if not (self.tiers and len(self.tiers) <= 6 and in_bounds and ordered and hours[-1] == 0):
            raise Invalid("listing_rules", fields={"cancellation": ["bad_tiers"]})

    def to_json(self) -> list[dict[str, int]]:
        return [tier.to_json() for tier in self.tiers]
