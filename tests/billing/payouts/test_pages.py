"""A firm's money on its pages: overview, bank account, payouts it asks for."""

import pytest

from billing.payouts.models import Payout
from marketplace.kernel.actor import FirmRole
from tests.billing.payments.desk import Desk
from tests.factories import create_enterprise, create_member

ACCOUNT = {"holder": "砺川精密机械有限公司", "bank": "中国银行云溪支行", "number": "6216 6100 0001 2345"}


@pytest.fixture
def desk(session):
    return Desk(session)


@pytest.fixture
def person(desk, browser_of):
    def sign_in(firm, role=FirmRole.FINANCE):
        user = create_member(desk.session, firm, role=role)
        return browser_of(desk.session, user, park_id=desk.park.id, enterprise_id=firm.id)

    return sign_in


def test_overview_says_where_the_money_is(desk, person):
    payee, payer = person(desk.payee), person(desk.payer)
    assert "现在没有保管中" in payee.get("/money/").text
    desk.secured()
    desk.release(400, commission=50)
    page = payee.get("/money/").text
    assert "可结算 ¥350.00" in page
    assert "验收后还会放款 ¥600.00" in page
    assert "300.00" in payer.get("/money/").text


def test_bank_account_is_kept_on_its_page_by_finance_alone(desk, person):
    clerk = person(desk.payee)
    refused = clerk.post("/money/account", data=ACCOUNT | {"number": "12"})
    assert refused.status_code == 422
    assert "账号只能是 6 到 34 位" in refused.text
    assert 'value="12"' in refused.text
    assert clerk.post("/money/account", data=ACCOUNT).status_code == 303
    assert "尾号 2345" in clerk.get("/money/").text
    operator = person(desk.payee, FirmRole.OPERATOR)
    assert operator.post("/money/account", data=ACCOUNT).status_code == 403
    assert operator.get("/money/account").status_code == 200
    assert clerk.get("/api/v1/payouts/account").json["number"] == "6216610000012345"


def test_payout_asked_for_twice_is_one(desk, person):
    clerk = person(desk.payee)
    desk.secured()
    desk.release()
    refused = clerk.post("/money/payouts", data={"source": "payable", "currency": "CNY"})
    assert refused.status_code == 422
    assert "还没有收款账户" in refused.text
    clerk.post("/money/account", data=ACCOUNT)
    wish = {"source": "payable", "currency": "CNY", "idempotency_key": "k1"}
    assert [clerk.post("/money/payouts", data=wish).status_code for _ in range(2)] == [303, 303]
    assert clerk.post("/money/payouts", data=wish | {"idempotency_key": "k2"}).status_code == 409
    assert desk.session.query(Payout).count() == 1
    assert "排队中" in clerk.get("/money/payouts").text
    (listed,) = clerk.get("/api/v1/payouts/").json["items"]
    assert (listed["amount"], listed["status"]) == (100_000, "queued")
    assert clerk.get("/api/v1/payouts/money").json[0]["on_the_way"] == 100_000
    stranger = person(create_enterprise(desk.session, desk.park))
    assert stranger.get(f"/api/v1/payouts/{listed['id']}").status_code == 404


def test_as_many_statements_for_twenty_payouts_as_for_two(desk, person, statements):
    clerk = person(desk.payee)
    clerk.post("/money/account", data=ACCOUNT)

    def pay_out(n):
        desk.subject = f"order:many{n}"
        desk.secured()
        desk.release(key=f"k{n}")
        clerk.post("/money/payouts", data={"source": "payable"})

    counts = []
    for numbers in (range(2), range(2, 20)):
        for n in numbers:
            pay_out(n)
        clerk.get("/money/payouts")
        with statements() as seen:
            clerk.get("/money/payouts")
        counts.append(len(seen))
    assert counts[0] == counts[1]
