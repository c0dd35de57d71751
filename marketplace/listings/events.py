"""What has happened to listings, for whoever keeps something in step with them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListingPublished:
    """It can be found and booked from now on (again, after a pause)."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class ListingChanged:
    """A published listing says something else: words, attributes, units, rules, price or photos."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class ListingWithdrawn:
    """It is not to be found or booked any more: paused, archived, taken back by the office."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class ListingsMoved:
    """A batch (publish all, an import, bulk edit) published, changed or withdrew these; look at each one's state."""

    listing_ids: list[int]


@dataclass(frozen=True, slots=True)
class ListingSubmitted:
    """The office has a listing to look at."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class ListingsSubmitted:
    """As `ListingSubmitted`, many at once."""

    listing_ids: list[int]


@dataclass(frozen=True, slots=True)
class ListingApproved:
    """The office let a listing go online (beside `ListingPublished`)."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class ListingsApproved:
    """As `ListingApproved`, many of one firm at once."""

    listing_ids: list[int]


@dataclass(frozen=True, slots=True)
class ListingRefused:
    """The office sent a listing back to its owner; the reason stands on the listing."""

    listing_id: int
