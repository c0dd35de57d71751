"""Machines that agree in everything a buyer sees are one listing of several units."""

from collections.abc import Sequence

from marketplace.listings.ledger.cells.plain import folded
from marketplace.listings.ledger.cells.states import STATUSES
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.outcome import LedgerListing, LedgerUnit, Status

Key = tuple[object, ...]


def join(readings: Sequence[Reading]) -> list[LedgerListing]:
    """Listings in the order of their first rows. Name, maker, model, type, place, status, prices and all attributes agree."""
    groups: dict[Key, list[Reading]] = {}
    for reading in readings:
        if not reading.skipped:
            groups.setdefault(_key(reading), []).append(reading)
    return [_listing(group) for group in groups.values()]


def _key(reading: Reading) -> Key:
    if reading.members or reading.kind == "line":
        return (id(reading),)
    return (
        folded(reading.name),
        folded(reading.manufacturer or ""),
        folded(reading.model or ""),
        reading.resource_type,
        reading.kind,
        folded(reading.location or ""),
        reading.state,
        reading.withheld,
        tuple(
            sorted(
                (str(price.amount.normalize()), price.currency, price.per, price.condition or "")
                for price in reading.prices
            )
        ),
        tuple((attribute.code, repr(attribute.value)) for attribute in reading.attributes),
    )


def _listing(group: Sequence[Reading]) -> LedgerListing:
    first = group[0]
    members = [member for member in first.members if not member.skipped]
    return LedgerListing(
        source=tuple(reading.source for reading in group),
        kind=first.kind,
        name=first.name,
        resource_type=first.resource_type,
        model=first.model,
        manufacturer=first.manufacturer,
        location=first.location,
        status=_status(first),
        offered=not first.withheld,
        attributes=first.attributes,
        prices=first.prices,
        description=next((reading.description for reading in group if reading.description), None),
        units=tuple(unit for reading in group for unit in _units(reading)),
        members=tuple(number for member in members for number in member.numbers),
        member_sources=tuple(member.source for member in members),
    )


def _status(reading: Reading) -> Status | None:
    return STATUSES.get(reading.state) if reading.state else None


def _units(reading: Reading) -> list[LedgerUnit]:
    def unit(number: str | None) -> LedgerUnit:
        return LedgerUnit(
            source=reading.source,
            asset_number=number,
            serial_number=reading.serial_number if reading.quantity == 1 else None,
            purchase_date=reading.purchase_date,
            original_value=reading.original_value,
        )

    numbers: list[str | None] = list(reading.numbers)
    numbers += [None] * (reading.quantity - len(numbers))
    return [unit(number) for number in numbers]
