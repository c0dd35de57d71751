"""Meters and contracts on pages and for programs: readings typed, corrected, contested, confirmed; buying out, ending."""

from datetime import date
from decimal import Decimal

import pytest

from billing.contracts.runs import bill_batch, due_contracts
from billing.contracts.terms import UsageTerms
from billing.metering.models import MeterKind
from billing.metering.operations import AddMeter, NewReading, TakeReadings, add_meter, take_readings
from billing.pricing.plans import Meter as Counts
from billing.pricing.plans import UsagePlan
from billing.pricing.tiers import Tier
from tests.application import NOW
from tests.billing.contracts.test_contracts import TO_OWN
from tests.billing.parties import AT_NOW, Parties
from tests.factories import create_enterprise, create_member

PLAN = UsagePlan(meter=Counts.KWH, tiers=(Tier(unit_price=Decimal("0.80")),))


@pytest.fixture
def parties(session):
    return Parties(session)


@pytest.fixture
def sign_in(parties, browser_of):
    def as_firm(user, firm):
        return browser_of(parties.session, user, park_id=parties.park.id, enterprise_id=firm.id)

    return as_firm


@pytest.fixture
def seller(parties, sign_in):
    return sign_in(parties.seller, parties.supplier)


@pytest.fixture
def buyer(parties, sign_in):
    return sign_in(parties.buyer, parties.demander)


@pytest.fixture
def stranger(parties, sign_in):
    firm = create_enterprise(parties.session, parties.park)
    return sign_in(create_member(parties.session, firm), firm)


@pytest.fixture
def meter(parties):
    command = AddMeter(name="主轴", kind=MeterKind.COUNTER, unit="kwh")
    return add_meter(parties.session, command, actor=parties.as_seller, clock=AT_NOW)


def read(parties, meter, event, value):
    reading = NewReading(event_id=event, at=NOW, value=Decimal(value))
    take_readings(parties.session, TakeReadings(meter_id=meter.id, device="gw", readings=[reading]), clock=AT_NOW)


def typed(value, at="2026-11-23T07:00"):
    return {"value": value, "at": at}


def test_a_reading_is_typed_and_what_cannot_be_is_told(parties, meter, seller, buyer):
    address = f"/money/meters/{meter.public_id}"
    assert seller.post(f"{address}/readings", data=typed("100")).status_code == 303
    assert seller.post(f"{address}/readings", data=typed("112.5", "2026-11-23T07:30")).status_code == 303
    page = seller.get(address).text
    assert "12.5" in page
    for value, at, words in (
        ("-1", "2026-11-23T07:40", "不能是负数"),
        ("120", "2030-01-01T08:00", "未来"),
        ("120", "2020-01-01T08:00", "太早"),
    ):
        refused = seller.post(f"{address}/readings", data=typed(value, at))
        assert refused.status_code == 422, value
        assert words in refused.text
        assert f'value="{value}"' in refused.text
    assert buyer.post(f"{address}/readings", data=typed("120")).status_code == 404


def test_a_counter_that_went_back_waits_and_is_dismissed_or_counted(parties, meter, seller):
    read(parties, meter, "1", 100)
    read(parties, meter, "2", 40)
    address = f"/money/meters/{meter.public_id}"
    page = seller.get(address).text
    assert "1 条待核对" in page
    dismiss = next(part for part in page.split('"') if part.endswith("/dismiss"))
    assert seller.post(dismiss).status_code == 303
    page = seller.get(address).text
    assert "已作废" in page
    assert "待核对" not in page
    assert seller.post(dismiss).status_code == 303
    assert "不在待核对" in seller.get(address).text


def test_a_reading_is_corrected_and_a_meter_exchanged(parties, meter, seller, buyer):
    read(parties, meter, "1", 100)
    address = f"/money/meters/{meter.public_id}"
    right = {"event_id": "1", "used": "3", "reason": "装表前的用量"}
    assert seller.post(f"{address}/corrections", data=right | {"reason": ""}).status_code == 422
    assert seller.post(f"{address}/corrections", data=right).status_code == 303
    assert "已被更正" in seller.get(address).text
    assert seller.post(f"{address}/exchange", data={"final": "90"}).status_code == 422
    assert seller.post(f"{address}/exchange", data={"final": "107"}).status_code == 303
    assert "用了 10 度" in seller.get(address).text
    assert buyer.post(f"{address}/exchange", data={"final": "107"}).status_code == 404


def test_a_device_token_is_shown_once_works_and_is_revoked(parties, meter, seller, app):
    address = f"/money/meters/{meter.public_id}"
    made = seller.post(f"{address}/tokens", data={"name": "网关"})
    assert made.status_code == 201
    secret = next(part for part in made.text.split('"') if part.startswith("gzm_"))
    assert secret not in seller.get(address).text
    body = {"readings": [{"event_id": "1", "at": NOW.isoformat(), "value": "5"}]}
    where, header = f"/api/v1/meters/{meter.public_id}/readings", {"Authorization": f"Bearer {secret}"}
    client = app.test_client()
    assert client.post(where, json=body, headers=header).json["answers"][0]["outcome"] == "stored"
    revoke = next(part for part in seller.get(address).text.split('"') if part.endswith("/end"))
    assert seller.post(revoke).status_code == 303
    assert client.post(where, json=body, headers=header).status_code == 404


@pytest.fixture
def metered(parties, meter):
    read(parties, meter, "1", 100)
    read(parties, meter, "2", 160)
    return parties.contract(UsageTerms(plan=PLAN), meter_ids=(meter.id,))


def test_the_demander_sees_and_contests_readings_on_its_contract(parties, metered, meter, buyer, seller, stranger):
    address = f"/money/contracts/{metered.public_id}"
    assert "60" in buyer.get(address).text
    wrong = {"meter": meter.public_id, "event_id": "2", "reason": "那天停机"}
    assert seller.post(f"{address}/dispute-reading", data=wrong).status_code == 404
    assert stranger.post(f"{address}/dispute-reading", data=wrong).status_code == 404
    assert buyer.post(f"{address}/dispute-reading", data=wrong | {"reason": ""}).status_code == 422
    assert buyer.post(f"{address}/dispute-reading", data=wrong).status_code == 303
    assert "待核对" in buyer.get(address).text
    assert "那天停机" in seller.get(f"/money/meters/{meter.public_id}").text


def test_programs_read_contracts_and_their_periods(parties, metered, buyer, seller, stranger):
    listed = buyer.get("/api/v1/contracts/").json["items"]
    assert [one["id"] for one in listed] == [metered.public_id]
    assert buyer.get("/api/v1/contracts/?status=terminated").json["items"] == []
    one = seller.get(f"/api/v1/contracts/{metered.public_id}").json
    assert (one["kind"], one["used"], one["terms"]["plan"]["meter"]) == ("usage", "60", "kwh")
    bill_batch(parties.session, clock=AT_NOW, contract_ids=due_contracts(parties.session, at=NOW))
    periods = buyer.get(f"/api/v1/contracts/{metered.public_id}/periods").json["items"]
    assert [(period["number"], period["status"]) for period in periods] == [(1, "open")]
    for path in ("", "/periods"):
        assert stranger.get(f"/api/v1/contracts/{metered.public_id}{path}").status_code == 404
    assert stranger.get("/api/v1/contracts/").json["items"] == []


def test_programs_buy_out_and_end(parties, buyer, seller):
    contract = parties.contract(TO_OWN, starts_on=date(2026, 11, 20))
    where = f"/api/v1/contracts/{contract.public_id}"
    quote = buyer.post(f"{where}/buy-out-quotes").json
    assert (quote["amount"], quote["paid_instalments"]) == (1200_00, 0)
    assert seller.post(f"/api/v1/contracts/buy-out-quotes/{quote['id']}/acceptance").status_code == 404
    first = buyer.post(f"/api/v1/contracts/buy-out-quotes/{quote['id']}/acceptance")
    again = buyer.post(f"/api/v1/contracts/buy-out-quotes/{quote['id']}/acceptance")
    assert (first.status_code, first.json["total"]["amount"]) == (201, 1200_00)
    assert first.json["id"] == again.json["id"]
    other = parties.contract(TO_OWN, ref="order:2", starts_on=date(2026, 11, 20))
    notice = {"on": "2026-11-30", "reason": "产线搬走"}
    where = f"/api/v1/contracts/{other.public_id}/termination"
    refused = seller.post(where, json=notice)
    assert (refused.status_code, refused.json["code"]) == (409, "contract_not_suspended")
    assert buyer.post(where, json={"on": "2026-11-30"}).status_code == 422
    assert buyer.post(where, json=notice).json["status"] == "terminated"


def test_a_contract_is_ended_on_its_page_with_day_and_reason(parties, buyer, seller):
    contract = parties.contract(TO_OWN, starts_on=date(2026, 11, 20))
    address = f"/money/contracts/{contract.public_id}"
    assert "终止这份合同" in buyer.get(address).text
    assert "终止这份合同" not in seller.get(address).text
    late = buyer.post(f"{address}/end", data={"on": "2027-11-30", "reason": "搬走"})
    assert late.status_code == 422
    assert "最晚到本期结束" in late.text
    assert buyer.post(f"{address}/end", data={"on": "2026-11-30", "reason": "搬走"}).status_code == 303
    assert "已终止" in buyer.get(address).text


def test_as_many_statements_for_a_page_of_contracts_as_for_two(parties, buyer, statements):
    for n in range(2):
        parties.contract(ref=f"order:{n}")
    buyer.get("/api/v1/contracts/")
    with statements() as few:
        buyer.get("/api/v1/contracts/")
    for n in range(2, 15):
        parties.contract(ref=f"order:{n}")
    with statements() as many:
        buyer.get("/api/v1/contracts/")
    assert len(many) == len(few)
