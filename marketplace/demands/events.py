"""What has happened to demands and quotes, for whoever keeps something in step with them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemandOpened:
    demand_id: int


@dataclass(frozen=True, slots=True)
class DemandEnded:
    """Awarded, closed, expired or withdrawn; `status` is a `DemandStatus`."""

    demand_id: int
    status: str


@dataclass(frozen=True, slots=True)
class QuoteSent:
    """A quote was sent, for the first time or as an answer to a counter-offer; `round_id` tells them apart."""

    quote_id: int
    round_id: int


@dataclass(frozen=True, slots=True)
class QuoteCountered:
    quote_id: int
    round_id: int


@dataclass(frozen=True, slots=True)
class QuoteEnded:
    """Accepted, declined, expired or withdrawn; `status` is a `QuoteStatus`."""

    quote_id: int
    status: str
