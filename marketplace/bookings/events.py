"""What has happened to units' time, for whoever keeps something in step with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookingTaken:
    """Units are held or booked from now on."""

    booking_id: int
    listing_id: int


@dataclass(frozen=True, slots=True)
class BookingConfirmed:
    """A hold became an agreed booking."""

    booking_id: int
    listing_id: int


@dataclass(frozen=True, slots=True)
class BookingReleased:
    """The time is free again; `reason` is a `ReleaseReason`, `note` what the owner said about it."""

    booking_id: int
    listing_id: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FreeTimeChanged:
    """The free time of these listings is another one (blackout, opening hours, booking)."""

    listing_ids: list[int]
