"""A plan becomes rows: drafts with their units, changed listings, withdrawn machines. One transaction, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from billing.operations import StorePlan, store_plans
from billing.pricing.plan_json import plan_from_json
from marketplace.accounts.models import Membership, Zone
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.listings.identity import number_key
from marketplace.listings.imports.assets import Asset
from marketplace.listings.imports.ledger_words import STATUSES, apply_words, withheld_reason, words_of
from marketplace.listings.imports.models import ImportRun
from marketplace.listings.imports.planning import ImportPlan, Step, Verdict, Withdrawal
from marketplace.listings.ledger.outcome import Code, LedgerListing, LedgerOutcome
from marketplace.listings.models import (
    LineMember,
    Listing,
    ListingKind,
    ListingStatus,
    Source,
    Unit,
    UnitStatus,
    WithheldReason,
)

CHUNK = 500
Report = Callable[[int, int], None]
"""Told (done, total) steps now and then."""
ON_THE_WAY = (ListingStatus.PUBLISHED, ListingStatus.IN_REVIEW)


@dataclass(slots=True)
class Written:
    """Listings by what happened to them; `moved` were seen by others, so whoever shows them has to look again."""

    created: list[Listing] = field(default_factory=list[Listing])
    updated: list[Listing] = field(default_factory=list[Listing])
    withdrawn_units: list[Unit] = field(default_factory=list[Unit])
    moved: set[int] = field(default_factory=set[int])


@dataclass(frozen=True, slots=True)
class WriteSetting:
    """Who writes, at which time, and who is told how far it is."""

    actor: Actor
    clock: Clock
    report: Report


def write_plan(
    session: Session, run: ImportRun, outcome: LedgerOutcome, plan: ImportPlan, *, setting: WriteSetting
) -> Written:
    """Carry out the plan. The caller holds the enterprise's import lock and has planned under it."""
    steps = [step for step in plan.steps if step.verdict in {Verdict.CREATE, Verdict.UPDATE}]
    writer = _Writer(session, run, outcome, setting)
    writer.load(steps, plan.withdrawals)
    steps.sort(key=lambda step: bool(outcome.listings[step.at].members))
    for start in range(0, len(steps), CHUNK):
        writer.write(steps[start : start + CHUNK])
        setting.report(min(start + CHUNK, len(steps)), len(steps))
    writer.withdraw(plan.withdrawals)
    session.flush()
    return writer.written


class _Writer:
    def __init__(self, session: Session, run: ImportRun, outcome: LedgerOutcome, setting: WriteSetting) -> None:
        self.session = session
        self.run_id = run.id
        self.outcome = outcome
        self.actor = setting.actor
        self.clock = setting.clock
        self.now: datetime = setting.clock()
        self.written = Written()
        self.listings: dict[int, Listing] = {}
        self.units: dict[int, Unit] = {}
        self.plans_before: dict[int, object] = {}
        self.inactive = frozenset(
            (message.sheet, message.row) for message in outcome.messages if message.code is Code.INACTIVE
        )
        self.zones, self.own_zone_id = self._zones()

    def _zones(self) -> tuple[list[Zone], int | None]:
        zones = self.session.scalars(select(Zone).where(Zone.park_id == self.actor.park_id)).all()
        own = self.session.scalar(
            select(Membership.zone_id).where(
                Membership.park_id == self.actor.park_id, Membership.enterprise_id == self.actor.enterprise_id
            )
        )
        return list(zones), own

    def load(self, steps: Sequence[Step], withdrawals: Sequence[Withdrawal]) -> None:
        """The known rows that the plan touches, listings locked in the order of their ids."""
        listing_ids = {step.listing_id for step in steps if step.listing_id is not None}
        listing_ids |= {gone.listing_id for gone in withdrawals if gone.listing_id is not None}
        unit_ids = {unit_id for step in steps for unit_id, _ in step.matched} | {gone.unit_id for gone in withdrawals}
        listings = self.session.scalars(
            select(Listing)
            .where(Listing.id.in_(listing_ids))
            .options(undefer(Listing.ledger_said), joinedload(Listing.rate_plan))
            .order_by(Listing.id)
            .with_for_update(of=Listing)
        )
        self.listings = {listing.id: listing for listing in listings}
        self.plans_before = {id_: (listing.ledger_said or {}).get("plan") for id_, listing in self.listings.items()}
        units = self.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.id))
        self.units = {unit.id: unit for unit in units}

    def write(self, steps: Sequence[Step]) -> None:
        """One chunk: listings first, then their units, prices and members, each in few statements."""
        pairs = [(step, self._listing_of(step)) for step in steps]
        self.session.flush()
        for step, listing in pairs:
            self._write_units(step, listing)
        self._price(pairs)
        self.session.flush()
        for step, listing in pairs:
            if self.outcome.listings[step.at].members:
                self._set_members(listing, self.outcome.listings[step.at])

    def _listing_of(self, step: Step) -> Listing:
        ledger = self.outcome.listings[step.at]
        words = words_of(ledger)
        reason = withheld_reason(ledger, self.inactive)
        if step.listing_id is None:
            return self._new_listing(ledger, words, reason)
        listing = self.listings[step.listing_id]
        apply_words(listing, words, before=listing.ledger_said or {})
        self._offer_or_withhold(listing, reason)
        listing.updated_at = self.now
        self.written.updated.append(listing)
        return listing

    def _new_listing(self, ledger: LedgerListing, words: Mapping[str, Any], reason: WithheldReason | None) -> Listing:
        listing = Listing(
            park_id=self.actor.park_id,
            enterprise_id=self.actor.require_firm(),
            kind=ListingKind(ledger.kind),
            type_code=ledger.resource_type,
            created_at=self.now,
            updated_at=self.now,
            source=Source.IMPORT,
            import_run_id=self.run_id,
            zone_id=self._zone_id(ledger.location or ""),
            withheld_reason=reason,
        )
        apply_words(listing, words, before={})
        self.session.add(listing)
        self.written.created.append(listing)
        return listing

    def _zone_id(self, location: str) -> int | None:
        named = [
            zone for zone in self.zones if zone.name_zh in location or zone.name_en.casefold() in location.casefold()
        ]
        return named[0].id if len(named) == 1 else self.own_zone_id

    def _offer_or_withhold(self, listing: Listing, reason: WithheldReason | None) -> None:
        """What the ledger withholds leaves the market; what it offers again waits as a draft or paused."""
        if listing.status is ListingStatus.PUBLISHED:
            self.written.moved.add(listing.id)
        if reason is not None and listing.status in ON_THE_WAY:
            after = ListingStatus.PAUSED if listing.status is ListingStatus.PUBLISHED else ListingStatus.DRAFT
            listing.move_to(after, at=self.now)
        if listing.withheld_reason is WithheldReason.SCRAPPED and listing.status is ListingStatus.ARCHIVED:
            listing.move_to(ListingStatus.DRAFT, at=self.now)
        if listing.withheld_reason is not WithheldReason.OWNER:
            listing.withheld_reason = reason

    def _write_units(self, step: Step, listing: Listing) -> None:
        ledger = self.outcome.listings[step.at]
        for unit_id, asset in step.matched:
            unit = self.units[unit_id]
            unit.listing_id = listing.id
            unit.is_bookable = not ledger.members
            self._describe(unit, asset, ledger)
        first = len(step.matched)
        for position, asset in enumerate(step.added, start=first):
            unit = Unit(
                listing_id=listing.id,
                enterprise_id=listing.enterprise_id,
                asset_key=asset.key,
                is_bookable=not ledger.members,
                position=position,
            )
            self._describe(unit, asset, ledger)
            self.session.add(unit)

    def _describe(self, unit: Unit, asset: Asset, ledger: LedgerListing) -> None:
        unit.asset_number = asset.unit.asset_number or ""
        unit.serial = asset.unit.serial_number or ""
        unit.purchase_date = asset.unit.purchase_date or ""
        unit.status = STATUSES[ledger.status]
        unit.digest = asset.digest
        value = asset.unit.original_value
        unit.original_value = None if value is None else _money(value.amount, value.currency)

    def _price(self, pairs: Sequence[tuple[Step, Listing]]) -> None:
        """The ledger's prices as plans, wherever nobody has set another price by hand."""
        wanted: dict[str, tuple[Listing, StorePlan]] = {}
        for step, listing in pairs:
            before = self.plans_before.get(listing.id)
            body = words_of(self.outcome.listings[step.at])["plan"]
            current = listing.rate_plan.plan if step.listing_id is not None and listing.rate_plan else None
            if body is None or current != before or body == current:
                continue
            ref = f"listing:{listing.public_id}"
            wanted[ref] = (listing, StorePlan(subject_ref=ref, plan=plan_from_json(body)))
        plans = store_plans(self.session, [command for _, command in wanted.values()], clock=self.clock)
        for ref, (listing, _) in wanted.items():
            listing.rate_plan_id = plans[ref].id

    def _set_members(self, line: Listing, ledger: LedgerListing) -> None:
        """The line's machines, made if they stand nowhere else; a line that is read again gets new members."""
        keys = [key for number in ledger.members if (key := number_key(number)) is not None]
        known = self.session.scalars(
            select(Unit).where(Unit.enterprise_id == line.enterprise_id, Unit.asset_key.in_(keys))
        )
        units = {unit.asset_key: unit for unit in known}
        standing = set(self.session.scalars(select(LineMember.unit_id).where(LineMember.line_id == line.id)))
        for position, number in enumerate(ledger.members):
            key = number_key(number)
            unit = units.get(key)
            if unit is None:
                unit = Unit(listing_id=None, enterprise_id=line.enterprise_id, asset_number=number, asset_key=key)
                self.session.add(unit)
                self.session.flush()
                units[key] = unit
            if unit.id not in standing:
                self.session.add(LineMember(line_id=line.id, unit_id=unit.id, position=position))

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> None:
        """Scrapped machines leave their listings; a listing without machines is put away."""
        for gone in withdrawals:
            unit = self.units[gone.unit_id]
            unit.status, unit.is_bookable = UnitStatus.SCRAPPED, False
            self.written.withdrawn_units.append(unit)
        self.session.flush()
        touched = {gone.listing_id for gone in withdrawals if gone.listing_id is not None}
        alive = set(self.session.scalars(select(Unit.listing_id).where(Unit.listing_id.in_(touched), Unit.is_bookable)))
        for listing_id in sorted(touched):
            listing = self.listings[listing_id]
            if listing.status is ListingStatus.PUBLISHED:
                self.written.moved.add(listing_id)
            if listing_id not in alive and listing.status is not ListingStatus.ARCHIVED:
                listing.move_to(ListingStatus.ARCHIVED, at=self.now)
                listing.withheld_reason = WithheldReason.SCRAPPED


def _money(amount: Any, currency: str) -> dict[str, Any] | None:
    try:
        return Money.of(amount, currency).to_json()
    except ValueError:
        return None
