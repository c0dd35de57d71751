"""Which part of a period is billed, in dates or in moments."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from billing.pricing.checks import refuse
from billing.pricing.jobs import SHANGHAI, midnight
from billing.pricing.proration import Dates, Proration, share_of_period, share_of_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPart:
    """The half-open range `start` to `end` out of the whole period `whole_start` to `whole_end` (itself unless given).

    Dates are those of `zone`; with proration by the second `start_at` and `end_at` may name moments within.
    """

    start: date
    end: date
    whole_start: date | None = None
    whole_end: date | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    proration: Proration = Proration.ACTUAL
    zone: ZoneInfo = SHANGHAI

    def __post_init__(self) -> None:
        if self.start >= self.end:
            refuse("period.end", "empty_range")
        if self.start < self.whole.start or self.end > self.whole.end:
            refuse("period.whole_end", "outside_the_period")

    @property
    def whole(self) -> Dates:
        start, end = self.whole_start or self.start, self.whole_end or self.end
        if start >= end:
            refuse("period.whole_end", "empty_range")
        return Dates(start, end)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The billed part as UTC."""
        start = self.start_at or midnight(self.start, self.zone)
        return start, self.end_at or midnight(self.end, self.zone)

    @property
    def share(self) -> Fraction:
        """How much of the whole period's price it owes."""
        if self.proration is not Proration.SECOND:
            return share_of_period(Dates(self.start, self.end), self.whole, self.proration)
        whole = self.whole
        try:
            return share_of_seconds(*self.moments, midnight(whole.start, self.zone), midnight(whole.end, self.zone))
        except ValueError:
            refuse("period.end_at", "outside_the_period")
