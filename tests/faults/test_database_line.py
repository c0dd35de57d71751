"""The database gone, hung and back again: a clear word, nothing lost, nothing half-written, no second booking."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from marketplace.accounts.operations.tokens import MakeToken, make_token
from marketplace.bookings.models import Booking
from marketplace.kernel.clock import system_clock
from marketplace.orders.models import Order
from tests.faults.proxy import Line
from tests.orders.test_orders import Market


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url, *, token="", body=None, headers=None, method=None):
    """One request of a program, as another process sends it."""
    sent = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=sent, method=method, headers=dict(headers or {}))  # noqa: S310 - our own address
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if sent is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers), error.read())


@pytest.fixture
def market(committing):
    market = Market(committing)
    committing.commit()
    return market


@pytest.fixture
def token(committing, market):
    """A machine's key of the demander, valid by the system's clock."""
    scopes = ("orders:read", "orders:write", "accounts:read")
    made = make_token(committing, MakeToken(name="MES", scopes=scopes), actor=market.engineer, clock=system_clock)
    committing.commit()
    return made.secret


def wish(market):
    """Two hours of the coming week by the system's clock, on the hour inside the usual opening."""
    zone = ZoneInfo("Asia/Shanghai")
    today = system_clock().astimezone(zone).date()
    day = today + timedelta(days=7 - today.weekday())
    start = datetime.combine(day, time(10), zone)
    return {
        "listing": market.listing.public_id,
        "start": start.isoformat(),
        "end": (start + timedelta(hours=2)).isoformat(),
    }


def test_a_database_that_refuses_is_told_in_words_and_comes_back(product, market, token):
    me = f"{product.address}/api/v1/me"
    assert ask(me, token=token).status == 200
    product.line.turn(Line.REFUSED)
    gone = ask(me, token=token)
    assert (gone.status, gone.json["code"]) == (503, "database_unavailable")
    assert ask(f"{product.address}/healthz").status == 200
    assert ask(f"{product.address}/readyz").status == 503
    page = ask(f"{product.address}/sign-in")
    assert page.status == 503
    assert "<html" in page.body.decode()
    product.line.turn(Line.WHOLE)
    assert ask(me, token=token).status == 200
    assert ask(f"{product.address}/readyz").status == 200


def test_a_database_that_hangs_does_not_hang_the_product(product, token, market):
    product.line.cut()
    product.line.turn(Line.HUNG)
    answer = ask(f"{product.address}/api/v1/me", token=token)
    assert (answer.status, answer.json["code"]) == (503, "database_unavailable")
    product.line.turn(Line.WHOLE)
    product.line.cut()
    assert ask(f"{product.address}/api/v1/me", token=token).status == 200


def test_a_line_cut_before_the_commit_leaves_nothing(product, market, token, committing):
    product.line.lose_answer_to(lambda message: b"INSERT INTO bookings_occupancy" in message)
    broken = ask(f"{product.address}/api/v1/orders/", token=token, body=wish(market))
    assert product.line.answer_lost.wait(10)
    assert (broken.status, broken.json["code"]) == (503, "database_unavailable")
    assert committing.scalar(select(func.count(Order.id))) == 0
    assert committing.scalar(select(func.count(Booking.id))) == 0


def test_a_commit_whose_answer_is_lost_is_read_back_with_the_same_key(product, market, token, committing):
    product.line.lose_answer_to(lambda message: b"COMMIT" in message)
    headers = {"Idempotency-Key": "job-11"}
    url = f"{product.address}/api/v1/orders/"
    lost = ask(url, token=token, body=wish(market), headers=headers)
    assert product.line.answer_lost.wait(10)
    assert lost.status == 503
    again = ask(url, token=token, body=wish(market), headers=headers)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert committing.scalar(select(func.count(Order.id))) == 1
    assert committing.scalar(select(Order.public_id)) == again.json["id"]
