"""Firms that are one in truth: same controller, legal person, phone, bank account or address."""

from collections.abc import Iterable, Mapping

from marketplace.accounts.models import Enterprise

SHARED = ("controller", "legal_person", "phone", "bank_account", "address")


def groups_of(firms: Iterable[Enterprise]) -> Mapping[int, str]:
    """Enterprise id -> its group, named after the lowest id in it; order of firms changes nothing."""
    leader: dict[int, int] = {}
    first: dict[tuple[str, str], int] = {}
    for firm in firms:
        leader[firm.id] = firm.id
        for name in SHARED:
            value = "".join(str(getattr(firm, name)).split()).casefold()
            if value:
                _join(leader, firm.id, first.setdefault((name, value), firm.id))
    return {firm: f"group:{_top(leader, firm)}" for firm in leader}


def _join(leader: dict[int, int], one: int, other: int) -> None:
    tops = sorted((_top(leader, one), _top(leader, other)))
    leader[tops[1]] = tops[0]


def _top(leader: dict[int, int], firm: int) -> int:
    while leader[firm] != firm:
        firm = leader[firm]
    return firm
