"""Refusals of the calendar and their sentences."""

from marketplace.kernel.errors import Conflict


class Outrun(Conflict):
    """Somebody else's occupancy of the same unit came first; the caller looks again."""
