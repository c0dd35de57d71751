"""What has happened to orders, for whoever keeps something in step with them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order moved on; `status` is an `OrderStatus`."""

    order_id: int
    status: str
