"""The rents of a rent-to-own that fall into a stretch of time: what a job on such a machine costs."""

from datetime import date, datetime, time, timedelta

from billing.pricing.charges import Charge
from billing.pricing.jobs import Job
from billing.pricing.proration import billing_date
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.tariffs import scaled


def instalment_charges(terms: RentToOwnTerms, job: Job) -> list[Charge]:
    """One charge for each step of the rents that the job reaches: a started month counts, at least one."""
    left = instalments_begun(terms, job)
    charges: list[Charge] = []
    for step in terms.rents:
        count = min(step.count, left)
        if not count:
            break
        left -= count
        amount = terms.money(step.rent).amount * count * job.units
        charges.append(Charge("rent_instalment", count * job.units, scaled(step.rent), amount))
    return charges


def instalments_begun(terms: RentToOwnTerms, job: Job) -> int:
    """How many months, counted from the job's first day, begin before it ends; never more than there are rents."""
    first = job.start.astimezone(job.zone).date()
    last = (job.end - timedelta(microseconds=1)).astimezone(job.zone).date()
    begun = 1
    while begun < terms.instalments and months_later(first, begun) <= last:
        begun += 1
    return begun


def term_end(terms: RentToOwnTerms, job_start: datetime) -> datetime:
    """When the last paid month ends: the midnight, in the zone of the start, that begins the day after it."""
    return datetime.combine(months_later(job_start.date(), terms.instalments), time(), job_start.tzinfo)


def months_later(day: date, months: int) -> date:
    """The same day so many months on; 29–31 fall on the last day of shorter months."""
    whole = day.year * 12 + day.month - 1 + months
    return billing_date(whole // 12, whole % 12 + 1, day.day)
