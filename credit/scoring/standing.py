"""Whose word counts: established firms, worked out from the park's anchor firms over paid final orders."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from credit.scoring.events import Event, Party
from credit.scoring.model import Model


@dataclass(slots=True)
class Standing:
    """Groups of parties and which of them are established."""

    groups: dict[str, str] = field(default_factory=dict[str, str])
    established: set[str] = field(default_factory=set[str])

    def group_of(self, party: str) -> str:
        """The group a party belongs to; one that shares nothing with others is a group of its own."""
        return self.groups.get(party, party)

    def is_established(self, party: str) -> bool:
        return party in self.established


class _Trade:
    """Paid final orders of one party, by the group it traded with, and how far that makes it established."""

    __slots__ = ("groups", "orders", "orders_by_group")

    def __init__(self) -> None:
        self.orders_by_group: dict[str, set[str]] = {}
        self.groups = 0
        self.orders = 0


def standing_of(events: Collection[Event], parties: Mapping[str, Party], model: Model, *, day: int) -> Standing:
    """Who is established on a day: anchor firms, and whoever has enough paid final orders with enough established groups.

    The rule feeds itself, so it is applied until nobody is added; the order of events cannot change the end.
    """
    standing = Standing(_groups(events, parties))
    trades = _trades(events, standing, day=day)
    partners = _partners(trades)
    waiting = sorted(party.id for party in parties.values() if party.anchor)
    standing.established.update(waiting)
    reached: set[str] = set()
    while waiting:
        group = standing.group_of(waiting.pop())
        if group in reached:
            continue
        reached.add(group)
        for party in partners.get(group, ()):
            trade = trades[party]
            trade.groups += 1
            trade.orders += len(trade.orders_by_group[group])
            enough = trade.orders >= model.established_orders and trade.groups >= model.established_groups
            if enough and party not in standing.established:
                standing.established.add(party)
                waiting.append(party)
    return standing


def _groups(events: Iterable[Event], parties: Mapping[str, Party]) -> dict[str, str]:
    """Party -> group; what is known of the party itself goes before what events say of it."""
    groups: dict[str, str] = {}
    for event in events:
        group = event.counterparty_group
        if group and group < groups.get(event.counterparty, group + "x"):
            groups[event.counterparty] = group
    return groups | {party.id: party.group for party in parties.values() if party.group}


def _trades(events: Iterable[Event], standing: Standing, *, day: int) -> dict[str, _Trade]:
    """Paid final orders between groups, from either side's events."""
    trades: dict[str, _Trade] = {}
    seen: set[tuple[str, str, str]] = set()
    groups = standing.groups
    last: tuple[str, str, str] = ("", "", "")
    last_order = ""
    for event in events:
        one, other, order = event.party, event.counterparty, event.order
        if not other or not order or (order == last_order and (one, other, order) == last):
            continue
        key = (one, other, order)
        if key in seen or not event.paid or not event.counts_by(day):
            continue
        seen.add(key)
        last, last_order = key, order  # the dimensions of an order mostly follow each other
        own = groups.get(one, one)
        theirs = event.counterparty_group or groups.get(other, other)
        if own == theirs:
            continue
        _add(trades, one, theirs, order)
        _add(trades, other, own, order)
    return trades


def _add(trades: dict[str, _Trade], party: str, group: str, order: str) -> None:
    trade = trades.get(party)
    if trade is None:
        trade = trades[party] = _Trade()
    orders = trade.orders_by_group.get(group)
    if orders is None:
        trade.orders_by_group[group] = {order}
    else:
        orders.add(order)


def _partners(trades: Mapping[str, _Trade]) -> dict[str, list[str]]:
    """Group -> the parties that traded with it."""
    partners: dict[str, list[str]] = {}
    for party, trade in trades.items():
        for group in trade.orders_by_group:
            partners.setdefault(group, []).append(party)
    return partners
