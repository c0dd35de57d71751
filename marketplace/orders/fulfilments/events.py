"""What has happened to a fulfilment, for whoever keeps something in step with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FulfilmentMoved:
    """A fulfilment took a step; `status` is a `FulfilmentStatus`."""

    fulfilment_id: int
    order_id: int
    status: str


@dataclass(frozen=True, slots=True)
class RecordWritten:
    """One side wrote a handover record; the other is asked to sign it."""

    record_id: int
    order_id: int
