"""What others add to the page of an order: they know the order, it does not know them."""

from typing import Protocol

from markupsafe import Markup

from marketplace.orders.models import Order, Side


class OrderPanels(Protocol):
    """Draws what belongs to an order; the composition root registers who does."""

    def main(self, order: Order, side: Side | None) -> Markup:
        """Under the next step: what the reader has to pay, what both say of each other."""
        ...

    def aside(self, order: Order, side: Side | None) -> Markup:
        """Beside it: where the money is."""
        ...


class NoPanels:
    """Where nobody adds anything."""

    def main(self, order: Order, side: Side | None) -> Markup:  # noqa: ARG002 - the protocol's
        return Markup("")

    def aside(self, order: Order, side: Side | None) -> Markup:  # noqa: ARG002
        return Markup("")


_panels: list[OrderPanels] = [NoPanels()]


def show_panels_of(panels: OrderPanels) -> None:
    """Register who draws; `marketplace.app` calls it."""
    _panels[:] = [panels]


def order_panels() -> OrderPanels:
    return _panels[0]
