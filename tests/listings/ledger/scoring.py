"""How well a reading agrees with the truth: found, lost without a word, doubled, offered though scrapped, named."""

from collections import Counter
from dataclasses import dataclass, field

from marketplace.listings.ledger.outcome import LedgerOutcome
from tests.listings.ledger.generator import Expected

UNJUDGED = frozenset({"unknown_type"})


@dataclass
class Score:
    """Totals over many ledgers; `notes` say what went wrong where."""

    wanted: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0
    offered_scrap: int = 0
    problems: int = 0
    named: int = 0
    alarms: int = 0
    cells: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, label: str, outcome: LedgerOutcome, expected: Expected, sheets: list[str | None]) -> None:
        place = {name: index for index, name in enumerate(sheets)}
        self._add_listings(label, outcome, expected, place)
        given = {
            (place.get(m.sheet, 0), m.row, m.column or "-", m.code.value)
            for m in outcome.messages
            if m.code.value not in UNJUDGED
        }
        self.problems += len(expected.problems)
        self.named += len(expected.problems & given)
        self.alarms += len(given - expected.problems)
        self.notes += [f"{label}: not named {problem}" for problem in sorted(expected.problems - given)]
        self.notes += [f"{label}: false alarm {problem}" for problem in sorted(given - expected.problems)]

    def _add_listings(
        self, label: str, outcome: LedgerOutcome, expected: Expected, place: dict[str | None, int]
    ) -> None:
        got = {
            (place.get(source.sheet, 0), source.row): listing
            for listing in outcome.listings
            for source in listing.source
        }
        named = {(place.get(message.sheet, 0), message.row) for message in outcome.messages}
        for machine in expected.machines:
            self.wanted += 1
            listing = got.pop(machine.place, None)
            if listing is None:
                self.lost += machine.place not in named
                self.notes.append(f"{label}: missing {machine}")
                continue
            units = [
                unit for unit in listing.units if (place.get(unit.source.sheet, 0), unit.source.row) == machine.place
            ]
            same = (listing.name, len(units), listing.offered) == (machine.name, machine.quantity, machine.offered)
            same = same and [unit.asset_number for unit in units if unit.asset_number] == machine.numbers
            self.found += same
            if not same:
                self.notes.append(f"{label}: other {machine} != {listing.name} {units} {listing.offered}")
        self.notes += [f"{label}: invented {source} {listing.name}" for source, listing in got.items()]
        self.doubled += len(got)
        numbers = Counter(number for listing in outcome.listings for number in listing.asset_numbers)
        self.doubled += sum(count - 1 for count in numbers.values())
        self.offered_scrap += len(expected.scrapped & set(numbers))
