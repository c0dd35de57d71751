"""Pages and API of card payments: the payer's way there and back, the clerk's board, strangers, and cards switched off."""

import pytest
from sqlalchemy import func, select

from billing.payments.gateways.installed import take_cards_with
from billing.payments.models import Payment, PaymentStatus
from billing.payments.operations.settling import Refund, refund
from marketplace.conversations.models import Notice
from marketplace.conversations.wording import words_of
from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.ui.pages import LANGUAGE_COOKIE
from tests.billing.ledger.book import CLOCK
from tests.factories import create_enterprise, create_member, create_officer


@pytest.fixture
def desk(card_desk):
    return card_desk


@pytest.fixture
def person(desk, browser_of):
    def sign_in(firm, role=FirmRole.FINANCE):
        user = create_member(desk.session, firm, role=role)
        return browser_of(desk.session, user, park_id=desk.park.id, enterprise_id=firm.id)

    return sign_in


@pytest.fixture
def payer(desk, person):
    return person(desk.payer)


@pytest.fixture
def clerk(desk, browser_of):
    return browser_of(desk.session, create_officer(desk.session, desk.park, OfficeRole.FINANCE), park_id=desk.park.id)


def at(request, tail=""):
    return f"/money/requests/{request.public_id}{tail}"


def test_the_payer_goes_to_the_page_and_back(desk, payer):
    request = desk.ask(label="五轴加工中心")
    assert "用银行卡付 ¥1,300.00" in payer.get(at(request)).text
    sent = payer.post(at(request, "/card"))
    assert (sent.status_code, sent.location) == (303, at(request, "/card"))
    assert "正在打开付款页面" in payer.get(at(request, "/card")).text
    assert "hx-get" in payer.get(at(request, "/card/progress")).text
    desk.settle()
    assert payer.get(at(request, "/card/progress")).headers["HX-Redirect"] == at(request, "/card")
    page = payer.get(at(request, "/card")).location
    assert page.startswith("/test-cards/test_")
    assert "不会扣钱" in payer.get(page).text
    assert payer.post(f"{page}/bad").location == page
    assert "银行拒绝了这张卡" in payer.get(page).text
    back = payer.post(f"{page}/good").location
    assert back == "/"  # the gateway of tests leads to another host, which is not followed
    there = at(request, "/card?back=1")
    assert "正在确认收款" in payer.get(there).text
    assert payer.post(at(request, "/card/ask")).location == there
    desk.settle()
    assert payer.get(at(request, "/card/progress?back=1")).headers["HX-Redirect"] == there
    assert "已收到 ¥1,300.00" in payer.get(there).text
    assert "全部款项已到账" in payer.get(at(request)).text
    assert "这个付款页面已经用过" in payer.get(page).text
    assert payer.post(at(request, "/card")).location == at(request)
    assert desk.off() == []


def test_a_declined_card_is_told_and_the_page_is_still_there(desk, payer):
    request = desk.ask()
    payment = desk.opened(request)
    desk.gateway.decline(payment.gateway_ref)
    desk.look_again(payment)
    told = payer.get(at(request, "/card?back=1")).text
    assert "银行拒绝了这张卡" in told
    assert payment.page_url in told
    assert "接着用银行卡付" in payer.get(at(request)).text


def test_a_failed_payment_offers_both_ways_again(desk, payer):
    request = desk.ask()
    payment = desk.opened(request)
    desk.gateway.expire(payment.gateway_ref)
    desk.look_again(payment)
    told = payer.get(at(request, "/card")).text
    for words in ("没有付成，卡上没有扣款", "付款页面过期了", "再用银行卡付一次", "改用银行转账"):
        assert words in told
    assert "上次没有付成" in payer.get(at(request)).text


def test_in_english(desk, payer):
    request = desk.ask()
    desk.opened(request)
    payer.set_cookie(LANGUAGE_COOKIE, "en")
    assert "Go on paying by card" in payer.get(at(request)).text


def test_without_cards_only_the_transfer_is_offered(desk, payer):
    request = desk.ask()
    take_cards_with(None)
    page = payer.get(at(request)).text
    assert "用银行卡付" not in page
    assert "这样转账" in page
    assert payer.post(at(request, "/card")).location == at(request)
    assert "园区现在不收银行卡" in payer.get(at(request)).text
    refused = payer.post(f"/api/v1/funds/{request.public_id}/card", json={})
    assert (refused.status_code, refused.json["code"]) == (503, "cards_off")
    assert payer.get("/test-cards/test_x").status_code == 404
    assert desk.session.scalar(select(func.count(Payment.id))) == 0


def test_who_does_not_pay_is_offered_nothing(desk, person, clerk):
    request = desk.ask()
    desk.opened(request)
    for reader in (person(desk.payee), clerk):
        assert "用银行卡付" not in reader.get(at(request)).text
        shown = reader.get(at(request, "/card"))
        assert shown.status_code == 200
        assert "test-cards" not in shown.text
    for stranger in (person(create_enterprise(desk.session, desk.park)), person(desk.payee)):
        assert stranger.post(at(request, "/card")).status_code == 404
        assert stranger.post(f"/api/v1/funds/{request.public_id}/card", json={}).status_code == 404


def test_api_pays_once_a_key_and_lists_payments_and_refunds(desk, payer):
    request = desk.ask(1000, 0)
    where = f"/api/v1/funds/{request.public_id}"
    key = {"Idempotency-Key": "one"}
    first, again = (payer.post(f"{where}/card", json={}, headers=key) for _ in range(2))
    assert (first.status_code, first.json["status"], first.json["page_url"]) == (201, "created", None)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    desk.settle()
    open_one = payer.get(f"{where}/payments").json["items"][0]
    assert (open_one["status"], open_one["amount"], open_one["fee"]) == ("pending", 100_000, 5_000)
    desk.gateway.pay(open_one["page_url"].rpartition("/")[2])
    payment = desk.payments()[0]
    desk.look_again(payment)
    refund(desk.session, Refund(subject_ref=desk.subject, key="back"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    listed = payer.get(f"{where}/payments").json["items"]
    assert [(one["status"], one["refunded"]) for one in listed] == [("succeeded", 100_000)]
    assert [(one["status"], one["amount"]) for one in listed[0]["refunds"]] == [("succeeded", 100_000)]
    assert "已退回卡上" in payer.get(at(request)).text


def test_the_board_shows_every_state_and_nothing_of_another_park(desk, clerk, payer, browser_of):
    for n, end in enumerate(("open", "paid", "returned", "failed")):
        desk.subject = f"order:{n}"
        payment = desk.opened(desk.ask(1000, 0, label=f"机床{end}"))
        if end == "failed":
            desk.gateway.expire(payment.gateway_ref)
        elif end != "open":
            desk.gateway.pay(payment.gateway_ref)
        desk.look_again(payment)
        if end == "returned":
            refund(desk.session, Refund(subject_ref=desk.subject, key="back"), actor=desk.actor, clock=CLOCK)
            desk.settle()
    shown = {
        which: {end for end in ("open", "paid", "returned", "failed") if f"机床{end}" in page}
        for which in ("all", "open", "succeeded", "returned", "failed")
        for page in [clerk.get(f"/office/money/cards/?show={which}").text]
    }
    assert shown == {
        "all": {"open", "paid", "returned", "failed"},
        "open": {"open"},
        "succeeded": {"paid", "returned"},
        "returned": {"returned"},
        "failed": {"failed"},
    }
    listed = clerk.get("/api/v1/card-payments/?show=succeeded&size=1").json
    assert [item["label"] for item in listed["items"]] == ["机床returned"]
    assert listed["next_cursor"]
    other = type(desk)(desk.session, desk.gateway, desk.run)
    officer = create_officer(desk.session, other.park, OfficeRole.FINANCE)
    far = browser_of(desk.session, officer, park_id=other.park.id)
    assert far.get("/api/v1/card-payments/").json["items"] == []
    assert payer.get("/office/money/cards/").status_code == 403


def test_as_many_statements_for_twenty_payments_as_for_two(desk, clerk, statements):
    counts = []
    for more in (range(2), range(2, 20)):
        for n in more:
            desk.subject = f"order:{n}"
            desk.start(desk.ask(1000, 0))
        desk.settle()
        with statements() as seen:
            clerk.get("/office/money/cards/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("refuses", "code", "english"),
    [
        (False, "funds.card_refunded", "¥1,000.00 returned to the card: payment for an order"),
        (True, "funds.card_refund_failed", "¥1,000.00 could not be returned to the card: payment for an order"),
    ],
)
def test_the_payer_is_told_what_became_of_a_refund(desk, refuses, code, english):
    desk.pay_by_card(desk.ask(1000, 0))
    desk.gateway.refuse_refunds = refuses
    refund(desk.session, Refund(subject_ref=desk.subject, key="back"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    told = [notice for notice in desk.session.query(Notice) if notice.code == code]
    assert [words_of(one.code, one.facts, "en")[0].lower() for one in told] == [english.lower()]
    assert desk.refunds()[0].status is (PaymentStatus.FAILED if refuses else PaymentStatus.SUCCEEDED)
