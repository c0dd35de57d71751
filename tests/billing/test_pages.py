"""Pages and API of bills, contracts and meters, asked as people and devices ask them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.bills.operations import CorrectBill, correct_bill, issue_bill
from billing.contracts.operations import settle_bill
from billing.contracts.runs import bill_batch, due_contracts
from billing.metering.models import MeterKind
from billing.metering.operations import AddMeter, add_meter, make_device_token, revoke_device_token
from billing.pricing.rent_to_own import CreditKind, CreditRule, RentStep, RentToOwnTerms
from tests.application import NOW
from tests.billing.parties import AT_NOW, Parties

TO_OWN = RentToOwnTerms(
    price=Decimal(1200),
    rents=(RentStep(count=18, rent=Decimal(100)),),
    credit=CreditRule(kind=CreditKind.PROPORTIONAL, window=3),
)


@pytest.fixture
def parties(session):
    return Parties(session)


@pytest.fixture
def buyer(parties, browser_of):
    return browser_of(parties.session, parties.buyer, park_id=parties.park.id, enterprise_id=parties.demander.id)


@pytest.fixture
def seller(parties, browser_of):
    return browser_of(parties.session, parties.seller, park_id=parties.park.id, enterprise_id=parties.supplier.id)


@pytest.fixture
def stranger(session, browser_of):
    others = Parties(session)
    return browser_of(session, others.buyer, park_id=others.park.id, enterprise_id=others.demander.id)


def issue(parties, **changes):
    return issue_bill(parties.session, parties.bill(**changes), actor=parties.system, clock=AT_NOW)


def run(session):
    bill_batch(session, clock=AT_NOW, contract_ids=due_contracts(session, at=NOW))
    session.flush()


def test_bills_list_shows_what_is_owed_and_is_empty_politely(parties, buyer):
    assert "还没有账单" in buyer.get("/money/bills/").text
    bill = issue(parties)
    page = buyer.get("/money/bills/?side=owed").text
    assert bill.number in page
    assert "113.00" in page
    assert bill.number not in buyer.get("/money/bills/?side=issued").text


def test_bill_page_has_lines_tax_and_both_firms(parties, buyer, seller, stranger):
    bill = issue(parties)
    for reader in (buyer, seller):
        page = reader.get(f"/money/bills/{bill.public_id}").text
        assert "13.00" in page
        assert parties.supplier.name_zh in page
    assert stranger.get(f"/money/bills/{bill.public_id}").status_code == 404
    assert stranger.get(f"/money/bills/{bill.public_id}.pdf").status_code == 404


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_bill_comes_as_pdf_in_both_languages(parties, buyer, language):
    bill = issue(parties)
    back = correct_bill(
        parties.session, CorrectBill(bill=bill.public_id, reason="金额有误"), actor=parties.as_seller, clock=AT_NOW
    )
    for document in (bill, back):
        answer = buyer.get(f"/money/bills/{document.public_id}.pdf", headers={"Accept-Language": language})
        assert answer.content_type == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
        assert f"{document.number}.pdf" in answer.headers["Content-Disposition"]


def test_as_many_statements_for_twenty_bills_as_for_two(parties, buyer, statements):
    for n in range(2):
        issue(parties, key=f"b{n}")
    buyer.get("/money/bills/")
    with statements() as few:
        buyer.get("/money/bills/")
    for n in range(2, 20):
        issue(parties, key=f"b{n}")
    with statements() as many:
        buyer.get("/money/bills/")
    assert len(many) == len(few)


def test_fapiao_goes_from_request_to_red_letter_on_pages(parties, buyer, seller):
    bill = issue(parties)
    assert buyer.post(f"/money/bills/{bill.public_id}/fapiao", data={"kind": "special"}).status_code == 303
    again = buyer.post(f"/money/bills/{bill.public_id}/fapiao", data={"kind": "special"})
    assert again.status_code == 409
    fapiao = seller.get("/api/v1/bills/fapiao").json["items"][0]["id"]
    where = f"/money/bills/fapiao/{fapiao}"
    wrong = seller.post(f"{where}/number", data={"number": "123", "issued_on": "2026-11-23"})
    assert wrong.status_code == 422
    assert "20 位数字" in wrong.text
    assert 'value="123"' in wrong.text
    assert buyer.post(f"{where}/number", data={"number": "1" * 20, "issued_on": "2026-11-23"}).status_code == 403
    assert seller.post(f"{where}/number", data={"number": "1" * 20, "issued_on": "2026-11-23"}).status_code == 303
    letter = {"red_number": "2" * 20, "red_form": "HZ1", "reversed_on": "2026-11-24"}
    assert seller.post(f"{where}/red-letter", data=letter).status_code == 303
    assert "已红冲" in buyer.get("/money/bills/fapiao").text


def test_contract_page_says_how_far_it_is_and_what_buying_costs(parties, buyer, seller, stranger):
    contract = parties.contract(TO_OWN, starts_on=date(2026, 11, 20))
    run(parties.session)
    period_bill = buyer.get("/api/v1/bills/").json["items"][0]["id"]
    from billing.bills.queries import bill_of

    settle_bill(
        parties.session,
        bill_of(parties.session, period_bill, actor=parties.as_buyer),
        actor=parties.system,
        clock=AT_NOW,
    )
    address = f"/money/contracts/{contract.public_id}"
    page = buyer.get(address).text
    assert "已付 6" in page
    assert "1,100.00" in page
    assert "933.33" in page
    assert stranger.get(address).status_code == 404
    assert buyer.post(f"{address}/quote").status_code == 303
    page = buyer.get(address).text
    buy = next(part for part in page.split('"') if "/buy/" in part)
    bought = buyer.post(buy)
    assert bought.status_code == 303
    assert "1,100.00" in buyer.get(bought.location).text
    assert buyer.get("/money/contracts/").status_code == 200
    assert seller.get("/money/contracts/").status_code == 200


class TestMeters:
    @pytest.fixture
    def meter(self, parties):
        command = AddMeter(name="主轴", kind=MeterKind.COUNTER, unit="machine_hour")
        return add_meter(parties.session, command, actor=parties.as_seller, clock=AT_NOW)

    @pytest.fixture
    def token(self, parties, meter):
        return make_device_token(parties.session, meter.public_id, "网关", actor=parties.as_seller, clock=AT_NOW)

    def send(self, client, meter, secret, *readings):
        rows = [
            {"event_id": event, "at": (NOW - timedelta(minutes=ago)).isoformat(), "value": value, "sequence": n}
            for n, (event, ago, value) in enumerate(readings, start=1)
        ]
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return client.post(f"/api/v1/meters/{meter.public_id}/readings", json={"readings": rows}, headers=headers)

    def test_device_sends_and_each_reading_is_answered(self, client, meter, token, seller):
        batch = [("a", 30, "100"), ("b", 20, "108"), ("c", 10, "90"), ("d", -60, "1")]
        answer = self.send(client, meter, token.secret, *batch)
        assert [(row["outcome"], row["why"]) for row in answer.json["answers"]] == [
            ("stored", ""),
            ("stored", ""),
            ("held", "counter_went_back"),
            ("rejected", "in_the_future"),
        ]
        again = self.send(client, meter, token.secret, *batch[:2])
        assert {row["outcome"] for row in again.json["answers"]} == {"duplicate"}
        page = seller.get(f"/money/meters/{meter.public_id}").text
        assert "近 31 天用了 8 机时" in page
        assert "表倒走了" in page

    def test_token_of_another_meter_finds_nothing(self, client, session, meter, token):
        others = Parties(session)
        command = AddMeter(name="别家的", kind=MeterKind.DELTA, unit="piece")
        foreign = add_meter(session, command, actor=others.as_seller, clock=AT_NOW)
        assert self.send(client, foreign, token.secret, ("a", 1, "1")).status_code == 404
        assert self.send(client, meter, "", ("a", 1, "1")).status_code == 401

    def test_revoked_token_finds_nothing(self, client, parties, meter, token):
        revoke_device_token(parties.session, token.token.public_id, actor=parties.as_seller, clock=AT_NOW)
        assert self.send(client, meter, token.secret, ("a", 1, "1")).status_code == 404

    def test_meter_is_its_firms_own(self, meter, stranger, buyer):
        for reader in (stranger, buyer):
            assert reader.get(f"/money/meters/{meter.public_id}").status_code == 404
            assert reader.get(f"/api/v1/meters/{meter.public_id}/readings").status_code == 404

    def test_meter_is_registered_on_its_page(self, seller):
        refused = seller.post("/money/meters/", data={"name": "", "kind": "counter", "unit": "kwh"})
        assert refused.status_code == 422
        added = seller.post("/money/meters/", data={"name": "电表", "kind": "counter", "unit": "kwh"})
        assert added.status_code == 303
        assert "电表" in seller.get("/money/meters/").text
