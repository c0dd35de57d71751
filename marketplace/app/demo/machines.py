"""The demo's listings: drafted by the firm that owns such machines, priced and offered as its people would do it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.pricing.plans import Fee, Operator, OperatorMode, RentPlan, UsagePlan
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.tariffs import Rates
from marketplace.app.demo.describing import describe
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.specifications import Maker, Profile, load_profiles
from marketplace.kernel.clock import Clock
from marketplace.listings.catalogue import ResourceType, load_catalogue
from marketplace.listings.commands import (
    CreateListing,
    ListingContent,
    ListingTerms,
    SetRatePlan,
    SpecialEquipment,
    UnitContent,
)
from marketplace.listings.models import Approval, Listing, OperatorTerms, Unit
from marketplace.listings.operations import create_listing, set_rate_plan, submit_listing
from marketplace.listings.rules import MAX_MINUTES, TimeRules

PRICED_SHARE = 0.95
DRAFT_SHARE = 0.1
"""Of a type's third and later machines: every type has two that are offered."""
LINE_MEMBERS = {
    "smt_line": ("solder_printer", "pick_and_place", "reflow_oven", "aoi"),
    "machining_line": ("vertical_machining_centre", "cnc_lathe", "horizontal_machining_centre", "articulated_robot"),
    "assembly_line": ("scara_robot", "collaborative_robot", "articulated_robot", "welding_robot"),
    "packaging_line": ("labelling_machine", "printing_machine", "woodworking_machine"),
    "gmp_suite": ("bioreactor", "centrifuge", "chromatography_skid"),
    "filling_line": ("autoclave", "lyophilizer"),
    "powder_coating_line": ("deburring_machine", "cleaning_machine", "sandblasting"),
}
"""What a line is made of where its owner has it; otherwise the line is a machine of its own."""
FEES = (Fee(code="setup", price=Decimal(150), name="调机费"), Fee(code="cleaning", price=Decimal(80), name="清场费"))
RUNS_ON_SHARE = 0.75
"""Of machines and instruments: a rent of days or weeks does not end each night."""
FOR_MONTHS = TimeRules(max_minutes=MAX_MINUTES, horizon_days=365)
APPEAL_SHAPE, MOST_APPEAL = 0.9, 25.0
NOT_PRICED = "按工件报价，请先询价"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A machine to be made: its type, what such machines look like, its size class, which one of its type it is."""

    kind: ResourceType
    profile: Profile
    size: int
    number: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing as others need it to book it: ids and terms. `number` counts within its type from 0.

    `appeal` is how much more often it is wanted than a plain one; few are wanted by everybody.
    """

    public_id: str
    type_code: str
    firm: Firm
    approval: Approval
    is_priced: bool
    number: int
    spans_nights: bool = False
    pieces: int = 1
    appeal: float = 1.0


@dataclass(frozen=True, slots=True)
class Made:
    """A new listing; one that is not sent in is a draft."""

    offer: Offer
    is_sent_in: bool


def wanted_machines(share: float, type_step: int, dice: random.Random) -> Iterator[Wanted]:
    """Every type (or every so manyth), its size classes in turn; `share` of a full park, at least one each."""
    catalogue = load_catalogue()
    for profile in list(load_profiles().values())[::type_step]:
        first = dice.randrange(profile.sizes)
        for number in range(max(1, round(profile.count * share))):
            yield Wanted(catalogue.types[profile.code], profile, (first + number) % profile.sizes, number)


class Workshop:
    """Makes listings for firms."""

    def __init__(self, session: Session, dice: random.Random) -> None:
        self._session = session
        self._dice = dice
        self._placed: set[int] = set()

    def make(self, wanted: Wanted, firm: Firm, *, clock: Clock) -> Made:
        """The machine in the ledger with its price, sent in for publication unless it stays a draft."""
        dice, session = self._dice, self._session
        content = self._content(wanted, firm, now=clock())
        members = self._members(wanted.kind.code, firm)
        units = () if members else self._units(wanted)
        command = CreateListing(content=content, units=units, member_units=tuple(members))
        listing = create_listing(session, command, actor=firm.operator, clock=clock)
        is_priced = wanted.number == 0 or dice.random() < PRICED_SHARE
        plan = self._price(listing, wanted, firm, is_priced=is_priced, clock=clock)
        is_sent_in = wanted.number <= 1 or dice.random() >= DRAFT_SHARE
        if is_sent_in:
            submit_listing(session, listing.public_id, actor=firm.operator, clock=clock)
        approval = content.terms.approval
        offer = Offer(
            public_id=listing.public_id,
            type_code=wanted.kind.code,
            firm=firm,
            approval=approval,
            is_priced=is_priced,
            number=wanted.number,
            spans_nights=plan is not None and plan.spans_closed_hours,
            pieces=max(1, len(units)),
            appeal=firm.plan.trades * min(MOST_APPEAL, dice.paretovariate(APPEAL_SHAPE)),
        )
        return Made(offer, is_sent_in=is_sent_in)

    def make_for_months(self, wanted: Wanted, firm: Firm, plan: UsagePlan | RentToOwnTerms, *, clock: Clock) -> str:
        """One machine that is let for months without asking, sent in for publication; its public id."""
        content = self._content(wanted, firm, now=clock())
        terms = replace(content.terms, approval=Approval.INSTANT, time=FOR_MONTHS)
        unit = self._units(wanted)[0]
        command = CreateListing(content=replace(content, terms=terms), units=(unit,))
        listing = create_listing(self._session, command, actor=firm.operator, clock=clock)
        priced = SetRatePlan(listing=listing.public_id, version=None, plan=plan)
        set_rate_plan(self._session, priced, actor=firm.operator, clock=clock)
        submit_listing(self._session, listing.public_id, actor=firm.operator, clock=clock)
        return listing.public_id

    def _units(self, wanted: Wanted) -> tuple[UnitContent, ...]:
        pieces = self._dice.choice((1, 1, 1, 2, 3)) if wanted.profile.makers else 1
        tag = f"{wanted.kind.code[:3].upper()}-{self._dice.randrange(100_000, 999_999)}"
        return tuple(UnitContent(asset_number=f"{tag}-{piece + 1}") for piece in range(pieces))

    def _members(self, type_code: str, firm: Firm) -> list[str]:
        """One unit of each kind the line is made of, of the same firm, in no other line; fewer than two make none."""
        found: list[tuple[int, str]] = []
        for member in LINE_MEMBERS.get(type_code, ()):
            units = (
                select(Unit.id, Unit.public_id)
                .join(Listing, Listing.id == Unit.listing_id)
                .where(Listing.enterprise_id == firm.enterprise_id, Listing.type_code == member)
                .where(Unit.id.not_in(self._placed))
                .order_by(Unit.id.desc())
            )
            if row := self._session.execute(units.limit(1)).first():
                found.append((row[0], row[1]))
        if len(found) < 2:
            return []
        self._placed.update(unit_id for unit_id, _ in found)
        return [public_id for _, public_id in found]

    def _price(self, listing: Listing, wanted: Wanted, firm: Firm, *, is_priced: bool, clock: Clock) -> RentPlan | None:
        share = (wanted.size + 0.3 + 0.4 * self._dice.random()) / wanted.profile.sizes
        plan = _rent(wanted.kind, share, listing.operator, self._dice) if is_priced else None
        command = SetRatePlan(
            listing=listing.public_id, version=None, plan=plan, price_as_written="" if plan else NOT_PRICED
        )
        set_rate_plan(self._session, command, actor=firm.operator, clock=clock)
        return plan

    def _content(self, wanted: Wanted, firm: Firm, *, now: datetime) -> ListingContent:
        dice, kind, profile = self._dice, wanted.kind, wanted.profile
        attributes, model = profile.attributes(wanted.size, dice), profile.model(wanted.size)
        words = describe(kind, profile, attributes, year=now.year - dice.randint(1, 8), dice=dice)
        maker = dice.choice(profile.makers) if profile.makers else None
        title_zh, title_en = _titles(kind, maker, model, firm)
        latitude, longitude = firm.place
        return ListingContent(
            type_code=kind.code,
            title_zh=title_zh,
            title_en=title_en,
            description_zh=words.zh,
            description_en=words.en,
            model=model if maker else "",
            manufacturer=maker.zh if maker else "",
            attributes=attributes,
            zone=firm.zone,
            place=f"{dice.randrange(1, 9)} 号楼 {dice.randrange(1, 4)} 层",
            latitude=latitude,
            longitude=longitude,
            terms=_terms(kind, dice, now=now),
        )


def _titles(kind: ResourceType, maker: Maker | None, model: str, firm: Firm) -> tuple[str, str]:
    if maker:
        return f"{maker.zh} {model} {kind.zh}", f"{maker.en} {model} {kind.en}"
    return f"{firm.plan.zh} {kind.zh} {model}".strip(), f"{firm.plan.en} {kind.en} {model}".strip()


def _terms(kind: ResourceType, dice: random.Random, *, now: datetime) -> ListingTerms:
    """Special equipment 特种设备 shows its registration and its operator's certificate."""
    approval = dice.choice((Approval.INSTANT, Approval.INSTANT, Approval.BY_OWNER))
    if not kind.needs_certificate:
        choices = (OperatorTerms.OPTIONAL, OperatorTerms.OPTIONAL, OperatorTerms.INCLUDED)
        return ListingTerms(approval=approval, operator=dice.choice(choices))
    number = f"{dice.choice(('车', '起', '容'))}11苏E{dice.randrange(10_000, 99_999)}"
    until = (now + timedelta(days=dice.randrange(500, 1000))).date()
    return ListingTerms(
        approval=approval,
        special_equipment=SpecialEquipment(number=number, valid_until=until),
        operator_certificate=f"TS6SUZ{dice.randrange(10_000, 99_999)}",
    )


def _rent(kind: ResourceType, share: float, operator: OperatorTerms, dice: random.Random) -> RentPlan:
    """The type's usual rent at a share of its range: a day costs a little more than seven hours."""
    low, high = kind.rent_yuan_per_hour or (60, 200)
    hour = as_people_write(low + (high - low) * share)
    day = as_people_write(hour * 7.2)
    runs_on = kind.kind != "service" and dice.random() < RUNS_ON_SHARE
    week = as_people_write(day * 4.5)
    rates = Rates(
        hour=Decimal(hour),
        day=Decimal(day),
        week=Decimal(week) if runs_on else None,
        month=Decimal(as_people_write(week * 3.2)) if runs_on and dice.random() < 0.6 else None,
    )
    helper = None
    if operator is OperatorTerms.OPTIONAL and dice.random() < 0.7:
        helper = Operator(mode=OperatorMode.OPTIONAL, hour=Decimal(dice.choice((45, 55, 60, 70))))
    fees = (dice.choice(FEES),) if dice.random() < 0.25 else ()
    return RentPlan(rates=rates, operator=helper, fees=fees, spans_closed_hours=runs_on)


def as_people_write(yuan: float) -> int:
    """A price in fives above fifty, in tens above five hundred."""
    step = 1 if yuan <= 50 else 5 if yuan <= 500 else 10
    return max(1, round(yuan / step) * step)
