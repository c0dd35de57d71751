"""What has happened to a dispute."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DisputeMoved:
    """A dispute took a step; `status` is a `DisputeStatus`. Once `closed` its decision counts."""

    dispute_id: int
    order_id: int
    status: str
