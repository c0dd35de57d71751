"""The demo park 云溪智造园, made from a seed by the product's own operations; same seed, same park up to the week."""

import random
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from rich.progress import Progress
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from billing.pricing.plans import RentPlan
from billing.pricing.tariffs import Rates
from marketplace.accounts.models import (
    Enterprise,
    FirmMember,
    Membership,
    MembershipStatus,
    OfficeMember,
    Park,
    User,
    Zone,
)
from marketplace.accounts.passwords import hash_password
from marketplace.app.demo.describing import describe
from marketplace.app.demo.firms import PEOPLE, STEMS, TRADES, ZONES
from marketplace.app.demo.specifications import Profile, load_profiles
from marketplace.app.worker import run_due_jobs
from marketplace.bookings import free_time
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine
from marketplace.discovery.row_keeping import keep_rows, outdated_ids
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole, system_actor
from marketplace.kernel.clock import Clock, fixed_clock, system_clock
from marketplace.kernel.demo_time import DemoTime, read_clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db
from marketplace.listings.catalogue import ResourceType, load_catalogue
from marketplace.listings.commands import (
    CreateListing,
    ListingContent,
    ListingTerms,
    SetRatePlan,
    SpecialEquipment,
    UnitContent,
)
from marketplace.listings.models import Approval, Listing, ListingStatus
from marketplace.listings.operations import create_listing, set_rate_plan, submit_listing
from marketplace.orders.operations.ending import complete_order, overdue_orders
from marketplace.orders.operations.placing import PlaceOrder, place_order
from search.maintenance import rebuild

TIME_ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "yunxi demo park"  # noqa: S105 - the demo's, shown on its sign-in page
ORDERS = 700
PRICED_SHARE = 0.95
PUBLISHED_SHARE = 0.96
HISTORY = timedelta(days=275)


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One account that a visitor may use."""

    label_zh: str
    label_en: str
    email: str
    password: str


def is_loaded(app: Flask) -> bool:
    """Whether a park is there already."""
    with app.app_context():
        return db.session.scalar(select(func.count(Park.id))) not in {0, None}


def sign_ins_of(app: Flask) -> list[DemoSignIn]:
    """The accounts that the demo shows."""
    with app.app_context():
        settings = db.session.scalar(select(Park.settings).order_by(Park.id).limit(1)) or {}
        return [DemoSignIn(**offer) for offer in settings.get("demo_sign_ins", ())]


def advance_demo(app: Flask, settings: Settings, by: timedelta) -> datetime:
    """Move the demo's time forward and run the timers that fall due; returns the new time."""
    with app.app_context():
        session = db.session()
        row = session.get(DemoTime, 1)
        if row is None:
            row = DemoTime(id=1, shift=timedelta())
            session.add(row)
        row.shift += by
        session.commit()
        clock = read_clock(session)
        for public_id in overdue_orders(session, now=clock()):
            park_id = session.scalars(select(Park.id).order_by(Park.id)).first() or 0
            complete_order(session, public_id, actor=system_actor(park_id), clock=clock)
        session.commit()
        now = clock()
    run_due_jobs(settings)
    return now


def load_demo(app: Flask, settings: Settings, *, seed: int, progress: Progress) -> None:
    """Make the park: zones, firms, people, listings over every resource type, nine months of orders, the index."""
    del settings
    dice = random.Random(seed)
    with app.app_context():
        session = db.session()
        now = _monday(system_clock())
        session.add(DemoTime(id=1, shift=now - system_clock()))
        park, zones = _park(session)
        firms = _firms(session, park, zones, dice, at=now - HISTORY)
        _office(session, park, firms, at=now - HISTORY)
        session.commit()
        listings = _listings(session, park, zones, firms, dice, at=now - HISTORY, progress=progress)
        _orders(session, park, firms, listings, dice, now=now, progress=progress)
        free_time.open_units(session, [listing.id for listing in listings], now=now)
        keep_rows(session, outdated_ids(session))
        session.commit()
        engine().prepare()
        rebuild(engine(), ListingSource(session))


def _monday(now: datetime) -> datetime:
    """Monday 08:00 of the week, in the park."""
    today = now.astimezone(TIME_ZONE).date()
    return datetime.combine(today - timedelta(days=today.weekday()), time(8), TIME_ZONE)


def _park(session: Session) -> tuple[Park, list[Zone]]:
    park = Park(code="yunxi", name_zh="云溪智造园", name_en="Yunxi Park", outline={"width": 268, "height": 300})
    session.add(park)
    session.flush()
    zones = [
        Zone(
            park_id=park.id,
            code=code,
            name_zh=zh,
            name_en=en,
            polygon=[[float(x), float(y)] for x, y in points],
            latitude=latitude,
            longitude=longitude,
        )
        for code, zh, en, points, latitude, longitude in ZONES
    ]
    session.add_all(zones)
    session.flush()
    return park, zones


@dataclass(frozen=True, slots=True)
class _Firm:
    enterprise: Enterprise
    zone: Zone
    actor: Actor
    email: str


def _firms(session: Session, park: Park, zones: list[Zone], dice: random.Random, *, at: datetime) -> list[_Firm]:
    """Two firms a stem, each admitted, with an owner."""
    password_hash, firms = hash_password(PASSWORD), list[_Firm]()
    names = [(stem, trade) for stem in STEMS for trade in TRADES]
    for number, ((zh, en), (trade_zh, trade_en, industry)) in enumerate(names):
        zone, body = dice.choice(zones), f"91320594MA1{number:06d}"
        enterprise = Enterprise(
            uscc=body + uscc.calc_check_digit(body),
            name_zh=f"苏州{zh}{trade_zh}有限公司",
            name_en=f"Suzhou {en} {trade_en} Co., Ltd.",
            short_name_zh=f"{zh}{trade_zh}",
            short_name_en=f"{en} {trade_en}",
            industry_code=industry,
            latitude=zone.latitude + dice.uniform(-0.002, 0.002),
            longitude=zone.longitude + dice.uniform(-0.002, 0.002),
            created_at=at,
        )
        person = User(
            email=f"firm{number + 1}@demo.example",
            name=dice.choice(PEOPLE),
            password_hash=password_hash,
            created_at=at,
        )
        session.add_all((enterprise, person))
        session.flush()
        session.add(
            Membership(
                enterprise_id=enterprise.id,
                park_id=park.id,
                zone_id=zone.id,
                status=MembershipStatus.ADMITTED,
                publishes_unreviewed=True,
                applied_at=at,
                decided_at=at,
            )
        )
        session.add(FirmMember(user_id=person.id, enterprise_id=enterprise.id, role=FirmRole.OWNER, since=at))
        actor = Actor(
            park_id=park.id,
            user_id=person.id,
            enterprise_id=enterprise.id,
            admitted=True,
            firm_role=FirmRole.OWNER,
            name=person.name,
        )
        firms.append(_Firm(enterprise, zone, actor, person.email))
    session.flush()
    return firms


def _office(session: Session, park: Park, firms: list[_Firm], *, at: datetime) -> None:
    """The office's people, a firm that waits at the door, and the accounts the demo shows."""
    offers = [
        DemoSignIn("供方企业：砺川精密机械", "Factory: Lichuan Precision Machinery", firms[0].email, PASSWORD),
        DemoSignIn("需方企业：岚桥模具科技", "SME: Lanqiao Tooling", firms[3].email, PASSWORD),
    ]
    for role, zh, en in (
        (OfficeRole.ADMIN, "园区管理员", "Park admin"),
        (OfficeRole.CREDIT_OFFICER, "园区信用专员", "Credit officer"),
        (OfficeRole.AUDITOR, "园区审计", "Auditor"),
    ):
        person = User(email=f"{role.value}@demo.example", name=zh, password_hash=hash_password(PASSWORD), created_at=at)
        session.add(person)
        session.flush()
        session.add(OfficeMember(user_id=person.id, park_id=park.id, roles=[role.value]))
        offers.append(DemoSignIn(zh, en, person.email, PASSWORD))
    park.settings = {"demo_sign_ins": [asdict(offer) for offer in offers]}
    waiting = Enterprise(
        uscc="91320594MA1900000" + uscc.calc_check_digit("91320594MA1900000"),
        name_zh="苏州拾光新材料有限公司",
        name_en="Suzhou Shiguang Materials Co., Ltd.",
        created_at=at,
    )
    session.add(waiting)
    session.flush()
    session.add(Membership(enterprise_id=waiting.id, park_id=park.id, applied_at=at + HISTORY - timedelta(hours=20)))


def _listings(
    session: Session,
    park: Park,
    zones: list[Zone],
    firms: list[_Firm],
    dice: random.Random,
    *,
    at: datetime,
    progress: Progress,
) -> list[Listing]:
    """Several listings of every resource type, each of another firm, priced by its type's usual rent."""
    del park, zones
    catalogue, clock = load_catalogue(), fixed_clock(at)
    profiles = load_profiles()
    task = progress.add_task("设备 / machines", total=sum(profile.count for profile in profiles.values()))
    made: list[Listing] = []
    for profile in profiles.values():
        kind, first = catalogue.types[profile.code], dice.randrange(profile.sizes)
        for number in range(profile.count):
            size = (first + number) % profile.sizes
            wanted = _Wanted(kind, profile, size)
            made.append(_listing(session, wanted, dice.choice(firms), dice, clock=clock))
            progress.advance(task)
        session.commit()
    return [listing for listing in made if listing.status is ListingStatus.PUBLISHED]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A machine to be made: its type, what such machines look like, and its size class."""

    kind: ResourceType
    profile: Profile
    size: int


def _listing(session: Session, wanted: _Wanted, firm: _Firm, dice: random.Random, *, clock: Clock) -> Listing:
    kind, profile, size = wanted.kind, wanted.profile, wanted.size
    content = _content(wanted, firm, dice, now=clock())
    pieces = dice.choice((1, 1, 1, 2, 3)) if profile.makers else 1
    tag = f"{kind.code[:3].upper()}-{dice.randrange(100_000, 999_999)}"
    units = tuple(UnitContent(asset_number=f"{tag}-{piece + 1}") for piece in range(pieces))
    listing = create_listing(session, CreateListing(content=content, units=units), actor=firm.actor, clock=clock)
    plan = None
    if dice.random() < PRICED_SHARE:
        hour = _hour_price(kind, (size + 0.3 + 0.4 * dice.random()) / profile.sizes)
        plan = RentPlan(rates=Rates(hour=Decimal(hour), day=Decimal(round(hour * 8 * 0.9))))
    written = "" if plan else "按工件报价，请先询价"
    command = SetRatePlan(listing=listing.public_id, version=None, plan=plan, price_as_written=written)
    set_rate_plan(session, command, actor=firm.actor, clock=clock)
    if dice.random() < PUBLISHED_SHARE:
        submit_listing(session, listing.public_id, actor=firm.actor, clock=clock)
    return listing


def _hour_price(kind: ResourceType, share: float) -> int:
    """Yuan an hour at a share of the type's usual range, as people write prices: in fives above fifty."""
    low, high = kind.rent_yuan_per_hour or (60, 200)
    exact = low + (high - low) * share
    return round(exact / 5) * 5 if exact > 50 else max(1, round(exact))


def _content(wanted: _Wanted, firm: _Firm, dice: random.Random, *, now: datetime) -> ListingContent:
    kind, profile, size = wanted.kind, wanted.profile, wanted.size
    attributes, model = profile.attributes(size, dice), profile.model(size)
    words = describe(kind, profile, attributes, year=now.year - dice.randint(1, 8), dice=dice)
    maker = dice.choice(profile.makers) if profile.makers else None
    if maker:
        title_zh, title_en = f"{maker.zh} {model} {kind.zh}", f"{maker.en} {model} {kind.en}"
    else:
        title_zh = f"{firm.enterprise.short_name_zh} {kind.zh} {model}".strip()
        title_en = f"{firm.enterprise.short_name_en} {kind.en} {model}".strip()
    return ListingContent(
        type_code=kind.code,
        title_zh=title_zh,
        title_en=title_en,
        description_zh=words.zh,
        description_en=words.en,
        model=model if maker else "",
        manufacturer=maker.zh if maker else "",
        attributes=attributes,
        zone=firm.zone.public_id,
        place=f"{dice.randrange(1, 9)} 号楼 {dice.randrange(1, 4)} 层",
        latitude=firm.enterprise.latitude,
        longitude=firm.enterprise.longitude,
        terms=_terms(kind, dice, now=now),
    )


def _terms(kind: ResourceType, dice: random.Random, *, now: datetime) -> ListingTerms:
    """Special equipment 特种设备 shows its registration and its operator's certificate."""
    approval = dice.choice((Approval.INSTANT, Approval.INSTANT, Approval.BY_OWNER))
    if not kind.needs_certificate:
        return ListingTerms(approval=approval)
    number = f"{dice.choice(('车', '起', '容'))}11苏E{dice.randrange(10_000, 99_999)}"
    until = (now + timedelta(days=dice.randrange(500, 1000))).date()
    return ListingTerms(
        approval=approval,
        special_equipment=SpecialEquipment(number=number, valid_until=until),
        operator_certificate=f"TS6SUZ{dice.randrange(10_000, 99_999)}",
    )


def _orders(
    session: Session,
    park: Park,
    firms: list[_Firm],
    listings: list[Listing],
    dice: random.Random,
    *,
    now: datetime,
    progress: Progress,
) -> None:
    """Nine months of bookings, thin at first, and some that lie ahead; clashes are refused as they would be."""
    task = progress.add_task("订单 / orders", total=ORDERS)
    bookable = [one for one in listings if one.rate_plan_id and one.approval is Approval.INSTANT]
    starts = sorted(
        now - HISTORY * (1 - dice.random() ** 0.6) + timedelta(days=dice.randrange(0, 12)) for _ in range(ORDERS)
    )
    for start in starts:
        day = datetime.combine(start.astimezone(TIME_ZONE).date(), time(dice.choice((8, 9, 10, 13))), TIME_ZONE)
        listing, firm = dice.choice(bookable), dice.choice(firms)
        during = Range(day, day + timedelta(hours=dice.choice((2, 3, 4, 6, 7))))
        clock = fixed_clock(min(day - timedelta(days=dice.randrange(1, 4)), now))
        wish = PlaceOrder(listing=listing.public_id, during=during)
        try:
            with session.begin_nested():
                order = place_order(session, wish, actor=firm.actor, clock=clock)
                if day + timedelta(days=1) < now:
                    done = fixed_clock(day + timedelta(days=1))
                    complete_order(session, order.public_id, actor=system_actor(park.id), clock=done)
        except DomainError:
            pass
        progress.advance(task)
    session.commit()
