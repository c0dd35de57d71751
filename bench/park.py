"""A park of thousands of machines, made fast: a few listings by the product's own operations, the rest as their copies.

It lives in a database of its own beside the tests', with an index in a folder of its own, and is dropped at the end.
"""

import os
import random
import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import psycopg
from flask import Flask
from sqlalchemy import Table, insert, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.models import RatePlan
from billing.pricing.plan_json import plan_to_json
from marketplace.accounts.models import Enterprise, Park
from marketplace.accounts.operations.tokens import MakeToken, make_token
from marketplace.accounts.sessions import open_session
from marketplace.app.factory import create_app
from marketplace.app.migrating import upgrade
from marketplace.bookings.free_time import open_units, refresh
from marketplace.bookings.models import Occupancy, OccupancyKind, OccupancyStatus
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine
from marketplace.discovery.row_keeping import keep_rows, outdated_ids
from marketplace.kernel.clock import fixed_clock, system_clock
from marketplace.kernel.embedded import DatabaseUrls, prepare_cluster
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db
from marketplace.listings.models import Listing, Unit
from search.maintenance import rebuild
from tests.factories import create_enterprise, create_member, create_park, create_zone, firm_actor
from tests.listings.factories import MILL, create_published_listing, rent

T = TypeVar("T")
DATABASE = "gongzao_bench_park"
FIRMS, DEMANDERS = 60, 16
DAYS = 60
MAKERS = ("海铭", "衡谷", "云台", "江津")
TYPES = (
    (MILL, "立式加工中心", "vertical machining centre", "travel_x"),
    ("cnc_lathe", "数控车床", "CNC lathe", "turning_diameter"),
    ("surface_grinder", "平面磨床", "surface grinder", "travel_x"),
    ("laser_cutter", "激光切割机", "laser cutter", "travel_x"),
)
BATCH = 1_000
ZONES = ("north-1", "north-2", "south-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPark:
    """Where it is and who may ask: `cookie` is the browser of a demanding firm's owner, `tokens` those of many firms."""

    urls: DatabaseUrls
    settings: Settings
    app: Flask
    park_id: int
    listings: Sequence[str]
    four_units: str
    cookie: str
    tokens: Sequence[str]
    now: datetime


@contextmanager
def bench_park(listings: int, occupancies: int) -> Generator[BenchPark]:
    """The park, its free time and its index, as long as the block lasts."""
    admin = os.environ["GONGZAO_TEST_DATABASE_ADMIN_URL"]
    urls = prepare_cluster(admin, DATABASE)
    try:
        upgrade(urls.owner)
        with TemporaryDirectory() as folder:
            settings = Settings(
                database_url=urls.app,
                owner_database_url=urls.owner,
                secret_key=secrets.token_hex(),
                data_folder=Path(folder),
            )
            app = create_app(settings)
            with app.app_context():
                made = _fill(app, settings, urls, listings, occupancies)
            yield made
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def in_batches(values: Iterable[T]) -> Iterator[list[T]]:
    """As many at once as one statement takes well."""
    left = iter(values)
    while some := list(islice(left, BATCH)):
        yield some


def _fill(app: Flask, settings: Settings, urls: DatabaseUrls, listings: int, occupancies: int) -> BenchPark:
    session, now, draw = db.session(), system_clock(), random.Random(5)
    session.execute(text("SET statement_timeout = 0"))
    park = create_park(session)
    zones = [create_zone(session, park, code=code) for code in ZONES]
    firms = [create_enterprise(session, park, zone=zones[n % len(zones)]) for n in range(FIRMS)]
    clock = fixed_clock(now)
    template = create_published_listing(session, park, firms[0], zone=zones[0], clock=clock)
    booked = create_published_listing(session, park, firms[1], units=4, clock=clock)
    session.flush()
    ids = copies_of(session, template, firms, listings - 2, draw=draw)
    everything = [template.id, booked.id, *ids]
    for some in in_batches(everything):
        open_units(session, some, now=now)
    occupy(session, ids, occupancies, now=now, draw=draw)
    cookie = signed_in(app, session, park, now)
    tokens = [token_of(session, park, now) for _ in range(DEMANDERS)]
    session.commit()
    keep_rows(session, outdated_ids(session))
    session.commit()
    rebuild(engine(), ListingSource(session))
    with psycopg.connect(urls.owner.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ANALYZE")
    return BenchPark(
        urls=urls,
        settings=settings,
        app=app,
        park_id=park.id,
        listings=session.scalars(select(Listing.public_id).where(Listing.id.in_(ids[:200]))).all(),
        four_units=booked.public_id,
        cookie=cookie,
        tokens=tokens,
        now=now,
    )


def signed_in(app: Flask, session: Session, park: Park, now: datetime) -> str:
    """The cookie of a new firm's owner."""
    enterprise = create_enterprise(session, park)
    owner = create_member(session, enterprise)
    token = open_session(session, user=owner, park_id=park.id, enterprise_id=enterprise.id, at=now)
    signer: Any = app.session_interface
    value = signer.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def token_of(session: Session, park: Park, now: datetime) -> str:
    """A token with which a new firm's owner may book."""
    enterprise = create_enterprise(session, park)
    actor = firm_actor(create_member(session, enterprise), park, enterprise)
    asked = MakeToken(name="bench", scopes=("orders:write",))
    return make_token(session, asked, actor=actor, clock=fixed_clock(now)).secret


def copies_of(
    session: Session, template: Listing, firms: Sequence[Enterprise], count: int, *, draw: random.Random
) -> list[int]:
    """As many listings as wanted, each with a plan and a unit of its own, varied in size, price, maker and firm."""
    row = _row(session, Listing.__table__, Listing.id == template.id)
    plan = _row(session, RatePlan.__table__, RatePlan.id == template.rate_plan_id)
    unit = _row(session, Unit.__table__, Unit.listing_id == template.id)
    ids: list[int] = []
    for numbers in in_batches(range(count)):
        named = [new_public_id() for _ in numbers]
        plans = [plan | _price(draw) | {"subject_ref": f"listing:{name}"} for name in named]
        plan_ids = _inserted(session, RatePlan.__table__, plans)
        made = [
            row | _varied(n, draw) | {"public_id": name, "rate_plan_id": plan_id, "enterprise_id": firms[n % FIRMS].id}
            for n, name, plan_id in zip(numbers, named, plan_ids, strict=True)
        ]
        found = _inserted(session, Listing.__table__, made)
        pieces = [
            unit
            | {
                "public_id": new_public_id(),
                "listing_id": one,
                "enterprise_id": firms[n % FIRMS].id,
                "asset_number": f"B{n:05d}",
                "asset_key": f"b{n:05d}",
            }
            for n, one in zip(numbers, found, strict=True)
        ]
        _inserted(session, Unit.__table__, pieces)
        ids += found
    return ids


def _row(session: Session, table: Any, condition: Any) -> dict[str, Any]:
    """A row without what is its own."""
    row = session.execute(select(table).where(condition)).mappings().one()
    return {str(name): value for name, value in row.items() if name not in {"id", "public_id"}}


def _inserted(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    made: Table = table
    wish = insert(made).returning(made.c.id, sort_by_parameter_order=True)
    return list(session.scalars(wish, list(rows)).all())


def _price(draw: random.Random) -> dict[str, Any]:
    return {"public_id": new_public_id(), "plan": plan_to_json(rent(str(draw.randrange(60, 600))))}


def _varied(n: int, draw: random.Random) -> dict[str, Any]:
    code, zh, en, size = TYPES[n % len(TYPES)]
    return {
        "type_code": code,
        "title_zh": f"{zh} M{draw.randrange(100, 999)}-{n}",
        "title_en": f"{en} M{draw.randrange(100, 999)}-{n}",
        "model": f"M{draw.randrange(100, 999)}",
        "manufacturer": draw.choice(MAKERS),
        "attributes": {size: {"number": draw.randrange(300, 2000) * 1000}},
    }


def occupy(session: Session, listing_ids: Sequence[int], count: int, *, now: datetime, draw: random.Random) -> None:
    """Take as many stretches of four to twelve hours as wanted over the next DAYS days, and rewrite the free time."""
    unit_ids = session.scalars(select(Unit.id).where(Unit.listing_id.in_(listing_ids)).order_by(Unit.id)).all()
    begin = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    table: Any = Occupancy.__table__
    for some in in_batches(_stretches(unit_ids, count, begin, draw)):
        session.execute(insert(table), list(some))
    for units in in_batches(unit_ids):
        refresh(session, units)


def _stretches(
    unit_ids: Sequence[int], count: int, begin: datetime, draw: random.Random
) -> Iterator[dict[str, object]]:
    """Stretches that never meet: each unit takes its own days in turn, spread over all of them."""
    apart = max(2, DAYS // -(-count // len(unit_ids)))
    for n in range(count):
        start = begin + timedelta(days=n // len(unit_ids) * apart + draw.randrange(apart - 1), hours=draw.randrange(12))
        during = Range(start, start + timedelta(hours=draw.randrange(4, 12)))
        yield {
            "unit_id": unit_ids[n % len(unit_ids)],
            "during": during,
            "occupied": during,
            "kind": OccupancyKind.MAINTENANCE,
            "status": OccupancyStatus.CONFIRMED,
        }
