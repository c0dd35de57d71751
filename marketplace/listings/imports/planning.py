"""What a ledger would change, row by row, against the machines already known. Pure: reads values, writes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from marketplace.listings.identity import number_key
from marketplace.listings.imports.assets import Asset, Cells, assets_of, name_key, scrapped_keys
from marketplace.listings.ledger.outcome import LedgerListing, LedgerOutcome, Source


class Verdict(StrEnum):
    """What becomes of a listing of the file.

    `unidentified`: it may be a known machine changed, nobody can say. `repeated`: its key columns are those of a row
    above it.
    """

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    UNIDENTIFIED = "unidentified"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class KnownUnit:
    id: int
    listing_id: int | None
    key: str | None
    digest: str | None
    is_scrapped: bool
    name_key: str = ""


@dataclass(slots=True)
class Step:
    """One listing of the file and what is done about it.

    `at` is its place in the outcome. `listing_id` is the listing to change; None makes a new one.
    `matched` are known units with what the file says of them now, `added` new machines.
    """

    verdict: Verdict
    at: int
    listing_id: int | None = None
    matched: list[tuple[int, Asset]] = field(default_factory=list[tuple[int, Asset]])
    added: list[Asset] = field(default_factory=list[Asset])


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A known machine that the ledger now calls scrapped."""

    unit_id: int
    listing_id: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class ImportPlan:
    steps: tuple[Step, ...]
    withdrawals: tuple[Withdrawal, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(1 for step in self.steps if step.verdict is verdict)


@dataclass(slots=True)
class _Known:
    """The enterprise's machines as one looks for them; each keyless one can be met once."""

    by_key: dict[str, KnownUnit]
    nameless: dict[str, list[KnownUnit]]
    names: frozenset[str]
    met: set[str] = field(default_factory=set[str])

    @classmethod
    def of(cls, units: Iterable[KnownUnit]) -> "_Known":
        by_key: dict[str, KnownUnit] = {}
        nameless: dict[str, list[KnownUnit]] = defaultdict(list)
        names: set[str] = set()
        for unit in units:
            if unit.key is not None:
                by_key[unit.key] = unit
            elif unit.digest is not None:
                nameless[unit.digest].append(unit)
                names.add(unit.name_key)
        return cls(by_key, nameless, frozenset(names))

    def is_repeated(self, asset: Asset) -> bool:
        """Whether the file has shown this key before; from now on it has."""
        if asset.key is None:
            return False
        repeated = asset.key in self.met
        self.met.add(asset.key)
        return repeated

    def find(self, asset: Asset) -> KnownUnit | None:
        if asset.key is not None:
            return self.by_key.get(asset.key)
        twins = self.nameless.get(asset.digest)
        return twins.pop(0) if twins else None


def plan_import(
    outcome: LedgerOutcome, known: Iterable[KnownUnit], *, key_columns: Sequence[str], create_unidentified: bool
) -> ImportPlan:
    """Steps for every listing of the file and withdrawals of scrapped machines.

    A machine is known by its key. Without one an equal row is the same machine; a row that shares name, model and
    maker with a keyless machine but differs is `unidentified`: not updated, and created only on demand.
    A known listing is changed by the row that holds most of its machines; the others of its machines, which the
    ledger now tells apart, move to a new listing.
    """
    units = list(known)
    cells = Cells(outcome.tables, key_columns)
    machines = _Known.of(units)
    assets = [assets_of(listing, cells) for listing in outcome.listings]
    repeated = [[asset for asset in group if machines.is_repeated(asset)] for group in assets]
    found = [
        [(asset, machines.find(asset)) for asset in group if asset not in again]
        for group, again in zip(assets, repeated, strict=True)
    ]
    primary = _primary_rows(found)
    steps = [Step(Verdict.REPEATED, at, added=again) for at, again in enumerate(repeated) if again]
    for at, (listing, pairs) in enumerate(zip(outcome.listings, found, strict=True)):
        unsure = (
            not create_unidentified and name_key(listing.name, listing.model, listing.manufacturer) in machines.names
        )
        steps.extend(_steps_of(at, pairs, primary, unsure=unsure))
    return ImportPlan(tuple(steps), _withdrawals(outcome, cells, machines.by_key, outcome.listings))


def _primary_rows(found: Sequence[Sequence[tuple[Asset, KnownUnit | None]]]) -> Mapping[int, int]:
    """Known listing → place of the row that holds most of its machines, the first of equals."""
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for at, pairs in enumerate(found):
        for _, unit in pairs:
            if unit is not None and unit.listing_id is not None:
                counts[unit.listing_id][at] += 1
    return {listing_id: counter.most_common(1)[0][0] for listing_id, counter in counts.items()}


def _steps_of(
    at: int, pairs: Sequence[tuple[Asset, KnownUnit | None]], primary: Mapping[int, int], *, unsure: bool
) -> list[Step]:
    changes: dict[int, Step] = {}
    fresh = Step(Verdict.CREATE, at)
    doubtful = Step(Verdict.UNIDENTIFIED, at)
    for asset, unit in pairs:
        if unit is not None and unit.listing_id is not None and primary[unit.listing_id] == at:
            step = changes.setdefault(unit.listing_id, Step(Verdict.UNCHANGED, at, unit.listing_id))
            step.matched.append((unit.id, asset))
            if unit.digest != asset.digest or unit.is_scrapped:
                step.verdict = Verdict.UPDATE
        elif unit is not None:
            fresh.matched.append((unit.id, asset))
        elif asset.key is None and unsure:
            doubtful.added.append(asset)
        else:
            fresh.added.append(asset)
    _join_new_machines(fresh, changes)
    return [step for step in (*changes.values(), fresh, doubtful) if step.matched or step.added]


def _join_new_machines(fresh: Step, changes: Mapping[int, Step]) -> None:
    """New machines of a row join the listing that the row already has."""
    if not changes or not fresh.added or fresh.matched:
        return
    step = next(iter(changes.values()))
    step.added, fresh.added, step.verdict = fresh.added, [], Verdict.UPDATE


def _withdrawals(
    outcome: LedgerOutcome, cells: Cells, by_key: Mapping[str, KnownUnit], listings: Iterable[LedgerListing]
) -> tuple[Withdrawal, ...]:
    """Scrapped machines that are known and stand nowhere else in the file as machines in service."""
    in_service = {number_key(number) for listing in listings for number in listing.asset_numbers}
    gone = {key: source for key, source in scrapped_keys(outcome, cells).items() if key not in in_service}
    return tuple(
        Withdrawal(by_key[key].id, by_key[key].listing_id, source)
        for key, source in gone.items()
        if key in by_key and not by_key[key].is_scrapped
    )
