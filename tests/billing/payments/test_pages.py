"""Pages and API of money asked for, asked as the payer, the payee, strangers and the clerk ask them."""

import base64
import io
from datetime import timedelta

import pytest

from billing.payments.models import RequestStatus
from billing.payments.operations.requesting import expire_requests
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from marketplace.conversations.models import Notice
from marketplace.conversations.wording import words_of
from marketplace.kernel.actor import FirmRole, OfficeRole, system_actor
from marketplace.kernel.clock import fixed_clock
from tests.application import NOW
from tests.billing.ledger.book import CLOCK
from tests.billing.payments.desk import Desk
from tests.factories import create_enterprise, create_member, create_officer
from tests.listings.media.test_uploads import jpeg


@pytest.fixture
def desk(session):
    made = Desk(session)
    account = KeepBankAccount(holder="云溪资金存管专户", bank="中国银行云溪支行", number="622202000012")
    keep_bank_account(session, account, actor=system_actor(made.park.id), clock=CLOCK)
    return made


@pytest.fixture
def person(desk, browser_of):
    def sign_in(firm, role=FirmRole.FINANCE):
        user = create_member(desk.session, firm, role=role)
        return browser_of(desk.session, user, park_id=desk.park.id, enterprise_id=firm.id)

    return sign_in


@pytest.fixture
def payer(desk, person):
    return person(desk.payer)


def picture(content=None):
    return {"slip": (io.BytesIO(content or jpeg((640, 480))), "回单.jpg")}


def test_payer_sees_account_reference_and_deadline(desk, payer, person):
    request = desk.ask(label="五轴加工中心")
    page = payer.get(f"/money/requests/{request.public_id}").text
    for told in ("请付 ¥1,300.00", "云溪资金存管专户", "622202000012", request.reference, "担保资金", "押金"):
        assert told in page
    theirs = person(desk.payee).get(f"/money/requests/{request.public_id}").text
    assert "等对方付款" in theirs
    assert "622202000012" not in theirs


def test_page_follows_the_money(desk, payer):
    request = desk.ask()
    where = f"/money/requests/{request.public_id}"
    assert "等您付款" in payer.get(where).text
    desk.pay(request, 500)
    assert "还差 ¥800.00" in payer.get(where).text
    desk.pay(request, 800)
    assert "全部款项已到账" in payer.get(where).text


def test_late_page_says_so(desk, payer):
    request = desk.ask()
    expire_requests(desk.session, clock=fixed_clock(NOW + timedelta(days=3)))
    assert request.status is RequestStatus.EXPIRED
    assert "逾期未到账" in payer.get(f"/money/requests/{request.public_id}").text


def test_slip_is_drawn_anew_and_extends_once(desk, payer, person):
    request = desk.ask(due_with_slip=NOW + timedelta(days=3))
    where = f"/money/requests/{request.public_id}/slip"
    assert payer.post(where, data=picture()).status_code == 303
    desk.session.refresh(request)
    assert request.due_at == NOW + timedelta(days=3)
    again = payer.post(where, data=picture())
    assert again.status_code == 409
    kept = payer.get(where)
    assert kept.content_type == "image/jpeg"
    assert b"Exif" not in kept.data
    assert person(desk.payee).get(where).status_code == 200


@pytest.mark.parametrize("content", [b"MZ program", b"<svg onload=alert(1)>", b"\xff\xd8\xff broken", b"%PDF- cut off"])
def test_bad_slips_are_refused_beside_the_field(desk, payer, content):
    request = desk.ask()
    answer = payer.post(f"/money/requests/{request.public_id}/slip", data=picture(content))
    assert answer.status_code == 422
    assert "请上传 PDF、JPG 或 PNG" in answer.text
    desk.session.refresh(request)
    assert request.slip_at is None
    assert payer.post(f"/money/requests/{request.public_id}/slip").status_code == 422


def test_strangers_find_nothing(desk, person, browser_of):
    request = desk.ask()
    stranger = person(create_enterprise(desk.session, desk.park))
    other = Desk(desk.session)
    far = browser_of(desk.session, create_officer(desk.session, other.park, OfficeRole.FINANCE), park_id=other.park.id)
    for reader in (stranger, far):
        assert reader.get(f"/money/requests/{request.public_id}").status_code == 404
        assert reader.get(f"/api/v1/funds/{request.public_id}").status_code == 404
    assert stranger.post(f"/money/requests/{request.public_id}/slip", data=picture()).status_code == 404
    assert person(desk.payee).post(f"/money/requests/{request.public_id}/slip", data=picture()).status_code == 404


def test_api_gives_requests_and_takes_a_slip_once_a_key(desk, payer):
    request = desk.ask()
    listed = payer.get("/api/v1/funds/?side=pay").json["items"]
    assert [(item["reference"], item["missing"]) for item in listed] == [
        (request.reference, {"amount": 130_000, "currency": "CNY"})
    ]
    assert payer.get("/api/v1/funds/?side=receive").json["items"] == []
    body = {"name": "x.jpg", "slip": base64.b64encode(jpeg((640, 480))).decode()}
    key = {"Idempotency-Key": "one"}
    first = payer.post(f"/api/v1/funds/{request.public_id}/slip", json=body, headers=key)
    again = payer.post(f"/api/v1/funds/{request.public_id}/slip", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert payer.post(f"/api/v1/funds/{request.public_id}/slip", json={"slip": "§"}).status_code == 422


def test_as_many_statements_for_twenty_requests_as_for_two(desk, payer, statements):
    for n in range(2):
        desk.ask(subject_ref=f"order:{n}")
    payer.get("/money/requests/")
    counts = []
    for more in (range(0), range(2, 20)):
        for n in more:
            desk.secured(subject_ref=f"order:{n}") if n % 2 else desk.ask(subject_ref=f"order:{n}")
        for where in ("/money/requests/", "/money/"):
            with statements() as seen:
                payer.get(where)
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def told(desk, firm_user_locale="zh_CN"):
    desk.session.expire_all()
    notices = desk.session.query(Notice).order_by(Notice.id).all()
    return [(notice.code, words_of(notice.code, notice.facts, firm_user_locale)[0]) for notice in notices]


def test_finance_people_are_told_in_their_language(desk, run_jobs):
    for firm in (desk.payer, desk.payee):
        create_member(desk.session, firm, role=FirmRole.FINANCE)
    create_member(desk.session, desk.payee, role=FirmRole.OPERATOR)
    request = desk.ask(label="五轴加工中心")
    run_jobs()
    desk.pay(request, 500)
    run_jobs()
    desk.pay(request, 800)
    desk.release(commission=50)
    run_jobs()
    run_jobs()
    codes = [code for code, _ in told(desk)]
    assert codes == ["funds.requested", "funds.partial", "funds.secured", "funds.secured", "funds.released"]
    english = dict(told(desk, "en"))
    assert english["funds.partial"] == "¥500.00 has arrived, ¥800.00 is missing: 五轴加工中心"
    assert english["funds.released"] == "¥950.00 released: 五轴加工中心"


def test_both_sides_learn_that_the_time_is_over(desk, run_jobs):
    for firm in (desk.payer, desk.payee):
        create_member(desk.session, firm, role=FirmRole.FINANCE)
    desk.ask()
    run_jobs()
    expire_requests(desk.session, clock=fixed_clock(NOW + timedelta(days=3)))
    run_jobs()
    assert [code for code, _ in told(desk)] == ["funds.requested", "funds.expired", "funds.expired"]
