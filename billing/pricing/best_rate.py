"""Which blocks of a rent plan cover a job: the cheapest lawful combination."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from fractions import Fraction
from typing import NamedTuple

from billing.pricing.bands import least_factor, share_in_band
from billing.pricing.blocks import Block, Counts
from billing.pricing.jobs import DAY_MINUTES, Job
from billing.pricing.plans import DayRule, RentPlan


class Run(NamedTuple):
    """A stretch paid by hours and shifts: where it lies in the job, and how many of its minutes are charged."""

    offset_minutes: int
    span_minutes: int
    charged_minutes: int


class Option(NamedTuple):
    """Cover so many days with day, week and month blocks, and the runs with hours and shifts."""

    days: int
    runs: tuple[Run, ...]


class Chosen(NamedTuple):
    """Blocks with their counts for one unit, longest first, and the exact band surcharges by band code."""

    counts: Counts
    band_costs: tuple[tuple[str, Fraction], ...]
    charged_minutes: int


def cheapest_rent(plan: RentPlan, job: Job) -> Chosen:
    """Never dearer than any other lawful combination; what a job lacks of the minimum length is charged as used."""
    job = _at_least_the_minimum(plan, job)
    if plan.spans_closed_hours or job.length_minutes == job.elapsed_minutes:
        if plan.day_rule is DayRule.HOURS_24 and not plan.bands:
            return Chosen(_around_the_clock(plan, job.elapsed_minutes), (), job.elapsed_minutes)
        options = _calendar_options(plan, job) if plan.day_rule is DayRule.CALENDAR else _clock_options(plan, job)
        return _cheapest_option(plan, job, options, job.elapsed_minutes)
    return _cheapest_option(plan, job, _opening_options(plan, job), job.length_minutes)


def _at_least_the_minimum(plan: RentPlan, job: Job) -> Job:
    """The job itself, or one that is as long as the plan's minimum."""
    if not plan.minimum_hours:
        return job
    least = int(plan.minimum_hours * 60)
    if least <= (job.elapsed_minutes if plan.spans_closed_hours else job.length_minutes):
        return job
    start, end = job.start.astimezone(UTC), job.end.astimezone(UTC)
    hours = None if job.hours is None else plan.minimum_hours
    return replace(job, end=max(end, start + timedelta(minutes=least)), hours=hours)


def _around_the_clock(plan: RentPlan, minutes: int) -> Counts:
    """24-hour days: all blocks together; only a day or longer comes with leeway."""
    tariffs = plan.tariffs
    if not tariffs.leeway_minutes or tariffs.long.empty:
        return tariffs.together.counts(minutes)
    with_leeway = tariffs.together.cheapest_with_one_of(tariffs.long_blocks, minutes - tariffs.leeway_minutes)
    if with_leeway is None or (not tariffs.short.empty and tariffs.short.cost(minutes) < with_leeway.cost):
        return tariffs.short.counts(minutes)
    return with_leeway.counts


def _clock_options(plan: RentPlan, job: Job) -> Iterator[Option]:
    """24-hour days with bands: any number of days first, hours and shifts after them."""
    whole = job.elapsed_minutes
    owed = max(1, whole - plan.leeway_minutes)
    for days in range(-(-owed // DAY_MINUTES), 0, -1):
        left = owed - days * DAY_MINUTES
        yield Option(days, (Run(days * DAY_MINUTES, left, left),) if left > 0 else ())
    yield Option(0, (Run(0, whole, whole),))


def _calendar_options(plan: RentPlan, job: Job) -> Iterator[Option]:
    """Calendar days: days on dates; the first and the last date may be paid by hours instead, or everything."""
    whole, days = job.elapsed_minutes, job.days
    yield Option(days, ())
    if days == 1:
        yield Option(0, (Run(0, whole, whole),))
        return
    head = Run(0, job.first_day_minutes, job.first_day_minutes)
    tail = Run(whole - job.last_day_minutes, job.last_day_minutes, job.last_day_minutes)
    yield Option(days - 1, (tail,))
    yield Option(days - 1, (head,))
    if days > 2:
        yield Option(days - 2, (head, tail))
    if not plan.tariffs.day_worth_taking:
        for count in range(days - 2, 0, -1):
            offset = min(whole - 1, job.first_day_minutes + (count - 1) * DAY_MINUTES)
            yield Option(count, (Run(offset, whole - offset, whole - offset),))
    yield Option(0, (Run(0, whole, whole),))


def _opening_options(plan: RentPlan, job: Job) -> Iterator[Option]:
    """Only the hours of use count, and where they lie is not known: all by hours and shifts, or all by days."""
    if plan.day_rule is DayRule.CALENDAR:
        yield Option(job.days, ())
    else:
        yield Option(max(1, -(-(job.elapsed_minutes - plan.leeway_minutes) // DAY_MINUTES)), ())
    yield Option(0, (Run(0, job.elapsed_minutes, job.length_minutes),))


def _cheapest_option(plan: RentPlan, job: Job, options: Iterator[Option], charged_minutes: int) -> Chosen:
    tariffs = plan.tariffs
    best_cost: Fraction | int | None = None
    best = Option(0, ())
    factor = least_factor(plan.bands) if plan.bands else 1
    for option in options:
        days, runs = option
        if (days and tariffs.long.empty) or (runs and tariffs.short.empty):
            continue
        long = tariffs.long.cost(days * DAY_MINUTES) if days else 0
        short = sum([tariffs.short.cost(run.charged_minutes) for run in runs])
        if best_cost is not None and long + short * factor >= best_cost:
            continue
        cost: Fraction | int = long + short
        if plan.bands:
            cost += sum(amount for _, amount in _band_costs(plan, job, runs))
        if best_cost is None or cost < best_cost:
            best_cost, best = cost, option
    counts = [tariffs.long.counts(best.days * DAY_MINUTES)] if best.days else []
    counts += [tariffs.short.counts(run.charged_minutes) for run in best.runs]
    return Chosen(_merged(counts), _band_costs(plan, job, best.runs) if plan.bands else (), charged_minutes)


def _band_costs(plan: RentPlan, job: Job, runs: tuple[Run, ...]) -> tuple[tuple[str, Fraction], ...]:
    start = job.start.astimezone(UTC)
    costs: list[tuple[str, Fraction]] = []
    for band in plan.bands:
        cost = Fraction(0)
        for run in runs:
            begins = start + timedelta(minutes=run.offset_minutes)
            ends = begins + timedelta(minutes=run.span_minutes)
            share = share_in_band(band, begins, ends, job.zone)
            cost += plan.tariffs.short.cost(run.charged_minutes) * share * Fraction(band.percent) / 100
        costs.append((band.code, cost))
    return tuple(costs)


def _merged(parts: list[Counts]) -> Counts:
    if len(parts) == 1:
        return parts[0]
    taken: dict[Block, int] = {}
    for part in parts:
        for block, count in part:
            taken[block] = taken.get(block, 0) + count
    return tuple(sorted(taken.items(), key=lambda item: -item[0].length))
