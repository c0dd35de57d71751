"""Twenty clients, one machine-hour: as many orders as there are units, the rest told so, nothing broken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, text

from marketplace.accounts.sessions import open_session
from marketplace.bookings.models import NO_OVERLAP, Occupancy, UnitFreeTime
from marketplace.listings.models import Approval, LineMember, ListingKind, Unit
from marketplace.listings.queries import units_of
from marketplace.orders.models import Order
from tests.application import NOW
from tests.factories import create_enterprise, create_member
from tests.listings.factories import create_published_listing
from tests.orders.test_orders import Market

CLIENTS = 20


def body(market):
    return {
        "listing": market.listing.public_id,
        "start": "2026-11-23T10:00:00+08:00",
        "end": "2026-11-23T12:00:00+08:00",
    }


def signed_in(app, session, market):
    firm = create_enterprise(session, market.park)
    user = create_member(session, firm)
    token = open_session(session, user=user, park_id=market.park.id, enterprise_id=firm.id, at=NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def race(app, session, market):
    clients = [signed_in(app, session, market) for _ in range(CLIENTS)]
    session.commit()
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda client: client.post("/api/v1/orders/", json=body(market)), clients))


@pytest.mark.parametrize("approval", [Approval.INSTANT, Approval.BY_OWNER])
@pytest.mark.parametrize("units", [1, 3])
def test_of_twenty_clients_as_many_win_as_there_are_units(app, committing, approval, units):
    market = Market(committing, approval=approval, units=units)
    answers = race(app, committing, market)
    assert sorted(answer.status_code for answer in answers) == [201] * units + [409] * (CLIENTS - units)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"slot_taken"}


def test_the_same_key_makes_one_order(app, committing):
    market = Market(committing, units=3)
    client = signed_in(app, committing, market)
    committing.commit()
    headers = {"Idempotency-Key": "job-7"}
    first = client.post("/api/v1/orders/", json=body(market), headers=headers)
    again = client.post("/api/v1/orders/", json=body(market), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post("/api/v1/orders/", json=body(market) | {"quantity": 2}, headers=headers)
    assert other.status_code == 422


def test_one_key_sent_twenty_times_at_once_makes_one_order(app, committing):
    market = Market(committing, units=3)
    client = signed_in(app, committing, market)
    committing.commit()
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]

    def send(_):
        twin = app.test_client()
        with twin.session_transaction() as cookie:
            cookie["_user_id"] = token
        return twin.post("/api/v1/orders/", json=body(market), headers={"Idempotency-Key": "job-8"})

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(send, range(CLIENTS)))
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.json["id"] for answer in made}) == 1
    others = {(answer.status_code, answer.json["code"]) for answer in answers if answer.status_code != 201}
    assert others <= {(409, "request_still_running")}
    assert committing.scalar(select(func.count(Order.id))) == 1


def line_of(session, market, units):
    """A published line of the supplier made of these units."""
    line = create_published_listing(session, market.park, market.supplier, title="柔性线", units=1)
    session.execute(delete(UnitFreeTime).where(UnitFreeTime.listing_id == line.id))
    session.execute(delete(Unit).where(Unit.listing_id == line.id))
    line.kind = ListingKind.LINE
    session.add_all(LineMember(line_id=line.id, unit_id=unit.id, position=n) for n, unit in enumerate(units))
    session.flush()
    return line


def test_of_clients_on_two_lines_that_share_a_machine_exactly_one_wins(app, committing):
    market = Market(committing, units=3)
    first, shared, last = units_of(committing, market.listing.id)
    lines = [line_of(committing, market, (first, shared)), line_of(committing, market, (last, shared))]
    clients = [signed_in(app, committing, market) for _ in range(CLIENTS)]
    committing.commit()
    bodies = [body(market) | {"listing": lines[n % 2].public_id} for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(
            pool.map(lambda pair: pair[0].post("/api/v1/orders/", json=pair[1]), zip(clients, bodies, strict=True))
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (CLIENTS - 1)
    taken = committing.scalars(select(Occupancy.unit_id)).all()
    assert shared.id in taken
    assert len(taken) == 2


@pytest.fixture
def unguarded(committing, cluster, settings):
    """The same schema without its overlap constraint."""
    import psycopg
    from sqlalchemy.engine import make_url

    owner = make_url(settings.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        definition = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [NO_OVERLAP]
        ).fetchone()[0]
        connection.execute(f"ALTER TABLE bookings_occupancy DROP CONSTRAINT {NO_OVERLAP}")
        yield
        connection.execute("DELETE FROM bookings_occupancy")
        connection.execute(f"ALTER TABLE bookings_occupancy ADD CONSTRAINT {NO_OVERLAP} {definition}")


def test_without_the_guard_two_transactions_take_the_same_hour(app, committing, unguarded):
    """Negative control: reading before writing protects nobody."""
    from sqlalchemy.orm import Session

    from marketplace.kernel.web import db

    market = Market(committing)
    committing.commit()
    with app.app_context(), Session(db.engine) as first, Session(db.engine) as second:
        for session in (first, second):
            market.session = session
            session.execute(text("SET LOCAL lock_timeout = 0"))
        market.session = first
        market.place()
        free = second.execute(text("SELECT count(*) FROM bookings_occupancy WHERE status <> 'released'")).scalar()
        assert free == 0
        first.commit()
        second.execute(
            text(
                "INSERT INTO bookings_occupancy (unit_id, during, occupied, kind, status) "
                "SELECT unit_id, during, occupied, 'maintenance', 'confirmed' FROM bookings_occupancy"
            )
        )
        second.commit()
        assert second.scalar(select(func.count(Occupancy.id))) == 2
